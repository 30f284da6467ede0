"""Agencies that change their mind: refused or withdrawn before all have signed, and asking again afterwards."""

from datetime import timedelta

import pytest

from apps.test_membership import HEADS, WRITTEN, admitted, asked, become, sign
from apps.way import as_, person, rules
from charteroak.adapters import clock
from charteroak.agencies import membership, queries
from charteroak.agencies.models import Agency
from charteroak.agencies.queries import membership as reads
from charteroak.audit.models import Event
from charteroak.policy.decision import Refused
from charteroak.policy.membership import Action, Status
from charteroak.reports import access

pytestmark = pytest.mark.usefixtures("loaded", "rolled_back")


def again(agency: Agency, **changed: str) -> None:
    membership.ask_again(
        pk=agency.pk, by=person("sam.reyes"), received_on=clock.today(), **WRITTEN | changed
    )  # fmt: skip
    agency.refresh_from_db()


def test_an_admitted_agency_is_refused_until_all_have_signed_and_may_withdraw_itself() -> None:
    agency = admitted()
    sign(agency, HEADS[0])
    with pytest.raises(Refused) as refused:
        become(agency, Action.REFUSE, "june.fisher")
    assert rules(refused) == {"because_missing"}
    become(agency, Action.REFUSE, "june.fisher", "Its safeguards have lapsed.")
    agency.refresh_from_db()
    assert (agency.status, agency.joined_on) == (Status.REFUSED, None)
    with pytest.raises(Refused):
        sign(agency, HEADS[1])


def test_an_agency_itself_withdraws_or_the_policy_office_enters_its_letter() -> None:
    agency = admitted()
    for other, rule in {
        "grace.stone": "not_own_agency",
        "june.fisher": "not_own_agency",
        "pat.lee": "wrong_role",
    }.items():
        with pytest.raises(Refused) as refused:
            membership.withdraw(pk=agency.pk, by=person(other), because="Why.")
        assert rules(refused) == {rule}
    with pytest.raises(Refused) as refused:
        membership.withdraw(pk=agency.pk, by=person("eve.lang"), because=" ")
    assert rules(refused) == {"because_missing"}
    membership.withdraw(pk=agency.pk, by=person("eve.lang"), because="We merge.")
    agency.refresh_from_db()
    assert agency.status == Status.WITHDRAWN
    again(agency)
    membership.withdraw(pk=agency.pk, by=person("sam.reyes"), because="By its letter of today.")
    agency.refresh_from_db()
    assert agency.status == Status.WITHDRAWN
    assert Event.objects.latest("index").name == "agencies:membership:withdraw"


def test_it_is_the_turn_of_those_for_whose_word_it_waits_and_of_nobody_who_may_merely_end_it() -> None:
    agency = admitted()
    sign(agency, HEADS[0])
    turns = {
        name: [item.state for item in reads.todo(person(name))]
        for name in ("sam.reyes", "june.fisher", "grace.stone", "eve.lang")
    }
    assert turns == {
        "sam.reyes": ["others"], "june.fisher": ["yours"], "grace.stone": ["others"], "eve.lang": ["yours"],
    }  # fmt: skip
    page = as_("grace.stone").get("/agencies/members/DCF/").text
    assert "withdraw" not in page.partition("<main")[2].lower()
    assert 'id="action-withdraw"' in as_("sam.reyes").get("/agencies/members/DCF/").text


def test_who_asks_again_takes_every_step_again_and_the_earlier_procedure_stays() -> None:
    agency = admitted()
    before = reads.text_hash(agency)
    sign(agency, HEADS[0])
    become(agency, Action.REFUSE, "june.fisher", "Its safeguards have lapsed.")
    agency.refresh_from_db()
    with pytest.raises(Refused) as refused:
        again(agency, security=" ")
    assert rules(refused) == {"parts_missing"}
    again(agency, security="A new safe.")
    assert agency.status == Status.REQUESTED
    assert reads.text_hash(agency) != before
    become(agency, Action.RECOMMEND, "june.fisher")
    agency.refresh_from_db()
    assert reads.said(agency, Action.AGREE) == set(), "the words of the first procedure count for the first"
    for head in HEADS:
        membership.agree(pk=agency.pk, by=person(head))
    for head in (*HEADS, "eve.lang"):
        sign(agency, head)
    assert agency.status == Status.PARTICIPATING
    page = as_("sam.reyes").get("/agencies/members/DCF/").text
    assert page.index("A new safe.") < page.index("As SDE.") < page.index("Its safeguards have lapsed.")
    public = as_("rep.dunn").get("/agencies/members/DCF/").text
    assert "safeguards have lapsed" not in public, "only what made it a member is everybody's"
    assert "sign (SDE)" in public


def test_who_left_asks_again_and_takes_part_from_the_day_of_the_last_signature() -> None:
    oec, first = Agency.objects.get(code="OEC"), Agency.objects.get(code="OEC").joined_on
    membership.leave(pk=oec.pk, by=person("june.fisher"), because="We merge.")
    left = clock.today()
    clock.move_to(clock.now() + timedelta(days=100))
    oec.refresh_from_db()
    again(oec)
    assert not queries.may_move(["OEC"])
    become(oec, Action.RECOMMEND, "june.fisher")
    for head in HEADS[:-1]:
        membership.agree(pk=oec.pk, by=person(head))
    oec.refresh_from_db()
    assert oec.status == Status.ADMITTED, "a former member has no word on itself"
    for head in HEADS:
        sign(oec, head)
    assert (oec.status, oec.joined_on, oec.left_on) == (Status.PARTICIPATING, clock.today(), None)
    assert queries.may_move(["OEC"])
    kept = oec.joining_requests.get()
    assert (kept.member_from, kept.member_until) == (first, left)
    assert access.Day(left)._away() == {"OEC": Status.LEFT}
    assert access.Day(clock.today())._away() == {}


def test_asking_again_on_the_page_and_over_json() -> None:
    sam, june = as_("sam.reyes"), as_("june.fisher")
    agency = asked()
    became = {"met_on": str(clock.today()), "because": "Not now."}
    june.post("/agencies/members/DCF/refuse/", became)
    form = {"received_on": str(clock.today()), **WRITTEN}
    here = "/agencies/members/DCF/"
    assert 'id="action-ask-again"' in sam.get(here).text
    assert 'id="action-ask-again"' not in june.get(here).text
    assert june.post(f"{here}ask-again/", form).status_code == 403
    assert sam.post(f"{here}ask-again/", form | {"security": ""}).status_code == 400
    sam.post(f"{here}ask-again/", form)
    told = sam.post(f"/api{here}withdraw", {"because": "By letter."}, "application/json").json()
    assert (told["status"], told["permitted"]) == ("withdrawn", ["ask-again"])
    refused = sam.post(f"/api{here}ask-again", dict(WRITTEN), "application/json")
    assert "parts_missing" in refused.text
    told = sam.post(f"/api{here}ask-again", form, "application/json").json()
    assert [len(told["requests"]), told["status"]] == [3, "requested"]
    assert [one["act"] for one in told["words"]] == ["refuse", "withdraw"]
    assert len({one["request"] for one in told["words"]}) == 2
    agency.refresh_from_db()
    assert agency.status == Status.REQUESTED
    with pytest.raises(Refused) as known:
        asked()
    assert rules(known) == {"known_already"}
