"""Agencies and people: who may disclose, who administers, who holds which office, who is trained."""

from datetime import date, timedelta

import pytest
from django.test import Client

from apps import way
from apps.way import as_, person, rules
from charteroak.adapters import clock
from charteroak.agencies import actions, queries
from charteroak.agencies.models import Agency, Person, RoleHeld
from charteroak.audit.models import Event
from charteroak.policy.decision import Refused
from charteroak.policy.roles import Role
from conftest import owner_beside

pytestmark = pytest.mark.usefixtures("loaded", "rolled_back")


def test_loading_again_changes_nothing() -> None:
    before = (Agency.objects.count(), Person.objects.count(), RoleHeld.objects.count())
    way.load()
    assert (Agency.objects.count(), Person.objects.count(), RoleHeld.objects.count()) == before


def test_the_setup_file_cannot_join_what_must_stay_apart() -> None:
    both = {"username": "x", "name": "X", "employer": "DOL", "roles": ["hub_operator", "researcher"]}
    with owner_beside(), pytest.raises(Refused) as refused:
        actions.load({"person": [both]}, password="acorns fall far", by="setup")
    assert rules(refused) == {"roles_must_stay_apart"}


def test_administration_passes_on_its_days() -> None:
    for day, agency, verified in (
        (date(2014, 3, 1), "CSC", False),
        (date(2020, 6, 30), "CSC", False),
        (date(2020, 7, 1), "OPM", False),
        (date(2025, 6, 30), "OPM", False),
        (date(2025, 7, 1), "OPM", True),
    ):
        found = queries.administration_on(day)
        assert found is not None
        assert (found.agency.code, found.verified) == (agency, verified), day


def test_nobody_administered_before_the_beginning() -> None:
    assert queries.administration_on(date(2014, 2, 28)) is None


def test_an_agency_without_authority_discloses_nothing() -> None:
    assert queries.authority_of(Agency.objects.get(code="OWS"), clock.today()) is None
    sde = queries.authority_of(Agency.objects.get(code="SDE"), clock.today())
    assert sde is not None
    assert "99.35" in sde.citation


def test_only_the_policy_office_grants() -> None:
    for by in ("kim.tran", "june.fisher", "maya.ortiz"):
        with pytest.raises(Refused) as refused:
            actions.grant_role(person=person("lena.park").pk, role=Role.COUNSEL, agency=None, by=person(by))
        assert rules(refused) == {"wrong_role"}


@pytest.mark.parametrize(
    ("to", "role", "agency", "rule"),
    [
        ("sam.reyes", Role.COUNSEL, None, "own_role"),
        ("lena.park", Role.DATA_STEWARD, None, "agency_missing"),
        ("lena.park", Role.RECIPIENT, None, "not_an_office"),
        ("lena.park", Role.HUB_OPERATOR, "DOL", "roles_must_stay_apart another_agencys_office"),
        ("pat.lee", Role.ENCLAVE_OPERATOR, None, "roles_must_stay_apart another_agencys_office"),
        ("ann.weiss", Role.ENCLAVE_OPERATOR, None, "another_agencys_office"),
        ("ben.cole", Role.POLICY_OFFICE, None, "another_agencys_office"),
    ],
)
def test_some_offices_cannot_be_granted(to: str, role: Role, agency: str | None, rule: str) -> None:
    with pytest.raises(Refused) as refused:
        actions.grant_role(person=person(to).pk, role=role, agency=agency, by=person("sam.reyes"))
    assert rules(refused) == set(rule.split())


def test_an_office_ends_the_same_day_and_can_be_granted_again() -> None:
    sam, lena = person("sam.reyes"), person("lena.park")
    held = actions.grant_role(person=lena.pk, role=Role.DATA_STEWARD, agency="OWS", by=sam)
    assert Role.DATA_STEWARD in lena.roles(clock.today())
    actions.end_role(held=held.pk, by=sam)
    assert Role.DATA_STEWARD not in lena.roles(clock.today())
    assert Role.DATA_STEWARD not in lena.roles(clock.today() - timedelta(days=1))
    actions.grant_role(person=lena.pk, role=Role.DATA_STEWARD, agency="OWS", by=sam)
    assert Role.DATA_STEWARD in lena.roles(clock.today())


def test_an_office_is_held_once_so_that_ending_it_ends_it() -> None:
    sam, lena = person("sam.reyes"), person("lena.park")
    first = actions.grant_role(person=lena.pk, role=Role.DATA_STEWARD, agency="OWS", by=sam)
    with way.day(clock.today() + timedelta(days=90)):
        with pytest.raises(Refused) as refused:
            actions.grant_role(person=lena.pk, role=Role.DATA_STEWARD, agency="OWS", by=sam)
        assert rules(refused) == {"held_already"}
        actions.end_role(held=first.pk, by=sam)
        assert Role.DATA_STEWARD not in lena.roles(clock.today())


