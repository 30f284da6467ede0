"""A release request's files a page at a time, and a checker's votes kept until every file has one.

However many files a request has, its page reads and shows as many of them as fit on one.
"""

from collections.abc import Mapping
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpRequest

from charteroak.outputs.models import FileVote, ReleaseRequest
from charteroak.outputs.queries import Ballot, outputs_to_add
from charteroak.policy.release_request import Vote
from charteroak.workspaces.models import JobOutput

FILES, OUTPUTS = 25, 100  # on one page; offered to be put forward


def files_of(record: ReleaseRequest, request: HttpRequest) -> "Page[Any]":
    """The page of its files that the address asks for; `voted` says of each whether anybody ever did."""
    voted = Exists(FileVote.objects.filter(file=OuterRef("pk")))
    files = record.files.select_related("output", "protected").annotate(voted=voted)
    return Paginator(files, FILES).get_page(request.GET.get("files", "")[:6])


def outputs_of(record: ReleaseRequest, request: HttpRequest) -> "Page[JobOutput]":
    """What jobs left and may be put forward, newest job first."""
    return Paginator(outputs_to_add(record), OUTPUTS).get_page(request.GET.get("outputs", "")[:6])


def _place(record: ReleaseRequest) -> str:
    return f"ballots-{record.pk}-{record.round}"


def kept(session: SessionBase, record: ReleaseRequest) -> dict[int, Ballot]:
    """This checker's votes of this round that are not cast yet, by file: the browser's sign-in keeps them."""
    written: dict[str, Any] = session.get(_place(record), {})
    return {int(file): Ballot(Vote(vote), sha256, said) for file, (vote, sha256, said) in written.items()}


def keep(session: SessionBase, record: ReleaseRequest, votes: Mapping[int, Ballot]) -> None:
    session[_place(record)] = {file: [one.vote, one.sha256, one.comment] for file, one in votes.items()}


def forget(session: SessionBase, record: ReleaseRequest) -> None:
    session.pop(_place(record), None)


def without_a_vote(record: ReleaseRequest, votes: Mapping[int, Ballot]) -> list[int]:
    """The pages, in order, that have a file without one of these votes."""
    files = record.files.order_by("name").values_list("pk", flat=True)
    return sorted({1 + at // FILES for at, file in enumerate(files) if file not in votes})


def next_page(missing: list[int], after: int) -> int:
    """The next of these pages, from the first again after the last."""
    return next((page for page in missing if page > after), missing[0])
