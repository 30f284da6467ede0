"""A look at a file before its release: sealed by the process that holds the key, for one page view."""

from hashlib import sha256
from typing import Any

from charteroak.adapters.vault import VaultError
from charteroak.agencies.models import Person
from charteroak.agencies.reading import reading
from charteroak.audit import looks
from charteroak.outputs.checks import read, result
from charteroak.outputs.models import OutputFile
from charteroak.outputs.queries import may_look

SHOWN = ("verdicts", "evidence")  # of what the checks found; the rest may be long


def show(*, file: int, person: str, token: str, recipient: str) -> None:
    """Seal a file and its verdicts for `person`'s page, or why not; this process decides for itself."""
    asked = OutputFile.objects.select_related(
        "release_request__workspace__agreement__data_request", "release_request__author", "output"
    ).prefetch_related("release_request__workspace__agreement__clauses")
    found, viewer = asked.get(pk=file), Person.objects.get(username=person)
    record = found.release_request
    with reading():
        decided = may_look(record, viewer)
    looks.show(
        "outputs:file:look", lambda: _content(found), decided, token, recipient,
        by=viewer, subject=record, number=record.number, sha256=found.sha256,
    )  # fmt: skip


def _content(file: OutputFile) -> dict[str, Any]:
    """The bytes that are put forward, and no others, with what the checks found in them."""
    content = read(file.output)
    if sha256(content).hexdigest() != file.sha256:
        raise VaultError(
            f"{file.release_request}: the stored bytes of file {file.pk} are not the pinned ones."
        )
    found = result(file)
    judged = {part: found[part] for part in SHOWN if part in found}
    return {"content": content.decode("utf-8", errors="replace"), "judged": judged}


def look(file: OutputFile, person: Person) -> dict[str, Any]:
    """What is in a file and what the checks found, for a page. Raises Refused, showing.NotShown."""
    may_look(file.release_request, person).require()
    return looks.ask("outputs:show", by=person, file=file.pk)
