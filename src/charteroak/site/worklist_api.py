"""What waits for whoever asks, as JSON: the lists of the page "My work"."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from ninja import Router
from ninja.security import django_auth

from charteroak.agencies.signin import signed_in
from charteroak.agencies.worklist import Item, Turn
from charteroak.site.templatetags.page import translated
from charteroak.site.work import covered_by, work_of

router = Router(auth=django_auth, tags=["worklist"])


@router.get("", summary="What waits for you, what waits on others, and what has finished")
def worklist(request: HttpRequest) -> dict[str, Any]:
    """Each with whose turn it is and by when; `covers` has what waits in offices that you may fill today."""
    by = signed_in(request)
    items = list(work_of(by))
    return {
        **{turn.value: _told(item for item in items if item.state is turn) for turn in Turn},
        "covers": [
            {"id": cover.pk, "holder": cover.office.person.username, "yours": _told(waiting)}
            for cover, waiting in covered_by(by)
        ],
    }


def _told(items: Iterable[Item]) -> list[dict[str, Any]]:
    return [
        {
            "title": str(item.title),
            "about": item.about or None,
            "turn": str(translated(item.whose_turn)) or None,
            "by_when": item.by_when,
            "page": item.href,
            "href": _below_api(item.href),
        }
        for item in items
    ]


def _below_api(page: str) -> str | None:
    """Where a program reads the record of a page; None where the task stands on a list or a form."""
    found = "/api" + page.partition("#")[0].partition("?")[0].rstrip("/")
    try:
        resolve(found)
    except Resolver404:
        return None
    return found
