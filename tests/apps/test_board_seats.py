"""Seats, stand-ins, each board's own rules, conditions, packets, corrections and appeals."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from apps import way
from apps.board_way import CONCERNED, JUNE, SAM, convene, decided, moved
from apps.way import as_, refused
from charteroak.adapters import clock
from charteroak.agencies import actions as agencies
from charteroak.agencies.models import Person
from charteroak.board import actions, boards, queries, seating
from charteroak.board.models import Board, Seat
from charteroak.board.seats import seats_today
from charteroak.policy.decision import Refused
from charteroak.policy.motion import Choice
from charteroak.policy.roles import Role
from charteroak.requests import actions as requests
from conftest import owner_beside
from printed import faults, read

pytestmark = pytest.mark.usefixtures("on_day_zero")


def ruled(**rules: object) -> None:
    """The board's own rules as `oak setup` would have them."""
    with owner_beside():
        Board.objects.update(**rules)


@pytest.fixture
def as_before() -> Iterator[None]:
    board = Board.objects.get()
    yield
    ruled(**{name: getattr(board, name) for name in boards.SETTINGS})


def test_a_proxy_by_dated_letter_sits_and_votes_for_an_absent_member() -> None:
    motion, sam = moved(), way.person(SAM)
    seat = Seat.objects.get(agency__code="DOL")
    june = way.person(JUNE)
    letter: dict[str, Any] = {"pk": seat.pk, "by": sam, "person": june, "meeting": motion.meeting_id}
    assert refused(seating.name_stand_in, **letter, letter_on=clock.today() + timedelta(days=1)) == [
        "letter_not_dated"
    ]
    seating.name_stand_in(**letter, letter_on=clock.today())
    convene(motion, "grace.stone", "omar.haines", JUNE)
    sitting = {one.seat.name: one.person for one in motion.meeting.attendance.select_related("person")}
    assert sitting["DOL"] == sitting["OEC"] == june
    for member in ("grace.stone", "omar.haines"):
        actions.vote(pk=motion.pk, by=way.person(member), choice=Choice.APPROVE)
    assert refused(actions.declare, pk=motion.pk, by=june) == ["votes_missing"]
    page = as_(JUNE).get(motion.meeting.get_absolute_url()).text
    assert "Vote for DOL" in page
    as_(JUNE).post(f"/board/motions/{motion.pk}/vote/", {"choice": "approve", "seat": seat.pk})
    actions.declare(pk=motion.pk, by=june)
    actions.close(pk=motion.meeting_id, by=june)
    motion.meeting.refresh_from_db()
    assert "DOL (by June Fisher)" in motion.meeting.minutes
    assert "Absent: DAS, OWS." in motion.meeting.minutes


def test_a_letter_gives_nobody_a_seat_at_another_meeting_nor_beside_its_holder() -> None:
    first, second, june = moved(), moved(), way.person(JUNE)
    seat = Seat.objects.get(agency__code="DOL")
    seating.name_stand_in(
        pk=seat.pk, by=way.person(SAM), person=june, letter_on=clock.today(), meeting=first.meeting_id
    )
    convene(second, *CONCERNED, JUNE)
    with pytest.raises(Refused, match="Only members present"):
        actions.vote(pk=second.pk, by=june, choice=Choice.NOTE, seat_pk=seat.pk)
    assert {one.seat.name: one.person.username for one in second.meeting.attendance.all() if one.person} == {
        "SDE": "grace.stone", "CSC": "omar.haines", "DOL": "ruth.vega", "OEC": JUNE,
    }  # fmt: skip


def test_a_seat_is_refilled_by_somebody_in_office_and_only_by_the_office_or_the_chair() -> None:
    seat, sam, lou = Seat.objects.get(agency__code="DOL"), way.person(SAM), way.person("lou.grant")
    assert refused(seating.refill, pk=seat.pk, by=way.person("grace.stone"), person=lou) == ["wrong_role"]
    assert refused(seating.refill, pk=seat.pk, by=sam, person=lou) == ["not_in_office"]
    agencies.grant_role(person=lou.pk, role=Role.BOARD_MEMBER, agency="DOL", by=sam)
    as_(SAM).post(f"/board/seats/{seat.pk}/refill/", {"person": "lou.grant"})
    assert {s.agency.code: s.person.username for s in seats_today() if s.agency}["DOL"] == "lou.grant"
    assert seats_today().filter(agency__code="DOL").count() == 1
    motion = moved()
    convene(motion, "grace.stone", "omar.haines", "lou.grant", JUNE)
    with pytest.raises(Refused, match="Only members present"):
        actions.vote(pk=motion.pk, by=way.person("ruth.vega"), choice=Choice.APPROVE)
    actions.vote(pk=motion.pk, by=lou, choice=Choice.APPROVE)


def test_no_process_of_the_site_moves_a_seat_to_another_person() -> None:
    from django.db import ProgrammingError, transaction

    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Seat.objects.update(person=way.person("eve.lang"))


def test_a_board_sets_its_notice_and_none_goes_below_a_day(as_before: None) -> None:
    ruled(notice_hours=36)
    motion, sam = moved(days=2), way.person(SAM)
    actions.notice(pk=motion.meeting_id, by=sam)
    late = moved(days=1)
    assert refused(actions.notice, pk=late.meeting_id, by=sam) == ["too_little_notice"]
    ruled(notice_hours=1)
    late = moved(days=1)
    clock.move_to(late.meeting.starts_at - timedelta(hours=23))
    assert refused(actions.notice, pk=late.meeting_id, by=sam) == ["too_little_notice"]


