"""Request 042 through its own actions: as its applicant, as stewards, as the policy office, as a stranger."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from apps.requests_way import ANSWERS, PEOPLE, fresh, named, study_columns
from apps.way import rules
from charteroak.agencies.models import Person
from charteroak.audit.models import Event
from charteroak.catalog.models import Variable
from charteroak.policy.decision import Refused
from charteroak.requests import actions, queries
from charteroak.requests.fit_check import findings
from charteroak.requests.models import DataRequest
from conftest import owner_beside

pytestmark = pytest.mark.usefixtures("history", "rolled_back")


@contextmanager
def as_a_contractor(username: str) -> Iterator[None]:
    """Somebody's employer as `oak setup` would have it; nobody else changes that."""
    for kind in (Person.Employer.CONTRACTOR, Person.Employer.STATE):
        with owner_beside():
            Person.objects.filter(username=username).update(employer_kind=kind)
        if kind is Person.Employer.CONTRACTOR:
            yield


def test_numbers_go_on_after_history(draft: DataRequest) -> None:
    assert draft.number == "042"


def test_numbers_are_counted_not_sorted(draft: DataRequest) -> None:
    DataRequest.objects.filter(pk=draft.pk).update(number="999")
    assert actions.start(by=named("maya.ortiz"), title="Next").number == "1000"
    assert actions.start(by=named("maya.ortiz"), title="Next").number == "1001"


def test_only_a_researcher_begins() -> None:
    with pytest.raises(Refused):
        actions.start(by=named("ben.cole"), title="Mine")


def test_history_is_recorded_once() -> None:
    for given in PEOPLE["historic_request"]:
        actions.record_historic(**given, by="setup")
    assert DataRequest.objects.filter(historic_decision_on__isnull=False).count() == 3


def test_each_historic_request_falls_under_the_administration_of_its_day() -> None:
    for number, agency, citation in (
        ("007", "CSC", "founding members"),
        ("019", "OPM", "2020"),
        ("041", "OPM", "Public Act 25-119"),
    ):
        found = queries.administration_of(DataRequest.objects.get(number=number))
        assert found is not None
        assert found.agency.code == agency
        assert citation in found.citation


def test_a_draft_is_kept_incomplete_and_sent_only_whole(draft: DataRequest) -> None:
    maya = named("maya.ortiz")
    actions.edit(pk=draft.pk, by=maya, question="Do they?")
    [gpa], [campus] = study_columns("gpa"), study_columns("campus")
    actions.ask_columns(pk=draft.pk, by=maya, purposes={gpa: "", campus: "Where."})
    with pytest.raises(Refused) as refused:
        actions.submit(pk=draft.pk, by=maya)
    assert rules(refused) == {"incomplete", "purpose_missing", "terms_open"}
    assert "gpa" in str(refused.value)
    assert fresh(draft).question == "Do they?"


def test_saving_nothing_new_writes_nothing(draft: DataRequest) -> None:
    before = Event.objects.count()
    actions.edit(pk=draft.pk, by=named("maya.ortiz"), title=draft.title)
    assert Event.objects.count() == before


def test_unknown_parts_are_a_mistake_of_the_caller(draft: DataRequest) -> None:
    with pytest.raises(ValueError, match="status"):
        actions.edit(pk=draft.pk, by=named("maya.ortiz"), status="approved")


def test_one_agency_alone_is_not_enough(draft: DataRequest) -> None:
    maya = named("maya.ortiz")
    actions.edit(pk=draft.pk, by=maya, **ANSWERS)
    actions.ask_columns(pk=draft.pk, by=maya, purposes=dict.fromkeys(study_columns("gpa"), "Needed."))
    with pytest.raises(Refused) as refused:
        actions.submit(pk=draft.pk, by=maya)
    assert rules(refused) == {"fewer_than_two_agencies", "terms_open"}


def test_who_links_records_cannot_join_the_team(draft: DataRequest) -> None:
    with pytest.raises(Refused) as refused:
        actions.add_member(pk=draft.pk, by=named("maya.ortiz"), person=named("noor.haddad"))
    assert rules(refused) == {"roles_must_stay_apart"}


def test_a_colleague_joins_and_leaves_the_team(draft: DataRequest) -> None:
    maya, jonah = named("maya.ortiz"), named("jonah.reed")
    assert draft not in queries.visible_to(jonah)
    actions.add_member(pk=draft.pk, by=maya, person=jonah)
    assert draft in queries.visible_to(jonah)
    actions.remove_member(pk=draft.pk, by=maya, person=jonah)
    assert draft not in queries.visible_to(jonah)


def test_the_fit_check_names_what_stops_and_what_to_expect(draft: DataRequest) -> None:
    maya = named("maya.ortiz")
    actions.edit(pk=draft.pk, by=maya, **ANSWERS)
    asked = Variable.objects.filter(name__in=["gpa", "frpl", "pell", "total_wage", "ssn", "employer_count"])
    actions.ask_columns(pk=draft.pk, by=maya, purposes={v.pk: "" if v.name == "gpa" else "x" for v in asked})
    actions.add_member(pk=draft.pk, by=maya, person=named("jonah.reed"))
    with as_a_contractor("jonah.reed"):
        found = findings(fresh(draft))
    assert [(f.about, f.message) for f in found if f.stops] == [("SDE gpa", "Purpose missing.")]
    said = " ".join(f"{f.about} {f.message}" for f in found)
    assert "SDE frpl Likely to be denied" in said
    assert "CSC pell Likely to be denied" in said
    assert "This bars: Jonah Reed." in said
    assert "never in an extract" in said


def test_returned_and_sent_again(submitted: DataRequest) -> None:
    actions.return_(pk=submitted.pk, by=named("sam.reyes"), because="Name the classes.")
    actions.edit(pk=submitted.pk, by=named("maya.ortiz"), question="Classes of 2019 to 2022?")
    actions.submit(pk=submitted.pk, by=named("maya.ortiz"))
    assert fresh(submitted).status == "submitted"


def test_a_request_is_not_returned_without_a_word(submitted: DataRequest) -> None:
    with pytest.raises(Refused) as refused:
        actions.return_(pk=submitted.pk, by=named("sam.reyes"), because="  ")
    assert rules(refused) == {"comment_missing"}


def test_what_was_sent_is_not_edited(submitted: DataRequest) -> None:
    with pytest.raises(Refused):
        actions.ask_columns(pk=submitted.pk, by=named("maya.ortiz"), purposes={})


def test_only_the_policy_office_finds_it_complete(submitted: DataRequest) -> None:
    for username in ("maya.ortiz", "ben.cole", "june.fisher"):
        with pytest.raises(Refused) as refused:
            actions.accept_as_complete(pk=submitted.pk, by=named(username))
        assert rules(refused) == {"wrong_role"}
