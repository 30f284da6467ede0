"""What a board promised: tracked to done, reported before and after, on worklists, in a list and in calendars."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from icalendar import Calendar

from apps import way
from apps.board_way import CONCERNED, JUNE, SAM, convene, moved
from apps.way import as_, refused
from charteroak.adapters import clock
from charteroak.board import actions, follow_ups, promises
from charteroak.board.models import FollowUp
from charteroak.board.worklist import todo

pytestmark = pytest.mark.usefixtures("on_day_zero")


def promised(text: str = "Explain suppression.", owner: str = "Sam Reyes") -> FollowUp:
    """In a meeting that is closed again."""
    motion, june = moved(), way.person(JUNE)
    convene(motion, *CONCERNED, JUNE)
    one = promises.add_follow_up(
        pk=motion.meeting_id, by=june, text=text, reported_to="Residents", owner=owner,
        due_on=clock.today() + timedelta(days=9),
    )  # fmt: skip
    actions.postpone(pk=motion.pk, by=june)
    actions.close(pk=motion.meeting_id, by=june)
    return one


def waits(username: str) -> list[tuple[str, str]]:
    return [(one.title, one.whose_turn) for one in todo(way.person(username)) if "#follow-up-" in one.href]


def test_a_follow_up_is_tracked_to_done_and_reported() -> None:
    motion, june, sam = moved(), way.person(JUNE), way.person(SAM)
    convene(motion, *CONCERNED, JUNE)
    once = uuid4()
    for _press in range(2):  # a double click
        one = promises.add_follow_up(
            pk=motion.meeting_id, by=june, text="Explain.", reported_to="Residents", owner="Sam Reyes",
            due_on=clock.today() + timedelta(days=9), once=once,
        )  # fmt: skip
    assert motion.meeting.follow_ups.count() == 1
    assert refused(promises.finish_follow_up, pk=one.pk, by=sam, outcome=" ") == ["outcome_missing"]
    as_(SAM).post(f"/board/follow-ups/{one.pk}/finish/", {"outcome": "A page was written."})
    one.refresh_from_db()
    assert one.status == "done"
    promises.report_follow_up(pk=one.pk, by=sam)
    one.refresh_from_db()
    assert one.status == "reported"
    assert "A page was written." in Client().get(motion.meeting.get_absolute_url()).text


def test_a_follow_up_reported_undone_is_still_done_later_and_then_reported_again() -> None:
    one, sam = promised(), way.person(SAM)
    promises.report_follow_up(pk=one.pk, by=sam)
    one.refresh_from_db()
    assert one.status == "reported_undone"
    assert refused(promises.report_follow_up, pk=one.pk, by=sam) == ["wrong_status"]
    promises.finish_follow_up(pk=one.pk, by=way.person(JUNE), outcome="A page was written.")
    one.refresh_from_db()
    assert one.status == "done"
    promises.report_follow_up(pk=one.pk, by=sam)
    one.refresh_from_db()
    assert one.status == "reported"
    assert refused(promises.finish_follow_up, pk=one.pk, by=sam, outcome="Again.") == ["wrong_status"]


def test_the_status_that_the_database_chooses_by_is_the_one_on_the_page() -> None:
    one, sam = promised(), way.person(SAM)
    found = []

    def told() -> None:
        (record,) = follow_ups.visible_to(None)
        found.append((record.status.value, getattr(record, "state")))  # noqa: B009 - an annotation

    told()
    promises.report_follow_up(pk=one.pk, by=sam)
    told()
    promises.finish_follow_up(pk=one.pk, by=sam, outcome="Done.")
    told()
    promises.report_follow_up(pk=one.pk, by=sam)
    told()
    assert found == [(name, name) for name in ("promised", "reported_undone", "done", "reported")]


def test_a_follow_up_waits_on_worklists_after_its_meeting_until_it_is_reported() -> None:
    one, sam = promised(), way.person(SAM)
    see_to = ("Explain suppression.", "Sam Reyes: see to it; policy office or chair: record it")
    assert waits(SAM) == waits(JUNE) == [see_to]
    assert waits("grace.stone") == waits("maya.ortiz") == []
    (item,) = [item for item in todo(sam) if item.title == one.text]
    assert item.by_when == one.due_on
    promises.finish_follow_up(pk=one.pk, by=sam, outcome="A page was written.")
    assert waits(SAM) == [("Explain suppression.", "Policy office: report it to Residents")]
    assert waits(JUNE) == []
    promises.report_follow_up(pk=one.pk, by=sam)
    assert waits(SAM) == []


def test_follow_ups_are_listed_searched_filtered_and_taken_away_in_files() -> None:
    listed = Client()
    assert "No board has promised anything yet." in listed.get("/board/follow-ups/").text
    one, other = promised(), promised("Publish the minutes.", owner="June Fisher")
    promises.report_follow_up(pk=other.pk, by=way.person(SAM))
    page = listed.get("/board/follow-ups/").text
    assert f'href="{one.get_absolute_url()}"' in page
    assert "Publish the minutes." not in listed.get("/board/follow-ups/?q=suppression").text
    undone = listed.get("/board/follow-ups/?status=reported_undone").text
    assert "Publish the minutes." in undone
    assert "Explain suppression." not in undone
    csv = b"".join(listed.get("/board/follow-ups/?format=csv"))
    assert b"Explain suppression." in csv
    (row,) = as_(SAM).get("/api/board/follow_ups/?status=promised").json()["rows"]
    assert (row["follow_up"], row["owner"], row["status"]) == (
        "Explain suppression.",
        "Sam Reyes",
        "promised",
    )
    assert 'href="/board/follow-ups/"' in listed.get("/board/").text


def test_the_day_of_a_follow_up_goes_into_a_calendar() -> None:
    one = promised()
    (entry,) = Calendar.from_ical(Client().get(f"/board/follow-ups/{one.pk}/due.ics").content).events
    assert entry.start == one.due_on
    assert str(entry["url"]).endswith(one.get_absolute_url())
    assert f"/board/follow-ups/{one.pk}/due.ics" in Client().get(one.meeting.get_absolute_url()).text
