"""Who sits in whose place: holders, proxies by a letter for one meeting, alternates when somebody is absent."""

from datetime import timedelta

import pytest
from django.test import Client
from lxml import html

from apps import way
from apps.board_way import CONCERNED, JUNE, SAM, convene, moved
from apps.way import as_, refused
from charteroak.adapters import clock
from charteroak.agencies import actions as agencies
from charteroak.agencies.models import Person
from charteroak.board import actions, queries, seating
from charteroak.board.models import Board, Meeting, Motion, Seat
from charteroak.policy.motion import Choice
from charteroak.policy.roles import Role
from conftest import owner_beside

pytestmark = pytest.mark.usefixtures("on_day_zero")


def alternate_for_dol(username: str = "lou.grant") -> Seat:
    seat = Seat.objects.get(agency__code="DOL", until=None)
    named = {"by": way.person(SAM), "person": way.person(username), "letter_on": clock.today()}
    seating.name_stand_in(pk=seat.pk, **named)  # type: ignore[arg-type]  # as named above
    return seat


def noticed(motion: Motion) -> Meeting:
    actions.notice(pk=motion.meeting_id, by=way.person(SAM))
    motion.meeting.refresh_from_db()
    return motion.meeting


def sits_for_dol(meeting: Meeting) -> str:
    found = meeting.attendance.get(seat__agency__code="DOL").person
    return found.username if found else ""


def test_an_alternate_waits_for_the_noticed_hour_because_the_holder_may_come() -> None:
    alternate_for_dol()
    meeting, lou = noticed(moved()), way.person("lou.grant")
    assert refused(actions.attend, pk=meeting.pk, by=lou) == ["holder_may_come"]
    assert "until the noticed hour" in as_("lou.grant").get(meeting.get_absolute_url()).text
    clock.move_to(meeting.starts_at)
    actions.attend(pk=meeting.pk, by=lou)
    assert sits_for_dol(meeting) == "lou.grant"


def test_an_alternate_with_a_seat_of_their_own_takes_that_one_first() -> None:
    alternate_for_dol(JUNE)
    meeting, june = noticed(moved()), way.person(JUNE)
    actions.attend(pk=meeting.pk, by=june)
    assert [one.seat.name for one in meeting.attendance.all()] == ["OEC"]
    clock.move_to(meeting.starts_at)
    actions.attend(pk=meeting.pk, by=june)
    assert sits_for_dol(meeting) == JUNE


def test_a_holder_who_comes_after_their_alternate_is_given_the_seat() -> None:
    seat, motion = alternate_for_dol(), moved()
    convene(motion, "grace.stone", "omar.haines", "lou.grant", JUNE)
    ruth, lou = way.person("ruth.vega"), way.person("lou.grant")
    actions.attend(pk=motion.meeting_id, by=ruth)
    assert sits_for_dol(motion.meeting) == "ruth.vega"
    assert refused(actions.vote, pk=motion.pk, by=lou, choice=Choice.APPROVE, seat_pk=seat.pk) == [
        "wrong_role"
    ]
    actions.vote(pk=motion.pk, by=ruth, choice=Choice.APPROVE)
    assert queries.meeting_facts(motion.meeting).present == 4


def test_a_holder_who_comes_after_the_vote_for_their_seat_finds_it_cast() -> None:
    alternate_for_dol()
    motion, ruth = moved(), way.person("ruth.vega")
    convene(motion, "grace.stone", "omar.haines", "lou.grant", JUNE)
    actions.vote(pk=motion.pk, by=way.person("lou.grant"), choice=Choice.APPROVE)
    assert refused(actions.attend, pk=motion.meeting_id, by=ruth) == ["stand_in_voted"]
    assert "voted for the seat" in as_("ruth.vega").get(motion.meeting.get_absolute_url()).text
    assert sits_for_dol(motion.meeting) == "lou.grant"


def in_office_for_dol() -> dict[str, object]:
    """Lou, who may take the seat of DOL, as the policy office gives it to her."""
    lou, sam = way.person("lou.grant"), way.person(SAM)
    agencies.grant_role(person=lou.pk, role=Role.BOARD_MEMBER, agency="DOL", by=sam)
    return {"pk": Seat.objects.get(agency__code="DOL", until=None).pk, "by": sam, "person": lou}


def test_a_seat_is_not_refilled_while_its_board_meets_or_on_that_day() -> None:
    motion, given = moved(), in_office_for_dol()
    convene(motion, *CONCERNED, JUNE)
    assert refused(seating.refill, **given) == ["board_meets"]
    page = as_(SAM).get("/board/seats/").text
    assert f"action-refill-{given['pk']}-refused" in page, "why there is no form"
    assert f'id="action-name-stand-in-{given["pk"]}"' in page
    actions.postpone(pk=motion.pk, by=way.person(JUNE))
    actions.close(pk=motion.meeting_id, by=way.person(JUNE))
    assert refused(seating.refill, **given) == ["board_meets"]
    clock.move_to(clock.now() + timedelta(days=1))
    seating.refill(**given)  # type: ignore[arg-type]  # as the fixture names them


