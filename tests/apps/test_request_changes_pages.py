"""A change as its people see it: begun on the page or by a program, its differences before every signer."""

from datetime import timedelta
from typing import Any

import pytest

from apps import changes_way, way
from charteroak.agreements.models import Agreement
from charteroak.agreements.paper import printed
from charteroak.audit.models import Event
from charteroak.policy.request_change import Kind
from charteroak.requests import actions as requests
from charteroak.requests.models import AgencyReview, DataRequest, RequestedColumn
from printed import faults, text

pytestmark = pytest.mark.usefixtures("after_the_approval")


def later(record: DataRequest) -> DataRequest:
    assert record.ends_on
    ends_on = record.ends_on + timedelta(days=200)
    requests.edit(pk=record.pk, by=way.person("maya.ortiz"), ends_on=ends_on)
    return record


def test_a_researcher_begins_an_extension_on_the_page_and_gets_the_end_date_alone_to_change() -> None:
    maya = way.as_("maya.ortiz")
    page = maya.get("/requests/001/").content.decode()
    assert 'id="action-change"' in page
    begun = maya.post("/requests/001/change/", {"kind": "extension", "because": "The wages came late."})
    assert begun["Location"] == "/requests/001-A1/"
    page = maya.get("/requests/001-A1/").content.decode()
    assert "The wages came late." in page
    assert 'name="ends_on"' in page
    assert 'name="purpose"' not in page
    assert "/requests/001-A1/columns/" not in page
    assert 'id="action-add-member"' not in page
    assert "001-A1" in maya.get("/requests/001/").content.decode()


def test_the_page_says_what_is_missing_and_keeps_what_was_chosen() -> None:
    answer = way.as_("maya.ortiz").post("/requests/001/change/", {"kind": "extension", "because": ""})
    assert answer.status_code == 400
    assert "This field is required" in answer.content.decode()
    assert not DataRequest.objects.filter(number="001-A1").exists()


def test_a_program_begins_a_change_is_told_the_differences_and_the_reason_of_a_refusal() -> None:
    maya = way.as_("maya.ortiz")
    body = {"kind": "extension", "because": "The wages came late."}
    begun = maya.post("/api/requests/001/change", body, content_type="application/json").json()
    assert (begun["number"], begun["changes"], begun["change"]) == ("001-A1", "001", "extension")
    assert begun["differences"] == []
    address = "/api/requests/001-A1/edit"
    refused = maya.post(address, {"purpose": "Another."}, content_type="application/json")
    assert refused.status_code == 403
    assert [reason["rule"] for reason in refused.json()["reasons"]] == ["beyond_the_change"]
    edited = maya.post(address, {"ends_on": "2028-02-01"}, content_type="application/json").json()
    assert [one["part"] for one in edited["differences"]] == ["ends_on"]
    assert "submit" not in edited["permitted"], "the terms of use are not accepted yet"
    again = maya.post("/api/requests/001/change", body, content_type="application/json")
    assert [reason["rule"] for reason in again.json()["reasons"]] == ["change_underway"]


def test_nothing_tells_a_stranger_that_there_is_a_change() -> None:
    changes_way.begun(Kind.EXTENSION)
    eve = way.as_("eve.lang")
    for address in ("/requests/001-A1/", "/requests/001-A9/", "/api/requests/001-A1", "/agreements/001-A1/"):
        assert eve.get(address).status_code == 404
    change = {"kind": "extension", "because": "Why."}
    assert eve.post("/requests/001/change/", change).status_code == 404


def test_only_those_who_may_open_a_change_learn_of_it_on_the_page_of_what_it_changes() -> None:
    record = changes_way.begun(Kind.EXTENSION)
    for reader, told in (("grace.stone", False), ("maya.ortiz", True), ("sam.reyes", True)):
        client = way.as_(reader)
        assert ("001-A1" in client.get("/requests/001/").content.decode()) == told, reader
        assert (client.get(f"/requests/{record.number}/").status_code == 200) == told, reader


def test_who_waits_for_a_change_may_ask_for_the_same_once_more() -> None:
    changes_way.begun(Kind.EXTENSION)
    maya = way.as_("maya.ortiz")
    assert 'id="action-change"' in maya.get("/requests/001/").content.decode()
    begun = maya.post("/requests/001/change/", {"kind": "repeat", "because": "The next cohort."})
    assert begun["Location"] == "/requests/002/"


def gpa_for_another_purpose() -> RequestedColumn:
    """The column of a change that is before SDE's steward; all others stand."""
    record = changes_way.begun(Kind.AMENDMENT)
    asked = {c.variable_id: c.purpose for c in record.columns.all()}
    gpa = record.columns.get(variable__name="gpa")
    asked[gpa.variable_id] = "To compare schools."
    requests.ask_columns(pk=record.pk, by=way.person("maya.ortiz"), purposes=asked)
    return changes_way.sent(record).columns.get(variable__name="gpa")


