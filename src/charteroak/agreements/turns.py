"""Whose turn it is on every request, since when and until when: the pages of the clocks."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from charteroak.adapters.listing import PER_PAGE
from charteroak.agencies.models import Person
from charteroak.agencies.signin import signed_in
from charteroak.agreements import clocks
from charteroak.policy.clocks import Party, State
from charteroak.policy.sentence import words
from charteroak.requests.models import DataRequest
from charteroak.requests.queries import visible_to

OPEN_STATES = (State.OVERDUE, State.SOON, State.RUNNING, State.PAUSED)


@login_required
@require_safe
def turns(request: HttpRequest) -> HttpResponse:
    """Every turn that is not over on the requests this person may open; filters stand in the address."""
    found = clocks.running_for(signed_in(request))
    state, party = request.GET.get("state", ""), request.GET.get("party", "")
    shown = [
        one for one in found if (not state or one.state == state) and (not party or one.run.party == party)
    ]
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page", "")[:6])
    return render(
        request,
        "agreements/turns.html",
        {
            "head": [_("Request"), *_head()],
            "rows": [(_link(one), *_cells(one)) for one in page],
            **paged(request, page),
            "any": bool(found),
            "counts": [(one, _(words(one)), sum(turn.state is one for turn in found)) for one in OPEN_STATES],
            "parties": [(one, _(words(one))) for one in Party],
            "state": state,
            "party": party,
            "figures_head": clocks.MEDIANS,
            "figures": clocks.medians_shown(),
        },
    )


def paged(request: HttpRequest, page: Page[Any]) -> dict[str, Any]:
    """What `agreements/pages.html` shows below a part of a list: where it stands, and the ways to its neighbours."""
    return {
        "page": page,
        "before": _address(request, page.previous_page_number()) if page.has_previous() else "",
        "after": _address(request, page.next_page_number()) if page.has_next() else "",
    }


def _address(request: HttpRequest, page: int) -> str:
    query = request.GET.copy()
    query["page"] = str(page)
    return f"?{query.urlencode()}"


@login_required
@require_safe
def turns_of(request: HttpRequest, number: str) -> HttpResponse:
    """One request's turns from its first day, and how long each party held it."""
    record = get_object_or_404(visible_to(signed_in(request)), number=number)
    found = clocks.turns_of([record])
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page", "")[:6])
    shown: dict[str, Any] = {
        "data_request": record,
        "head": _head(),
        "rows": [_cells(one) for one in page],
        **paged(request, page),
        "held_head": [_("Party"), _("Business days")],
        **of_changes(record, signed_in(request)),
        "held": [(_(words(party)), days) for party, days in clocks.held_by_party(found)],
    }
    return render(request, "agreements/turns_of.html", shown)


def of_changes(record: DataRequest, person: Person) -> dict[str, Any]:
    """What a page says of the changes of a request that are underway."""
    return {
        "changes_head": [_("Request"), *_head()],
        "changes_underway": [(_link(one), *_cells(one)) for one in clocks.changes_underway(record, person)],
    }


def _head() -> list[str]:
    return [_("Stage"), _("Whose turn"), _("Since"), _("Business days"), _("Due"), _("Clock")]


def _cells(one: clocks.Turn) -> tuple[Any, ...]:
    who = _(words(one.run.party))
    if one.run.ended_on is not None:
        due = _("done %s") % date_format(one.run.ended_on)
    else:
        due = date_format(one.due) if one.due else _("no deadline")
    began = date_format(one.run.began_on)
    whose = f"{who} ({one.whose})" if one.whose else who
    return _(words(one.run.stage)), whose, began, one.days, due, _(words(one.state))


def _link(one: clocks.Turn) -> str:
    address = reverse("turns_of", args=[one.number])
    return format_html('<a href="{}">{} {}</a>', address, one.number, one.title)
