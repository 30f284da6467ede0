"""A checker's look at a file that asks to come in: sealed by the enclave, which holds the key, for one page view."""

import io
import zipfile
from typing import Any

from charteroak.agencies.models import Person
from charteroak.agencies.reading import reading
from charteroak.audit import looks
from charteroak.inputs import queries
from charteroak.inputs.models import InputRequest
from charteroak.inputs.scan import read
from charteroak.policy.input_request import Kind

SHOWN = 200_000  # characters of a file; a checker who needs more of it asks for a smaller one
WRITTEN = (".py", ".pyi", ".txt", ".md")  # what a package holds for people to read, and its METADATA


def show(*, input_request: int, person: str, token: str, recipient: str) -> None:
    """Seal the file to `person`'s page, or why not; this process decides for itself."""
    asked = InputRequest.objects.select_related("workspace__agreement__data_request", "author")
    record = asked.prefetch_related("workspace__agreement__clauses").get(pk=input_request)
    viewer = Person.objects.get(username=person)
    with reading():
        decided = queries.may_look(record, viewer)
    looks.show(
        "inputs:input_request:look", lambda: _content(record), decided, token, recipient,
        by=viewer, subject=record, number=record.number, sha256=record.sha256,
    )  # fmt: skip


def _content(record: InputRequest) -> dict[str, Any]:
    content = read(record)
    text = package(content) if record.kind == Kind.PACKAGE else content.decode("utf-8", errors="replace")
    return {"text": text[:SHOWN], "cut": len(text) > SHOWN}


def package(content: bytes) -> str:
    """Every file of a wheel by name and size, and the text of those that people wrote, as far as a page shows."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as wheel:
            members = sorted(
                wheel.infolist(), key=lambda one: (not one.filename.endswith("METADATA"), one.filename)
            )
            parts = ["\n".join(f"{one.file_size:>9} {one.filename}" for one in members)]
            for one in members:
                if one.filename.endswith((*WRITTEN, "METADATA")) and sum(map(len, parts)) < SHOWN:
                    with wheel.open(one) as file:
                        told = file.read(SHOWN).decode("utf-8", errors="replace")
                    parts.append(f"── {one.filename}\n{told}")
    except zipfile.BadZipFile:
        return ""
    return "\n\n".join(parts)


def look(record: InputRequest, person: Person) -> dict[str, Any]:
    """What is in the file, for a page. Raises Refused, showing.NotShown."""
    queries.may_look(record, person).require()
    return looks.ask("inputs:show", by=person, input_request=record.pk)
