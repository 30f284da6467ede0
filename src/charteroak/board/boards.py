"""Boards as a setup file gives them: their rules, and who sits on them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from charteroak.agencies.models import Agency, RoleHeld
from charteroak.audit import actions as audit
from charteroak.board.models import Board, Seat
from charteroak.policy.meeting import no_rule_of_a_board
from charteroak.policy.roles import Role
from charteroak.policy.seat import Kind

SETTINGS = {"notice_hours", "quorum_of", "quorum_in", "voting", "counted", "majority"}


@transaction.atomic
def load(boards: Iterable[Mapping[str, Any]], *, by: str) -> None:
    """Take in boards, their rules and seats from a setup file: each seat is held by its agency's board member."""
    given = list(boards)
    total, changed = len(given), []
    for one in given:
        board, new_rules = _ruled(one)
        if new_rules:
            changed.append(board)
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
    for board in changed:
        audit.record("board:board:set_rules", by=by, subject=board, **rules_of(board))
    audit.record("board:setup:load", by=by, subject="boards", boards=total)


def _ruled(given: Mapping[str, Any]) -> tuple[Board, bool]:
    """The board with its rules as given, and whether they changed; those that the file leaves out stay as they are."""
    board = Board.objects.filter(name=given["name"]).first() or Board(name=given["name"])
    before = None if board.pk is None else rules_of(board)
    for name in SETTINGS & given.keys():
        setattr(board, name, given[name])
    no_rule_of_a_board(
        notice_hours=board.notice_hours,
        quorum=(board.quorum_of, board.quorum_in),
        voting=board.voting,
        counted=board.counted,
        majority=board.majority,
    ).require()
    changed = rules_of(board) != before
    if changed:
        board.save()
    return board, changed


def rules_of(board: Board) -> dict[str, Any]:
    """By which a board decides."""
    return {
        "notice_hours": board.notice_hours,
        "quorum": f"{board.quorum_of}/{board.quorum_in}",
        "voting": [str(kind) for kind in board.voting],
        "counted": [str(kind) for kind in board.counted],
        "majority": str(board.majority),
    }
