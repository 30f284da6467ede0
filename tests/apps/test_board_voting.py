"""Which seats decide is each board's own: residents and administering seats vote where it lets them, and count."""

from collections.abc import Iterator

import pytest

from apps import way
from apps.board_way import CONCERNED, JUNE, SAM, convene, moved
from apps.way import as_, refused
from charteroak.agencies.models import Agency, Person, RoleHeld
from charteroak.audit.models import Event
from charteroak.board import actions, boards, queries
from charteroak.board.models import Board, Motion, Seat
from charteroak.policy.decision import Refused
from charteroak.policy.motion import Choice
from charteroak.policy.roles import Role
from conftest import owner_beside

pytestmark = pytest.mark.usefixtures("on_day_zero")

RESIDENT, ADMINISTERING = "rep.dunn", "ann.weiss"
ALL = ["contributing", "administering", "resident"]


@pytest.fixture
def seated() -> Iterator[None]:
    """The board with a resident's and an administering seat, and its rules as they were afterwards."""
    board = Board.objects.get()
    before = {name: getattr(board, name) for name in boards.SETTINGS}
    with owner_beside():
        added = [
            record
            for kind, name, agency in (
                ("resident", RESIDENT, None),
                ("administering", ADMINISTERING, Agency.objects.get(code="OPM")),
            )
            for record in _given(board, kind, way.person(name), agency)
        ]
    yield
    with owner_beside():
        Board.objects.update(**before)
        for record in added:
            type(record).objects.filter(pk=record.pk).delete()


def _given(board: Board, kind: str, person: Person, agency: Agency | None) -> list[Seat | RoleHeld]:
    """A seat and the office that goes with it."""
    held = {"person": person, "agency": agency, "since": way.DAY_ZERO}
    return [
        Seat.objects.create(board=board, kind=kind, **held),
        RoleHeld.objects.create(role=Role.BOARD_MEMBER, **held),
    ]


def ruled(**rules: object) -> None:
    with owner_beside():
        boards.load([{"name": Board.objects.get().name, "seats": [], **rules}], by="setup")


def vote(motion: Motion, member: str, choice: Choice) -> None:
    actions.vote(pk=motion.pk, by=way.person(member), choice=choice)


def declared(motion: Motion) -> str:
    actions.declare(pk=motion.pk, by=way.person(JUNE))
    motion.refresh_from_db()
    return motion.status


def test_where_the_board_lets_them_a_resident_and_an_administering_seat_vote(seated: None) -> None:
    ruled(voting=ALL, counted=ALL)
    motion = moved()
    assert queries.meeting_facts(motion.meeting).seats == 7
    convene(motion, *CONCERNED, RESIDENT, ADMINISTERING)
    for member in CONCERNED:
        vote(motion, member, Choice.APPROVE)
    assert refused(actions.declare, pk=motion.pk, by=way.person(JUNE)) == ["votes_missing"]
    resident = way.person(RESIDENT)
    assert refused(actions.vote, pk=motion.pk, by=resident, choice=Choice.NOTE) == ["must_decide"]
    vote(motion, RESIDENT, Choice.APPROVE)
    page = as_(ADMINISTERING).get(motion.meeting.get_absolute_url()).text
    assert f'id="action-vote-{motion.pk}"' in page
    vote(motion, ADMINISTERING, Choice.REJECT)
    assert declared(motion) == "lost"


def test_an_absent_resident_holds_up_nothing_and_one_who_recuses_decides_nothing(seated: None) -> None:
    ruled(voting=ALL)
    motion = moved()
    convene(motion, *CONCERNED, JUNE, ADMINISTERING)
    for member in CONCERNED:
        vote(motion, member, Choice.APPROVE)
    vote(motion, ADMINISTERING, Choice.RECUSE)
    assert declared(motion) == "carried"


def test_a_resident_of_the_applicants_employer_recuses(seated: None) -> None:
    ruled(voting=ALL)
    motion = moved()
    resident, before = way.person(RESIDENT), way.person(RESIDENT).employer
    convene(motion, *CONCERNED, JUNE, RESIDENT)
    with owner_beside():
        type(resident).objects.filter(pk=resident.pk).update(employer=motion.data_request.applicant.employer)
    try:
        by = way.person(RESIDENT)
        assert refused(actions.vote, pk=motion.pk, by=by, choice=Choice.APPROVE) == ["must_recuse"]
        vote(motion, RESIDENT, Choice.RECUSE)
    finally:
        with owner_beside():
            type(resident).objects.filter(pk=resident.pk).update(employer=before)


def test_where_the_board_does_not_they_note_and_make_no_quorum(seated: None) -> None:
    motion = moved()
    assert queries.meeting_facts(motion.meeting).seats == 6
    convene(motion, *CONCERNED, JUNE, RESIDENT, ADMINISTERING)
    assert queries.meeting_facts(motion.meeting).present == 4
    for member in (RESIDENT, ADMINISTERING):
        by = way.person(member)
        assert refused(actions.vote, pk=motion.pk, by=by, choice=Choice.REJECT) == ["seat_without_vote"]
        vote(motion, member, Choice.NOTE)
    for member in CONCERNED:
        vote(motion, member, Choice.APPROVE)
    assert declared(motion) == "carried"


def test_residents_alone_carry_nothing_from_which_every_agency_recused(seated: None) -> None:
    ruled(voting=ALL)
    motion = moved()
    convene(motion, *CONCERNED, JUNE, RESIDENT)
    for member in CONCERNED:
        vote(motion, member, Choice.RECUSE)
    vote(motion, RESIDENT, Choice.APPROVE)
    assert declared(motion) == "lost"


def test_a_board_with_another_majority_carries_by_it_and_the_motion_keeps_it(seated: None) -> None:
    ruled(voting=ALL, majority="two_thirds")
    motion = moved()
    convene(motion, *CONCERNED, JUNE, RESIDENT)
    for member in CONCERNED:
        vote(motion, member, Choice.APPROVE)
    vote(motion, RESIDENT, Choice.REJECT)
    assert declared(motion) == "carried"
    assert motion.majority == "two_thirds"
    assert (
        '"majority":"two_thirds"'
        in bytes(Event.objects.get(name="board:motion:declare_carried").leaf).decode()
    )
    page = as_(SAM).get("/board/seats/").text
    assert "What carries a motion: two thirds." in " ".join(page.split())
    (told,) = as_(SAM).get("/api/board/boards").json()
    assert (told["majority"], told["quorum"], told["voting"]) == ("two_thirds", "2/3", ALL)


def test_a_rule_changed_by_the_setup_file_is_on_record_and_a_wrong_one_is_refused(seated: None) -> None:
    found = Event.objects.filter(name="board:board:set_rules")
    before = found.count()
    ruled(quorum_of=1, quorum_in=2)
    ruled(quorum_of=1, quorum_in=2)
    assert found.count() == before + 1
    assert '"quorum":"1/2"' in bytes(found.latest("pk").leaf).decode()
    with pytest.raises(Refused, match="at least 24 hours"):
        ruled(notice_hours=1)
    assert Board.objects.get().notice_hours == 168
