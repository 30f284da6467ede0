"""Whose turn it is on every request, since when and until when: the pages of the clocks."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t
from django.views.decorators.http import require_safe

from charteroak.adapters.listed_values import of_values
from charteroak.adapters.listing import Cell, Column, Filter, Listed, Listing
from charteroak.agencies.signin import signed_in
from charteroak.agreements.clocks import MEDIANS, Turn, held_by_party, medians_shown
from charteroak.agreements.turns import of_changes
from charteroak.policy.clocks import Party, State
from charteroak.policy.lifecycle import choices
from charteroak.policy.sentence import words
from charteroak.reports import clocks
from charteroak.requests.queries import visible_to

OPEN_STATES = (State.OVERDUE, State.SOON, State.RUNNING, State.PAUSED)


def _stage(one: Turn) -> Cell:
    """It leads to where it is acted on, if that is not the request."""
    return Cell(f"{_(words(one.run.stage))} {one.about}".strip(), one.page)


def _whose(one: Turn) -> str:
    who = _(words(one.run.party))
    return f"{who} ({one.whose})" if one.whose else who


TURNS = Listing(
    name="turns",
    caption=_t("Turns that are not over, the most urgent first"),
    search=("number", "title"),
    columns=(
        Column(
            "request",
            _t("Request"),
            lambda one: Cell(f"{one.number} {one.title}", reverse("turns_of", args=[one.number])),
        ),
        Column("stage", _t("Stage"), _stage),
        Column("whose_turn", _t("Whose turn"), _whose),
        Column("since", _t("Since"), lambda one: one.run.began_on),
        Column("business_days", _t("Business days"), lambda one: one.days),
        Column("due_on", _t("Due"), lambda one: one.due or _("no deadline"), due=True),
        Column("clock", _t("Clock"), lambda one: words(one.state)),
    ),
    nothing=_t("No clock runs on a request that you may open."),
    next_step=_t("A request starts the first one."),
    next_href="/requests/",
)


def _counted(found: list[Turn]) -> list[tuple[str, str]]:
    """States of the clock, each with how many there are."""
    counts = Counter(turn.state for turn in found)
    return [
        (one.value, f"{_(words(one))} ({counts[one]})")
        for one in State
        if one in counts or one in OPEN_STATES
    ]


def _filters(states: Callable[[], Iterable[tuple[str, str]]]) -> tuple[Filter, ...]:
    """By the state of the clock, of which these are offered, and by party."""
    return (
        Filter("state", _t("Clock"), states, keeps=lambda one, state: one.state == state),
        Filter("party", _t("Party"), lambda: choices(Party), keeps=lambda one, party: one.run.party == party),
    )


WHOLE = replace(
    TURNS,
    name="turns-of-a-request",
    caption=_t("Every turn so far"),
    filters=_filters(lambda: choices(State)),
    search=("run.stage", "run.party", "run.whose", "about"),
    columns=(
        *TURNS.columns[1:-2],
        Column("due_on", _t("Due"), lambda one: None if one.run.ended_on else one.due, due=True),
        Column("ended_on", _t("Ended"), lambda one: one.run.ended_on),
        TURNS.columns[-1],
    ),
    nothing=_t("No clock has run yet: nobody works on what was decided before this program."),
)


def listed(request: HttpRequest) -> tuple[Listed, int]:
    """Every turn that is not over on the requests this person may open, and of how many records none is told."""
    known = clocks.running_for(signed_in(request), request.GET.get("q", "").strip()[:100])
    listing = replace(TURNS, filters=_filters(lambda: _counted(known.turns)))
    return of_values(listing, request, known.turns), known.left_out


@login_required
@require_safe
def turns(request: HttpRequest) -> HttpResponseBase:
    """Turns as a list, and how long each stage takes."""
    shown, left_out = listed(request)
    context = {
        "shown": shown, "left_out": left_out, "figures_head": MEDIANS, "figures": medians_shown(),
    }  # fmt: skip
    return shown.file or render(request, "reports/turns.html", context)


def listed_of(request: HttpRequest, found: list[Turn]) -> Listed:
    """One request's turns, in order. None is counted by its state: there may be thousands, and most are over."""
    return of_values(WHOLE, request, found)


@login_required
@require_safe
def turns_of(request: HttpRequest, number: str) -> HttpResponseBase:
    """One request's turns from its first day, and how long each party held it."""
    record = get_object_or_404(visible_to(signed_in(request)), number=number)
    found = clocks.turns_of([record])
    shown = listed_of(request, found)
    context: dict[str, Any] = {
        "data_request": record,
        "shown": shown,
        "held_head": [_("Party"), _("Business days")],
        **of_changes(record, signed_in(request)),
        "held": [(_(words(party)), days) for party, days in held_by_party(found)],
    }
    return shown.file or render(request, "reports/turns_of.html", context)
