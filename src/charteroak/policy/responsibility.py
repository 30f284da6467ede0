"""Who answers for what: administering, convening, linking, operating. The matrix grants the roles that go with it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from charteroak.policy.decision import Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role


class Kind(StrEnum):
    """What an instrument can authorise an agency to do for all."""

    ADMINISTER = "administer"  # the policy office
    CONVENE = "convene"  # the boards
    LINK = "link"  # the data integration hub
    OPERATE = "operate"  # the technology department and its bureau: the enclave
    DISCLOSE = "disclose"  # each agency its own records


CARRIES = {
    Kind.ADMINISTER: Role.POLICY_OFFICE,
    Kind.LINK: Role.HUB_OPERATOR,
    Kind.OPERATE: Role.ENCLAVE_OPERATOR,
}
OFFICE_OF = {role: kind for kind, role in CARRIES.items()}


class Status(StrEnum):
    HELD = "held"


class Action(StrEnum):
    TRANSFER = "transfer"


@dataclass(frozen=True)
class Facts:
    kind: Kind = Kind.ADMINISTER
    authorised: bool = True  # the instrument authorises this
    in_force: bool = True  # the instrument, on the first day
    party: bool = True  # the agency is a party to it, or it is a statute
    participates: bool = True
    since: date = date.min
    last_since: date | None = None  # the first day of who answers for it now
    held: bool = False  # the same agency, under the same instrument


def not_transferred(facts: Facts) -> Reason | None:
    if facts.kind is Kind.DISCLOSE:
        return Reason("not_transferred", "Each agency answers for its own records; that passes to nobody.")
    return None


def instrument_silent(facts: Facts) -> Reason | None:
    if not facts.authorised:
        return Reason(
            "instrument_silent", "This instrument does not authorise it.", "Choose the one that does."
        )
    return None


def instrument_not_in_force(facts: Facts) -> Reason | None:
    if not facts.in_force:
        return Reason(
            "instrument_not_in_force", "The instrument is not in force on that day.", "Check the day."
        )
    return None


def not_a_party(facts: Facts) -> Reason | None:
    return None if facts.party else Reason("not_a_party", "The agency is no party to that instrument.")


def not_participating(facts: Facts) -> Reason | None:
    return None if facts.participates else Reason("not_participating", "That agency does not take part.")


def before_the_last(facts: Facts) -> Reason | None:
    """A transfer adds to the record; it does not rewrite who answered for the days before."""
    if facts.last_since is not None and facts.since <= facts.last_since:
        return Reason("before_the_last", "A later transfer is on record.", "Choose a day after it.")
    return None


def held_already(facts: Facts) -> Reason | None:
    if facts.held:
        return Reason("held_already", "That agency answers for it already, under this instrument.")
    return None


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "responsibility",
    {
        (None, Action.TRANSFER): step(
            Status.HELD,
            Role.BOARD_CHAIR,
            rules=(
                not_transferred, instrument_silent, instrument_not_in_force, not_a_party, not_participating,
                before_the_last, held_already,
            ),
        )
    },
)  # fmt: skip
