"""Governing only: who is asked to put what on record, and what is not asked of a room that is closed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps import way
from apps.test_elsewhere import NUMBER, What, agreement, confirmed, governing, matched, sent, signed
from charteroak.adapters import clock
from charteroak.agreements import actions as agreements
from charteroak.agreements.queries import contributors
from charteroak.elsewhere import actions, queries
from charteroak.policy.elsewhere import Status
from charteroak.site.rooms import open_rooms
from charteroak.site.work import work_of

__all__ = ["governing", "signed"]
pytestmark = pytest.mark.usefixtures("signed", "rolled_back", "governing")
HUB, ENCLAVE = "noor.haddad", "kim.tran"


def asked(*usernames: str) -> set[str]:
    """Who of these is asked to put something on record."""
    return {one for one in usernames if queries.todo(way.person(one))}


def stewards() -> list[str]:
    return [way.STEWARDS[code] for code in contributors(agreement())]


def test_a_steward_is_asked_until_the_own_file_and_word_are_on_record() -> None:
    first, *others = contributors(agreement())
    everybody = (*stewards(), HUB, ENCLAVE)
    assert asked(*everybody) == set(stewards())
    sent(first)
    assert asked(*everybody) == {way.STEWARDS[code] for code in others}
    assert queries.whose_turn(agreement()) == f"Data stewards of {', '.join(others)}: send"
    matched()
    assert asked(*everybody) == set(stewards())
    for agency in contributors(agreement()):
        actions.confirm(number=NUMBER, by=way.person(way.STEWARDS[agency]), agency=agency, on=clock.today())
    assert queries.owed(agreement()) == ["deliver"]
    assert asked(*everybody) == {HUB}


def test_the_hub_is_asked_for_the_match_once_all_files_are_there() -> None:
    for agency in contributors(agreement()):
        sent(agency)
    assert queries.owed(agreement()) == ["match"]
    assert asked(*stewards(), HUB, ENCLAVE) == {HUB}


def test_each_operator_is_asked_for_what_they_certify_from_its_due_day_on() -> None:
    confirmed()
    noor = way.person(HUB)
    file = {"file_name": "extract", "sha256": "ab" * 32, "way": "SFTP"}
    actions.deliver(number=NUMBER, by=noor, on=clock.today(), **file)
    assert asked(*stewards(), HUB, ENCLAVE) == set()
    due = agreement().duties.get(what=What.IDENTIFIERS).due_on
    assert due
    with way.day(due):
        assert queries.owed(agreement()) == ["destroy-identifiers"]
        assert asked(*stewards(), HUB, ENCLAVE) == {HUB}
        actions.destroy(number=NUMBER, by=noor, what=What.IDENTIFIERS, on=clock.today(), way="Overwritten.")
        assert asked(*stewards(), HUB, ENCLAVE) == set()


def test_the_list_asks_the_same_questions_however_many_agreements_it_shows() -> None:
    """Told from what is read for all of them at once."""
    confirmed()
    seen = queries.visible_to(way.person(HUB)).prefetch_related(*queries.READ)
    with CaptureQueriesContext(connection) as captured:
        (record,) = seen
        asked = len(captured)
        assert (queries.status_of(record), queries.whose_turn(record)) == (Status.CONFIRMED, "Hub operator")
        assert len(captured) == asked


def test_nothing_is_to_be_sent_for_an_agreement_that_is_over() -> None:
    agreements.terminate(pk=agreement().pk, by=way.person("sam.reyes"), because="Done.")
    with way.day(clock.today() + timedelta(days=1)):
        assert not [name for name in queries.owed(agreement()) if not name.startswith("destroy-")]
        assert asked(*stewards()) == set()


def test_a_destruction_put_on_record_later_counts_on_the_day_on_which_it_happened() -> None:
    day = clock.today()
    with way.day(day + timedelta(days=9)):
        actions.destroy(number=NUMBER, by=way.person(HUB), what=What.PAYLOAD, on=day, way="Overwritten.")
        done = agreement().duties.get(what=What.PAYLOAD).done_at
        assert done
        assert clock.day_of(done) == day


def test_a_kind_of_thing_that_nobody_holds_is_not_there() -> None:
    form = {"on": str(clock.today()), "way": "Overwritten."}
    assert way.as_(HUB).post(f"/elsewhere/{NUMBER}/destroy/foo/", form).status_code == 404


def test_what_waits_for_a_person_comes_from_open_rooms_only(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = ("/submissions/", "/hub/", "/workspaces/", "/outputs/")
    for username in (*stewards(), HUB, ENCLAVE):
        assert not [item.href for item in work_of(way.person(username)) if item.href.startswith(closed)]
    assert {"submissions", "hub"}.isdisjoint(room.name for room in open_rooms())
    monkeypatch.delenv("CHARTEROAK_GOVERNANCE_ONLY")
    found = [item.href for username in stewards() for item in work_of(way.person(username))]
    assert any(href.startswith("/submissions/") for href in found)
    assert not any(href.startswith("/elsewhere/") for href in found)
