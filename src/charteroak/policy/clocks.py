"""Whose clock runs: every stage of a request, held by one party from a day to a day, counted in business days.

The clocks are read from what happened, so none can be forgotten or set: a question stops the agency's and starts the
applicant's, a return starts the applicant's anew, the last agency's decision starts the board's.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from statistics import median
from typing import NamedTuple

from charteroak.policy.deadlines import Closed, business_days_after, business_days_between


class Party(StrEnum):
    APPLICANT = "applicant"
    POLICY_OFFICE = "policy_office"
    AGENCY = "agency"
    BOARD = "board"
    COUNSEL = "counsel"
    SIGNATORY = "signatory"
    HUB = "hub"
    CHECKER = "output_checker"


class Stage(StrEnum):
    APPLICATION = "application"
    COMPLETENESS = "completeness_check"
    DECISION = "agency_decision"
    ANSWER = "answer_to_a_question"
    BOARD = "board_decision"
    DRAFT = "drafting"
    TEXT = "agreeing_on_the_text"
    SIGNATURE = "signature"
    MATCH = "files_and_match"  # where both are done beside the platform
    FILES = "sending_files"
    FINDER_LIST = "finder_list"
    LINKING = "linking"
    CONFIRMATION = "confirming_the_match"
    ACCESS = "review_before_access"
    CHECKS = "output_checking"
    REVISION = "revising_outputs"
    CLEARANCE = "clearing_outputs"
    PREVIEW = "publication_preview"
    RELEASE = "release_decision"
    DESTRUCTION = "destruction_of_identifiers"
    END = "extension_or_end"
    REST = "destruction_of_the_rest"
    CLOSING = "closing"


class State(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    SOON = "due_soon"
    OVERDUE = "overdue"
    DONE = "done"


# Business days that each stage may take. The applicant's own writing has no deadline; the destruction's is the law's,
# the preview's the agreement's.
ALLOWED = {
    Stage.COMPLETENESS: 5,
    Stage.DECISION: 15,
    Stage.ANSWER: 5,
    Stage.BOARD: 22,  # a board meets every month
    Stage.DRAFT: 5,
    Stage.TEXT: 10,
    Stage.SIGNATURE: 10,
    Stage.MATCH: 30,  # what files, linking and confirmation may take together
    Stage.FILES: 15,
    Stage.FINDER_LIST: 5,
    Stage.LINKING: 10,
    Stage.CONFIRMATION: 5,
    Stage.ACCESS: 5,
    Stage.CHECKS: 5,
    Stage.CLEARANCE: 5,
    Stage.RELEASE: 22,
    Stage.CLOSING: 5,
}
SOON = 2  # business days before the due day on which a reminder goes out
SOONER = {Stage.END: 20}  # time to ask for an extension
LATE = 3  # business days after it, when the policy office is told whom to call


class Moment(NamedTuple):
    """An event of the log, as far as a clock heeds it. `agencies` are those it starts a clock for."""

    name: str
    on: date
    agency: str = ""
    agencies: tuple[str, ...] = ()


class Run(NamedTuple):
    """One party's turn. `whose` is an agency's code, a party such as DOL:hub, or empty."""

    stage: Stage
    party: Party
    whose: str
    began_on: date
    ended_on: date | None = None
    pauses: tuple[tuple[date, date | None], ...] = ()
    fixed_due: date | None = None  # by law, whatever was paused

    @property
    def paused(self) -> bool:
        return self.ended_on is None and any(until is None for _since, until in self.pauses)

    def days_held(self, today: date, closed: Closed) -> int:
        """Business days so far, without those on which somebody else had to answer."""
        return business_days_between(self.began_on, self.ended_on or today, closed) - self._waited(
            today, closed
        )

    def due(self, today: date, closed: Closed) -> date | None:
        """By when; None for a stage without a deadline. A pause moves it by the business days it lasted."""
        if self.fixed_due is not None or self.stage not in ALLOWED:
            return self.fixed_due
        return business_days_after(self.began_on, ALLOWED[self.stage] + self._waited(today, closed), closed)

    def _waited(self, today: date, closed: Closed) -> int:
        end = self.ended_on or today
        return sum(
            business_days_between(since, min(until or end, end), closed) for since, until in self.pauses
        )

    def state(self, today: date, closed: Closed) -> State:
        if self.ended_on is not None:
            return State.DONE
        if self.paused:
            return State.PAUSED
        due = self.due(today, closed)
        if due is None:
            return State.RUNNING
        if today > due:
            return State.OVERDUE
        soon = SOONER.get(self.stage, SOON)
        return State.SOON if business_days_between(today, due, closed) <= soon else State.RUNNING

    def is_late(self, today: date, closed: Closed) -> bool:
        """Whether it is so late that the policy office is told too."""
        due = self.due(today, closed)
        return (
            due is not None
            and self.state(today, closed) is State.OVERDUE
            and business_days_between(due, today, closed) >= LATE
        )


PREVIEW_OVER = "outputs:release_request:preview_over"  # no event of the log: the day is the agreement's
OF_OUTPUTS = (Stage.CHECKS, Stage.REVISION, Stage.CLEARANCE, Stage.PREVIEW, Stage.RELEASE)

# event → stages that end with it (of its agency, where it names one), and the stage that begins
ENDS: dict[str, tuple[Stage, ...]] = {
    "requests:data_request:submit": (Stage.APPLICATION,),
    "requests:data_request:return": (Stage.COMPLETENESS, Stage.DECISION, Stage.ANSWER),
    "requests:data_request:accept_as_complete": (Stage.COMPLETENESS,),
    "requests:data_request:recommend": (Stage.DECISION,),
    "requests:question:answer": (Stage.ANSWER,),
    "requests:question:take_back": (Stage.ANSWER,),
    "requests:agency_review:decide": (Stage.DECISION, Stage.ANSWER),
    "requests:data_request:approve": (Stage.BOARD,),
    "requests:data_request:decline": tuple(Stage),
    "requests:data_request:withdraw": tuple(Stage),
    "requests:data_request:withdraw_appeal": (Stage.BOARD,),
    "requests:data_request:reconsider": (Stage.DRAFT, Stage.TEXT, Stage.SIGNATURE),
    "agreements:agreement:draft": (Stage.DRAFT,),
    "agreements:agreement:open_for_signature": (Stage.TEXT,),
    "agreements:agreement:sign": (Stage.SIGNATURE,),
    "agreements:agreement:recall": (Stage.SIGNATURE,),
    "agreements:agreement:withdraw": (Stage.TEXT, Stage.SIGNATURE),
    "agreements:agreement:close": (),  # the day is read
    "outputs:release_request:submit": (Stage.REVISION,),
    "outputs:release_request:complete_review": (Stage.CHECKS,),
    "outputs:release_request:clear": (Stage.CLEARANCE,),
    "outputs:release_request:clear_ahead": (Stage.CLEARANCE,),
    "outputs:release_request:begin_preview": (Stage.CLEARANCE,),
    PREVIEW_OVER: (Stage.PREVIEW,),
    "outputs:release_request:approve": (Stage.CLEARANCE, Stage.PREVIEW, Stage.RELEASE),
    "outputs:release_request:turn_back": OF_OUTPUTS,
    "outputs:release_request:return": OF_OUTPUTS,
    "outputs:release_request:decline": OF_OUTPUTS,
    "outputs:release_request:withdraw": OF_OUTPUTS,
    "outputs:release_request:lapse": OF_OUTPUTS,
}
BEGINS: dict[str, tuple[Stage, Party]] = {
    "requests:data_request:start": (Stage.APPLICATION, Party.APPLICANT),
    "requests:data_request:submit": (Stage.COMPLETENESS, Party.POLICY_OFFICE),
    "requests:data_request:return": (Stage.APPLICATION, Party.APPLICANT),
    "requests:data_request:accept_as_complete": (Stage.DECISION, Party.AGENCY),
    "requests:data_request:recommend": (Stage.BOARD, Party.BOARD),
    "requests:question:ask": (Stage.ANSWER, Party.APPLICANT),
    "requests:data_request:approve": (Stage.DRAFT, Party.COUNSEL),
    "requests:data_request:reconsider": (Stage.BOARD, Party.BOARD),
    "requests:data_request:appeal": (Stage.BOARD, Party.BOARD),
    "agreements:agreement:draft": (Stage.TEXT, Party.COUNSEL),
    "agreements:agreement:open_for_signature": (Stage.SIGNATURE, Party.SIGNATORY),
    "agreements:agreement:recall": (Stage.TEXT, Party.COUNSEL),
    "outputs:release_request:check": (Stage.CHECKS, Party.CHECKER),
    "outputs:release_request:complete_review": (Stage.CLEARANCE, Party.AGENCY),
    "outputs:release_request:turn_back": (Stage.REVISION, Party.APPLICANT),
    "outputs:release_request:return": (Stage.REVISION, Party.APPLICANT),
    "outputs:release_request:decline": (Stage.REVISION, Party.APPLICANT),
    "outputs:release_request:begin_preview": (Stage.PREVIEW, Party.AGENCY),
    "outputs:release_request:reopen": (Stage.CLEARANCE, Party.AGENCY),  # those that must look themselves
    PREVIEW_OVER: (Stage.RELEASE, Party.BOARD),
}
HEEDED = frozenset(ENDS) | frozenset(BEGINS)


# Of a stage and whose it is: where in the list of all its turns stand.
Running = dict[tuple[Stage, str], list[int]]


def runs(moments: Iterable[Moment]) -> list[Run]:
    """Every turn of a request, in the order in which they began. `moments` are in order.

    Takes as long as there are moments and turns, however many turns stay open.
    """
    held: list[Run] = []
    running: Running = {}  # those that are not over; the others change no more
    for moment in moments:
        for key in _concerned(running, moment):
            for at in running.pop(key):
                held[at] = _ended(held[at], moment.on)
        if moment.name in ("requests:question:answer", "requests:question:take_back"):
            _at_the_decision(held, running, moment, _resumed)
        if moment.name in BEGINS:
            stage, party = BEGINS[moment.name]
            for whose in moment.agencies or (moment.agency,):
                _begun(held, running, Run(stage, party, whose, moment.on))
        if moment.name == "requests:question:ask":
            _at_the_decision(held, running, moment, _stopped)
        decided = moment.name == "requests:agency_review:decide"
        if decided and not any(stage is Stage.DECISION for stage, _whose in running):
            _begun(held, running, Run(Stage.BOARD, Party.BOARD, "", moment.on))
    return held


def _begun(held: list[Run], running: Running, run: Run) -> None:
    running.setdefault((run.stage, run.whose), []).append(len(held))
    held.append(run)


def _concerned(running: Running, moment: Moment) -> list[tuple[Stage, str]]:
    """Whose turns end with it: its agency's and those of nobody in particular, or everybody's."""
    stages = ENDS.get(moment.name, ())
    return [
        (stage, whose)
        for stage, whose in running
        if stage in stages and (not moment.agency or whose in ("", moment.agency))
    ]


def _at_the_decision(
    held: list[Run], running: Running, moment: Moment, step: Callable[[Run, date], Run]
) -> None:
    for at in running.get((Stage.DECISION, moment.agency), ()):
        held[at] = step(held[at], moment.on)


def _ended(run: Run, on: date) -> Run:
    return _resumed(run, on)._replace(ended_on=on)


def ended(run: Run, on: date) -> Run:
    """The turn as it is over on that day at the latest."""
    return run if run.ended_on is not None else run._replace(ended_on=on)


def _stopped(run: Run, on: date) -> Run:
    return run if run.paused else run._replace(pauses=(*run.pauses, (on, None)))


def _resumed(run: Run, on: date) -> Run:
    pauses = tuple((since, until or on) for since, until in run.pauses)
    return run._replace(pauses=pauses) if pauses else run


@dataclass(frozen=True)
class Figure:
    """How long a stage took: business days, the median of turns that ended."""

    stage: Stage
    party: Party
    turns: int
    median_days: float


def medians(ended: Iterable[Run], closed: Closed) -> Iterator[Figure]:
    """One figure for each stage that anybody has finished, in the order of the way."""
    days: dict[tuple[Stage, Party], list[int]] = {}
    for run in ended:
        if run.ended_on is not None:
            days.setdefault((run.stage, run.party), []).append(run.days_held(run.ended_on, closed))
    for (stage, party), held in sorted(days.items(), key=lambda item: list(Stage).index(item[0][0])):
        yield Figure(stage, party, len(held), float(median(held)))
