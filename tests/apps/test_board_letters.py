"""Who would have come to a meeting reads by mail that it is not held, and why."""

from collections.abc import Iterator

import pytest

from apps import way
from apps.board_way import CONCERNED, JUNE, SAM, moved
from charteroak.agreements.models import Letter
from charteroak.board import actions
from charteroak.site.meeting_letters import tell_of_cancelled
from conftest import connection_as


@pytest.fixture(autouse=True)
def known(recommended: None) -> Iterator[None]:
    """Committed, for the post reads over a connection of its own."""
    with way.day(way.DAY_ZERO):
        yield


def told() -> int:
    with connection_as("post"):
        return tell_of_cancelled()


def test_nobody_is_written_to_about_a_meeting_that_was_never_noticed() -> None:
    motion = moved()
    actions.cancel(pk=motion.meeting_id, by=way.person(JUNE), because="Planned twice.")
    assert told() == 0


def test_each_who_would_have_come_is_written_to_once() -> None:
    motion = moved()
    actions.notice(pk=motion.meeting_id, by=way.person(SAM))
    assert told() == 0
    actions.cancel(pk=motion.meeting_id, by=way.person(JUNE), because="The room is flooded.")
    assert (told(), told()) == (Letter.objects.count(), 0)
    assert {*CONCERNED, JUNE} <= set(Letter.objects.values_list("person__username", flat=True))
    letter = Letter.objects.get(person__username=JUNE)
    assert letter.subject.startswith("Cancelled: ")
    assert "The room is flooded." in letter.body
    assert motion.meeting.get_absolute_url() in letter.body
