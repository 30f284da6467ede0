"""A request as it is filled in and sent: kept though incomplete or unreadable, every sending a version."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from lxml import html

from apps.requests_way import ANSWERS, fresh, named, study_columns
from apps.way import as_, rules
from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.audit.models import Event
from charteroak.catalog.models import Dataset, Variable
from charteroak.policy import terms_of_use
from charteroak.policy.decision import Refused
from charteroak.policy.sentence import Sentence
from charteroak.requests import actions, queries
from charteroak.requests.models import DataRequest, Version
from charteroak.requests.versions import content, differences
from conftest import owner_beside

pytestmark = pytest.mark.usefixtures("history", "rolled_back")
MAYA = "maya.ortiz"


def test_what_cannot_be_read_is_kept_as_it_was_typed_and_marked_when_one_comes_back(
    draft: DataRequest,
) -> None:
    """Check 2 of the usability checks: an invalid value is kept."""
    here = f"/requests/{draft.number}/"
    as_(MAYA).post(f"{here}edit/", {"title": "CTE", "first_year": "20x9", "ends_on": "next summer"})
    assert fresh(draft).unread == {"first_year": "20x9", "ends_on": "next summer"}
    page = html.fromstring(as_(MAYA).get(here).text)
    assert page.xpath("//input[@name='first_year']/@value") == ["20x9"]
    assert page.xpath("//input[@name='first_year']/@aria-invalid") == ["true"]
    with pytest.raises(Refused) as refused:
        actions.submit(pk=draft.pk, by=named(MAYA))
    assert "unreadable" in rules(refused)
    as_(MAYA).post(f"{here}edit/", {"first_year": "2019", "ends_on": "2027-07-31"})
    assert fresh(draft).unread == {}
    assert fresh(draft).first_year == 2019


def test_a_title_of_more_than_200_characters_is_kept_and_stops_sending(draft: DataRequest) -> None:
    as_(MAYA).post(f"/requests/{draft.number}/edit/", {"title": "x" * 201})
    assert fresh(draft).unread == {"title": "x" * 201}
    assert fresh(draft).title == "CTE and earnings"


def test_saving_by_itself_answers_one_line_and_the_revision(draft: DataRequest) -> None:
    sent = {"question": "Do th", "first_year": "20", "seen": "0"}
    after = as_(MAYA).post(f"/requests/{draft.number}/edit/", sent, headers={"HX-Request": "true"})
    assert after.status_code == 200
    assert "Cannot be read yet: first year." in after.text
    assert 'name="seen" id="seen" value="1"' in after.text
    assert fresh(draft).question == "Do th"


def test_nothing_is_sent_until_every_term_is_accepted_and_a_later_term_is_accepted_anew(
    draft: DataRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Check 2 of the enclave checks (REMS)."""
    maya = named(MAYA)
    actions.edit(pk=draft.pk, by=maya, **ANSWERS)
    actions.ask_columns(
        pk=draft.pk, by=maya, purposes=dict.fromkeys(study_columns("gpa", "campus"), "Needed.")
    )
    with pytest.raises(Refused) as refused:
        actions.submit(pk=draft.pk, by=maya)
    assert rules(refused) == {"terms_open"}
    actions.accept_terms(pk=draft.pk, by=maya)
    longer = {**terms_of_use.TERMS, "citation": Sentence("Every publication names the agencies.")}
    monkeypatch.setattr(queries, "still_open", lambda accepted: terms_of_use.still_open(accepted, longer))
    with pytest.raises(Refused) as refused:
        actions.submit(pk=draft.pk, by=maya)
    assert "“Every publication names the agencies.”" in str(refused.value)
    assert "for nothing else" not in str(refused.value)
    actions.accept_terms(pk=draft.pk, by=maya)
    actions.submit(pk=draft.pk, by=maya)
    assert draft.accepted_terms.count() == len(longer)


def test_an_end_in_the_past_is_refused(draft: DataRequest) -> None:
    """Check 5 (REMS)."""
    actions.edit(pk=draft.pk, by=named(MAYA), **ANSWERS)
    actions.edit(pk=draft.pk, by=named(MAYA), ends_on=clock.today() - timedelta(days=1))
    with pytest.raises(Refused) as refused:
        actions.submit(pk=draft.pk, by=named(MAYA))
    assert "end_passed" in rules(refused)


