"""A meeting's agenda on paper and its hour in a calendar: for everybody, once it is noticed."""

from functools import lru_cache

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from apps import way
from apps.board_way import SAM, moved
from charteroak.adapters import pdf
from charteroak.board import actions
from charteroak.board.models import Meeting
from charteroak.board.views import agenda
from printed import faults, text

pytestmark = pytest.mark.usefixtures("on_day_zero")


def noticed() -> Meeting:
    motion = moved()
    actions.notice(pk=motion.meeting_id, by=way.person(SAM))
    return Meeting.objects.get()


def test_before_the_notice_only_who_prepares_it_has_the_agenda() -> None:
    here = moved().meeting.get_absolute_url()
    for name in ("agenda.pdf", "meeting.ics"):
        assert Client().get(here + name).status_code == 404
        assert way.as_("grace.stone").get(here + name).status_code == 404
        assert way.as_(SAM).get(here + name).status_code == 200
    assert "Not noticed yet" in text(way.as_(SAM).get(f"{here}agenda.pdf").content)


@pytest.mark.parametrize(
    ("language", "said"), [("en", "What will be decided"), ("es", "Lo que se va a decidir")]
)
def test_the_agenda_prints_in_the_readers_language_and_meets_the_standard(language: str, said: str) -> None:
    meeting = noticed()
    printed = Client().get(f"{meeting.get_absolute_url()}agenda.pdf", headers={"Accept-Language": language})
    assert faults(printed.content) == []
    said_there = text(printed.content)
    for part in (said, "Approve it.", "CSC, DOL, SDE", "Room 2B", way.person("grace.stone").name):
        assert part in said_there


def test_whoever_asks_again_makes_nothing_run_until_the_agenda_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[str] = []

    def written(html: str) -> bytes:
        made.append(html)
        return b"%d" % len(made)

    monkeypatch.setattr(pdf, "made_from", written)
    monkeypatch.setattr(agenda, "made_once", lru_cache(agenda.made_once.__wrapped__))
    meeting, sam = moved().meeting, way.as_(SAM)

    def asked(client: Client, language: str) -> bytes:
        there = f"{meeting.get_absolute_url()}agenda.pdf"
        return client.get(there, headers={"Accept-Language": language}).content

    assert [asked(sam, language) for language in ("en", "es", "en", "es")] == [b"1", b"2", b"1", b"2"]
    actions.notice(pk=meeting.pk, by=way.person(SAM))
    assert [asked(client, "en") for client in (sam, Client(), Client())] == [b"3", b"3", b"3"]


def test_the_calendar_has_the_hour_the_place_and_the_way_to_the_page() -> None:
    meeting = noticed()
    here = meeting.get_absolute_url()
    (entry,) = Calendar.from_ical(Client().get(f"{here}meeting.ics").content).events
    assert entry.start == meeting.starts_at.replace(microsecond=0)
    assert "Room 2B" in str(entry["summary"])
    assert str(entry["url"]).endswith(here)
    page = Client().get(here).text
    assert f'href="{here}agenda.pdf"' in page
    assert f'href="{here}meeting.ics"' in page


def test_the_list_for_programs_is_one_question_that_reads_no_minutes() -> None:
    meeting, client = noticed(), way.as_(SAM)
    with CaptureQueriesContext(connection) as captured:
        (told,) = client.get("/api/board/").json()
    assert (told["id"], told["board"], told["place"]) == (meeting.pk, meeting.board.name, "Room 2B")
    (asked,) = [one["sql"] for one in captured if 'FROM "board_meeting"' in one["sql"]]
    assert '"minutes"' not in asked
    assert not [one for one in captured if 'FROM "board_board"' in one["sql"]]
