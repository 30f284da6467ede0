"""Doubtful pairs side by side: the linker, which alone can read them, shows them to the hub operator's page."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import partial
from typing import Any

from django.db import transaction

from charteroak.adapters import showing
from charteroak.agencies.models import Person
from charteroak.audit import actions as audit
from charteroak.audit.leaf import Fact
from charteroak.hub import queries
from charteroak.hub.actions import clauses
from charteroak.hub.linking import stored_review
from charteroak.hub.models import LinkRun
from charteroak.policy.decision import Decision, Refused
from charteroak.policy.link_run import Action


def answer(token: str, recipient: str, *, link_run: int, person: str, numbers: Sequence[int]) -> None:
    """Seal the pairs of these numbers to the page that asked, if its reader may decide them; an event each."""
    run = LinkRun.objects.select_related("agreement").get(pk=link_run)
    by = Person.objects.get(username=person)
    decision = may_decide(run, by)
    if not decision:
        refused = Refused(decision.reasons)
        showing.answer(token, recipient, showing.refusal(refused))
        audit.record_refusal(refused, action="hub:link_run:show_pairs", by=by, subject=run)
        return
    pairs = evidence(run, numbers)
    whose = sorted({pair[side]["file"] for pair in pairs for side in ("left", "right")})  # agencies' codes

    note = partial(_noted, run, by, pairs=list(numbers), agencies=whose, clauses=clauses(decision))
    showing.hand_over(token, recipient, lambda: {"pairs": pairs}, note)


@transaction.atomic
def _noted(run: LinkRun, by: Person, **said: Fact) -> None:
    """Put on record who saw which pairs, of which agencies."""
    audit.record("hub:link_run:show_pairs", by=by, subject=run, **said)


def may_decide(run: LinkRun, by: Person) -> Decision:
    return queries.may(run, Action.DECIDE_PAIR, by)


def evidence(run: LinkRun, numbers: Sequence[int]) -> list[dict[str, Any]]:
    """What the linker noted of these pairs; see `charteroak.linkage.review.evidence`."""
    noted = {pair["number"]: pair for pair in stored_review(run)}
    return [noted[number] for number in numbers]


def differences(left: str, right: str) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """Each value in pieces, with whether the piece differs from the other value."""
    pieces: tuple[list[tuple[str, bool]], list[tuple[str, bool]]] = ([], [])
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        for side, text in zip(pieces, (left[a:b], right[c:d]), strict=True):
            if text:
                side.append((text, tag != "equal"))
    return pieces
