"""An agency joins by the boards and everybody's signature; suspended or left, nothing of its records moves."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from apps.way import as_, person, rules
from charteroak.adapters import clock
from charteroak.agencies import actions as people
from charteroak.agencies import membership, queries
from charteroak.agencies.models import Agency, MemberWord
from charteroak.agencies.queries import membership as reads
from charteroak.audit.models import Event
from charteroak.policy.decision import Refused
from charteroak.policy.membership import Action, Status
from charteroak.policy.roles import Role
from charteroak.policy.signature import CONFIRMED_FOR

pytestmark = pytest.mark.usefixtures("loaded", "rolled_back")

WRITTEN = {
    "authority": "CGS 17a-28", "records": "Dates of care.", "security": "As SDE.", "conflicts": "None.",
}  # fmt: skip
HEADS = ("grace.stone", "omar.haines", "ruth.vega", "carl.winter", "tom.avery", "helen.marsh", "june.fisher")


def asked(code: str = "DCF") -> Agency:
    return membership.ask_to_join(
        by=person("sam.reyes"), code=code, name="Department of Children", kind="state", received_on=clock.today(),
        **WRITTEN,
    )  # fmt: skip


def become(agency: Agency, action: Action, by: str, because: str = "") -> None:
    membership.decide(pk=agency.pk, by=person(by), action=action, met_on=clock.today(), because=because)


def admitted() -> Agency:
    agency = asked()
    become(agency, Action.RECOMMEND, "june.fisher")
    for head in HEADS:
        membership.agree(pk=agency.pk, by=person(head))
    people.grant_role(person=person("eve.lang").pk, role=Role.SIGNATORY, agency="DCF", by=person("sam.reyes"))
    agency.refresh_from_db()
    return agency


def sign(agency: Agency, by: str) -> None:
    membership.sign(
        pk=agency.pk, by=person(by), text_hash=reads.text_hash(agency), intent="I sign.",
        confirmed_at=clock.real_now(),
    )  # fmt: skip
    agency.refresh_from_db()


def test_the_whole_way_from_the_written_request_to_taking_part() -> None:
    agency = admitted()
    assert agency.status == Status.ADMITTED
    assert not queries.may_move(["DCF"])
    for head in HEADS:
        sign(agency, head)
        assert agency.status == Status.ADMITTED
    sign(agency, "eve.lang")
    assert (agency.status, agency.joined_on) == (Status.PARTICIPATING, clock.today())
    assert queries.may_move(["DCF"])
    assert [event.name for event in Event.objects.filter(name__endswith="join").order_by("index")] == [
        "agencies:membership:ask_to_join",
        "agencies:membership:join",
    ]


def test_a_written_request_says_everything_or_is_not_taken() -> None:
    with pytest.raises(Refused) as refused:
        membership.ask_to_join(
            by=person("sam.reyes"), code="DCF", name="D", kind="state", received_on=clock.today(),
            **WRITTEN | {"security": " "},
        )  # fmt: skip
    assert rules(refused) == {"parts_missing"}
    with pytest.raises(Refused) as refused:
        asked("SDE")
    assert rules(refused) == {"known_already"}


def test_one_head_missing_is_not_unanimous() -> None:
    agency = asked()
    become(agency, Action.RECOMMEND, "june.fisher")
    for head in HEADS[1:]:
        membership.agree(pk=agency.pk, by=person(head))
    agency.refresh_from_db()
    assert agency.status == Status.RECOMMENDED
    assert reads.whose_turn(agency) == "Heads of SDE: agree that it joins"
    with pytest.raises(Refused) as refused:
        membership.agree(pk=agency.pk, by=person(HEADS[1]))
    assert rules(refused) == {"spoken_already"}


def test_a_board_decides_in_a_meeting_that_was_held() -> None:
    agency = asked()
    for met_on in (None, clock.today() + timedelta(days=1)):
        with pytest.raises(Refused) as refused:
            membership.decide(pk=agency.pk, by=person("june.fisher"), action=Action.RECOMMEND, met_on=met_on)
        assert rules(refused) == {"no_meeting"}
    with pytest.raises(Refused) as refused:
        become(agency, Action.RECOMMEND, "sam.reyes")
    assert rules(refused) == {"wrong_role"}


def test_nobody_signs_another_text_or_without_meaning_to_or_as_they_came_in_long_ago() -> None:
    agency, grace = admitted(), person("grace.stone")
    proved: dict[str, Any] = {"by": grace, "confirmed_at": clock.real_now()}
    with pytest.raises(Refused) as refused:
        membership.sign(pk=agency.pk, text_hash="0" * 64, intent="I sign.", **proved)
    assert rules(refused) == {"text_changed"}
    shown = reads.text_hash(agency)
    with pytest.raises(Refused) as refused:
        membership.sign(pk=agency.pk, text_hash=shown, intent=" ", **proved)
    assert rules(refused) == {"no_intent"}
    for at in (None, clock.real_now() - timedelta(minutes=CONFIRMED_FOR, seconds=1)):
        with pytest.raises(Refused) as refused:
            membership.sign(pk=agency.pk, text_hash=shown, intent="I sign.", by=grace, confirmed_at=at)
        assert rules(refused) == {"sign_in_not_confirmed"}


def test_a_suspended_agency_moves_nothing_until_it_is_reinstated() -> None:
    dol = Agency.objects.get(code="DOL")
    with pytest.raises(Refused) as refused:
        become(dol, Action.SUSPEND, "june.fisher")
    assert rules(refused) == {"because_missing"}
    become(dol, Action.SUSPEND, "june.fisher", "A breach.")
    decision = queries.may_move(["SDE", "DOL"])
    assert [reason.rule for reason in decision.reasons] == ["agency_not_participating"]
    assert "DOL" in decision.reasons[0].message
    dol.refresh_from_db()
    become(dol, Action.REINSTATE, "june.fisher")
    assert queries.may_move(["SDE", "DOL"])


def test_only_an_agency_itself_leaves() -> None:
    oec = Agency.objects.get(code="OEC")
    with pytest.raises(Refused) as refused:
        membership.leave(pk=oec.pk, by=person("grace.stone"), because="We merge.")
    assert rules(refused) == {"not_own_agency"}
    membership.leave(pk=oec.pk, by=person("june.fisher"), because="We merge.")
    oec.refresh_from_db()
    assert (oec.status, oec.left_on) == (Status.LEFT, clock.today())
    assert not queries.may_move(["OEC"])


def test_an_agency_that_nobody_knows_moves_nothing() -> None:
    assert [reason.rule for reason in queries.may_move(["XYZ"]).reasons] == ["agency_not_participating"]


def test_who_is_joining_is_seen_by_those_whose_office_it_is(client: Client) -> None:
    asked()
    for visitor in (client, as_("eve.lang")):
        assert visitor.get("/agencies/members/DCF/").status_code == 404
        assert visitor.get("/api/agencies/members/DCF").status_code == 404
        assert "DCF" not in visitor.get("/agencies/").text
    assert "Dates of care." in as_("june.fisher").get("/agencies/members/DCF/").text


def test_what_it_wrote_is_read_by_those_who_decide_and_by_its_own_people() -> None:
    agency = admitted()
    agency.joined_on, agency.changed_by = clock.today(), person("sam.reyes")
    agency.save(update_fields=["joined_on", "changed_by"])  # as one that has joined, everybody finds its page
    insider = person("lena.park")
    assert not reads.reads_requests(agency, insider)
    insider.employer = agency
    assert reads.reads_requests(agency, insider)
    for username, reads_it in {
        "sam.reyes": True, "carl.winter": True, "pat.lee": True,
        "maya.ortiz": False, "noor.haddad": False, "rep.dunn": False,
    }.items():  # fmt: skip
        page = as_(username).get("/agencies/members/DCF/")
        assert page.status_code == 200, username
        assert ("Dates of care." in page.text, "As SDE." in page.text) == (reads_it, reads_it), username


def test_the_same_on_the_pages_and_over_json() -> None:
    sam, june = as_("sam.reyes"), as_("june.fisher")
    form = {"code": "DCF", "name": "Children", "kind": "state", "received_on": str(clock.today()), **WRITTEN}
    assert sam.post("/agencies/join/", form | {"conflicts": ""}).status_code == 400
    assert sam.post("/agencies/join/", form)["Location"] == "/agencies/members/DCF/"
    page = june.get("/agencies/members/DCF/").text
    assert 'id="action-recommend"' in page
    assert june.post("/agencies/members/DCF/recommend/", {"met_on": "soon"}).status_code == 400
    june.post("/agencies/members/DCF/recommend/", {"met_on": str(clock.today())})
    agreed = (
        as_("grace.stone").post("/api/agencies/members/DCF/agree", {}, content_type="application/json").json()
    )
    assert (agreed["status"], agreed["permitted"]) == ("recommended", [])
    assert MemberWord.objects.get(act="agree").speaker == Agency.objects.get(code="SDE")
    assert june.get("/").text.count("Children asks to join") == 1


def test_the_signature_is_given_on_the_page() -> None:
    agency, grace = admitted(), as_("grace.stone")
    shown = {"text_hash": reads.text_hash(agency)}
    assert grace.post("/agencies/members/DCF/sign/", shown).status_code == 400
    asked = grace.post("/agencies/members/DCF/sign/", shown | {"intent": "on"})
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert not MemberWord.objects.filter(act="sign").exists()
    grace.post(asked["Location"], {"password": "a long password for tests"}, follow=True)
    word = MemberWord.objects.get(act="sign")
    assert (word.by.username, word.text_hash) == ("grace.stone", shown["text_hash"])
    assert word.because.startswith("I have read this joinder")
