"""The log's size and its newest checkpoint as JSON, for auditors."""

from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.security import django_auth

from charteroak.audit import queries
from charteroak.audit.views import events, log_listed
from charteroak.audit.views import export as log_file

router = Router(auth=django_auth, tags=["audit"])


@router.get("/size")
def size(request: HttpRequest) -> dict[str, Any]:
    checkpoint = queries.newest_checkpoint()
    return {"events": events(request).count(), "checkpoint": checkpoint.note if checkpoint else None}


@router.get("/acts")
def acts(request: HttpRequest, by: str) -> dict[str, Any]:
    """How many acts the log has of a person or process; refusals are none."""
    done = queries.search(events(request), by=by).exclude(name__endswith=":refused")
    return {"by": by, "acts": done.count()}


@router.get("/events", summary="The log, the newest first; ?name, ?by, ?subject, ?day, ?page, ?format")
def listing(request: HttpRequest) -> Any:
    return log_listed(request).told()


@router.get("/export", summary="The log with its signed checkpoint, to be verified offline")
def export(request: HttpRequest) -> Any:
    return log_file(request)


@router.get("/records/{subject}")
def record(request: HttpRequest, subject: str) -> list[dict[str, Any]]:
    about = events(request).filter(subject=subject).order_by("index")
    return [{"index": event.index, "leaf": event.text} for event in about]
