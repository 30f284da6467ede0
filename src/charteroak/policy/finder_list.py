"""A finder list: numbers hidden among decoys, for the one agency that looks up the records behind them."""

from dataclasses import dataclass
from enum import StrEnum

from charteroak.policy.decision import ALLOWED, Decision, Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role


class Status(StrEnum):
    ORDERED = "ordered"
    MADE = "made"


class Action(StrEnum):
    ORDER = "order"
    MAKE = "make"
    DOWNLOAD = "download"


@dataclass(frozen=True)
class Facts:
    answers: bool = True  # the agency shares the number and no birth date: it is asked by a list
    ordered: bool = False
    source_accepted: bool = True  # another agency's matching file, whose numbers are asked for
    key_registered: bool = True  # by the asked agency's own steward
    coverage: Decision = ALLOWED  # what policy.clauses.covers said, today


def answers_no_list(facts: Facts) -> Reason | None:
    if not facts.answers:
        return Reason("answers_no_list", "This agency sends its matching file without a finder list.")
    return None


def finder_list_ordered(facts: Facts) -> Reason | None:
    return Reason("finder_list_ordered", "The finder list was ordered already.") if facts.ordered else None


def source_missing(facts: Facts) -> Reason | None:
    if not facts.source_accepted:
        return Reason(
            "source_missing",
            "No accepted matching file holds numbers to ask for.",
            "It waits for the other agency’s matching file.",
        )
    return None


def key_missing(facts: Facts) -> Reason | None:
    if not facts.key_registered:
        return Reason(
            "key_missing",
            "The agency has registered no key to encrypt the list to.",
            "Its data steward registers one on this page.",
        )
    return None


def not_covered(facts: Facts) -> Decision:
    """The clauses' own reasons, so that every route names the same."""
    return facts.coverage


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "finder list",
    {
        (None, Action.ORDER): step(
            Status.ORDERED,
            Role.HUB_OPERATOR,
            rules=(answers_no_list, finder_list_ordered, source_missing, key_missing, not_covered),
        ),
        (Status.ORDERED, Action.MAKE): step(Status.MADE, Role.SYSTEM),
        (Status.MADE, Action.DOWNLOAD): step(Status.MADE, Role.DATA_STEWARD, rules=(not_covered,)),
    },
)
