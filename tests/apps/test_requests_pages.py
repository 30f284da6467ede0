"""The pages of a data request, as its people fill them in."""

from datetime import timedelta

import pytest
from django.test import Client
from lxml import html

from apps import way
from apps.way import as_, person
from charteroak.adapters import clock
from charteroak.agencies import actions as agencies
from charteroak.catalog.models import Variable
from charteroak.requests import actions
from charteroak.requests.models import DataRequest


@pytest.fixture(scope="module")
def state(database_of_the_file: None) -> None:
    way.load()


@pytest.fixture(autouse=True)
def each_rolled_back(state: None, rolled_back: None) -> None:
    """Every test starts from what `oak setup` took in."""


def form_ids(text: str) -> set[str]:
    return {str(found) for found in html.fromstring(text).xpath("//form/@id")}


@pytest.fixture
def record() -> DataRequest:
    return actions.start(by=person("maya.ortiz"), title="CTE and earnings")


def test_a_researcher_begins_with_a_title() -> None:
    maya = as_("maya.ortiz")
    assert "action-start" in form_ids(maya.get("/requests/new/").text)
    after = maya.post("/requests/new/", {"title": "CTE and earnings"}, follow=True)
    assert after.redirect_chain == [("/requests/001/", 302)]
    assert {"action-edit", "action-add-member", "action-withdraw"} <= form_ids(after.text)
    assert "Still to fill in" in after.text


def test_what_cannot_be_read_is_shown_again_and_the_rest_is_kept(record: DataRequest) -> None:
    sent = {"title": "CTE", "question": "Do they?", "first_year": "20x9", "last_year": "2026"}
    page = as_("maya.ortiz").post("/requests/001/edit/", sent)
    assert page.status_code == 400
    assert 'value="20x9"' in page.text
    record.refresh_from_db()
    assert (record.question, record.first_year, record.last_year) == ("Do they?", None, 2026)


def test_columns_are_ticked_with_a_purpose_each(record: DataRequest) -> None:
    maya, gpa = as_("maya.ortiz"), Variable.objects.get(name="gpa")
    assert f'name="column-{gpa.pk}"' in maya.get("/requests/001/columns/").text
    campus = Variable.objects.get(name="campus")
    sent = {f"column-{gpa.pk}": "on", f"purpose-{gpa.pk}": "", f"purpose-{campus.pk}": "Where."}
    after = maya.post("/requests/001/columns/", sent, follow=True).text
    assert "Not asked for, as not ticked: CSC campus." in after
    assert "purpose missing" in after.casefold()
    assert list(record.columns.values_list("variable", flat=True)) == [gpa.pk]


def test_a_team_member_is_named_by_user_name(record: DataRequest) -> None:
    maya = as_("maya.ortiz")
    assert "Nobody here has this user name." in maya.post("/requests/001/add-member/", {"person": "x"}).text
    maya.post("/requests/001/add-member/", {"person": "lena.park"})
    assert "action-remove-member-lena.park" in form_ids(as_("lena.park").get("/requests/001/").text)
    maya.post("/requests/001/remove-member/", {"person": "lena.park"})
    assert as_("lena.park").get("/requests/001/").status_code == 404


def test_nobody_who_has_left_is_named_on_a_team(record: DataRequest) -> None:
    yesterday = clock.today() - timedelta(days=1)
    agencies.give_notice(person=person("lena.park").pk, last_day=yesterday, by=person("sam.reyes"))
    maya, said = as_("maya.ortiz"), {"person": "lena.park"}
    assert "Nobody here has this user name." in maya.post("/requests/001/add-member/", said).text
    asked = maya.post("/api/requests/001/add-member", said, content_type="application/json")
    assert asked.status_code == 404
    assert not record.team.filter(person__username="lena.park").exists()


def test_a_stranger_finds_nothing_and_does_nothing(record: DataRequest) -> None:
    eve = as_("eve.lang")
    for part in ("", "columns/"):
        assert eve.get(f"/requests/001/{part}").status_code == 404
        assert Client().get(f"/requests/001/{part}").status_code == 302
    for action in ("submit", "withdraw", "edit", "return", "accept-as-complete"):
        assert eve.post(f"/requests/001/{action}/", {"because": "x"}).status_code == 404
    assert "001" not in eve.get("/requests/").text
    record.refresh_from_db()
    assert record.status == "draft"


def test_a_refused_action_says_why_and_stays_on_record(record: DataRequest) -> None:
    page = as_("maya.ortiz").post("/requests/001/submit/")
    assert page.status_code == 403
    assert "Still to fill in" in page.text


def test_the_way_from_form_to_board() -> None:
    record = way.filled_in()
    here, maya, sam = record.get_absolute_url(), as_("maya.ortiz"), as_("sam.reyes")
    assert "action-submit" in form_ids(maya.get(here).text)
    maya.post(f"{here}submit/")
    assert {"action-accept-as-complete", "action-return"} <= form_ids(sam.get(here).text)
    sam.post(f"{here}return/", {"because": "Name the classes."})
    assert "Name the classes." in maya.get(here).text
    maya.post(f"{here}submit/")
    sam.post(f"{here}accept-as-complete/")
    lou = as_("lou.grant")
    lou.post(f"{here}reviews/DOL/ask/", {"text": "Who sees wages?"})
    assert "action-answer-DOL" in form_ids(maya.get(here).text)
    maya.post(f"{here}reviews/DOL/answer/", {"text": "The three of us."})
    assert "The three of us." in lou.get(here).text
    for code, steward in way.STEWARDS.items():
        client = as_(steward)
        assert f"action-decide-{code}" in form_ids(client.get(here).text)
        columns = record.columns.filter(variable__dataset__agency__code=code)
        client.post(f"{here}reviews/{code}/decide/", {f"choice-{column.pk}": "allow" for column in columns})
    record.refresh_from_db()
    assert record.status == "recommended"
    assert "Data Governing Board, at its next meeting" in as_("june.fisher").get(here).text


