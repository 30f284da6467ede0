"""A link run: files compared, doubtful pairs decided by people, the match confirmed by the stewards."""

from dataclasses import dataclass
from enum import StrEnum

from charteroak.policy.decision import ALLOWED, Decision, Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role
from charteroak.policy.sentence import Sentence


class Status(StrEnum):
    STARTED = "started"
    IN_CLERICAL_REVIEW = "in_clerical_review"
    SETTLED = "settled"
    CONFIRMED = "confirmed"  # every contributing steward confirmed the match
    FAILED = "failed"


class Action(StrEnum):
    START = "start"
    LINK = "link"
    FAIL = "fail"
    DECIDE_PAIR = "decide_pair"
    SETTLE = "settle"
    REOPEN = "reopen"  # the clerks' decisions contradict each other
    CONFIRM = "confirm"
    COMPLETE_CONFIRMATION = "complete_confirmation"


@dataclass(frozen=True)
class Facts:
    files_missing: tuple[
        str, ...
    ] = ()  # not yet accepted: to link, matching files; to confirm, analysis files
    another_run: bool = False
    recipe_fits: bool = True  # a linkage recipe exists for the columns that were signed
    pairs_undecided: int = 0
    crosswalk_written: bool = True
    confirmed_by: tuple[str, ...] = ()
    to_confirm: tuple[str, ...] = ()
    actor_agency_confirmed: bool = False
    coverage: Decision = ALLOWED  # what policy.clauses.covers said of every agency's identifiers, today


def pairs_undecided(facts: Facts) -> Reason | None:
    if facts.pairs_undecided:
        return Reason(
            "pairs_undecided",
            Sentence("Doubtful pairs that wait for a decision: {pairs}.", pairs=facts.pairs_undecided),
            "Decide each in the clerical review.",
        )
    return None


def not_covered(facts: Facts) -> Decision:
    """The clauses' own reasons, so that every route names the same."""
    return facts.coverage


def files_missing(facts: Facts) -> Reason | None:
    if facts.files_missing:
        return Reason(
            "files_missing",
            Sentence("Not yet accepted: {files}.", files=facts.files_missing),
            "It goes on when all are there.",
        )
    return None


def run_exists(facts: Facts) -> Reason | None:
    return Reason("run_exists", "Linking was started already.") if facts.another_run else None


def no_recipe(facts: Facts) -> Reason | None:
    if not facts.recipe_fits:
        return Reason("no_recipe", "No linkage recipe fits the columns that were signed.")
    return None


def crosswalk_not_written(facts: Facts) -> Reason | None:
    if not facts.crosswalk_written:
        return Reason(
            "crosswalk_not_written",
            "The hub is still writing the crosswalk.",
            "Nobody need act: try again in a few minutes.",
        )
    return None


def agency_confirmed(facts: Facts) -> Reason | None:
    if facts.actor_agency_confirmed:
        return Reason("agency_confirmed", "This agency has confirmed.")
    return None


def confirmations_missing(facts: Facts) -> Reason | None:
    missing = tuple(agency for agency in facts.to_confirm if agency not in facts.confirmed_by)
    if missing:
        return Reason(
            "confirmations_missing",
            Sentence("Not yet confirmed by: {agencies}.", agencies=missing),
            "A steward of each confirms on this run’s page.",
        )
    return None


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "link run",
    {
        (None, Action.START): step(
            Status.STARTED, Role.HUB_OPERATOR, rules=(files_missing, run_exists, no_recipe, not_covered)
        ),
        (Status.STARTED, Action.LINK): step(Status.IN_CLERICAL_REVIEW, Role.SYSTEM),
        (Status.STARTED, Action.FAIL): step(Status.FAILED, Role.SYSTEM),
        (Status.IN_CLERICAL_REVIEW, Action.DECIDE_PAIR): step(
            Status.IN_CLERICAL_REVIEW, Role.HUB_OPERATOR, rules=(not_covered,)
        ),
        (Status.IN_CLERICAL_REVIEW, Action.SETTLE): step(
            Status.SETTLED, Role.HUB_OPERATOR, rules=(pairs_undecided, not_covered)
        ),
        (Status.SETTLED, Action.REOPEN): step(Status.IN_CLERICAL_REVIEW, Role.SYSTEM),
        (Status.SETTLED, Action.CONFIRM): step(
            Status.SETTLED,
            Role.DATA_STEWARD,
            rules=(crosswalk_not_written, files_missing, agency_confirmed, not_covered),
        ),
        (Status.SETTLED, Action.COMPLETE_CONFIRMATION): step(
            Status.CONFIRMED, Role.DATA_STEWARD, rules=(confirmations_missing,)
        ),
    },
)
