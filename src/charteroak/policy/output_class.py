"""A class of outputs that the board and an agency have cleared ahead: its steward need not clear each one."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from charteroak.policy.decision import Decision, Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role
from charteroak.policy.sentence import Sentence


class Statistic(StrEnum):
    """What the airlock can build again from the extract, and so knows the kind of."""

    COUNT = "count"
    SHARE = "share"
    MEAN = "mean"
    SUM = "sum"


class Status(StrEnum):
    DEFINED = "defined"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    DEFINE = "define"
    CONSENT = "consent"
    TAKE_BACK = "take_back"  # an agency's consent
    WITHDRAW = "withdraw"  # by the board


@dataclass(frozen=True)
class OutputClass:
    """A class as it stands now; `days` is how long the signed text lets one hold after the board's vote."""

    number: str
    statistics: Set[str]
    minimum_people: int
    until: date
    strictest_people: int  # of the contributors' rules today
    days: int = 0
    ends_on: date = date.max  # of the agreement
    carried_on: date | None = None
    withdrawn: bool = False


@dataclass(frozen=True)
class Judged:
    """What the checks found of one file: its kinds, and how few people a shown figure is about, if known."""

    name: str
    passed: bool
    statistics: Set[str]
    fewest: int | None


_NOT_CARRIED = Reason(
    "class_not_carried",
    "The board has not carried a motion on this class.",
    "The policy office puts one on an agenda.",
)


def holds(one: OutputClass, on: date) -> Decision:
    """Whether outputs can be cleared by the class on that day, whatever they are."""
    reasons = []
    if one.days <= 0:
        reasons.append(
            Reason("class_not_permitted", "The signed text lets no outputs be cleared ahead.", "Amend it.")
        )
    elif one.carried_on and on > min(one.until, one.ends_on, one.carried_on + timedelta(days=one.days)):
        reasons.append(Reason("class_expired", "The days of this class are over."))
    if one.carried_on is None:
        reasons.append(_NOT_CARRIED)
    if one.withdrawn:
        reasons.append(Reason("class_withdrawn", "The board has withdrawn this class."))
    if one.minimum_people < one.strictest_people:
        reasons.append(_below(one))
    return Decision(tuple(reasons))


def _below(one: OutputClass) -> Reason:
    said = Sentence("A contributor asks for at least {people} people a figure.", people=one.strictest_people)
    return Reason("class_below_threshold", said, "Define a class with at least as many.")


def falls_into(one: OutputClass, files: Sequence[Judged], on: date) -> Decision:
    """Whether every file of a release request is cleared by the class on that day, or every reason why not."""
    reasons = list(holds(one, on).reasons)
    if failing := tuple(file.name for file in files if not file.passed):
        said = Sentence("Not passed by the checks without exception: {files}.", files=failing)
        reasons.append(Reason("not_passed", said))
    other = tuple(f.name for f in files if not f.statistics or not f.statistics <= one.statistics)
    if other:
        said = Sentence("Of another kind than the class: {files}.", files=other)
        reasons.append(Reason("kind_outside_class", said))
    few = tuple(f.name for f in files if f.fewest is None or f.fewest < one.minimum_people)
    if few or not files:
        said = Sentence("Figures about fewer people than the class asks for: {files}.", files=few)
        reasons.append(Reason("too_few_people", said))
    return Decision(tuple(reasons))


@dataclass(frozen=True)
class Facts:
    actor_on_project: bool = False
    days_permitted: int = 0
    statistics_named: bool = True
    below_threshold: bool = False
    days_in_order: bool = True  # of the class: from today on, within the agreement and what its text permits
    over: bool = False
    actor_agency_contributes: bool = True
    actor_agency_consents: bool = False
    because_said: bool = True


def own_request(facts: Facts) -> Reason | None:
    if facts.actor_on_project:
        return Reason("own_request", "Nobody checks, clears or releases an output of their own project.")
    return None


def class_not_permitted(facts: Facts) -> Reason | None:
    if facts.days_permitted <= 0:
        return Reason("class_not_permitted", "The signed text lets no outputs be cleared ahead.", "Amend it.")
    return None


def statistics_unnamed(facts: Facts) -> Reason | None:
    if not facts.statistics_named:
        return Reason("statistics_unnamed", "Name at least one kind of statistic.")
    return None


def class_below_threshold(facts: Facts) -> Reason | None:
    if facts.below_threshold:
        return Reason(
            "class_below_threshold",
            "A contributor asks for more people a figure.",
            "Ask for at least as many as the strictest contributor.",
        )
    return None


def days_not_in_order(facts: Facts) -> Reason | None:
    if not facts.days_in_order:
        return Reason(
            "days_not_in_order",
            "A class cannot hold until that day.",
            "At most until the agreement’s end, and for as many days as its text permits.",
        )
    return None


def class_over(facts: Facts) -> Reason | None:
    return Reason("class_expired", "The days of this class are over.") if facts.over else None


def not_a_contributor(facts: Facts) -> Reason | None:
    if not facts.actor_agency_contributes:
        return Reason("not_a_contributor", "Only agencies whose records went in clear an output.")
    return None


def consented_already(facts: Facts) -> Reason | None:
    return Reason("consented_already", "Your agency consents.") if facts.actor_agency_consents else None


def not_consented(facts: Facts) -> Reason | None:
    if not facts.actor_agency_consents:
        return Reason("not_consented", "Your agency does not consent: there is nothing to take back.")
    return None


def because_missing(facts: Facts) -> Reason | None:
    return None if facts.because_said else Reason("because_missing", "Say why.", "It stays on record.")


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "output class",
    {
        (None, Action.DEFINE): step(
            Status.DEFINED,
            Role.POLICY_OFFICE,
            Role.BOARD_CHAIR,
            rules=(
                own_request,
                class_not_permitted,
                statistics_unnamed,
                class_below_threshold,
                days_not_in_order,
            ),
        ),
        (Status.DEFINED, Action.CONSENT): step(
            Status.DEFINED,
            Role.DATA_STEWARD,
            rules=(own_request, not_a_contributor, consented_already, class_over),
        ),
        (Status.DEFINED, Action.TAKE_BACK): step(
            Status.DEFINED, Role.DATA_STEWARD, rules=(not_a_contributor, not_consented, because_missing)
        ),
        (Status.DEFINED, Action.WITHDRAW): step(Status.WITHDRAWN, Role.BOARD_CHAIR, rules=(because_missing,)),
    },
)
