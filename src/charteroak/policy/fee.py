"""What a project owes: estimated before it is sent, fixed once it is approved, then paid or waived."""

from collections.abc import Set
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from charteroak.policy.decision import Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role
from charteroak.policy.sentence import Sentence

CENT = Decimal("0.01")
NOTHING = Decimal("0.00")


class Status(StrEnum):
    DUE = "due"
    WAIVED = "waived"
    PAID = "paid"


class Action(StrEnum):
    FIX = "fix"
    WAIVE = "waive"
    MARK_PAID = "mark_paid"


@dataclass(frozen=True)
class Rates:
    """What a schedule asks for, in dollars; kinds of employer whose people owe nothing."""

    per_request: Decimal
    per_agency: Decimal
    per_hour: Decimal
    free_for: Set[str] = frozenset()


@dataclass(frozen=True)
class Asked:
    """What of a request is charged for; its hours are None until the policy office has stated them."""

    employer_kind: str = ""
    agencies: int = 0  # whose records go in
    hours: Decimal | None = None  # of work on its extract
    changes_another: bool = False  # what was approved before, and charged for then


@dataclass(frozen=True)
class Line:
    """One item and its amount in dollars, or why there is none."""

    what: Sentence
    amount: Decimal = NOTHING

    @property
    def said(self) -> str:
        return money(self.amount)


@dataclass(frozen=True)
class Bill:
    lines: tuple[Line, ...]

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), NOTHING)

    @property
    def said(self) -> str:
        return money(self.total)


def money(amount: Decimal) -> str:
    """Dollars and cents, as the State writes them: $1,234.50."""
    return f"${amount:,.2f}"


def owed(rates: Rates | None, asked: Asked) -> Bill:
    """The items that these rates ask of a request, each with its reason; without rates nothing is due."""
    if rates is None:
        return Bill((Line(Sentence("No fees are set: nothing is due.")),))
    if asked.employer_kind in rates.free_for:
        return Bill((Line(Sentence("People of this applicant’s kind of employer owe no fee.")),))
    lines = [_of_hours(rates.per_hour, asked.hours)] if rates.per_hour else []
    if asked.changes_another:
        lines.insert(0, Line(Sentence("A change is charged for its work alone.")))
    else:
        lines = [*_of_beginning(rates, asked.agencies), *lines]
    return Bill(tuple(lines) or (Line(Sentence("The fees that are set come to nothing.")),))


def _of_beginning(rates: Rates, agencies: int) -> list[Line]:
    lines = []
    if rates.per_request:
        lines.append(Line(Sentence("For the request"), rates.per_request))
    if rates.per_agency:
        each = money(rates.per_agency)
        said = Sentence("Agencies that contribute: {n}, at {each} each", n=agencies, each=each)
        lines.append(Line(said, rates.per_agency * agencies))
    return lines


def _of_hours(each: Decimal, hours: Decimal | None) -> Line:
    said = money(each)
    if hours is None:
        return Line(Sentence("Work on the extract at {each} an hour: hours are stated later", each=said))
    amount = (each * hours).quantize(CENT, ROUND_HALF_UP)
    return Line(
        Sentence("Work on the extract: {hours} hours, at {each} each", hours=f"{hours:f}", each=said), amount
    )


@dataclass(frozen=True)
class Facts:
    approved: bool = True  # by the board, with this program
    nothing_due: bool = False
    hours_in_order: bool = True
    because_said: bool = True
    reference_said: bool = True
    paid_ahead: bool = False  # on a day that is not yet
    actor_on_team: bool = False


def own_request(facts: Facts) -> Reason | None:
    if facts.actor_on_team:
        return Reason("own_request", "Nobody decides on their own request.", "Let a colleague decide.")
    return None


def not_approved(facts: Facts) -> Reason | None:
    if not facts.approved:
        return Reason(
            "not_approved", "Until the board has approved it, this is an estimate.", "Fix the fee afterwards."
        )
    return None


def hours_not_in_order(facts: Facts) -> Reason | None:
    if not facts.hours_in_order:
        return Reason(
            "hours_not_in_order", "These are no hours of work.", "State them, such as 7.5; 0 is none."
        )
    return None


def nothing_due(facts: Facts) -> Reason | None:
    return Reason("nothing_due", "Nothing is due.", "There is nothing to fix.") if facts.nothing_due else None


def because_missing(facts: Facts) -> Reason | None:
    if not facts.because_said:
        return Reason("because_missing", "Say why it is waived.", "It stays on record.")
    return None


def reference_missing(facts: Facts) -> Reason | None:
    if not facts.reference_said:
        return Reason(
            "reference_missing", "Name the payment’s reference.", "As the receipt or the transfer names it."
        )
    return None


def paid_ahead(facts: Facts) -> Reason | None:
    if facts.paid_ahead:
        return Reason("paid_ahead", "The day of the payment lies ahead.", "Record it once it is paid.")
    return None


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "fee",
    {
        (None, Action.FIX): step(
            Status.DUE,
            Role.POLICY_OFFICE,
            rules=(own_request, not_approved, hours_not_in_order, nothing_due),
        ),
        (Status.DUE, Action.WAIVE): step(
            Status.WAIVED, Role.POLICY_OFFICE, rules=(own_request, because_missing)
        ),
        (Status.DUE, Action.MARK_PAID): step(
            Status.PAID, Role.POLICY_OFFICE, rules=(own_request, reference_missing, paid_ahead)
        ),
    },
)
