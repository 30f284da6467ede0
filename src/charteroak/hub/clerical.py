"""Doubtful pairs side by side: the linker, which alone can read them, shows them to the hub operator's page."""

import json
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from django.db import transaction

from charteroak import linkage
from charteroak.adapters import showing
from charteroak.agencies.models import Person
from charteroak.audit import actions as audit
from charteroak.hub import queries
from charteroak.hub.actions import clauses
from charteroak.hub.linking import doubtful, matching_files, stored_run
from charteroak.hub.models import LinkRun
from charteroak.policy.decision import Decision, Refused
from charteroak.policy.link_run import LIFECYCLE, Action, Status

ALIKE = {"same", "nickname", "close", "initial", "part", "swapped"}


def answer(token: str, recipient: str, *, link_run: int, person: str, numbers: Sequence[int]) -> None:
    """Seal the pairs of these numbers to the page that asked, if its reader may decide them; an event each."""
    run = LinkRun.objects.select_related("agreement").get(pk=link_run)
    by = Person.objects.get(username=person)
    decision = may_decide(run, by)
    if not decision:
        refused = [str(reason) for reason in decision.reasons]
        showing.answer(token, recipient, json.dumps({"refused": refused}).encode())
        audit.record_refusal(Refused(decision.reasons), action="hub:link_run:show_pairs", by=by, subject=run)
        return
    pairs = evidence(run, numbers)
    with transaction.atomic():  # what cannot be logged is not shown
        audit.record(
            "hub:link_run:show_pairs", by=by, subject=run, pairs=list(numbers), clauses=clauses(decision)
        )
    showing.answer(token, recipient, json.dumps({"pairs": pairs}).encode())


def may_decide(run: LinkRun, by: Person) -> Decision:
    roles, action = queries.roles_of(by, run.agreement), Action.DECIDE_PAIR
    decision = LIFECYCLE.may(Status(run.status), action, roles, queries.facts(run, by))
    return decision & queries.link_coverage(run.agreement, by)


def evidence(run: LinkRun, numbers: Sequence[int]) -> list[dict[str, Any]]:
    """Both records of each pair, how well each field agrees and what that weighs, and the pair's rivals."""
    found = stored_run(run)
    listed = doubtful(found)
    rivals = _rivals(found, listed)
    files, _ = matching_files(run)
    shown = linkage.explain_pairs(found, files, [listed[number - 1] for number in numbers])
    return [
        {**pair, "number": number, "rivals": rivals[number], "alike": _alike(pair, number, rivals[number])}
        for number, pair in zip(numbers, shown, strict=True)
    ]


def _alike(pair: dict[str, Any], number: int, rivals: Sequence[int]) -> bool:
    """A hint beside the evidence: given name and birth date speak for one person, and no rival is as good.
    Pairs are listed the heaviest first, so an earlier rival is at least as good.
    """
    levels = {field["field"]: field["level"] for field in pair["fields"]}
    likely = levels.get("given_name") in ALIKE and levels.get("birth_date", "missing") != "different"
    return likely and all(rival > number for rival in rivals)


def _rivals(found: linkage.LinkRun, listed: Sequence[str]) -> dict[int, list[int]]:
    """By pair number, the other doubtful pairs that claim one of its records."""
    sides = found.pairs.select("pair_id", "left_file", "left_id", "right_file", "right_id").rows_by_key(
        "pair_id"
    )
    claims: dict[tuple[str, str], list[int]] = {}
    records = {}
    for number, pair in enumerate(listed, start=1):
        left_file, left_id, right_file, right_id = sides[pair][0]
        records[number] = ((left_file, left_id), (right_file, right_id))
        for record in records[number]:
            claims.setdefault(record, []).append(number)
    return {
        number: sorted({other for record in both for other in claims[record]} - {number})
        for number, both in records.items()
    }


def differences(left: str, right: str) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """Each value in pieces, with whether the piece differs from the other value."""
    pieces: tuple[list[tuple[str, bool]], list[tuple[str, bool]]] = ([], [])
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        for side, text in zip(pieces, (left[a:b], right[c:d]), strict=True):
            if text:
                side.append((text, tag != "equal"))
    return pieces