def test_each_sending_is_a_version_and_a_page_shows_what_changed(submitted: DataRequest) -> None:
    maya = named(MAYA)
    actions.return_(pk=submitted.pk, by=named("sam.reyes"), because="Name the classes.")
    actions.edit(pk=submitted.pk, by=maya, question="Classes of 2019 to 2022?")
    actions.add_member(pk=submitted.pk, by=maya, person=named("lena.park"))
    columns = {c.variable_id: c.purpose for c in submitted.columns.all() if c.variable.name != "frpl"}
    actions.ask_columns(pk=submitted.pk, by=maya, purposes=columns)
    actions.submit(pk=submitted.pk, by=maya)
    first, second = Version.objects.filter(data_request=submitted)
    assert [(d.part, d.before, d.after) for d in differences(first.content, second.content)] == [
        ("question", "Do concentrators earn more?", "Classes of 2019 to 2022?"),
        ("team", "", "Lena Park"),
        ("SDE analysis frpl", "Needed.", ""),
    ]
    page = as_(MAYA).get(f"/requests/{submitted.number}/versions/2/").text
    assert "<del>Do concentrators earn more?</del>" in page
    assert "<ins>Classes of 2019 to 2022?</ins>" in page
    assert (listed := re.findall(r"<li><strong>(.+?)</strong>", page)) == sorted(listed), "found by its name"
    told = as_(MAYA).get(f"/api/requests/{submitted.number}/versions/2").json()
    assert told["differences"][0]["after"] == "Classes of 2019 to 2022?"
    assert as_("eve.lang").get(f"/requests/{submitted.number}/versions/1/").status_code == 404
    assert as_(MAYA).get(f"/requests/{submitted.number}/versions/3/").status_code == 404


def test_nobody_changes_what_was_sent(submitted: DataRequest) -> None:
    """The database itself refuses it to the site's own role."""
    from django.db import ProgrammingError, transaction

    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Version.objects.filter(data_request=submitted).update(content={})


@pytest.fixture(scope="module")
def gender_in_both_files(history: None) -> Iterator[Variable]:
    """The education department's analysis file holds a column of a name that its matching file holds too."""
    with owner_beside():
        twin = Variable.objects.get(dataset__agency__code="SDE", name="gender")
        twin.pk, twin.dataset = None, Dataset.objects.get(agency__code="SDE", file="analysis")
        twin.save()
    yield twin
    with owner_beside():
        twin.delete()


def test_a_version_tells_a_column_that_two_files_of_an_agency_hold_apart(
    gender_in_both_files: Variable, draft: DataRequest
) -> None:
    both = Variable.objects.filter(dataset__agency__code="SDE", name="gender")
    actions.ask_columns(pk=draft.pk, by=named(MAYA), purposes={one.pk: one.dataset.file for one in both})
    assert {part: said[0] for part, said in content(draft)["columns"].items()} == {
        "SDE matching gender": "matching",
        "SDE analysis gender": "analysis",
    }


def test_saving_by_itself_says_that_nothing_is_kept_when_it_is_refused(submitted: DataRequest) -> None:
    sent = {"question": "Another?", "seen": "1"}
    after = as_(MAYA).post(f"/requests/{submitted.number}/edit/", sent, headers={"HX-Request": "true"})
    assert after.status_code == 200, "htmx shows no answer of another status"
    assert "Not kept:" in after.text
    assert "Kept at" not in after.text
    assert fresh(submitted).question == ANSWERS["question"]
    assert Event.objects.latest("index").name == "requests:data_request:edit:refused"


def test_nobody_whose_access_has_ended_is_named_whoever_asks(draft: DataRequest) -> None:
    with owner_beside():
        Person.objects.filter(username="jonah.reed").update(is_active=False)
    try:
        with pytest.raises(Refused) as refused:
            actions.add_member(pk=draft.pk, by=named(MAYA), person=named("jonah.reed"))
    finally:
        with owner_beside():
            Person.objects.filter(username="jonah.reed").update(is_active=True)
    assert rules(refused) == {"no_access"}
