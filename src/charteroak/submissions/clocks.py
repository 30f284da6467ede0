"""Since when each agency is asked for its files, until when, and when they were accepted."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from django.db.models import Prefetch

from charteroak.adapters import clock
from charteroak.adapters.calendar import closed_days
from charteroak.agreements.models import Agreement, Clause
from charteroak.agreements.queries import joined_on
from charteroak.policy.clocks import Stage
from charteroak.policy.delivery import FileKind
from charteroak.policy.files_and_match import Files, Match, runs_to_the_extract
from charteroak.submissions.models import Delivery, FinderList
from charteroak.submissions.queries import answers_by_number


def due_days(records: Sequence[Agreement]) -> dict[int, dict[str, date]]:
    """By agreement and agency the day by which its files are due, where they are asked for and not all accepted."""
    today, joined, asked = clock.today(), joined_on(records), asked_to_find(records)
    found: dict[int, dict[str, date]] = {record.pk: {} for record in records}
    for record in records:
        files = files_of(record, joined.get(record.pk, {}), asked.get(record.pk, ()))
        for run in runs_to_the_extract(Match(files)):
            if run.stage is Stage.FILES and run.ended_on is None and (due := run.due(today, closed_days())):
                found[record.pk][run.whose] = due
    return found


def days_read() -> "tuple[Prefetch[str], ...]":
    """Of many agreements what `files_of` reads, and no more of it: two queries."""
    sent = Delivery.objects.select_related("agency").only(
        "agreement", "kind", "stored", "checked_at", "received_at", "agency__code"
    )
    made = FinderList.objects.select_related("agency").only("agreement", "made_at", "agency__code")
    return Prefetch("deliveries", sent), Prefetch("finder_lists", made)


def asked_to_find(records: Iterable[Agreement]) -> dict[int, set[str]]:
    """By agreement the agencies that answer a finder list, as `queries.finder_agencies`, in one query for all."""
    held = {record.version_id or record.pk: record.pk for record in records}
    shared = Clause.objects.filter(agreement__in=held, kind="elements")
    found: dict[int, set[str]] = {}
    for text, code, linking in shared.values_list("agreement", "terms__agency", "terms__linking"):
        if answers_by_number(linking):
            found.setdefault(held[text], set()).add(code)
    return found


def files_of(record: Agreement, joined: Mapping[str, date], asked: Collection[str]) -> tuple[Files, ...]:
    """What each agency that `joined` sends; who answers a finder list can send nothing before the hub has made it."""
    came: dict[str, dict[str, date]] = {}
    for one in record.deliveries.all():
        if one.stored:  # a rejected file was never stored
            came.setdefault(one.agency.code, {})[one.kind] = clock.day_of(one.checked_at or one.received_at)
    made = {
        one.agency.code: clock.day_of(one.made_at) if one.made_at else None
        for one in record.finder_lists.all()
    }
    answering = {*made, *asked}
    numbers = [
        day[FileKind.MATCHING]
        for code, day in came.items()
        if code not in answering and FileKind.MATCHING in day
    ]
    return tuple(
        Files(
            code,
            made.get(code) if code in answering else on,
            came.get(code, {}).get(FileKind.MATCHING),
            max(came[code].values()) if len(came.get(code, {})) == len(FileKind) else None,
            min(numbers, default=None) if code in answering else None,
        )
        for code, on in sorted(joined.items())
    )
