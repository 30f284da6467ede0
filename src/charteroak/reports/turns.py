"""Whose turn it is on every request, since when and until when: the pages of the clocks."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from charteroak.adapters.listing import PER_PAGE
from charteroak.agencies.signin import signed_in
from charteroak.agreements.clocks import MEDIANS, held_by_party, medians_shown
from charteroak.agreements.turns import cells, head, link, of_changes, paged
from charteroak.policy.clocks import Party, State
from charteroak.policy.sentence import words
from charteroak.reports import clocks
from charteroak.requests.queries import visible_to

OPEN_STATES = (State.OVERDUE, State.SOON, State.RUNNING, State.PAUSED)


@login_required
@require_safe
def turns(request: HttpRequest) -> HttpResponse:
    """Every turn that is not over on the requests this person may open; filters stand in the address."""
    query = request.GET.get("q", "").strip()[:100]
    known = clocks.running_for(signed_in(request), query)
    found = known.turns
    state, party = request.GET.get("state", ""), request.GET.get("party", "")
    shown = [
        one for one in found if (not state or one.state == state) and (not party or one.run.party == party)
    ]
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page", "")[:6])
    return render(
        request,
        "reports/turns.html",
        {
            "head": [_("Request"), *head()],
            "rows": [(link(one), *cells(one)) for one in page],
            **paged(request, page),
            "any": bool(found or query or known.left_out),
            "query": query,
            "left_out": known.left_out,
            "counts": [(one, _(words(one)), sum(turn.state is one for turn in found)) for one in OPEN_STATES],
            "parties": [(one, _(words(one))) for one in Party],
            "state": state,
            "party": party,
            "figures_head": MEDIANS,
            "figures": medians_shown(),
        },
    )


@login_required
@require_safe
def turns_of(request: HttpRequest, number: str) -> HttpResponse:
    """One request's turns from its first day, and how long each party held it."""
    record = get_object_or_404(visible_to(signed_in(request)), number=number)
    found = clocks.turns_of([record])
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page", "")[:6])
    shown: dict[str, Any] = {
        "data_request": record,
        "head": head(),
        "rows": [cells(one) for one in page],
        **paged(request, page),
        "held_head": [_("Party"), _("Business days")],
        **of_changes(record, signed_in(request)),
        "held": [(_(words(party)), days) for party, days in held_by_party(found)],
    }
    return render(request, "reports/turns_of.html", shown)
