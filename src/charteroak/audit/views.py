"""The log as an auditor reads it: searched, record by record, and as a file to verify elsewhere."""

import io
import json
import tempfile
from collections.abc import Iterable
from datetime import date
from typing import Protocol

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from charteroak.adapters import clock
from charteroak.adapters.listing import Listed
from charteroak.adapters.streaming import pieces, streamed
from charteroak.audit import queries
from charteroak.audit.export import export as write
from charteroak.audit.lists import EVENTS
from charteroak.audit.models import Event
from charteroak.policy.decision import refuse
from charteroak.policy.roles import Role


class Reader(Protocol):
    """A signed-in person, whom this room knows only so far."""

    @property
    def username(self) -> str: ...
    def roles(self, on: date) -> Iterable[Role]: ...


def events(request: HttpRequest) -> QuerySet[Event]:
    """Every event, for an auditor; anyone else is refused."""
    reader: Reader = request.user  # type: ignore[assignment] # the person model lies above this room
    roles = reader.roles(clock.today())
    if Role.AUDITOR not in roles:
        refuse(
            "wrong_role", _("Only auditors read the log."), _("Your own acts stand on each record.")
        ).require()
    return queries.visible_to(reader, roles)


def log_listed(request: HttpRequest) -> Listed:
    """Every event, the newest first, for an auditor."""
    return EVENTS.of(request, events(request).defer("leaf", "leaf_hash").order_by("-index"))


@login_required
@require_safe
def log(request: HttpRequest) -> HttpResponseBase:
    shown = log_listed(request)
    context = {"shown": shown, "checkpoint": queries.newest_checkpoint()}
    return shown.file or render(request, "audit/log.html", context)


@login_required
@require_safe
def record(request: HttpRequest, subject: str) -> HttpResponseBase:
    """The case file of one record: everything that happened to it, in order."""
    about = events(request).filter(subject=subject).order_by("index")
    if not about.exists():
        raise Http404
    shown = EVENTS.of(request, about)
    told = [(event, json.dumps(json.loads(event.text)["facts"], indent=1)) for event in shown.page]
    return shown.file or render(
        request, "audit/record.html", {"subject": subject, "told": told, "shown": shown}
    )


@login_required
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The log with its signed checkpoint, to be verified offline by `oak audit verify`."""
    events(request)
    checkpoint = queries.newest_checkpoint()
    if checkpoint is None:
        wait = _("The notary has signed nothing yet; try again in a few seconds.")
        return HttpResponse(f"{wait}\n", status=503, content_type="text/plain", headers={"Retry-After": "10"})
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it has been read
    text = io.TextIOWrapper(file, encoding="utf-8", newline="\n")
    write(checkpoint, text)
    text.flush()
    text.detach()
    size = file.tell()
    response = streamed(request, pieces(file), name=f"log-{checkpoint.size}.jsonl", kind="application/jsonl")
    response.headers["Content-Length"] = str(size)
    return response
