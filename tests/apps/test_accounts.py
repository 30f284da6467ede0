"""People's accounts: what is on file of a person, who changes it, and who says that somebody leaves."""

from datetime import timedelta

import pytest

from apps.way import as_, person, rules
from charteroak.adapters import clock
from charteroak.agencies import actions, queries
from charteroak.policy.account import Status
from charteroak.policy.decision import Refused

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