def test_a_board_sets_which_seats_count_and_how_many_make_a_quorum(as_before: None) -> None:
    ruled(counted=["contributing"], quorum_of=1, quorum_in=2)
    facts = queries.meeting_facts(moved().meeting)
    assert (facts.seats, facts.quorum) == (5, 3)


def test_an_agency_whose_seat_is_empty_has_not_said_yes() -> None:
    seat = Seat.objects.get(agency__code="DOL")
    motion = moved()
    Seat.objects.filter(pk=seat.pk).update(until=clock.today())
    convene(motion, "grace.stone", "omar.haines", "carl.winter", JUNE)
    for member in ("grace.stone", "omar.haines"):
        actions.vote(pk=motion.pk, by=way.person(member), choice=Choice.APPROVE)
    assert refused(actions.declare, pk=motion.pk, by=way.person(JUNE)) == ["votes_missing"]


def test_conditions_are_put_before_the_first_vote_and_stand_in_the_minutes() -> None:
    motion, june = moved(), way.person(JUNE)
    assert refused(actions.set_conditions, pk=motion.pk, by=june, conditions="x") == ["meeting_not_open"]
    convene(motion, *CONCERNED, JUNE)
    as_(JUNE).post(f"/board/motions/{motion.pk}/set-conditions/", {"conditions": "No town below 50."})
    actions.vote(pk=motion.pk, by=way.person("grace.stone"), choice=Choice.APPROVE)
    assert refused(actions.set_conditions, pk=motion.pk, by=june, conditions="y") == ["votes_cast"]
    for member in CONCERNED[1:]:
        actions.vote(pk=motion.pk, by=way.person(member), choice=Choice.APPROVE)
    actions.declare(pk=motion.pk, by=june)
    actions.close(pk=motion.meeting_id, by=june)
    motion.meeting.refresh_from_db()
    assert "Approve it. Conditions: No town below 50. Votes:" in motion.meeting.minutes
    found = queries.carried("approve_request", motion.data_request_id)
    assert found is not None
    assert found.conditions == "No town below 50."


def test_a_packet_prints_on_one_sheet_and_meets_the_standard() -> None:
    """Check 4 of the usability checks."""
    motion = moved()
    early = as_("grace.stone").get(f"/board/motions/{motion.pk}/packet/")
    assert early.status_code == 404  # not noticed yet
    actions.notice(pk=motion.meeting_id, by=way.person(SAM))
    page = as_("grace.stone").get(f"/board/motions/{motion.pk}/packet/").text
    assert "frpl" in page
    assert "Decided by the members for CSC, DOL, SDE" in page
    for language in ("en", "es"):
        printed = as_("grace.stone").get(
            f"/board/motions/{motion.pk}/packet.pdf", headers={"Accept-Language": language}
        )
        content = printed.content
        assert content.startswith(b"%PDF")
        assert faults(content) == []
        assert read(content).pages == 1
    assert as_("eve.lang").get(f"/board/motions/{motion.pk}/packet/").status_code == 404


def test_a_decision_is_corrected_by_a_later_one_that_supersedes_it() -> None:
    first = moved()
    decided(first)
    assert first.data_request.status == "approved"
    again = moved("reconsider")
    assert first.status == "carried"
    decided(again)
    first.refresh_from_db()
    assert (first.status, again.status, again.data_request.status) == (
        "superseded", "carried", "recommended",
    )  # fmt: skip
    last = moved()
    decided(last, Choice.REJECT)
    assert last.data_request.status == "declined"
    assert queries.carried("approve_request", last.data_request_id) is None


def test_a_declined_request_is_appealed_once_and_in_time() -> None:
    first = moved()
    decided(first, Choice.REJECT)
    record, maya = first.data_request, way.person("maya.ortiz")
    assert record.status == "declined"
    assert refused(requests.appeal, pk=record.pk, by=way.person("grace.stone"), grounds="x") == ["wrong_role"]
    assert refused(requests.appeal, pk=record.pk, by=maya, grounds=" ") == ["grounds_missing"]
    clock.move_to(clock.now() + timedelta(days=30))
    as_("maya.ortiz").post(f"/requests/{record.number}/appeal/", {"grounds": "Tables by region only."})
    record.refresh_from_db()
    assert record.status == "appealed"
    second = moved()
    decided(second, Choice.REJECT)
    assert second.data_request.status == "declined"
    assert refused(requests.appeal, pk=record.pk, by=maya, grounds="Again.") == ["appealed_already"]


def test_an_appeal_comes_too_late_after_thirty_days() -> None:
    first = moved()
    decided(first, Choice.REJECT)
    clock.move_to(clock.now() + timedelta(days=31))
    maya = way.person("maya.ortiz")
    assert refused(requests.appeal, pk=first.data_request_id, by=maya, grounds="Late.") == ["appeal_late"]


def test_a_residents_seat_counts_only_where_the_board_says_so() -> None:
    with owner_beside():
        seat = Seat.objects.create(
            board=Board.objects.get(), kind="resident", person=Person.objects.get(username="eve.lang"),
            since=way.DAY_ZERO,
        )  # fmt: skip
    try:
        assert queries.meeting_facts(moved().meeting).seats == 6
        assert seat.name == f"resident-{seat.pk}"
    finally:
        with owner_beside():
            Seat.objects.filter(pk=seat.pk).delete()
