"""A hold stops the clocks it names, a suspension every use; the rest is recorded, owned and closed alike."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict

from apps import hub_way, way
from apps.way import as_, person, rules
from charteroak.adapters import clock
from charteroak.agencies import actions as agencies
from charteroak.agencies.models import Agency
from charteroak.agreements import destruction
from charteroak.agreements.models import Agreement, DestructionDuty
from charteroak.agreements.queries import coverage, standing_towards
from charteroak.audit.models import Event
from charteroak.exceptions import actions, queries
from charteroak.exceptions.forms import CLOCKS, HandOverForm, MatterForm
from charteroak.exceptions.models import Matter
from charteroak.hub.destruction import HELD
from charteroak.policy.clauses import Asked, Use
from charteroak.policy.decision import Refused
from charteroak.policy.matter import Ground, Kind
from charteroak.requests import actions as requests
from conftest import owner_beside

pytestmark = pytest.mark.usefixtures("executed", "rolled_back")
NUMBER = hub_way.NUMBER


def recorded(kind: Kind, by: str = "ann.weiss", **said: Any) -> Matter:
    return actions.record(by=person(by), kind=kind, known_on=clock.today(), **{"what": "It is so."} | said)


def closed(matter: Matter, by: str = "ann.weiss", **said: Any) -> None:
    actions.close(pk=matter.pk, by=person(by), outcome="It is over.", **said)


def uncovered(username: str = "maya.ortiz", agency: str | None = None) -> list[str]:
    record = Agreement.objects.get()
    who = standing_towards(record, person(username))
    asked = Asked(Use.OPEN, clock.today(), agency, person=who)
    return [reason.rule for reason in coverage(record, asked).reasons]


@pytest.fixture
def in_standing() -> None:
    way.cleared()


def test_the_clocks_that_can_be_held_are_those_that_destroy() -> None:
    assert {name for name, _ in CLOCKS} == set(DestructionDuty.What)


def test_a_hold_stops_the_clocks_that_it_names_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    record = Agreement.objects.get()
    record.duties.update(due_on=clock.today())
    hold = recorded(Kind.LEGAL_HOLD, number=NUMBER, clocks=["extract", "outputs"])
    assert {duty.what for duty in destruction.due(DestructionDuty.What)} == {"identifiers", "payload"}
    assert not queries.may_destroy(NUMBER, "extract")
    assert queries.may_destroy(NUMBER, "payload")
    with pytest.raises(Refused) as refused:
        destruction.order(record, "extract", HELD["extract"])
    assert rules(refused) == {"legal_hold"}
    for process in HELD["extract"].owners():  # a worker that was asked before the hold
        monkeypatch.setenv("CHARTEROAK_PROCESS", process)
        with pytest.raises(Refused) as refused:
            destruction.destroy(record.pk, "extract", HELD["extract"])
        assert rules(refused) == {"legal_hold"}
    monkeypatch.setenv("CHARTEROAK_PROCESS", "web")
    closed(hold)
    assert len(destruction.due(DestructionDuty.What)) == 4


def test_only_counsel_holds_and_lifts() -> None:
    with pytest.raises(Refused) as refused:
        recorded(Kind.LEGAL_HOLD, "sam.reyes", number=NUMBER, clocks=["extract"])
    assert rules(refused) == {"another_office"}
    with pytest.raises(Refused) as refused:
        recorded(Kind.LEGAL_HOLD, number=NUMBER)
    assert rules(refused) == {"not_named"}
    hold = recorded(Kind.LEGAL_HOLD, number=NUMBER, clocks=["extract"])
    with pytest.raises(Refused) as refused:
        closed(hold, "sam.reyes")
    assert rules(refused) == {"closed_by_another"}


@pytest.mark.usefixtures("in_standing")
def test_a_suspended_project_stops_at_once_and_goes_on_when_it_is_lifted() -> None:
    assert uncovered() == []
    matter = recorded(Kind.SUSPENSION, "sam.reyes", number=NUMBER)
    assert uncovered() == ["suspended"]
    assert uncovered("lena.park", "SDE") == ["suspended"]
    closed(matter, "sam.reyes")
    assert uncovered() == []


@pytest.mark.usefixtures("in_standing")
def test_a_suspended_person_stops_and_the_colleagues_go_on() -> None:
    recorded(Kind.SUSPENSION, "june.fisher", person="lena.park")
    assert uncovered("lena.park") == ["suspended"]
    assert uncovered("maya.ortiz") == []
    with pytest.raises(Refused) as refused:
        recorded(Kind.SUSPENSION, "sam.reyes")
    assert rules(refused) == {"not_named"}


def test_wages_go_to_no_court_before_a_motion_to_quash_is_denied() -> None:
    matter = recorded(Kind.SUBPOENA, agency="DOL", number=NUMBER, wages=True)
    for duty in ("tell_agency", "move_to_quash"):
        with pytest.raises(Refused) as refused:
            closed(matter)
        assert rules(refused) == {"duties_left"}
        actions.do(pk=matter.pk, by=person("ann.weiss"), duty=duty)
    with pytest.raises(Refused) as refused:
        closed(matter, disclosed=True)
    assert rules(refused) == {"wages_protected"}
    closed(matter, disclosed=True, ground=Ground.MOTION_DENIED)


def test_a_breach_starts_the_statutory_clocks() -> None:
    today = clock.today()
    matter = recorded(Kind.BREACH, "noor.haddad", number=NUMBER, social_security_numbers=True)
    assert dict(matter.duties.values_list("name", "due_on")) == {
        "tell_agencies": today,
        "tell_board": None,
        "tell_residents": today + timedelta(days=60),
        "tell_attorney_general": today + timedelta(days=60),
        "offer_credit_monitoring": today + timedelta(days=60),
    }
    plain = recorded(Kind.BREACH, "sam.reyes", number=NUMBER)
    assert not plain.duties.filter(name="offer_credit_monitoring").exists()
    page = as_("sam.reyes").get(f"/exceptions/{matter.pk}/letters/resident/").text
    assert "24 months of credit monitoring" in page
    assert f"E-{matter.pk}" in as_("noor.haddad").get("/").text


def test_a_request_for_records_is_referred_by_letter() -> None:
    matter = recorded(
        Kind.RECORDS_REQUEST, "sam.reyes", agency="SDE", asked_by="Q. Public\n1 Main Street\n860-555-0100"
    )
    letter = as_("sam.reyes").get(f"/exceptions/{matter.pk}/letters/referral/").text
    for said in ("Q. Public", "1 Main Street", "860-555-0100", "State Department of Education", "4-67dd"):
        assert said in letter
    missing = as_("sam.reyes").get(f"/exceptions/{matter.pk}/letters/notice/").text
    assert missing.count("is not on record, and section 4-67dd asks for it") == 2
    with owner_beside():
        Agency.objects.filter(code="SDE").update(address="450 Elm Street\nOaktown CT 06000")
    half = as_("sam.reyes").get(f"/exceptions/{matter.pk}/letters/notice/").text
    assert "450 Elm Street<br>Oaktown CT 06000" in half
    assert "address is not on record" not in half
    assert "telephone number is not on record" in half
    with owner_beside():
        Agency.objects.filter(code="SDE").update(telephone="860-555-0199")
    whole = as_("sam.reyes").get(f"/exceptions/{matter.pk}/letters/notice/").text
    assert "860-555-0199" in whole
    assert "not on record" not in whole
    assert "____" not in whole
    assert as_("sam.reyes").get(f"/exceptions/{matter.pk}/letters/resident/").status_code == 404
    assert all("860-555" not in event.text for event in Event.objects.all())


def test_a_finding_is_the_auditors_to_close_and_its_owners_to_correct() -> None:
    matter = recorded(Kind.AUDIT_FINDING, "pat.lee", number=NUMBER)
    actions.hand_over(pk=matter.pk, by=person("pat.lee"), to="kim.tran")
    with pytest.raises(Refused) as refused:
        actions.do(pk=matter.pk, by=person("joe.blake"), duty="correct")
    assert rules(refused) == {"not_yours_to_do"}
    assert f"E-{matter.pk}" in as_("kim.tran").get("/").text
    actions.do(pk=matter.pk, by=person("kim.tran"), duty="correct", how="Patched.")
    with pytest.raises(Refused) as refused:
        closed(matter, "ann.weiss")
    assert rules(refused) == {"closed_by_another"}
    closed(matter, "pat.lee")


def test_a_matter_is_handed_to_nobody_whose_access_is_over() -> None:
    matter = recorded(Kind.COMPLAINT, "sam.reyes", number=NUMBER)
    before = {name for name in ("kim.tran", "lena.park") if HandOverForm(QueryDict(f"to={name}")).is_valid()}
    assert before == {"kim.tran", "lena.park"}
    yesterday = clock.today() - timedelta(days=1)
    agencies.give_notice(person=person("lena.park").pk, last_day=yesterday, by=person("sam.reyes"))
    assert way.refused(actions.hand_over, pk=matter.pk, by=person("sam.reyes"), to="lena.park") == [
        "not_named"
    ]
    assert "to" in HandOverForm(QueryDict("to=lena.park")).errors
    assert "person" in MatterForm(Kind.SUSPENSION, person("sam.reyes"), QueryDict("person=lena.park")).errors


def test_a_stranger_learns_of_no_matter() -> None:
    matter = recorded(Kind.SUSPENSION, "sam.reyes", person="lena.park")
    for username in ("eve.lang", "lena.park", "ben.cole"):
        client = as_(username)
        assert client.get(f"/exceptions/{matter.pk}/").status_code == 404
        assert client.get(f"/api/exceptions/{matter.pk}").status_code == 404
        assert client.post(f"/exceptions/{matter.pk}/close/", {"outcome": "x"}).status_code == 404
        assert f"E-{matter.pk}" not in client.get("/exceptions/").text


def test_who_records_a_matter_names_no_project_that_they_may_not_read() -> None:
    """Not on the page, and over JSON an unseen project is like one that does not exist."""
    draft = requests.start(by=person("eve.lang"), title="Nobody knows of this yet")
    said = {"what": "It is so.", "known_on": str(clock.today()), "agency": "SDE", "asked_by": "Q. Public"}
    for username, kind in {"ben.cole": "records-request", "noor.haddad": "breach"}.items():
        client, path = as_(username), f"exceptions/record/{kind}"
        assert "Nobody knows of this yet" not in client.get(f"/{path}/").text
        assert client.post(f"/{path}/", said | {"number": draft.number}).status_code == 400
        answers = {
            number: client.post(f"/api/{path}", said | {"number": number}, content_type="application/json")
            for number in (NUMBER, draft.number, "999")
        }
        assert [one.status_code for one in answers.values()] == [200, 404, 404]
        assert answers[draft.number].content == answers["999"].content
    ann = as_("ann.weiss").post("/exceptions/record/complaint/", said | {"number": draft.number})
    assert ann.status_code == 302


def test_the_same_on_the_pages() -> None:
    ann = as_("ann.weiss")
    form = {"what": "A suit.", "known_on": str(clock.today()), "number": NUMBER, "clocks": ["payload"]}
    assert ann.post("/exceptions/record/legal-hold/", form | {"clocks": []}).status_code == 400
    at = ann.post("/exceptions/record/legal-hold/", form)["Location"]
    page = ann.get(at).text
    assert "Analysis files" in page
    assert 'id="action-close"' in page
    assert not queries.may_destroy(NUMBER, "payload")
    assert ann.post(f"{at}close/", {"outcome": ""}).status_code == 400
    ann.post(f"{at}close/", {"outcome": "Settled."})
    assert "Settled." in ann.get(at).text
    assert queries.may_destroy(NUMBER, "payload")


def test_a_hold_names_no_clock_that_does_not_run() -> None:
    ann = as_("ann.weiss")
    body = {"what": "A suit.", "known_on": str(clock.today()), "number": NUMBER}
    path, kind = "/api/exceptions/record/legal-hold", "application/json"
    assert ann.post(path, body | {"clocks": ["payload", "extracts"]}, content_type=kind).status_code == 422
    assert not Matter.objects.exists()
    with pytest.raises(ValueError, match="extracts"):
        recorded(Kind.LEGAL_HOLD, number=NUMBER, clocks=["extracts"])
    made = ann.post(path, body | {"clocks": ["payload", "payload"]}, content_type=kind).json()
    assert made["clocks"] == ["payload"]
    assert ann.get(f"/exceptions/{made['id']}/").status_code == 200


def test_the_same_over_json() -> None:
    sam = as_("sam.reyes")
    body = {"what": "Odd queries.", "known_on": str(clock.today()), "number": NUMBER}
    made = sam.post("/api/exceptions/record/breach", body, content_type="application/json").json()
    assert made["duties"][0]["name"] == "tell_agencies"
    done = sam.post(
        f"/api/exceptions/{made['id']}/do/tell-agencies", {}, content_type="application/json"
    ).json()
    assert done["duties"][0]["done_at"]
    refused = sam.post(
        f"/api/exceptions/{made['id']}/close", {"outcome": "x"}, content_type="application/json"
    )
    assert [reason["rule"] for reason in refused.json()["reasons"]] == ["duties_left"]


def test_what_is_yours_and_due_first_stands_first_in_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "LISTED", 3)
    late = recorded(Kind.COMPLAINT, by="sam.reyes")
    nothing_due = recorded(Kind.COMPLAINT)
    breach = recorded(Kind.BREACH, number=NUMBER)
    recorded(Kind.COMPLAINT, by="sam.reyes")
    hrefs = [item.href.partition("#")[0] for item in queries.todo(person("ann.weiss"))]
    assert list(dict.fromkeys(hrefs)) == [one.get_absolute_url() for one in (breach, nothing_due, late)]
