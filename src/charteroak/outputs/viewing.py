"""A look at a file before its release: sealed by the process that holds the key, for one page view."""

import json
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app

from charteroak.adapters import showing
from charteroak.agencies.models import Person
from charteroak.audit import actions as audit
from charteroak.outputs.checks import read, results
from charteroak.outputs.models import OutputFile
from charteroak.outputs.queries import coverage_for, may_look
from charteroak.policy.decision import Refused


def show(*, file: int, person: str, token: str, recipient: str) -> None:
    """Seal a file and its verdicts for `person`'s page, or why not; this process decides for itself."""
    found = OutputFile.objects.select_related(
        "release_request__workspace__agreement", "release_request__author", "output"
    ).get(pk=file)
    viewer = Person.objects.get(username=person)
    try:
        may_look(found.release_request, viewer).require()
    except Refused as refused:
        audit.record_refusal(refused, action="outputs:file:look", by=viewer, subject=found.release_request)
        showing.answer(token, recipient, showing.refusal(refused))
        return
    _looked_at(file=found, by=viewer)
    content = read(found.output).decode("utf-8", errors="replace")
    judged = results(found.release_request).get(found.name, {})
    showing.answer(token, recipient, json.dumps({"content": content, "judged": judged}).encode())


def _looked_at(*, file: OutputFile, by: Person) -> None:
    """Note that somebody saw what is in a file."""
    with transaction.atomic():
        record = file.release_request
        allowed = coverage_for(record, by).require()
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
