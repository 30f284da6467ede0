"""Boards as a setup file gives them: their rules, and who sits on them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from charteroak.agencies.models import Agency, RoleHeld
from charteroak.audit import actions as audit
from charteroak.board.models import Board, Seat
from charteroak.policy.roles import Role
from charteroak.policy.seat import Kind

SETTINGS = {"notice_hours", "quorum_of", "quorum_in", "voting", "counted"}


@transaction.atomic
def load(boards: Iterable[Mapping[str, Any]], *, by: str) -> None:
    """Take in boards, their rules and seats from a setup file: each seat is held by its agency's board member."""
    given = list(boards)
    for one in given:
        board, _made = Board.objects.get_or_create(name=one["name"])
        if rules := sorted(SETTINGS & one.keys()):
            for name in rules:
                setattr(board, name, one[name])
            board.save(update_fields=rules)
        kinds = one.get("kinds", {})
        for code in one["seats"]:
            agency = Agency.objects.get(code=code)
            held = RoleHeld.objects.filter(role=Role.BOARD_MEMBER, agency=agency).latest("since")
            kind = kinds.get(code, Kind.CONTRIBUTING)
            Seat.objects.get_or_create(
                board=board,
                agency=agency,
                defaults={"person": held.person, "since": held.since, "kind": kind},
            )
        for username in one.get("residents", []):
            held = RoleHeld.objects.filter(role=Role.BOARD_MEMBER, person__username=username).latest("since")
            Seat.objects.get_or_create(
                board=board, person=held.person, kind=Kind.RESIDENT, defaults={"since": held.since}
            )
    audit.record("board:setup:load", by=by, subject="boards", boards=len(given))