def test_an_office_that_ended_long_ago_keeps_its_last_day() -> None:
    sam, lena = person("sam.reyes"), person("lena.park")
    held = actions.grant_role(person=lena.pk, role=Role.DATA_STEWARD, agency="OWS", by=sam)
    actions.end_role(held=held.pk, by=sam)
    held.refresh_from_db()
    long_ago = held.until
    with way.day(clock.today() + timedelta(days=400)):
        with pytest.raises(Refused) as refused:
            actions.end_role(held=held.pk, by=sam)
        assert rules(refused) == {"wrong_status"}
    held.refresh_from_db()
    assert held.until == long_ago


def test_a_closed_account_is_granted_nothing_and_is_closed_once() -> None:
    sam, lena = person("sam.reyes"), person("lena.park")
    actions.close_account(person=lena.pk, by=sam)
    with pytest.raises(Refused) as refused:
        actions.grant_role(person=lena.pk, role=Role.COUNSEL, agency=None, by=sam)
    assert rules(refused) == {"account_closed"}
    with pytest.raises(Refused) as refused:
        actions.close_account(person=lena.pk, by=sam)
    assert rules(refused) == {"wrong_status"}


def test_a_closed_account_is_out_at_the_next_look() -> None:
    lena = as_("lena.park")
    assert lena.get("/requests/").status_code == 200
    actions.close_account(person=person("lena.park").pk, by=person("sam.reyes"))
    assert lena.get("/requests/").status_code == 302


def test_training_and_pledge_bring_good_standing_for_a_year() -> None:
    maya, today = person("maya.ortiz"), clock.today()
    assert {reason.rule for reason in maya.standing().good(today).reasons} == {
        "training_lapsed",
        "pledge_lapsed",
    }
    assert [item.state.value for item in queries.todo(maya)] == ["yours", "yours"]
    actions.complete_training(by=maya)
    actions.sign_pledge(by=maya)
    assert maya.standing().good(today)
    assert queries.todo(maya) == []
    assert not maya.standing().good(today + timedelta(days=366))


def test_the_public_reads_authority_and_what_is_unverified(client: Client) -> None:
    page = client.get("/agencies/").text
    assert "34 CFR 99.31(a)(3), 99.35" in page
    assert "Public Act 25-119" in page
    assert page.count("to be confirmed by counsel") == 5
    assert "People and offices" not in page


def test_a_researcher_signs_for_themselves_only() -> None:
    maya = as_("maya.ortiz")
    maya.post("/agencies/people/me/complete-training/")
    maya.post("/agencies/people/me/sign-pledge/")
    assert person("maya.ortiz").standing().good(clock.today())
    assert not person("lena.park").standing().good(clock.today())
    assert Event.objects.filter(name="agencies:pledge:sign", by="maya.ortiz").count() == 1


def test_accounts_are_for_the_policy_office_and_the_auditor() -> None:
    assert as_("maya.ortiz").get("/agencies/people/").status_code == 404
    assert as_("maya.ortiz").get("/agencies/people/lena.park/").status_code == 404
    assert "action-grant-role" not in as_("pat.lee").get("/agencies/people/lena.park/").text
    assert "action-grant-role" in as_("sam.reyes").get("/agencies/people/lena.park/").text


def test_the_policy_office_grants_and_ends_on_the_page() -> None:
    sam, lena = as_("sam.reyes"), person("lena.park")
    sam.post("/agencies/people/lena.park/grant-role/", {"role": "data_steward", "agency": "OWS"})
    held = RoleHeld.objects.get(person=lena, role=Role.DATA_STEWARD)
    assert "data steward (OWS)" in sam.get("/agencies/people/").text
    assert as_("eve.lang").post(f"/agencies/roles/{held.pk}/end/").status_code == 404
    assert as_("pat.lee").post(f"/agencies/roles/{held.pk}/end/").status_code == 403
    sam.post(f"/agencies/roles/{held.pk}/end/")
    assert Role.DATA_STEWARD not in lena.roles(clock.today())


def test_the_same_over_json(client: Client) -> None:
    answer = client.get("/api/agencies/administration", {"on": "2017-05-12"}).json()
    assert answer["administration"]["agency"] == "CSC"
    assert client.get("/api/agencies/people/me").status_code == 401
    maya = as_("maya.ortiz")
    assert maya.post("/api/agencies/people/me/complete-training").json()["training_until"]
    assert maya.get("/api/agencies/people/lena.park").status_code == 404
    sam = as_("sam.reyes")
    office = {"role": "data_steward", "agency": "OWS"}
    granted = sam.post(
        "/api/agencies/people/lena.park/grant-role", office, content_type="application/json"
    ).json()
    assert {"data_steward", "researcher"} == {held["role"] for held in granted["offices"]}


def test_no_office_is_granted_without_choosing_one() -> None:
    before = person("lena.park").roles(clock.today())
    page = as_("sam.reyes").post("/agencies/people/lena.park/grant-role/", {"role": "", "agency": ""})
    assert page.status_code == 400
    assert '<option value="" selected>Choose an office</option>' in page.text
    assert person("lena.park").roles(clock.today()) == before
