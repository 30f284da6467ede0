"""Since when each agency is asked for its files, until when, and when they were accepted."""

from collections.abc import Mapping
from datetime import date

from charteroak.adapters import clock
from charteroak.adapters.calendar import closed_days
from charteroak.agreements.models import Agreement
from charteroak.policy.clocks import Stage
from charteroak.policy.delivery import FileKind
from charteroak.policy.files_and_match import Files, Match, runs_to_the_extract
from charteroak.submissions.queries import finder_agencies

FILES_READ = ("deliveries__agency", "finder_lists__agency", "clauses", "version__clauses")


def due_of(record: Agreement, joined: Mapping[str, date]) -> dict[str, date]:
    """By agency, of those that `joined`, the day by which its files are due, where they are not all accepted."""
    today, match = clock.today(), Match(files_of(record, joined))
    runs = [one for one in runs_to_the_extract(match) if one.stage is Stage.FILES and one.ended_on is None]
    return {one.whose: due for one in runs if (due := one.due(today, closed_days())) is not None}


def files_of(record: Agreement, joined: Mapping[str, date]) -> tuple[Files, ...]:
    """What each agency that `joined` sends; who answers a finder list can send nothing before the hub has made it."""
    came: dict[str, dict[str, date]] = {}
    for one in record.deliveries.all():
        if one.stored:  # a rejected file was never stored
            came.setdefault(one.agency.code, {})[one.kind] = clock.day_of(one.checked_at or one.received_at)
    made = {
        one.agency.code: clock.day_of(one.made_at) if one.made_at else None
        for one in record.finder_lists.all()
    }
    complete = all(len(came.get(code, {})) == len(FileKind) for code in joined)
    answering = {*made} if complete else {*made, *_answering(record)}
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


def _answering(record: Agreement) -> list[str]:
    try:
        return finder_agencies(record)
    except LookupError:  # a clause is missing: such an agreement covers nothing
        return []
