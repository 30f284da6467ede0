"""Whose turn it is on each release request, read from the log: checkers, the author, the agencies, the board."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import QuerySet

from charteroak.adapters import clock
from charteroak.agreements.clocks import Turn, due_on, heeded, longest
from charteroak.agreements.queries import joined_on
from charteroak.audit.actions import subject_of
from charteroak.outputs.models import ReleaseRequest
from charteroak.policy.clocks import Moment, Run
from charteroak.policy.output_clocks import agencies_started, runs_of_outputs
from charteroak.policy.release_request import Status
from charteroak.requests.models import DataRequest

OPEN = (Status.CHECKED, Status.RETURNED, Status.REVIEWED, Status.IN_PREVIEW)


def running(requests: QuerySet[DataRequest], at_most: int | None = None) -> tuple[list[Turn], int]:
    """The turns that are not over; with `at_most` those of as many outputs, which wait longest, and how many not."""
    keys, left_out = longest(_open(requests).order_by("submitted_at", "pk"), at_most)
    found = _turns(ReleaseRequest.objects.filter(pk__in=keys).order_by("submitted_at", "pk"))
    return [one for one in found if one.run.ended_on is None], left_out


def _open(requests: QuerySet[DataRequest]) -> QuerySet[ReleaseRequest]:
    return ReleaseRequest.objects.filter(status__in=OPEN, workspace__agreement__data_request__in=requests)


def turns_of(requests: Iterable[DataRequest]) -> list[Turn]:
    """Every turn of the release requests of these projects. Few queries, however many there are."""
    return _turns(ReleaseRequest.objects.filter(workspace__agreement__data_request__in=list(requests)))


def due_days(records: Iterable[ReleaseRequest]) -> dict[str, date]:
    """By number the day by which whoever's turn it is must act; none where nobody must by a day."""
    found: dict[str, date] = {}
    open_ones = [record for record in records if record.status in OPEN]
    today = clock.today()
    for record, runs in _runs(open_ones) if open_ones else ():
        due = [due_on(run, today) for run in runs if run.ended_on is None]
        if known := [day for day in due if day is not None]:
            found[record.number] = min(known)
    return found


def _turns(records: QuerySet[ReleaseRequest]) -> list[Turn]:
    of_request = "workspace__agreement__data_request"
    read = ("number", "preview_ends_on", f"{of_request}__number", f"{of_request}__title")
    found = list(records.select_related(of_request).only(*read))
    today = clock.today()
    return [one for record, runs in _runs(found) for one in _shown(record, runs, today)]


def _shown(record: ReleaseRequest, runs: Iterable[Run], today: date) -> list[Turn]:
    asked, page = record.workspace.agreement.data_request, record.get_absolute_url()
    return [Turn(asked.pk, asked.number, asked.title, run, today, record.number, page) for run in runs]


def _runs(found: Sequence[ReleaseRequest]) -> list[tuple[ReleaseRequest, list[Run]]]:
    """Every run of the clocks of each of these. Few queries, however many there are."""
    subjects = {subject_of(record): record for record in found}
    joined = joined_on(record.workspace.agreement for record in found)
    told: dict[int, list[Moment]] = {}
    for event in heeded(subjects):
        record = subjects[event.subject]
        contributors = joined.get(record.workspace.agreement_id, {})
        there = agencies_started(event.name, event.on, event.agencies, contributors)
        told.setdefault(record.pk, []).append(Moment(event.name, event.on, event.agency, there))
    today = clock.today()
    return [
        (record, runs_of_outputs(told.get(record.pk, []), record.preview_ends_on, today)) for record in found
    ]
