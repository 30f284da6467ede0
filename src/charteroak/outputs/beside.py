"""What a checker has beside a file: the files before and after it, and what has left about the same people."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from charteroak.agencies.models import Agency, Person
from charteroak.agencies.reading import once
from charteroak.agreements.queries import contributed_by, contributors
from charteroak.outputs.models import OutputFile, ReleaseRequest
from charteroak.outputs.queries import Ballot, agreement_of, visible_to

SHOWN = 10  # releases on one screen, the newest


@dataclass(frozen=True)
class Place:
    """Where a file stands among its request's, in the order of their names."""

    number: int
    of: int
    before: int | None
    after: int | None


@once
def _in_order(record: ReleaseRequest) -> list[int]:
    return list(record.files.order_by("name").values_list("pk", flat=True))


def place(record: ReleaseRequest, file: OutputFile) -> Place:
    files = _in_order(record)
    at = files.index(file.pk)
    return Place(
        at + 1, len(files), files[at - 1] if at else None, files[at + 1] if at + 1 < len(files) else None
    )


def without_a_vote(record: ReleaseRequest, votes: Mapping[int, Ballot]) -> list[int]:
    """The files, in order, that have none of these votes."""
    return [file for file in _in_order(record) if file not in votes]


def next_of(record: ReleaseRequest, file: OutputFile, missing: list[int]) -> int:
    """The next of these files, from the first again after the last."""
    files = _in_order(record)
    later = files[files.index(file.pk) + 1 :]
    return next((one for one in later if one in missing), missing[0])


def _left(found: QuerySet[ReleaseRequest]) -> QuerySet[ReleaseRequest]:
    return (
        found.filter(release__isnull=False)
        .select_related("release", "workspace__agreement__data_request")
        .order_by("-release__at")
    )


def earlier(record: ReleaseRequest) -> list[ReleaseRequest]:
    """What of this project has left, the newest first, with its files: the same people stand behind them."""
    files = Prefetch("files", OutputFile.objects.only("pk", "name", "context", "release_request"))
    own = ReleaseRequest.objects.filter(workspace=record.workspace).exclude(pk=record.pk)
    return list(_left(own).prefetch_related(files)[:SHOWN])


def of_the_same_agencies(record: ReleaseRequest, person: Person) -> list[ReleaseRequest]:
    """What of other projects has left on records of the same agencies, as far as `person` sees them.

    Nobody may compare who is in both: each project has pseudonyms of its own.
    """
    agencies = Agency.objects.filter(code__in=contributors(agreement_of(record)))
    others = visible_to(person).filter(workspace__agreement__in=contributed_by(agencies))
    return list(_left(others.exclude(workspace=record.workspace))[:SHOWN])
