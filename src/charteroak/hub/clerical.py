"""Doubtful pairs side by side: the linker, which alone can read them, shows them to the hub operator's page."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from charteroak.agencies.models import Person
from charteroak.audit import looks
from charteroak.hub import queries
from charteroak.hub.linking import stored_review
from charteroak.hub.models import LinkRun
from charteroak.policy.decision import Decision
from charteroak.policy.link_run import Action


def answer(token: str, recipient: str, *, link_run: int, person: str, numbers: Sequence[int]) -> None:
    """Seal the pairs of these numbers to the page that asked, if its reader may decide them; an event each."""
    run = LinkRun.objects.select_related("agreement").get(pk=link_run)
    by = Person.objects.get(username=person)
    decided = may_decide(run, by)
    pairs = evidence(run, numbers) if decided else []
    whose = sorted({pair[side]["file"] for pair in pairs for side in ("left", "right")})  # agencies' codes
    looks.show(
        "hub:link_run:show_pairs", lambda: {"pairs": pairs}, decided, token, recipient,
        by=by, subject=run, pairs=list(numbers), agencies=whose,
    )  # fmt: skip


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
