"""Meetings, motions, promises and seats of the board at every status, for the product by route."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from apps import way
from apps.board_way import CONCERNED, JUNE, SAM, convene, decided, moved
from apps.product import SIGNED_IN, Act, Scene, rules
from charteroak.adapters import clock
from charteroak.board import actions, promises
from charteroak.board.models import Board, FollowUp, Meeting, Motion, Seat
from charteroak.policy import follow_up, meeting, motion, seat
from charteroak.policy.motion import Choice

PREPARE = frozenset({"chair", "policy"})  # a meeting that was not noticed yet
PRESENT = (*CONCERNED, "carl.winter", JUNE)


def _plain(action: Any, door: str, name: str = "", **more: Any) -> Act:
    name = name or action.value
    page = f"/board/{door.replace('_', '-')}/{name.replace('_', '-')}/"
    return Act(action, page, f"/api/board/{door}/{name}", **more)


MEETS = meeting.Action
OF_MEETINGS = (
    _plain(MEETS.NOTICE, "meetings/{meeting}"),
    _plain(MEETS.ATTEND, "meetings/{meeting}"),
    _plain(MEETS.OPEN, "meetings/{meeting}"),
    _plain(MEETS.CLOSE, "meetings/{meeting}"),
    _plain(MEETS.CANCEL, "meetings/{meeting}", body={"because": "The hall is flooded."}),
)
PLAN = Act(
    MEETS.PLAN, "/board/plan/", "/api/board/plan",
    body=lambda at: {"board": at["board"], "starts_at": "2027-03-01T09:00", "place": "Room 2B"},
)  # fmt: skip
MOVES = motion.Action


def _vote(choice: Choice) -> Act:
    return _plain(MOVES.VOTE, "motions/{motion}", body={"choice": choice.value}, label=choice.value)


def _of_motions(result: motion.Action) -> tuple[Act, ...]:
    return (
        *(_vote(choice) for choice in Choice),
        _plain(result, "motions/{motion}", "declare"),
        _plain(MOVES.POSTPONE, "motions/{motion}"),
        _plain(MOVES.SET_CONDITIONS, "motions/{motion}", body={"conditions": "Tables only."}),
    )


def _addition(at: dict[str, Any]) -> dict[str, Any]:
    number = at["number"]
    return {"kind": "approve_request", "number": number, "data_request": number, "text": "Approve."}


ADD = _plain(MOVES.ADD, "meetings/{meeting}", "add_motion", body=_addition)
PROMISES = follow_up.Action
PROMISE = _plain(
    PROMISES.ADD, "meetings/{meeting}", "add_follow_up",
    body={"text": "Explain.", "reported_to": "Advisory board", "due_on": "2027-06-30"},
)  # fmt: skip
OF_PROMISES = (
    _plain(PROMISES.FINISH, "follow_ups/{promise}", body={"outcome": "Explained."}),
    _plain(PROMISES.REPORT, "follow_ups/{promise}"),
)
SEATS = seat.Action
OF_SEATS = (
    _plain(SEATS.REFILL, "seats/{seat}", body={"person": "hal.byrd"}),
    _plain(
        SEATS.NAME_STAND_IN, "seats/{seat}",
        body=lambda _at: {"person": "hal.byrd", "letter_on": f"{clock.today()}"},
    ),
)  # fmt: skip


def planned() -> Motion:
    way.recommended()
    return moved()


def noticed() -> Motion:
    made = planned()
    actions.notice(pk=made.meeting_id, by=way.person(SAM))
    return made


def gathered() -> Motion:
    """On its day, with a quorum, not open yet."""
    made = noticed()
    clock.move_to(made.meeting.starts_at + timedelta(minutes=1))
    for member in PRESENT:
        actions.attend(pk=made.meeting_id, by=way.person(member))
    return made


def held() -> Motion:
    made = planned()
    convene(made, *PRESENT)
    return made


def voted(choice: Choice) -> Motion:
    made = held()
    for member in CONCERNED:
        actions.vote(pk=made.pk, by=way.person(member), choice=choice)
    return made


def declared(choice: Choice) -> Motion:
    made = voted(choice)
    actions.declare(pk=made.pk, by=way.person(JUNE))
    return made


def _closed() -> Motion:
    made = declared(Choice.APPROVE)
    actions.close(pk=made.meeting_id, by=way.person(JUNE))
    return made


def _cancelled(before: Callable[[], Motion]) -> Callable[[], Motion]:
    def built() -> Motion:
        made = before()
        actions.cancel(pk=made.meeting_id, by=way.person(SAM), because="The hall is flooded.")
        return made

    return built


def _superseded() -> Motion:
    made = _closed()
    decided(moved("reconsider"))
    return made


def _at(build: Callable[[], Motion]) -> Callable[[], dict[str, Any]]:
    def built() -> dict[str, Any]:
        made = build()
        return {"meeting": made.meeting_id, "motion": made.pk, "number": made.data_request.number}

    return built


def _meeting(status: meeting.Status, build: Callable[[], Motion], title: str = "", **more: Any) -> Scene:
    def now(at: dict[str, Any]) -> str:
        return Meeting.objects.get(pk=at["meeting"]).status

    return Scene(
        "meeting", status, _at(build), OF_MEETINGS, **{"sees": SIGNED_IN, "now": now, "title": title, **more}
    )


def _motion(status: motion.Status, build: Callable[[], Motion], title: str = "", **more: Any) -> Scene:
    def now(at: dict[str, Any]) -> str:
        return Motion.objects.get(pk=at["motion"]).status

    acts = _of_motions(more.pop("result", MOVES.DECLARE_LOST))
    return Scene(
        "motion", status, _at(build), acts, **{"sees": SIGNED_IN, "now": now, "title": title, **more}
    )


SITTING = frozenset(
    {("attend", actor) for actor in ("board", "recused", "chair")}
)  # their seat is taken already
MEETINGS = (
    Scene("meeting", None, lambda: {"board": Board.objects.get().pk}, (PLAN,), SIGNED_IN),
    _meeting(meeting.Status.PLANNED, planned, sees=PREPARE),
    _meeting(meeting.Status.NOTICED, noticed, against=rules(open="before_its_time no_quorum")),
    _meeting(
        meeting.Status.NOTICED, gathered, "gathered", silent=SITTING,
    ),
    _meeting(
        meeting.Status.OPEN, held, against=rules(close="motions_undecided"),
        silent=SITTING,
    ),
    _meeting(
        meeting.Status.OPEN, lambda: declared(Choice.APPROVE), "all is decided",
        silent=SITTING,
    ),
    _meeting(meeting.Status.CLOSED, _closed),
    _meeting(meeting.Status.CANCELLED, _cancelled(noticed)),
    _meeting(meeting.Status.CANCELLED, _cancelled(planned), "before its notice", sees=PREPARE),
)  # fmt: skip

# Of those who knock SDE's member decides; the recused one is of the applicant's employer; the chair's agency gave
# no records. Neither may note, or decide, in another's place.
DECIDES = {
    ("note", "board"): frozenset({"must_decide"}),
    ("note", "recused"): frozenset({"must_recuse"}),
    **{(choice, "recused"): frozenset({"must_recuse", "not_concerned"}) for choice in ("approve", "reject")},
    **{(choice, "chair"): frozenset({"not_concerned"}) for choice in ("approve", "reject")},
}
CLOSED = frozenset({"meeting_not_open", "no_quorum", "not_present"})
BEFORE = (
    {(choice.value, actor): CLOSED | DECIDES.get((choice.value, actor), frozenset())
     for choice in Choice for actor in ("board", "recused", "chair")}
    | rules(declare="meeting_not_open no_quorum votes_missing", postpone="meeting_not_open",
            set_conditions="meeting_not_open")
)  # fmt: skip
MOTIONS = (
    Scene("motion", None, _at(planned), (ADD,), PREPARE),
    Scene("motion", None, _at(noticed), (ADD,), SIGNED_IN, against=rules(add_motion="agenda_closed"), title="noticed"),
    _motion(motion.Status.ON_AGENDA, planned, "planned", sees=PREPARE, against=BEFORE),
    _motion(motion.Status.ON_AGENDA, noticed, "noticed", against=BEFORE),
    _motion(motion.Status.ON_AGENDA, held, "in session", against=DECIDES | rules(declare="votes_missing")),
    _motion(
        motion.Status.ON_AGENDA, lambda: voted(Choice.APPROVE), "voted for", result=MOVES.DECLARE_CARRIED,
        against=DECIDES | rules(set_conditions="votes_cast"),
    ),
    _motion(
        motion.Status.ON_AGENDA, lambda: voted(Choice.REJECT), "voted against",
        against=DECIDES | rules(set_conditions="votes_cast"),
    ),
    _motion(motion.Status.CARRIED, lambda: declared(Choice.APPROVE)),
    _motion(motion.Status.LOST, lambda: declared(Choice.REJECT)),
    _motion(motion.Status.SUPERSEDED, _superseded),
    _motion(motion.Status.POSTPONED, _cancelled(noticed)),
)  # fmt: skip


def _promised() -> dict[str, Any]:
    made = held()
    added = promises.add_follow_up(
        pk=made.meeting_id, by=way.person(JUNE), text="Explain.", reported_to="Advisory board",
        due_on=clock.today() + timedelta(days=9),
    )  # fmt: skip
    return {"promise": added.pk}


def _then(*steps: str) -> Callable[[], dict[str, Any]]:
    def built() -> dict[str, Any]:
        at = _promised()
        for step in steps:
            if step == "finish":
                promises.finish_follow_up(pk=at["promise"], by=way.person(SAM), outcome="Explained.")
            else:
                promises.report_follow_up(pk=at["promise"], by=way.person(SAM))
        return at

    return built


def _promise(status: follow_up.Status, *steps: str) -> Scene:
    def now(at: dict[str, Any]) -> str:
        return FollowUp.objects.get(pk=at["promise"]).status

    return Scene("follow_up", status, _then(*steps), OF_PROMISES, SIGNED_IN, now=now)


FOLLOW_UPS = (
    Scene("follow_up", None, _at(held), (PROMISE,), SIGNED_IN),
    Scene(
        "follow_up", None, _at(noticed), (PROMISE,), SIGNED_IN, against=rules(add_follow_up="meeting_not_open"),
        title="before the meeting",
    ),
    _promise(follow_up.Status.PROMISED),
    _promise(follow_up.Status.DONE, "finish"),
    _promise(follow_up.Status.REPORTED, "finish", "report"),
    _promise(follow_up.Status.REPORTED_UNDONE, "report"),
)  # fmt: skip


def _seat() -> dict[str, Any]:
    return {"seat": Seat.objects.get(agency__code="OEC").pk}


def _seat_in_session() -> dict[str, Any]:
    held()
    return _seat()


OF_A_SEAT = (
    Scene("seat", seat.Status.HELD, _seat, OF_SEATS, SIGNED_IN),
    Scene(
        "seat", seat.Status.HELD, _seat_in_session, OF_SEATS, SIGNED_IN, against=rules(refill="board_meets"),
        title="while the board meets",
    ),
)  # fmt: skip
SCENES = MEETINGS + MOTIONS + FOLLOW_UPS + OF_A_SEAT
ELSEWHERE: dict[str, set[Any]] = {
    "meeting": set(),
    "motion": {MOVES.SUPERSEDE, MOVES.PUT_BACK},  # a later motion's declaration, and its meeting's end
    "follow_up": set(),
    "seat": set(),
}
