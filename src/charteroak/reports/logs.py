"""P20 WIN's two logs, which its manual has kept by hand: data requests, and data sharing with its destruction."""

from datetime import date
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse

from charteroak.adapters import clock
from charteroak.adapters.listing import Cell, Filter
from charteroak.agreements import amending
from charteroak.agreements.models import Clause, DestructionDuty, Party
from charteroak.elsewhere.models import Happening
from charteroak.hub.models import LinkRun
from charteroak.policy import elsewhere, link_run
from charteroak.policy.data_request import Status
from charteroak.policy.delivery import FileKind
from charteroak.policy.request_log import Logged, logged
from charteroak.requests.models import DataRequest
from charteroak.submissions.models import Delivery

What = DestructionDuty.What
Sent = Delivery | Happening
ELEMENTS = Clause.objects.filter(kind="elements")  # all that the log tells of a text
CLAUSES = (
    Prefetch("agreement__clauses", ELEMENTS),
    Prefetch("agreement__amendments__clauses", ELEMENTS),
)
HELD_AS = {FileKind.MATCHING: What.IDENTIFIERS, FileKind.ANALYSIS: What.PAYLOAD}


class Outcome(Filter):
    """As the manual's log counts: received, approved, denied."""

    def narrowed(self, records: QuerySet[Any], value: str) -> QuerySet[Any]:
        return records.filter(status__in=[one for one in Status if logged(one) is Logged(value)])


class Year(Filter):
    """By the day of receipt; what is no year fits no request."""

    def narrowed(self, records: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not (value.isascii() and value.isdigit() and 1900 < int(value) < 2999):
            return records.none()
        year = int(value)
        return records.filter(
            Q(submitted_at__year=year) | Q(submitted_at__isnull=True, started_on__year=year)
        )


def requests() -> QuerySet[DataRequest]:
    """Every request that was submitted, and those decided before this program; the oldest first, as a log is kept."""
    return (
        DataRequest.objects.filter(Q(submitted_at__isnull=False) | Q(historic_decision_on__isnull=False))
        .select_related("applicant__employer", "agreement")
        .prefetch_related("agreement__duties")
        .order_by("number")
    )


def received_on(record: DataRequest) -> date:
    return clock.day_of(record.submitted_at) if record.submitted_at else record.started_on


def outcome_of(record: DataRequest) -> Logged:
    return logged(Status(record.status))


def decided_on(record: DataRequest) -> date | None:
    if record.historic_decision_on:
        return record.historic_decision_on
    return clock.day_of(record.decided_at) if record.decided_at else None


def agreement_of(record: DataRequest) -> Cell:
    found = getattr(record, "agreement", None)
    return Cell(found.number, found.get_absolute_url()) if found else Cell("")


def destruction_due(record: DataRequest) -> date | None:
    """The first day on which something is due for destruction."""
    found = getattr(record, "agreement", None)
    due = [one.due_on for one in found.duties.all() if one.due_on and not one.done_at] if found else []
    return min(due, default=None)


def deliveries() -> QuerySet[Delivery]:
    """Every file that an agency sent, the oldest first."""
    runs = LinkRun.objects.exclude(status=link_run.Status.FAILED).select_related("extract")
    return (
        Delivery.objects.select_related("agency", "received_by", "agreement__data_request")
        .prefetch_related(
            *CLAUSES,
            "agreement__duties",
            Prefetch(
                "agreement__parties", Party.objects.filter(part=Party.Part.HUB).select_related("agency")
            ),
            Prefetch("agreement__link_runs", runs),
        )
        .order_by("received_at", "pk")
    )


def happenings() -> QuerySet[Happening]:
    """Every file that went beside the platform, the oldest first."""
    return (
        Happening.objects.filter(act=elsewhere.Action.SEND)
        .select_related("agency", "by", "agreement__data_request")
        .prefetch_related(
            *CLAUSES,
            "agreement__duties",
            "agreement__happenings",
            Prefetch(
                "agreement__parties", Party.objects.filter(part=Party.Part.HUB).select_related("agency")
            ),
        )
        .order_by("on", "pk")
    )


def _day_of(sent: Happening, act: elsewhere.Action) -> date | None:
    days = [one.on for one in sent.agreement.happenings.all() if one.act == act]
    return max(days, default=None)


def matched_elsewhere(sent: Happening) -> date | None:
    return _day_of(sent, elsewhere.Action.MATCH)


def delivered_elsewhere(sent: Happening) -> date | None:
    return _day_of(sent, elsewhere.Action.DELIVER)


def receiver(sent: Sent) -> str:
    """The hub that the agreement names."""
    return "; ".join(party.agency.code for party in sent.agreement.parties.all())


def fields(sent: Sent) -> str:
    """The columns that this agency could send in such a file, by the clause that held when it was sent."""
    day = sent.on if isinstance(sent, Happening) else clock.day_of(sent.received_at)
    for clause in amending.held_on(sent.agreement, day).clauses.all():
        if clause.kind == "elements" and sent.agency and clause.terms.get("agency") == sent.agency.code:
            said = clause.terms
            names = said["linking"] if sent.kind == FileKind.MATCHING else said["study"] + said["evidence"]
            return ", ".join(names)
    return ""


def _run(sent: Delivery) -> LinkRun | None:
    return next(iter(sent.agreement.link_runs.all()), None)


def matched_on(sent: Delivery) -> date | None:
    run = _run(sent)
    return clock.day_of(run.linked_at) if run and run.linked_at else None


def released_on(sent: Delivery) -> date | None:
    """The day on which the policy office cleared the extract, so that the project's people may open it."""
    extract = getattr(_run(sent), "extract", None)
    return clock.day_of(extract.cleared_at) if extract and extract.cleared_at else None


def _duty(sent: Sent) -> DestructionDuty | None:
    what = HELD_AS[FileKind(sent.kind)]
    return next((duty for duty in sent.agreement.duties.all() if duty.what == what), None)


def destroy_by(sent: Sent) -> date | None:
    duty = _duty(sent)
    return duty.due_on if duty and not duty.done_at else None


def destroyed_on(sent: Sent) -> date | None:
    duty = _duty(sent)
    return clock.day_of(duty.done_at) if duty and duty.done_at else None


def certificate(sent: Sent) -> Cell:
    duty = _duty(sent)
    if duty is None or duty.done_at is None:
        return Cell("")
    number = sent.agreement.number
    return Cell(f"{number}-{duty.what}", reverse("certificate_of_destruction", args=[number, duty.what]))
