"""The board's pages: public once noticed, forms for those whose turn it is, reasons for the rest."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from apps import way
from apps.way import as_
from charteroak.adapters import clock
from charteroak.board.models import Board, FollowUp, Meeting, Motion

pytestmark = pytest.mark.usefixtures("on_day_zero")

MEMBERS = {
    "grace.stone": "approve", "omar.haines": "approve", "ruth.vega": "approve", "carl.winter": "recuse",
    "june.fisher": "note", "tom.avery": "note",
}  # fmt: skip


def planned() -> Meeting:
    """Sam plans a meeting and puts the request on its agenda, through the pages."""
    request, sam = way.recommended(), as_("sam.reyes")
    starts = clock.now().astimezone(clock.STATE_TIME) + timedelta(days=8)
    form = {"board": Board.objects.get().pk, "starts_at": f"{starts:%Y-%m-%d %H:%M}", "place": "Room 2B"}
    sam.post("/board/plan/", form)
    meeting = Meeting.objects.get()
    item = {"kind": "approve_request", "data_request": request.number, "text": "Approve request 042."}
    sam.post(f"{meeting.get_absolute_url()}add-motion/", item)
    return meeting


def test_a_meeting_goes_from_plan_to_minutes_through_its_pages(client: Client) -> None:
    meeting = planned()
    here, motion = meeting.get_absolute_url(), Motion.objects.get()
    assert client.get(here).status_code == 404, "not noticed yet"
    as_("sam.reyes").post(f"{here}notice/")
    assert "Approve request 042." in client.get(here).text, "the notice with its agenda is public"
    clock.move_to(meeting.starts_at + timedelta(minutes=1))
    for member in MEMBERS:
        as_(member).post(f"{here}attend/")
    as_("june.fisher").post(f"{here}open/")
    for member, choice in MEMBERS.items():
        assert f'id="action-vote-{motion.pk}"' in as_(member).get(here).text
        as_(member).post(f"/board/motions/{motion.pk}/vote/", {"choice": choice})
    june = as_("june.fisher")
    promise = {"text": "Explain it.", "reported_to": "Resident Advisory Board", "due_on": str(clock.today())}
    june.post(f"{here}add-follow-up/", promise)
    june.post(f"/board/motions/{motion.pk}/declare/")
    june.post(f"{here}close/")
    as_("sam.reyes").post(f"/board/follow-ups/{FollowUp.objects.get().pk}/report/")
    page = client.get(here).text
    assert "Carried." in page
    assert "OWS recuse" in page
    assert "Reported on" in page
    assert '<form id="action-' not in page


def test_an_empty_agenda_is_the_reason_there_is_no_notice_button() -> None:
    sam = as_("sam.reyes")
    starts = clock.now().astimezone(clock.STATE_TIME) + timedelta(days=8)
    form = {"board": Board.objects.get().pk, "starts_at": f"{starts:%Y-%m-%d %H:%M}", "place": "Room 2B"}
    page = sam.post("/board/plan/", form, follow=True).text
    assert "The agenda is empty." in page
    assert 'id="action-notice"' not in page
    assert sam.post(f"{Meeting.objects.get().get_absolute_url()}notice/").status_code == 403


def test_a_member_sees_why_they_cannot_vote_yet() -> None:
    meeting = planned()
    as_("sam.reyes").post(f"{meeting.get_absolute_url()}notice/")
    page = as_("grace.stone").get(meeting.get_absolute_url()).text
    assert "Votes are cast only inside a noticed, open meeting." in page
    assert "action-vote-" not in re.sub(r'id="action-vote-\d+-refused"', "", page)


def test_a_form_filled_in_wrongly_says_what_to_mend(client: Client) -> None:
    answer = as_("sam.reyes").post("/board/plan/", {"place": "Room 2B"})
    assert answer.status_code == 400
    assert "Please mend this first" in answer.text
    assert 'value="Room 2B"' in answer.text, "what was typed is kept"


@pytest.mark.parametrize("action", ["notice", "attend", "open", "close"])
def test_who_only_watches_is_refused_and_told_why(action: str) -> None:
    meeting = planned()
    as_("sam.reyes").post(f"{meeting.get_absolute_url()}notice/")
    answer = as_("pat.lee").post(
        f"{meeting.get_absolute_url()}{action}/", headers={"Accept": "application/json"}
    )
    assert answer.status_code == 403
    assert answer.json()["reasons"][0]["rule"] in {"wrong_role", "wrong_status"}


def test_an_action_that_does_not_exist_is_not_found() -> None:
    meeting = planned()
    assert as_("sam.reyes").post(f"{meeting.get_absolute_url()}adjourn/").status_code == 404
