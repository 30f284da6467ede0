"""A delegate acts for an office holder between two days, on record as doing so; who leaves is out within 24 hours."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps import way
from apps.way import as_, person, rules
from charteroak.adapters import clock
from charteroak.agencies import actions, cover, queries
from charteroak.agencies.models import Cover, RoleHeld
from charteroak.agencies.queries import cover as covers
from charteroak.audit.models import Event
from charteroak.policy.account import Status
from charteroak.policy.decision import Refused
from charteroak.policy.roles import Role
from charteroak.site import tokens

pytestmark = pytest.mark.usefixtures("loaded", "rolled_back")


def named(holder: str = "sam.reyes", delegate: str = "helen.marsh", by: str = "", days: int = 10) -> Cover:
    held = RoleHeld.objects.get(person__username=holder, role=Role.POLICY_OFFICE)
    return cover.name_delegate(
        office=held.pk, delegate=delegate, since=clock.today(), until=clock.today() + timedelta(days=days),
        letter="Mail of today.", by=person(by or holder),
    )  # fmt: skip


def last_event() -> dict[str, object]:
    facts: dict[str, object] = json.loads(Event.objects.latest("index").text)["facts"]
    return facts


def test_a_delegate_acts_only_after_taking_the_office_up_and_is_named_in_every_event() -> None:
    one, helen = named(), as_("helen.marsh")
    office = {"role": "data_steward", "agency": "OWS"}
    granting = "/agencies/people/lena.park/grant-role/"
    assert helen.post(granting, office).status_code == 404
    assert "You cover for Sam Reyes" in helen.get("/").text
    helen.post(f"/agencies/cover/{one.pk}/act/")
    assert "You act for Sam Reyes, policy office." in helen.get("/").text
    assert helen.post(granting, office).status_code == 302
    event = Event.objects.get(name="agencies:role:grant")
    assert (event.by, json.loads(event.text)["facts"]["for"]) == ("helen.marsh", "sam.reyes")
    helen.post("/agencies/cover/stop/")
    assert helen.post(granting, office | {"role": "counsel"}).status_code == 404
    assert "for" not in last_event()


def test_what_a_delegate_is_refused_is_on_record_as_done_for_the_holder() -> None:
    one, helen = named(), as_("helen.marsh")
    helen.post(f"/agencies/cover/{one.pk}/act/")
    helen.post("/agencies/people/helen.marsh/grant-role/", {"role": "counsel"})
    event = Event.objects.latest("index")
    assert (event.name, event.by) == ("agencies:people:grant_role:refused", "helen.marsh")
    assert last_event()["for"] == "sam.reyes"
    assert last_event()["rules"] == ["own_role"]


def test_a_delegate_fills_that_office_and_lays_down_their_own() -> None:
    helen = person("helen.marsh")
    helen.acting = named()
    assert helen.roles(clock.today()) == {Role.POLICY_OFFICE}
    assert queries.agencies_where(helen, Role.SIGNATORY) == []
    assert person("helen.marsh").roles(clock.today()) == {Role.SIGNATORY}


def test_cover_ends_on_its_last_day_and_whenever_the_holder_is_back() -> None:
    one, helen = named(), as_("helen.marsh")
    helen.post(f"/agencies/cover/{one.pk}/act/")
    assert helen.get("/agencies/people/").status_code == 200
    with way.day(clock.today() + timedelta(days=11)):
        assert helen.get("/agencies/people/").status_code == 404
    as_("sam.reyes").post(f"/agencies/cover/{one.pk}/end/")
    assert helen.get("/agencies/people/").status_code == 404
    assert helen.post(f"/agencies/cover/{one.pk}/act/").status_code == 404


def test_the_holders_turns_are_offered_to_the_delegate() -> None:
    actions.give_notice(
        person=person("al.pike").pk, last_day=clock.today() + timedelta(days=9), by=person("tom.avery")
    )
    assert "Al Pike leaves" in as_("sam.reyes").get("/").text
    assert "Al Pike leaves" not in as_("helen.marsh").get("/").text
    named()
    assert "Al Pike leaves" in as_("helen.marsh").get("/").text


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"delegate": "sam.reyes"}, "own_cover"),
        ({"delegate": "tom.avery"}, "another_employer"),
        ({"delegate": "ida.moss"}, "roles_must_stay_apart"),
        ({"days": -1}, "dates_wrong"),
        ({"days": 181}, "dates_wrong"),
        ({"by": "ann.weiss"}, "not_the_holder"),
        ({"by": "maya.ortiz"}, "wrong_role"),
    ],
)
def test_not_everybody_covers_for_everybody(change: dict[str, str], rule: str) -> None:
    with pytest.raises(Refused) as refused:
        named(**change)  # type: ignore[arg-type] # days is a number
    assert rules(refused) == {rule}


def test_offices_that_must_stay_apart_are_not_filled_under_cover_either() -> None:
    """Who links the records neither analyses them nor administers the initiative, from whenever they may link."""
    linking = RoleHeld.objects.get(person__username="noor.haddad", role=Role.HUB_OPERATOR)
    person("helen.marsh").covers.create(
        office=linking, since=clock.today() + timedelta(days=30), until=clock.today() + timedelta(days=40),
        letter="Mail of today.", named_by=person("sam.reyes"), named_at=clock.now(),
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        named()
    assert rules(refused) == {"roles_must_stay_apart"}
    with pytest.raises(Refused) as refused:
        actions.grant_role(
            person=person("helen.marsh").pk, role=Role.RESEARCHER, agency=None, by=person("sam.reyes")
        )
    assert rules(refused) == {"roles_must_stay_apart"}
    person("helen.marsh").covers.update(ended_by=person("sam.reyes"), ended_at=clock.now())
    assert named().delegate == person("helen.marsh")


def test_naming_a_delegate_and_granting_them_an_office_wait_for_one_another() -> None:
    """Each judges what must stay apart by what the other has committed: both lock the person first."""
    acts: dict[str, Callable[[], object]] = {
        "name": named,
        "grant": lambda: actions.grant_role(
            person=person("helen.marsh").pk, role=Role.COUNSEL, agency=None, by=person("sam.reyes")
        ),
    }
    for act in acts.values():
        with CaptureQueriesContext(connection) as captured:
            act()
        said = [one["sql"] for one in captured if 'FROM "agencies_person"' in one["sql"]]
        locking = [sql for sql in said if sql.endswith("FOR UPDATE")]
        assert any("helen.marsh" in sql or f"= {person('helen.marsh').pk} " in sql for sql in locking)


def test_nobody_but_the_delegate_takes_an_office_up() -> None:
    one = named()
    for stranger in ("eve.lang", "ann.weiss", "sam.reyes"):
        client = as_(stranger)
        assert client.post(f"/agencies/cover/{one.pk}/act/").status_code == 404
        assert "You act for" not in client.get("/").text


def test_access_is_over_24_hours_after_the_notice_whoever_has_acted() -> None:
    lena = person("lena.park")
    actions.complete_training(by=lena)
    actions.sign_pledge(by=lena)
    actions.give_notice(person=lena.pk, last_day=clock.today() + timedelta(days=9), by=person("maya.ortiz"))
    assert queries.status_of(lena) is Status.LEAVING
    assert lena.standing().good(clock.today())
    clock.move_to(clock.now() + timedelta(hours=24, minutes=1))
    assert {reason.rule for reason in lena.standing().good(clock.today()).reasons} == {"has_left"}


def test_who_has_left_holds_nothing_signs_in_nowhere_and_is_nobody_s_delegate() -> None:
    helen = as_("helen.marsh")
    one, words = named(), tokens.create(
        by=person("helen.marsh"), label="Ours", agency=None, last_day=clock.today() + timedelta(days=9),
        reads_only=True, second_factor=True,
    )[1]  # fmt: skip
    actions.give_notice(
        person=person("helen.marsh").pk, last_day=clock.today() + timedelta(days=9), by=person("sam.reyes")
    )
    program, bearer = Client(), {"Authorization": f"Bearer {words}"}
    assert helen.get("/agencies/people/me/").status_code == 200
    assert program.get("/api/agencies/people/me", headers=bearer).status_code == 200
    clock.move_to(clock.now() + timedelta(hours=24))
    gone = person("helen.marsh")
    assert gone.left
    assert gone.roles(clock.today()) == frozenset()
    assert queries.agencies_where(gone, Role.SIGNATORY) == []
    assert gone not in queries.holders(Role.SIGNATORY)
    assert not covers.offered_to(gone)
    gone.acting = one
    assert gone.roles(clock.today()) == frozenset()
    assert helen.get("/agencies/people/me/").headers["Location"].startswith("/accounts/login/")
    assert program.get("/api/agencies/people/me", headers=bearer).status_code == 401


def test_nobody_who_has_left_is_named_or_granted_anything() -> None:
    yesterday = clock.today() - timedelta(days=1)
    actions.give_notice(person=person("helen.marsh").pk, last_day=yesterday, by=person("sam.reyes"))
    with pytest.raises(Refused) as refused:
        named()
    assert rules(refused) == {"account_closed"}
    with pytest.raises(Refused) as refused:
        actions.grant_role(
            person=person("helen.marsh").pk, role=Role.COUNSEL, agency=None, by=person("sam.reyes")
        )
    assert rules(refused) == {"account_closed"}


def test_access_is_over_after_the_last_day_even_within_24_hours() -> None:
    lena = person("lena.park")
    actions.complete_training(by=lena)
    actions.sign_pledge(by=lena)
    yesterday = clock.today() - timedelta(days=1)
    actions.give_notice(person=lena.pk, last_day=yesterday, by=person("sam.reyes"))
    assert {reason.rule for reason in lena.standing().good(clock.today()).reasons} == {"has_left"}


def test_notice_is_given_by_those_who_work_together() -> None:
    with pytest.raises(Refused) as refused:
        actions.give_notice(person=person("lena.park").pk, last_day=clock.today(), by=person("ben.cole"))
    assert rules(refused) == {"not_a_colleague"}
    page = as_("maya.ortiz").post(
        "/agencies/people/give-notice/", {"person": "lena.park", "last_day": str(clock.today())}
    )
    assert page.status_code == 302
    assert "Lena Park leaves: close the account" in as_("sam.reyes").get("/").text
    actions.close_account(person=person("lena.park").pk, by=person("sam.reyes"))
    assert "Lena Park leaves" not in as_("sam.reyes").get("/").text


def test_an_office_warns_before_its_last_day_and_is_gone_after_it() -> None:
    lena, last_day = person("lena.park"), clock.today() + timedelta(days=20)
    actions.grant_role(
        person=lena.pk, role=Role.DATA_STEWARD, agency="OWS", by=person("sam.reyes"), until=last_day
    )
    assert [item.by_when for item in queries.todo(lena) if "Your office ends" in item.title] == [last_day]
    assert Role.DATA_STEWARD in lena.roles(last_day)
    assert Role.DATA_STEWARD not in lena.roles(last_day + timedelta(days=1))
    with pytest.raises(Refused) as refused:
        actions.grant_role(
            person=lena.pk, role=Role.COUNSEL, agency=None, by=person("sam.reyes"),
            until=clock.today() - timedelta(days=1),
        )  # fmt: skip
    assert rules(refused) == {"ends_before_it_begins"}