def test_a_seat_refilled_before_the_meeting_opens_counts_once() -> None:
    motion = moved()
    actions.notice(pk=motion.meeting_id, by=way.person(SAM))
    clock.move_to(motion.meeting.starts_at)
    actions.attend(pk=motion.meeting_id, by=way.person("ruth.vega"))
    seating.refill(**in_office_for_dol())  # type: ignore[arg-type]  # as the fixture names them
    assert queries.meeting_facts(motion.meeting).present == 0
    actions.attend(pk=motion.meeting_id, by=way.person("lou.grant"))
    assert queries.meeting_facts(motion.meeting).present == 1


def test_a_stand_in_of_the_applicants_employer_recuses_like_a_holder() -> None:
    alternate_for_dol("eve.lang")  # of OWS, as is the applicant
    motion, eve = moved(), way.person("eve.lang")
    convene(motion, "grace.stone", "omar.haines", "eve.lang", JUNE)
    assert refused(actions.vote, pk=motion.pk, by=eve, choice=Choice.APPROVE) == ["must_recuse"]
    actions.vote(pk=motion.pk, by=eve, choice=Choice.RECUSE)


def test_a_resident_does_not_share_an_employer_with_an_applicant_who_has_none() -> None:
    motion, applicant = moved(), way.person("maya.ortiz")
    with owner_beside():
        Person.objects.filter(pk=applicant.pk).update(employer=None)
        seat = Seat.objects.create(
            board=motion.meeting.board, kind="resident", person=way.person("rep.dunn"), since=way.DAY_ZERO
        )
    try:
        motion.refresh_from_db()
        assert not queries.conflicted(seat, motion, seat.person)
    finally:
        with owner_beside():
            Seat.objects.filter(pk=seat.pk).delete()
            Person.objects.filter(pk=applicant.pk).update(employer=applicant.employer)


def test_a_letter_for_a_meeting_not_noticed_yet_is_seen_by_those_who_plan_it_only() -> None:
    motion, seat, sam = moved(), Seat.objects.get(agency__code="DOL"), way.person(SAM)
    seating.name_stand_in(
        pk=seat.pk, by=sam, person=way.person("lou.grant"), letter_on=clock.today(), meeting=motion.meeting_id
    )
    letter = f"Lou Grant ({motion.meeting})"
    assert letter in as_(SAM).get("/board/seats/").text
    assert "Lou Grant" not in Client().get("/board/seats/").text
    assert "Lou Grant" not in as_("grace.stone").get("/board/seats/").text
    noticed(motion)
    assert letter in Client().get("/board/seats/").text


def test_a_letter_is_offered_for_meetings_of_the_seats_own_board_only() -> None:
    ours, seat = moved().meeting, Seat.objects.get(agency__code="DOL")
    with owner_beside():
        other = Board.objects.create(name="Resident Advisory Board")
        theirs = Meeting.objects.create(board=other, starts_at=ours.starts_at, place="1A")
    try:
        page = as_(SAM).get("/board/seats/").text
        assert f'<option value="{ours.pk}">' in page
        assert f'<option value="{theirs.pk}">' not in page
        said = {"person": "lou.grant", "letter_on": str(clock.today()), "meeting": theirs.pk}
        assert as_(SAM).post(f"/board/seats/{seat.pk}/name-stand-in/", said).status_code == 400
    finally:
        with owner_beside():
            theirs.delete()
            other.delete()


def test_what_is_wrong_with_a_proxys_ballot_stands_on_that_ballot_and_not_on_ones_own() -> None:
    motion, seat = moved(), Seat.objects.get(agency__code="DOL", until=None)
    seating.name_stand_in(
        pk=seat.pk,
        by=way.person(SAM),
        person=way.person(JUNE),
        letter_on=clock.today(),
        meeting=motion.meeting_id,
    )
    convene(motion, "grace.stone", "omar.haines", JUNE)
    answer = as_(JUNE).post(f"/board/motions/{motion.pk}/vote/", {"seat": seat.pk})
    page = html.fromstring(answer.text)
    own, proxys = (
        page.get_element_by_id(f"action-vote-{key}") for key in (motion.pk, f"{motion.pk}-{seat.pk}")
    )
    assert [len(form.xpath(".//*[@id='error-summary']")) for form in (own, proxys)] == [0, 1]
    assert own.xpath(".//input[@name='seat']/@value") != [str(seat.pk)], (
        "it would be cast for the other's seat"
    )
    assert "The vote of DOL" in proxys.text_content()


def test_nobody_who_has_left_is_given_a_seat_or_stands_in() -> None:
    seat, yesterday = Seat.objects.get(agency__code="DOL"), clock.today() - timedelta(days=1)
    agencies.give_notice(person=way.person("lou.grant").pk, last_day=yesterday, by=way.person(SAM))
    said = {"person": "lou.grant", "letter_on": str(clock.today())}
    for step in ("refill", "name-stand-in"):
        page = as_(SAM).post(f"/board/seats/{seat.pk}/{step}/", said)
        assert (page.status_code, "Nobody here has this user name." in page.text) == (400, True)
        api = f"/api/board/seats/{seat.pk}/{step.replace('-', '_')}"
        assert as_(SAM).post(api, said, content_type="application/json").status_code == 404
