"""A page that is older than the request: what changed is shown before anybody acts on it."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from charteroak.agencies.models import Person
from charteroak.agencies.signin import signed_in
from charteroak.audit.actions import record_refusal
from charteroak.catalog.models import Variable
from charteroak.policy.decision import Stale
from charteroak.requests import history
from charteroak.requests.answers import ANSWERS
from charteroak.requests.forms import seen_in
from charteroak.requests.models import DataRequest
from charteroak.requests.views.found import visible

View = Callable[..., HttpResponse]


def told_when_stale(name: str) -> Callable[[View], View]:
    """Answers an action on an older page with what changed since, by whom; nothing is done.

    `name` is the action as the log tells it; where the address names one, that one follows it.
    """

    def telling(view: View) -> View:
        @wraps(view)
        def told(request: HttpRequest, number: str, **kwargs: str) -> HttpResponse:
            try:
                return view(request, number, **kwargs)
            except Stale as stale:
                record = visible(request, number)
                asked = ":".join([name, *kwargs.get("action", "").replace("-", "_").split()])
                record_refusal(stale, action=asked, by=signed_in(request), subject=record)
                seen = seen_in(request.POST) or 0
                shown = {"record": record, "changes": changes(record, seen, signed_in(request))}
                return render(request, "requests/stale.html", shown, status=409)

        return told

    return telling


def changes(record: DataRequest, seen: int, by: Person) -> list[dict[str, object]]:
    """What others changed after revision `seen`, the latest last, in the reader's words."""
    found = list(history.since(record, seen, by))
    keys = [int(c.part.split()[1]) for c in found if c.part.startswith("column ")]
    names = {v.pk: str(v) for v in Variable.objects.filter(pk__in=keys).select_related("dataset__agency")}
    return [
        {
            "part": _part(change.part, names),
            "before": _told(change.before),
            "after": _told(change.after),
            "by": change.by.name,
            "at": change.at,
        }
        for change in found
    ]


def _part(part: str, variables: dict[int, str]) -> str:
    kind, _space, key = part.partition(" ")
    if kind == "column":
        return variables.get(int(key), part)
    if kind == "paper":
        return _("papers")
    return _(ANSWERS[part]) if part in ANSWERS else _("team")


def _told(said: history.Said) -> str:
    if isinstance(said, list):
        return " – ".join(filter(None, said)) or _("asked for, purpose missing")
    return "" if said is None else str(said)
