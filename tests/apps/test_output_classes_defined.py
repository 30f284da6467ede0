"""A class of outputs is defined within what is signed, consented to by whom it concerns, and put to the board."""

from datetime import timedelta
from typing import Any

import pytest

from apps import outputs_way, way
from apps.hub_way import AsProcess
from apps.outputs_way import MAYA
from apps.test_output_classes import JUNE, SAM, STRANGER, amended, defined, room
from apps.way import as_, person, refused
from charteroak.adapters import clock
from charteroak.agreements.models import Agreement
from charteroak.board import actions as board
from charteroak.board.models import Board, Meeting
from charteroak.outputs import classing
from charteroak.outputs.models import OutputClass
from charteroak.policy.motion import Choice
from charteroak.workspaces.models import Workspace

__all__ = ["room"]


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"by": MAYA}, "wrong_role"),
        ({"by": "ben.cole"}, "wrong_role"),
        ({"by": STRANGER}, "wrong_role"),
        ({"statistics": []}, "statistics_unnamed"),
        ({"statistics": ["maximum"]}, "statistics_unnamed"),
        ({"minimum_people": 2}, "class_below_threshold"),
        ({"until": timedelta(days=91)}, "days_not_in_order"),
        ({"until": timedelta(days=-1)}, "days_not_in_order"),
    ],
)
def test_a_class_is_defined_within_what_the_text_and_the_strictest_contributor_allow(
    room: Workspace, said: dict[str, Any], rule: str
) -> None:
    given = dict(said)
    if "by" in given:
        given["by"] = person(given["by"])
    if "until" in given:
        given["until"] += clock.today()
    assert refused(defined, **given) == [rule]


def test_where_the_text_does_not_permit_it_no_class_is_defined(as_process: AsProcess) -> None:
    outputs_way.workspace(as_process)
    assert "class_not_permitted" in refused(defined)


def test_the_agreement_s_page_leads_to_its_classes_where_its_text_permits_any(as_process: AsProcess) -> None:
    outputs_way.workspace(as_process)
    agreement = Agreement.objects.get()
    here = f'href="/outputs/classes/?q={agreement.number}"'
    assert here not in as_(SAM).get(agreement.get_absolute_url()).text
    amended(90)
    assert here in as_(SAM).get(agreement.get_absolute_url()).text
    assert here not in as_(SAM).get(Agreement.every.get(amends=agreement).get_absolute_url()).text
    record = defined()
    assert record.get_absolute_url() in as_(SAM).get(f"/outputs/classes/?q={agreement.number}").text


def test_who_has_no_part_in_it_consents_to_nothing_and_sees_nothing(room: Workspace) -> None:
    record = defined()
    for who in (MAYA, SAM, STRANGER):
        assert refused(classing.consent, pk=record.pk, by=person(who), agency="SDE") == ["wrong_role"]
    assert refused(classing.consent, pk=record.pk, by=person("ben.cole"), agency="DOL") == [
        "not_a_contributor"
    ]
    assert as_(STRANGER).get(record.get_absolute_url()).status_code == 404
    assert as_(STRANGER).get(f"/api/outputs/classes/of/{record.number}").status_code == 404


def test_a_member_with_a_stake_recuses_on_a_class_too(room: Workspace) -> None:
    record = defined()
    sam, now = person(SAM), clock.now()
    meeting = board.plan(
        by=sam, board=Board.objects.get().pk, starts_at=now + timedelta(days=8), place="Room 2B"
    )
    motion = board.add_motion(
        pk=meeting.pk, by=sam, kind="preclear_outputs", data_request=record.agreement.data_request_id,
        about=record.number, text="Clear them ahead.",
    )  # fmt: skip
    board.notice(pk=meeting.pk, by=sam)
    clock.move_to(now + timedelta(days=8, minutes=1))
    for member in way.MEMBERS:
        board.attend(pk=meeting.pk, by=person(member))
    board.open_(pk=meeting.pk, by=person(JUNE))
    employer = record.agreement.data_request.applicant.employer
    own = next(seat for seat in meeting.board.seats.all() if seat.agency_id == getattr(employer, "pk", None))
    assert "must_recuse" in refused(board.vote, pk=motion.pk, by=own.person, choice=Choice.APPROVE)
    for member in ("grace.stone", "omar.haines", "ruth.vega"):
        board.vote(pk=motion.pk, by=person(member), choice=Choice.APPROVE)
    board.declare(pk=motion.pk, by=person(JUNE))
    board.close(pk=meeting.pk, by=person(JUNE))
    assert f"{record.number}: Clear them ahead." in Meeting.objects.get(pk=meeting.pk).minutes


def test_it_is_defined_consented_to_and_taken_back_on_its_pages(room: Workspace) -> None:
    sent = {"says": "Counts.", "statistics": ["count"], "minimum_people": "20", "until": f"{clock.today()}"}
    number = Agreement.objects.get().number
    asked = as_(SAM).get(f"/outputs/classes/define/{number}/").text
    assert "asks for at least" in asked
    assert f"{clock.today() + timedelta(days=90):%B %-d, %Y} at the latest" in asked
    page = as_(SAM).post(f"/outputs/classes/define/{number}/", sent, follow=True).text
    assert "The board has not carried a motion on this class." in page
    here = OutputClass.objects.get().get_absolute_url()
    steward = as_("ben.cole")
    assert "SDE consents to this class of outputs." in steward.post(f"{here}consent/SDE/", follow=True).text
    because = {"because": "Too broad."}
    assert "Too broad." in steward.post(f"{here}take-back/SDE/", because, follow=True).text
    assert as_(SAM).post(f"{here}withdraw/", because).status_code == 403
    assert "Withdrawn" in as_(JUNE).post(f"{here}withdraw/", because, follow=True).text