def test_a_steward_decides_on_the_page_what_changed_and_the_conditions_go_on() -> None:
    AgencyReview.objects.filter(agency__code="SDE").update(conditions="In Hartford only.")
    gpa, ben = gpa_for_another_purpose(), way.as_("ben.cole")
    page = ben.get("/requests/001-A1/").content.decode()
    form = page[page.index('name="conditions"') :]
    assert "In Hartford only." in form[: form.index("</textarea>")], "the form begins with what stands"
    decided = {f"choice-{gpa.pk}": "allow", f"reason-{gpa.pk}": "", "conditions": "In Hartford only."}
    answer = ben.post("/requests/001-A1/reviews/SDE/decide/", decided)
    assert answer.status_code == 302, answer.content.decode()
    gpa.refresh_from_db()
    assert gpa.choice == "allow"
    assert gpa.data_request.reviews.get(agency__code="SDE").status == "decided"


def test_a_decision_without_a_word_on_the_conditions_leaves_them_as_they_were() -> None:
    AgencyReview.objects.filter(agency__code="SDE").update(conditions="In Hartford only.")
    gpa, ben = gpa_for_another_purpose(), way.as_("ben.cole")
    body = {"columns": {str(gpa.pk): {"choice": "allow"}}}
    address = "/api/requests/001-A1/reviews/SDE/decide"
    assert ben.post(address, body, content_type="application/json").status_code == 200
    assert gpa.data_request.reviews.get(agency__code="SDE").conditions == "In Hartford only."


def test_a_steward_is_asked_what_changed_and_sees_what_stands() -> None:
    record = gpa_for_another_purpose().data_request
    page = way.as_("ben.cole").get("/requests/001-A1/").content.decode()
    assert page.count('name="choice-') == 1, "one column is decided anew"
    assert f'name="choice-{record.columns.get(variable__name="gpa").pk}"' in page
    assert "stands from request 001: Ben Cole" in page
    assert "To compare schools." in page
    other = way.as_("priya.nair").get("/requests/001-A1/").content.decode()
    assert 'name="choice-' not in other
    assert "(nothing new is asked of it)" in other


def test_every_signer_sees_the_words_and_the_terms_that_change_on_the_page_and_on_paper() -> None:
    way.executed()
    amended = changes_way.amendment(later(changes_way.begun(Kind.EXTENSION)))
    for party in amended.parties.select_related("signatory"):
        page = way.as_(party.signatory.username).get("/agreements/001-A1/").content.decode()
        assert "What this amendment changes" in page
        assert "<ins>" in page
        assert "The system does this instead:" in page
    content = printed(amended)
    assert faults(content) == []
    assert "What this amendment changes" in text(content)
    told = way.as_("ann.weiss").get("/api/agreements/001-A1").json()
    assert [one["number"] for one in told["differences"]] == ["12", "14"]
    assert (told["amends"], told["held_as"]) == ("001", "001-A1")


def test_the_page_of_the_agreement_says_which_version_holds() -> None:
    way.executed()
    way.signed(changes_way.amendment(later(changes_way.begun(Kind.EXTENSION))))
    ann = way.as_("ann.weiss")
    told = ann.get("/api/agreements/001").json()
    assert (told["held_as"], told["versions"]) == ("001-A1", ["001", "001-A1"])
    page = ann.get("/agreements/001/").content.decode()
    assert "superseded" in page
    assert "holds now" in page
    event = Event.objects.filter(name="agreements:agreement:amend").get()
    assert '"superseded":"001"' in event.text


def test_other_rooms_see_agreements_and_never_their_amendments() -> None:
    way.executed()
    way.signed(changes_way.amendment(later(changes_way.begun(Kind.EXTENSION))))
    assert set(Agreement.objects.values_list("number", flat=True)) == {"001"}


def test_the_page_of_a_change_that_came_to_nothing_leads_to_where_another_is_begun() -> None:
    begun = changes_way.begun(Kind.EXTENSION)
    maya = way.as_("maya.ortiz")
    assert "Begin another on the page of request 001" not in maya.get(begun.get_absolute_url()).text
    requests.withdraw(pk=begun.pk, by=way.person("maya.ortiz"))
    page = maya.get(begun.get_absolute_url()).text
    assert "Begin another on the page of request 001" in page
    assert "Begin another" not in way.as_("sam.reyes").get(begun.get_absolute_url()).text


def after_its_last_day(signed: Agreement) -> Any:
    return way.day(signed.ends_on + timedelta(days=1))


def test_nothing_amends_an_agreement_that_is_over_and_that_is_said_before_anybody_works_on_it() -> None:
    signed, maya = way.executed(), way.as_("maya.ortiz")
    body = {"kind": "extension", "because": "The wages came late."}
    with after_its_last_day(signed):
        page = maya.post("/requests/001/change/", body)
        assert "Agreement 001 is not in force, so nothing amends it." in page.content.decode()
        answer = maya.post("/api/requests/001/change", body, content_type="application/json")
        assert [reason["rule"] for reason in answer.json()["reasons"]] == ["nothing_to_amend"]
        assert not DataRequest.objects.filter(number="001-A1").exists()
        again = maya.post(
            "/api/requests/001/change", body | {"kind": "repeat"}, content_type="application/json"
        )
        assert again.json()["number"] == "002", "the remedy that the refusal names"


def test_a_change_begun_in_time_is_not_sent_once_the_agreement_is_over() -> None:
    signed, record = way.executed(), later(changes_way.begun(Kind.EXTENSION))
    maya = way.person("maya.ortiz")
    requests.accept_terms(pk=record.pk, by=maya)
    with after_its_last_day(signed):
        assert way.refused(requests.submit, pk=record.pk, by=maya) == ["nothing_to_amend"]
    requests.submit(pk=record.pk, by=maya)
