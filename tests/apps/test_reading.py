"""A page looks the same fact up once; what writes asks every time."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps import crowd, way
from apps.whole_way import ACTORS, Scene
from charteroak.adapters import clock
from charteroak.adapters.listing import PER_PAGE
from charteroak.agencies import actions as agencies
from charteroak.agencies.reading import once, reading
from charteroak.agreements.models import Paper
from charteroak.board.models import Meeting
from charteroak.policy.roles import Role
from conftest import owner_beside

HOME = 150  # queries of anybody's home page


def test_an_office_is_asked_once_while_a_page_is_read_and_every_time_elsewhere(on_day_zero: None) -> None:
    person, today = way.person("ben.cole"), clock.today()
    with reading(), CaptureQueriesContext(connection) as seen:
        assert Role.DATA_STEWARD in person.roles(today)
        assert person.roles(today) == way.person("ben.cole").roles(today)
    assert sum("roleheld" in one["sql"] for one in seen) == 1
    with CaptureQueriesContext(connection) as seen:
        assert person.roles(today) == person.roles(today)
    assert len(seen) == 2


def test_whose_office_is_filled_tells_one_answer_from_another(on_day_zero: None) -> None:
    person, today = way.person("ben.cole"), clock.today()
    with reading():
        assert person.roles(today)
        other = way.person("ben.cole")
        other.within = way.person("ann.weiss").employer
        assert other.roles(today) != person.roles(today)


def test_the_next_page_sees_what_changed_meanwhile(on_day_zero: None) -> None:
    client, person = Client(), way.person("ben.cole")
    client.force_login(person)
    assert client.get("/").status_code == 200
    agencies.close_account(person=person.pk, by=way.person("sam.reyes"))
    assert b"ben.cole" not in client.get("/").content


def test_a_record_that_is_not_on_file_yet_is_like_no_other() -> None:
    asked: list[object] = []

    @once
    def told(person: object) -> int:
        asked.append(person)
        return len(asked)

    from charteroak.agencies.models import Person

    with reading():
        assert told(Person()) != told(Person())


@pytest.mark.parametrize("actor", ["policy", "steward", "board", "checker", "auditor", "counsel"])
def test_the_home_page_reads_seldom(at: Scene, actor: str) -> None:
    client = Client()
    client.force_login(way.person(ACTORS[actor]))
    with CaptureQueriesContext(connection) as seen:
        assert client.get("/").status_code == 200
    assert len(seen) <= HOME


def queries_of(path: str, username: str = "") -> int:
    client = Client()
    if username:
        client.force_login(way.person(username))
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def test_an_executed_agreement_is_given_as_it_was_printed(at: Scene) -> None:
    client = Client()
    client.force_login(way.person("ann.weiss"))
    assert client.get("/agreements/001/pdf/").content == bytes(Paper.objects.get().content)


def test_more_agencies_and_meetings_are_read_as_often(at: Scene) -> None:
    paths = (("/api/agencies/", ""), ("/agencies/", ""), ("/api/board/", "grace.stone"))
    before = [queries_of(*one) for one in paths]
    like = Meeting.objects.get(pk=at.meeting)
    with owner_beside():
        crowd.of_agencies(60, 60)
        Meeting.objects.bulk_create(
            Meeting(board=like.board, status=like.status, starts_at=like.starts_at, place=str(one))
            for one in range(60)
        )
    assert [queries_of(*one) for one in paths] == before
    client = Client()
    client.force_login(way.person("grace.stone"))
    full = -(-Meeting.objects.exclude(status="planned").count() // PER_PAGE)
    pages = [client.get(f"/api/board/?page={number}").json() for number in (*range(1, full + 2), 10**9)]
    assert [len(page) > 0 for page in pages] == [True] * full + [False, False]
    assert len({one["id"] for page in pages for one in page}) == sum(map(len, pages)) > 60
