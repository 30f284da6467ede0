"""People's accounts: what is on file of a person, who changes it, and who says that somebody leaves."""

from datetime import timedelta

import pytest

from apps.way import as_, person, rules
from charteroak.adapters import clock
from charteroak.agencies import actions, queries
from charteroak.agencies.models import Person
from charteroak.policy.account import Status
from charteroak.policy.decision import Refused
from conftest import owner_beside

pytestmark = pytest.mark.usefixtures("loaded", "rolled_back")


@pytest.mark.parametrize(
    "username",
    ["noor.haddad", "kim.tran", "ida.moss", "ann.weiss", "pat.lee", "tom.avery", "june.fisher", "rep.dunn"],
)
def test_whoever_holds_an_office_says_that_they_leave(username: str) -> None:
    offered = as_(username).get("/agencies/people/me/").text
    assert f'<option value="{username}">' in offered
    last_day = clock.today() + timedelta(days=9)
    sent = as_(username).post(
        "/agencies/people/give-notice/", {"person": username, "last_day": str(last_day)}
    )
    assert sent.status_code == 302
    leaving = person(username)
    assert queries.status_of(leaving) is Status.LEAVING
    assert leaving.notices.get().by == leaving


def test_a_stranger_s_departure_is_not_theirs_to_say() -> None:
    for by in ("noor.haddad", "kim.tran", "rep.dunn"):
        with pytest.raises(Refused) as refused:
            actions.give_notice(person=person("lena.park").pk, last_day=clock.today(), by=person(by))
        assert rules(refused) == {"not_a_colleague"}


def load(**said: object) -> Person:
    given = {"username": "al.jones", "name": "Al Jones", "employer": "OWS", "roles": [], **said}
    with owner_beside():
        actions.load({"person": [given]}, password="acorns fall far", by="setup")
        return person("al.jones")


def test_an_address_comes_from_the_file_and_nobody_gets_one_that_was_not_given() -> None:
    assert load().email == ""
    assert "No address: gets no mail" in as_("sam.reyes").get("/agencies/people/al.jones/").text
    unreached = as_("sam.reyes").get("/agencies/people/?mail=none").text
    assert "Al Jones" in unreached
    assert "Maya Ortiz" not in unreached
    assert load(email="al.jones@example.org").email == "al.jones@example.org"
    assert load(email="other@example.org").email == "al.jones@example.org"
    with pytest.raises(Refused) as refused:
        load(username="bo.jones", email="not an address")
    assert rules(refused) == {"no_address"}


def test_an_address_that_an_earlier_setup_made_up_goes_when_the_file_is_loaded_again() -> None:
    load()
    with owner_beside():
        Person.objects.filter(username="al.jones").update(email="al.jones@example.test")
    assert load().email == ""