def test_a_denial_without_a_reason_comes_back_as_it_was_typed() -> None:
    record = way.filled_in()
    actions.submit(pk=record.pk, by=person("maya.ortiz"))
    actions.accept_as_complete(pk=record.pk, by=person("sam.reyes"))
    columns = record.columns.filter(variable__dataset__agency__code="SDE")
    sent = {f"choice-{column.pk}": "deny" for column in columns} | {"conditions": "In the enclave only."}
    page = as_("ben.cole").post(f"{record.get_absolute_url()}reviews/SDE/decide/", sent)
    assert page.status_code == 400
    assert "Say why." in page.text
    assert "In the enclave only." in page.text


def test_one_choice_decides_on_every_column_that_has_none_of_its_own() -> None:
    record = way.filled_in()
    actions.submit(pk=record.pk, by=person("maya.ortiz"))
    actions.accept_as_complete(pk=record.pk, by=person("sam.reyes"))
    address, ben = f"{record.get_absolute_url()}reviews/SDE/decide/", as_("ben.cole")
    columns = record.columns.filter(variable__dataset__agency__code="SDE")
    denied = columns.get(variable__name="frpl")
    assert 'name="rest-choice"' in (page := ben.get(record.get_absolute_url()).text)
    assert "checked" not in page.partition('id="action-decide-SDE"')[2].partition("<table")[0], (
        "nothing is chosen"
    )
    own = {f"choice-{denied.pk}": "deny", f"reason-{denied.pk}": "The law."}
    for sent, said in ((own, "Decide on this column."), (own | {"rest-choice": "mask"}, "Say why.")):
        answer = ben.post(address, sent)
        assert answer.status_code == 400
        assert said in answer.text
        assert set(columns.values_list("choice", flat=True)) == {""}
    ben.post(address, own | {"rest-choice": "mask", "rest-reason": "By year."})
    told = {(one.choice, one.reason) for one in columns.exclude(pk=denied.pk)}
    denied.refresh_from_db()
    assert (denied.choice, denied.reason) == ("deny", "The law.")
    assert told == {("mask", "By year.")}


def test_a_colleague_of_another_agency_gets_no_form() -> None:
    record = way.filled_in()
    actions.submit(pk=record.pk, by=person("maya.ortiz"))
    actions.accept_as_complete(pk=record.pk, by=person("sam.reyes"))
    ids = form_ids(as_("priya.nair").get(record.get_absolute_url()).text)
    assert "action-decide-CSC" in ids
    assert "action-decide-SDE" not in ids


def test_the_list_narrows_by_status(record: DataRequest) -> None:
    maya = as_("maya.ortiz")
    assert "001 CTE and earnings" in maya.get("/requests/?status=draft").text
    assert "001 CTE and earnings" not in maya.get("/requests/?status=approved").text


def test_the_same_over_json(record: DataRequest) -> None:
    maya, json, gpa = as_("maya.ortiz"), "application/json", Variable.objects.get(name="gpa")
    maya.post("/api/requests/001/edit", {"question": "Do they?"}, content_type=json)
    said = maya.post(
        "/api/requests/001/columns", {"purposes": {gpa.pk: "Achievement."}}, content_type=json
    ).json()
    assert said["question"] == "Do they?"
    assert said["columns"][0]["variable"] == "gpa"
    assert "edit" in said["permitted"]
    assert "submit" not in said["permitted"]
    refused = maya.post("/api/requests/001/submit", headers={"Accept": json})
    assert refused.status_code == 403
    assert {reason["rule"] for reason in refused.json()["reasons"]} == {
        "incomplete",
        "fewer_than_two_agencies",
        "terms_open",
    }
    assert as_("eve.lang").get("/api/requests/001").status_code == 404
    assert Client().get("/api/requests/001").status_code == 401
    told = as_("eve.lang").get("/api/requests/").json()
    assert (told["requests"], told["rows"], told["count"], told["pages"]) == ([], [], 0, 1)


def test_stewards_decide_over_json() -> None:
    record = way.filled_in()
    actions.submit(pk=record.pk, by=person("maya.ortiz"))
    as_("sam.reyes").post(f"/api/requests/{record.number}/accept-as-complete")
    ben, here = as_("ben.cole"), f"/api/requests/{record.number}"
    asked = [column["id"] for column in ben.get(here).json()["columns"] if column["agency"] == "SDE"]
    decisions = {"columns": {key: {"choice": "mask", "reason": "As a band."} for key in asked}}
    said = ben.post(f"{here}/reviews/SDE/decide", decisions, content_type="application/json").json()
    assert {review["agency"]: review["status"] for review in said["reviews"]} == {
        "CSC": "waiting", "DOL": "waiting", "SDE": "decided",
    }  # fmt: skip
