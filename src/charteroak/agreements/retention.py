"""Records retention: the series and the approval that each destruction cites, and where one is wanted."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.agreements.models import WHAT, Agreement, DestructionDuty, RetentionApproval
from charteroak.audit import actions as audit
from charteroak.exceptions.queries import held
from charteroak.policy.decision import Decision
from charteroak.policy.matter import Clock
from charteroak.policy.retention import ASKED_AHEAD, LIFECYCLE, Action, Facts
from charteroak.policy.sentence import Sentence


def standing(record: Agreement | None = None) -> dict[str, RetentionApproval]:
    """By what is destroyed the approval recorded last: the agreement's own, else the one for every agreement."""
    found = RetentionApproval.objects.filter(Q(agreement=None) | Q(agreement=record))
    return {one.what: one for one in found.order_by(F("agreement").asc(nulls_first=True), "pk")}


def _as_cited(one: RetentionApproval) -> dict[str, str | int]:
    return {
        "id": one.pk,
        "series": one.series,
        "approval": one.approval,
        "given_by": one.given_by,
        "approved_on": str(one.approved_on),
    }


def cited(what: str, record: Agreement | None = None) -> dict[str, str | int] | None:
    """As a certificate keeps it; None where nobody has recorded an approval."""
    found = standing(record).get(what)
    return _as_cited(found) if found else None


def told(record: Agreement) -> list[tuple[DestructionDuty, dict[str, str | int] | None]]:
    """Each duty with what its certificate cites, or would cite if it were made now."""
    now = standing(record)
    found: list[tuple[DestructionDuty, dict[str, str | int] | None]] = []
    for duty in record.duties.all():
        would = now.get(duty.what)
        begun = duty.certificate
        found.append((duty, begun.get("retention") if begun else _as_cited(would) if would else None))
    return found


def _early(duties: Iterable[DestructionDuty]) -> list[DestructionDuty]:
    """Those whose own clock does not make them due today."""
    today = clock.today()
    return [one for one in duties if one.done_at is None and (one.due_on is None or one.due_on > today)]


def unapproved(record: Agreement, duties: Iterable[DestructionDuty]) -> tuple[Sentence, ...]:
    """What would go before its day without an approval on record, if destruction were ordered now."""
    early = _early(duties)
    approved = standing(record) if early else {}
    return tuple(Sentence(one.get_what_display()) for one in early if one.what not in approved)


def rested_on(record: Agreement, duties: Iterable[DestructionDuty]) -> list[str]:
    """The approvals on which an order to destroy early rests, as the log names them."""
    approved, early = standing(record), _early(duties)
    return sorted({audit.subject_of(approved[one.what]) for one in early if one.what in approved})


def wanted(duties: QuerySet[DestructionDuty] | None = None) -> QuerySet[DestructionDuty]:
    """What is due within `ASKED_AHEAD` or overdue, with no approval on record; the first due first.

    What a legal hold stops is not due.
    """
    every = DestructionDuty.objects.all() if duties is None else duties
    near = every.filter(
        done_at__isnull=True, certificate__isnull=True, due_on__lte=clock.today() + ASKED_AHEAD
    )
    for_all = RetentionApproval.objects.filter(agreement=None).values("what")
    own = RetentionApproval.objects.filter(agreement=OuterRef("agreement"), what=OuterRef("what"))
    found = near.exclude(what__in=for_all).exclude(Exists(own))
    for number, what in held():
        found = found.exclude(agreement__number=number, what=what)
    return found.order_by("due_on", "pk")


def overview() -> list[tuple[str, dict[str, str | int] | None]]:
    """What is destroyed, in words, with the approval that holds for every agreement, as certificates cite it."""
    now = standing()
    return [(words, _as_cited(now[what]) if what in now else None) for what, words in WHAT]


def page_for(number: str, what: str) -> str:
    """Where the policy office puts an approval on record, the form filled in as far as it can be."""
    return f"{reverse('retention')}?{urlencode({'agreement': number, 'of': what})}#action-record"


def may_record(by: Person, facts: Facts | None = None) -> Decision:
    return LIFECYCLE.may(None, Action.RECORD, by.roles(clock.today()), facts or Facts())


@transaction.atomic
def record(
    *, by: Person, what: Clock, series: str, approval: str, given_by: str, approved_on: date,
    agreement: Agreement | None = None,
) -> RetentionApproval:  # fmt: skip
    """From now on destructions of this kind cite it, of one agreement or of all; earlier certificates stay."""
    said = all(words.strip() for words in (series, approval, given_by))
    may_record(by, Facts(said=said, approved_ahead=approved_on > clock.today())).require()
    made = RetentionApproval.objects.create(
        agreement=agreement, what=what, series=series.strip(), approval=approval.strip(),
        given_by=given_by.strip(), approved_on=approved_on, recorded_by=by, recorded_at=clock.now(),
    )  # fmt: skip
    audit.record(
        "agreements:retention_approval:record", by=by, subject=made, what=what.value,
        number=agreement.number if agreement else None,
    )  # fmt: skip
    return made
