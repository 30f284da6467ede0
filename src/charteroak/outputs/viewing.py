"""A look at a file before its release: sealed by the process that holds the key, for one page view."""

from hashlib import sha256
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app

from charteroak.adapters import showing
from charteroak.adapters.vault import VaultError
from charteroak.agencies.models import Person
from charteroak.audit import actions as audit
from charteroak.outputs.checks import read, results
from charteroak.outputs.models import OutputFile
from charteroak.outputs.queries import may_look
from charteroak.policy.decision import Decision, Refused


def show(*, file: int, person: str, token: str, recipient: str) -> None:
    """Seal a file and its verdicts for `person`'s page, or why not; this process decides for itself."""
    found = OutputFile.objects.select_related(
        "release_request__workspace__agreement", "release_request__author", "output"
    ).get(pk=file)
    record, viewer = found.release_request, Person.objects.get(username=person)
    try:
        allowed = may_look(record, viewer).require()
    except Refused as refused:
        audit.record_refusal(refused, action="outputs:file:look", by=viewer, subject=record)
        showing.answer(token, recipient, showing.refusal(refused))
        return
    showing.hand_over(token, recipient, lambda: _content(found), lambda: _looked_at(found, viewer, allowed))


def _content(file: OutputFile) -> dict[str, Any]:
    """The bytes that are put forward, and no others, with what the checks found in them."""
    content = read(file.output)
    if sha256(content).hexdigest() != file.sha256:
        raise VaultError(
            f"{file.release_request}: the stored bytes of file {file.pk} are not the pinned ones."
        )
    judged = results(file.release_request).get(file.name, {})
    return {"content": content.decode("utf-8", errors="replace"), "judged": judged}


@transaction.atomic
def _looked_at(file: OutputFile, by: Person, allowed: Decision) -> None:
    """Note that somebody saw what is in a file."""
    record = file.release_request
    audit.record(
        "outputs:file:look",
        by=by,
        subject=record,
        number=record.number,
        sha256=file.sha256,
        clauses=list(allowed.clauses),
    )


def look(file: OutputFile, person: Person) -> dict[str, Any]:
    """What is in a file and what the checks found, for a page. Raises Refused, showing.NotShown."""
    may_look(file.release_request, person).require()
    sealed = showing.ask(
        lambda token, recipient: app.configure_task("outputs:show", allow_unknown=False).defer(
            file=file.pk, person=person.username, token=token, recipient=recipient
        )
    )
    return showing.read(sealed)
