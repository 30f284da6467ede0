"""Whose turn it is between the signature and the cleared extract, from files, finder lists, link run and extract."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from charteroak.adapters import clock
from charteroak.agreements.clocks import Turn, longest
from charteroak.agreements.models import Agreement, DestructionDuty
from charteroak.agreements.queries import joined_on
from charteroak.hub.models import Extract, LinkRun, MatchConfirmation
from charteroak.policy import extract, link_run
from charteroak.policy.clocks import Stage
from charteroak.policy.files_and_match import Files, Match, runs_to_the_extract
from charteroak.requests.models import DataRequest
from charteroak.submissions.clocks import asked_to_find, days_read, files_of

OWN = ("number", "executed_on", "ends_on", "ended_on", "amends_id", "version_id", "data_request_id")


def running(requests: QuerySet[DataRequest], at_most: int | None = None) -> tuple[list[Turn], int]:
    """The turns that are not over; with `at_most` those of so many agreements, which wait longest, and how many not."""
    keys, left_out = longest(_open(requests).order_by("executed_on", "pk"), at_most)
    found = _turns(Agreement.objects.filter(pk__in=keys).order_by("executed_on", "pk"), clock.today())
    return [one for one in found if one.run.ended_on is None], left_out


def _open(requests: QuerySet[DataRequest]) -> QuerySet[Agreement]:
    """Agreements in force whose match is not confirmed, or whose extract is not cleared."""
    identifiers = DestructionDuty.objects.filter(
        agreement=OuterRef("pk"), what=DestructionDuty.What.IDENTIFIERS
    )
    unmatched = Exists(identifiers.filter(began_on=None, done_at=None))
    built = Extract.objects.filter(status=extract.Status.BUILT).values("link_run__agreement")
    in_force = Agreement.objects.filter(
        executed_on__isnull=False, ends_on__gte=clock.today(), ended_on__isnull=True
    )
    return in_force.filter(unmatched | Q(pk__in=built), data_request__in=requests)


def turns_of(requests: Iterable[DataRequest]) -> list[Turn]:
    """Every turn of these requests' agreements. Few queries, however many there are."""
    signed = Agreement.objects.filter(data_request__in=list(requests), executed_on__isnull=False)
    return _turns(signed, clock.today())


def due_days(records: Iterable[Agreement]) -> dict[str, date]:
    """By number the day by which whoever's turn it is must act; none where nobody must. Few queries for all."""
    found: dict[str, date] = {}
    for one in _turns(Agreement.objects.filter(pk__in=[record.pk for record in records]), clock.today()):
        if one.run.ended_on is None and one.due:
            found[one.number] = min(found.get(one.number, one.due), one.due)
    return found


def _turns(agreements: QuerySet[Agreement], today: date) -> list[Turn]:
    records = agreements.annotate(asked=F("data_request__number"), title=F("data_request__title"))
    found = list(records.only(*OWN).prefetch_related(*days_read(), "duties", *_matches_read()))
    joined, asked = joined_on(found), asked_to_find(found)
    built = Extract.objects.filter(link_run__agreement__in=found).only("link_run", "built_at", "cleared_at")
    extracts = {one.link_run_id: one for one in built}
    return [
        Turn(record.data_request_id, record.asked, record.title, run, today, page=_page(record, run.stage))
        for record in found
        for run in runs_to_the_extract(
            _match(
                record, files_of(record, joined.get(record.pk, {}), asked.get(record.pk, ())), extracts, today
            )
        )
    ]


def _matches_read() -> "tuple[Prefetch[str], ...]":
    confirmed = MatchConfirmation.objects.select_related("agency").only("link_run", "at", "agency__code")
    runs = LinkRun.objects.only("agreement", "status", "settled_at", "started_at")
    return Prefetch("link_runs", runs), Prefetch("link_runs__confirmations", confirmed)


def _page(record: Agreement, stage: Stage) -> str:
    return f"/submissions/{record.number}/" if stage is Stage.FILES else f"/hub/{record.number}/"


def _match(record: Agreement, files: tuple[Files, ...], extracts: dict[int, Extract], today: date) -> Match:
    run = next((one for one in record.link_runs.all() if one.status != link_run.Status.FAILED), None)
    built = extracts.get(run.pk) if run else None
    return Match(
        files=files,
        settled_on=_day(run.settled_at) if run else None,
        confirmed_on=_confirmed(run),
        complete=run is not None and run.status == link_run.Status.CONFIRMED,
        built_on=_day(built.built_at) if built else None,
        cleared_on=_day(built.cleared_at) if built else None,
        over_on=_over_on(record, today),
    )


def _confirmed(run: LinkRun | None) -> tuple[tuple[str, date], ...]:
    return tuple((one.agency.code, clock.day_of(one.at)) for one in run.confirmations.all()) if run else ()


def _over_on(record: Agreement, today: date) -> date | None:
    """From when nothing is sent or linked any more: the identifiers are destroyed, or the agreement is over."""
    destroyed = [
        clock.day_of(one.done_at)
        for one in record.duties.all()
        if one.what == DestructionDuty.What.IDENTIFIERS and one.done_at
    ]
    over = [record.last_day] if record.ended_on or record.last_day < today else []
    return min(destroyed + over, default=None)


def _day(at: datetime | None) -> date | None:
    return clock.day_of(at) if at else None
