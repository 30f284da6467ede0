"""Urgent mail goes to who can act: whose turn it is, who covers while they are away; the office learns whom to call."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.conf import settings

from apps import way
from apps.way import as_, person
from charteroak.adapters import clock
from charteroak.agencies import cover
from charteroak.agencies.models import Cover, RoleHeld
from charteroak.agreements.models import Letter
from charteroak.policy.roles import Role
from charteroak.reports import clocks
from charteroak.requests import actions as requests
from charteroak.requests.models import DataRequest
from charteroak.site import reminders
from charteroak.site.digest import write_digests
from conftest import connection_as, owner_beside

COLLEAGUE = "grace.stone"


@pytest.fixture(scope="module", autouse=True)
def in_review(database_of_the_file: None) -> DataRequest:
    """Every agency asked has its turn."""
    with way.day(way.DAY_ZERO):
        with connection_as("owner"):
            way.load()
        record = way.filled_in()
        requests.submit(pk=record.pk, by=person("maya.ortiz"))
        requests.accept_as_complete(pk=record.pk, by=person("sam.reyes"))
        return record


@pytest.fixture
def due(in_review: DataRequest) -> Iterator[date]:
    """The day before SDE's decision is late; each test goes on from there."""
    with way.day(way.DAY_ZERO):
        turns = clocks.running(DataRequest.objects.all())
        on = next(one.due for one in turns if one.whose == "SDE")
    assert on is not None
    with way.day(on):
        yield on
    with owner_beside():  # the post reads over a connection of its own, so what a test wrote is there
        Letter.objects.all().delete()
        Cover.objects.all().delete()
        RoleHeld.objects.filter(person__username="ben.cole").update(until=None)


def reminded() -> int:
    with connection_as("post"):
        return reminders.remind()


def away(holder: str = "ben.cole", delegate: str = COLLEAGUE) -> Cover:
    held = RoleHeld.objects.get(person__username=holder, role=Role.DATA_STEWARD)
    return cover.name_delegate(
        office=held.pk, delegate=delegate, since=clock.today(), until=clock.today() + timedelta(days=30),
        letter="Mail of today.", by=person("sam.reyes"),
    )  # fmt: skip


def told(agency: str = "SDE") -> dict[str, str]:
    """Who has mail about that agency's turn, and what the last says."""
    found = Letter.objects.filter(kind=Letter.Kind.DEADLINE, about__contains=f":{agency}:")
    return {one.person.username: one.body for one in found.select_related("person")}


def test_while_the_holder_is_away_the_delegate_has_the_mail_too(due: date) -> None:
    named = away()
    reminded()
    assert set(told()) == {"ben.cole", COLLEAGUE}
    body = told()[COLLEAGUE]
    assert "You cover for Ben Cole (data steward (SDE))" in body
    assert f"{settings.CONFIG.origins[0]}/#cover-{named.pk}" in body
    assert "You cover" not in told()["ben.cole"]
    page = as_(COLLEAGUE).get("/").text
    assert f'id="cover-{named.pk}"' in page, "the link leads to where the office is taken up"
    assert reminded() == 0, "once a stage, whoever it went to"
    assert set(told("DOL")) == {"lou.grant"}, "another agency's office is not covered by it"


def test_who_is_named_once_it_is_late_has_the_mail_the_same_day(due: date) -> None:
    with way.day(due + timedelta(days=1)):
        reminded()
        assert set(told()) == {"ben.cole"}
        away()
        reminded()
        assert "This was due on" in told()[COLLEAGUE]


def test_cover_that_is_over_brings_no_mail(due: date) -> None:
    cover.end_cover(pk=away().pk, by=person("ben.cole"))
    reminded()
    assert set(told()) == {"ben.cole"}


def test_the_policy_office_learns_who_is_late_and_whom_to_call_for_it_cannot_decide(due: date) -> None:
    away()
    reminded()
    assert "sam.reyes" not in told()
    with way.day(due + timedelta(days=7)):
        reminded()
        body = told()["sam.reyes"]
        assert reminded() == 0
    for said in ("agency (SDE) is late", "You cannot act in their place", "Ben Cole <", "Grace Stone <"):
        assert said in body
    assert "You cover" not in body


def test_an_office_that_nobody_holds_is_told_at_once_for_the_policy_office_to_fill(due: date) -> None:
    with owner_beside():
        RoleHeld.objects.filter(person__username="ben.cole").update(until=due - timedelta(days=1))
    reminded()
    assert set(told()) == {"sam.reyes"}
    assert "Nobody holds this office today" in told()["sam.reyes"]
    assert f"{settings.CONFIG.origins[0]}/agencies/people/" in told()["sam.reyes"]


def test_each_has_one_digest_a_day_and_who_covers_finds_the_turn_in_theirs(due: date) -> None:
    away()
    with connection_as("post"):
        write_digests()
        assert write_digests() == 0
    digest = Letter.objects.get(kind=Letter.Kind.DIGEST, person__username=COLLEAGUE)
    assert "decide on your agency’s columns" in digest.subject
