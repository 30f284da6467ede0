"""Records retention: the series and the approval that each destruction cites."""

from datetime import date

from django.db import transaction

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.agreements.models import WHAT, RetentionApproval
from charteroak.audit import actions as audit
from charteroak.policy.decision import Decision
from charteroak.policy.matter import Clock
from charteroak.policy.retention import LIFECYCLE, Action, Facts


def standing(what: str) -> RetentionApproval | None:
    """The approval recorded last for what is destroyed."""
    return RetentionApproval.objects.filter(what=what).order_by("-pk").first()


def cited(what: str) -> dict[str, str] | None:
    """As a certificate keeps it; None where nobody has recorded an approval."""
    found = standing(what)
    if found is None:
        return None
    return {"series": found.series, "approval": found.approval, "approved_on": str(found.approved_on)}


def overview() -> list[tuple[str, RetentionApproval | None]]:
    return [(words, standing(what)) for what, words in WHAT]


def may_record(by: Person, facts: Facts | None = None) -> Decision:
    return LIFECYCLE.may(None, Action.RECORD, by.roles(clock.today()), facts or Facts())


@transaction.atomic
def record(*, by: Person, what: Clock, series: str, approval: str, approved_on: date) -> RetentionApproval:
    """From now on each destruction of this kind cites this series and approval; earlier certificates stay."""
    said = bool(series.strip() and approval.strip())
    may_record(by, Facts(said=said, approved_ahead=approved_on > clock.today())).require()
    made = RetentionApproval.objects.create(
        what=what, series=series.strip(), approval=approval.strip(), approved_on=approved_on,
        recorded_by=by, recorded_at=clock.now(),
    )  # fmt: skip
    audit.record("agreements:retention_approval:record", by=by, subject=made, what=what.value)
    return made
