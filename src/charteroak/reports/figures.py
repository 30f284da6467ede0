"""Figures of a quarter or a year. Acts are counted in the event log, so whoever holds the log can count them again."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from charteroak.adapters import clock
from charteroak.adapters.environment import governance_only
from charteroak.agencies.models import Agency
from charteroak.agreements import clocks
from charteroak.agreements.models import DestructionDuty
from charteroak.agreements.queries import running_on
from charteroak.audit.models import Event
from charteroak.elsewhere.models import Happening
from charteroak.exceptions.models import Matter
from charteroak.outputs.models import Release
from charteroak.policy.data_request import Status
from charteroak.policy.elsewhere import Action
from charteroak.policy.matter import Kind
from charteroak.policy.period import Period
from charteroak.policy.sentence import words
from charteroak.requests.models import AgencyReview, DataRequest, Fee
from charteroak.submissions.models import Delivery

Words = str | Promise
REQUESTS, AGREEMENTS, DATA, FEES = _("Requests"), _("Agreements"), _("Files and linking"), _("Fees")
ACTS: tuple[tuple[Words, str, Words], ...] = (
    (REQUESTS, "requests:data_request:start", _("Enquiries begun")),
    (REQUESTS, "requests:data_request:submit", _("Requests submitted")),
    (REQUESTS, "requests:data_request:return", _("Requests returned to the applicant")),
    (REQUESTS, "requests:data_request:accept_as_complete", _("Requests found complete")),
    (REQUESTS, "requests:agency_review:decide", _("Decisions by agencies")),
    (REQUESTS, "requests:data_request:approve", _("Requests approved by the board")),
    (REQUESTS, "requests:data_request:decline", _("Requests declined")),
    (REQUESTS, "requests:data_request:withdraw", _("Requests withdrawn")),
    (AGREEMENTS, "agreements:agreement:draft", _("Agreements drafted")),
    (AGREEMENTS, "agreements:agreement:execute", _("Agreements signed by every party")),
    (AGREEMENTS, "agreements:agreement:terminate", _("Agreements ended early")),
    (AGREEMENTS, "agreements:agreement:close", _("Agreements closed, everything destroyed")),
    (DATA, "elsewhere:happening:send", _("Files sent beside the platform")),
    (DATA, "elsewhere:happening:match", _("Matches made beside the platform")),
    (DATA, "elsewhere:happening:confirm", _("Confirmations of such matches by agencies")),
    (DATA, "elsewhere:happening:deliver", _("Matched files delivered beside the platform")),
    (DATA, "submissions:delivery:accept", _("Files accepted")),
    (DATA, "submissions:delivery:reject", _("Files rejected")),
    (DATA, "hub:link_run:complete_confirmation", _("Matches confirmed by every steward")),
    (DATA, "hub:extract:clear", _("Extracts cleared for analysis")),
    (DATA, "workspaces:workspace:open", _("Workspaces opened")),
    (DATA, "outputs:release_request:release", _("Sets of results released")),
)


@dataclass(frozen=True)
class Figure:
    """`code` is the event that was counted, or names what was; it is the same in every language."""

    code: str
    section: Words
    what: Words
    value: int | float | Decimal


def figures(period: Period) -> list[Figure]:
    """Every figure of the period, in order."""
    return [
        *_acts(period),
        *_in_force(period),
        *_destruction(period),
        *_matters(period),
        *_fees(period),
        *_medians(),
    ]


def _instants(period: Period) -> tuple[datetime, datetime]:
    """Its first instant, and the first after it."""
    return clock.midnight(period.first), clock.midnight(period.last + timedelta(days=1))


def _within(period: Period, field: str) -> Q:
    first, after = _instants(period)
    return Q(**{f"{field}__gte": first, f"{field}__lt": after})


def _acts(period: Period) -> Iterator[Figure]:
    """Of files, what this installation does with them; the other way only where it was gone in the period."""
    events = Event.objects.filter(_within(period, "domain_at"), name__in=[name for _s, name, _w in ACTS])
    # of any column the database would read each event, of none the index alone
    found = dict(events.order_by().values_list("name").annotate(n=Count("*")))
    for section, name, what in ACTS:
        elsewhere = name.startswith("elsewhere:")
        if section != DATA or elsewhere is governance_only() or name in found:
            yield Figure(name, section, what, found.get(name, 0))


def _in_force(period: Period) -> Iterator[Figure]:
    day = min(period.last, clock.today())
    said = _("Agreements in force on the last day")
    yield Figure("agreements:in_force", AGREEMENTS, said, running_on(day).count())


def _destruction(period: Period) -> Iterator[Figure]:
    section = _("Destruction")
    day = min(period.last, clock.today())
    done = DestructionDuty.objects.filter(_within(period, "done_at"))
    late = done.filter(due_on__isnull=False, done_at__date__gt=F("due_on"))
    overdue = DestructionDuty.objects.filter(due_on__lte=day).filter(
        Q(done_at__isnull=True) | Q(done_at__gte=_instants(period)[1])
    )
    yield Figure("destruction:certified", section, _("Destructions certified"), done.count())
    yield Figure("destruction:late", section, _("of these, after their due day"), late.count())
    yield Figure(
        "destruction:overdue", section, _("Destructions due and not done on the last day"), overdue.count()
    )


def _matters(period: Period) -> Iterator[Figure]:
    section = _("Exceptions")
    for what, field in ((_("recorded"), "recorded_at"), (_("closed"), "closed_at")):
        rows = (
            Matter.objects.filter(_within(period, field))
            .order_by()
            .values_list("kind")
            .annotate(n=Count("pk"))
        )
        for kind, count in sorted(rows):
            yield Figure(
                f"exceptions:{kind}:{field.removesuffix('_at')}",
                section,
                f"{_t(words(Kind(kind)))}: {what}",
                count,
            )


def _fees(period: Period) -> Iterator[Figure]:
    """In dollars, once a fee was fixed at all."""
    after = _instants(period)[1]
    if not Fee.objects.exists():
        return
    open_then = Q(fixed_at__lt=after) & (Q(settled_at__isnull=True) | Q(settled_at__gte=after))
    told = (
        ("fees:fixed", _("Fees fixed, in dollars"), _within(period, "fixed_at")),
        ("fees:waived", _("Fees waived, in dollars"), Q(status="waived") & _within(period, "settled_at")),
        ("fees:paid", _("Fees paid, in dollars"), Q(status="paid") & _within(period, "settled_at")),
        ("fees:due", _("Fees due on the last day, in dollars"), open_then),
    )
    for code, said, which in told:
        total = Fee.objects.filter(which).aggregate(total=Sum("amount"))["total"]
        yield Figure(code, FEES, said, total or Decimal("0.00"))


def _medians() -> Iterator[Figure]:
    """Of the turns that ended within two years, as the register shows them."""
    section = _("Median business days (turns that ended within two years)")
    for one in clocks.figures():
        said = f"{_t(one.get_stage_display())} · {_t(one.get_party_display())}"
        yield Figure(f"median_days:{one.stage}:{one.party}", section, said, one.median_days)


@dataclass(frozen=True)
class AgencyYear:
    """What was asked of an agency and what it sent in the period."""

    agency: Agency
    decisions: int
    files: int


def by_agency(period: Period) -> list[AgencyYear]:
    """Each agency that decided on a request or sent a file."""
    decided = _per_agency(AgencyReview.objects.filter(_within(period, "decided_at")))
    sent = Counter(_per_agency(Delivery.objects.filter(_within(period, "received_at"))))
    beside = Happening.objects.filter(act=Action.SEND, on__gte=period.first, on__lte=period.last)
    sent += Counter(_per_agency(beside))
    return [
        AgencyYear(agency, decided.get(agency.pk, 0), sent[agency.pk])
        for agency in Agency.objects.filter(pk__in={*decided, *sent})
    ]


def _per_agency(records: Any) -> dict[int, int]:
    return dict(records.order_by().values_list("agency").annotate(n=Count("pk")))


def projects(period: Period) -> list[tuple[DataRequest, int]]:
    """The projects that the board approved or that released results in the period, with their sets of results."""
    of_project = "release_request__workspace__agreement__data_request"
    released = dict(
        Release.objects.filter(_within(period, "at"))
        .order_by()
        .values_list(of_project)
        .annotate(n=Count("pk"))
    )
    approved = Q(status=Status.APPROVED) & _within(period, "decided_at")
    found = DataRequest.objects.filter(approved | Q(pk__in=released)).order_by("number")
    return [(record, released.get(record.pk, 0)) for record in found.select_related("applicant__employer")]


def first_day() -> date:
    """The first day that the log knows; today where it is empty."""
    event = Event.objects.order_by("index").values_list("domain_at", flat=True).first()
    return clock.day_of(event) if event else clock.today()
