"""What the reports show: who reads which, and what is read for many records at once."""

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.agreements.clocks import Turn
from charteroak.policy.decision import Decision
from charteroak.policy.report import READERS, Report, may_read
from charteroak.reports import clocks
from charteroak.requests.models import DataRequest, RequestedColumn


def may(person: Person, report: Report) -> Decision:
    """Whether this person reads this report today."""
    return may_read(report, person.roles(clock.today()) if person.is_active else ())


def readable(person: Person) -> list[Report]:
    """The reports that this person reads, in order."""
    roles = person.roles(clock.today())
    return [one for one in READERS if may_read(one, roles)]


def with_agencies(records: list[DataRequest]) -> None:
    """Gives each request the `codes` of the agencies whose records it asks for: one query for all."""
    columns = RequestedColumn.objects.filter(data_request__in=records).order_by()
    asked: dict[int, list[str]] = {}
    for request, code in columns.values_list("data_request", "variable__dataset__agency__code").distinct():
        asked.setdefault(request, []).append(code)
    for record in records:
        record.codes = sorted(asked.get(record.pk, []))  # type: ignore[attr-defined] # for the cells of this list


def with_turns(records: list[DataRequest]) -> None:
    """Beside the agencies its `turns`, whose clock runs and who has held it how long: few queries for all."""
    with_agencies(records)
    turns: dict[int, list[Turn]] = {}
    for one in clocks.turns_of(records):
        turns.setdefault(one.key, []).append(one)
    for record in records:
        record.turns = turns.get(record.pk, [])  # type: ignore[attr-defined] # for the cells of this list


def codes_of(record: DataRequest) -> list[str]:
    """The agencies whose records are asked for; of a record `with_agencies`."""
    found: list[str] = record.codes  # type: ignore[attr-defined] # given above
    return found


def turns_of(record: DataRequest) -> list[Turn]:
    """All its turns; of a record `with_turns`."""
    found: list[Turn] = record.turns  # type: ignore[attr-defined] # given above
    return found


def running(record: DataRequest) -> list[Turn]:
    """The turns of a request that are not over, the most urgent first; of a record `with_turns`."""
    found = [one for one in turns_of(record) if one.run.ended_on is None]
    return sorted(found, key=lambda one: (one.due is None, one.due))
