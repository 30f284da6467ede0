"""Request 042 through its own actions: as its applicant, as stewards, as the policy office, as a stranger."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from charteroak.agencies import actions as agencies
from charteroak.agencies.models import Person
from charteroak.audit.models import Event
from charteroak.catalog import actions as catalog
from charteroak.catalog.models import Variable
from charteroak.policy.agency_review import Choice
from charteroak.policy.decision import Refused
from charteroak.requests import actions, queries, steward
from charteroak.requests.fit_check import AUDIT_OR_EVALUATION, findings
from charteroak.requests.models import AgencyReview, DataRequest
from charteroak.requests.timeline import timeline

SOURCE = Path(__file__).parents[2] / "src" / "charteroak"
PEOPLE = tomllib.loads((SOURCE / "demo" / "people.toml").read_text("utf-8"))
ANSWERS: dict[str, Any] = {
    "question": "Do concentrators earn more?",
    "purpose": "Evaluation of career and technical education.",
    "public_benefit": "Shows where it pays.",
    "legal_exception": AUDIT_OR_EVALUATION,
    "first_year": 2019,
    "last_year": 2026,
    "outputs_planned": "Tables.",
    "publication_plan": "A brief.",
    "ends_on": "2027-07-31",
}


def named(username: str) -> Person:
    return Person.objects.get(username=username)


@pytest.fixture(autouse=True)
def state(db: None) -> None:
    agencies.load(PEOPLE, password="acorns fall far", by="setup")
    for code in ("SDE", "CSC", "DOL"):
        text = (SOURCE / "synthetic" / "dictionaries" / f"{code}.toml").read_text("utf-8")
        catalog.load(tomllib.loads(text), by="setup")
    for given in PEOPLE["historic_request"]:
        actions.record_historic(**given, by="setup")


@pytest.fixture
def draft() -> DataRequest:
    return actions.start(by=named("maya.ortiz"), title="CTE and earnings")


def study_columns(*names: str) -> list[int]:
    return list(Variable.objects.filter(use="study", name__in=names).values_list("pk", flat=True))


@pytest.fixture
def submitted(draft: DataRequest) -> DataRequest:
    maya = named("maya.ortiz")
    actions.edit(pk=draft.pk, by=maya, **ANSWERS)
    columns = study_columns("gpa", "frpl", "campus", "total_wage")
    actions.ask_columns(pk=draft.pk, by=maya, purposes=dict.fromkeys(columns, "Needed."))
    actions.submit(pk=draft.pk, by=maya)
    return fresh(draft)


@pytest.fixture
def in_review(submitted: DataRequest) -> DataRequest:
    actions.accept_as_complete(pk=submitted.pk, by=named("sam.reyes"))
    return fresh(submitted)


def fresh(record: DataRequest) -> DataRequest:
    return DataRequest.objects.get(pk=record.pk)


def review_of(record: DataRequest, code: str) -> AgencyReview:
    return AgencyReview.objects.get(data_request=record, agency__code=code)


def decide(record: DataRequest, code: str, by: str, choice: Choice = Choice.ALLOW, reason: str = "") -> None:
    review = review_of(record, code)
    choices = {column.pk: (choice, reason) for column in queries.columns_of(review)}
    steward.decide(pk=review.pk, by=named(by), choices=choices)


def rules(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {reason.rule for reason in refused.value.reasons}


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
    assert rules(refused) == {"incomplete", "purpose_missing"}
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
    assert rules(refused) == {"fewer_than_two_agencies"}


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
    Person.objects.filter(username="jonah.reed").update(employer_kind=Person.Employer.CONTRACTOR)
    actions.add_member(pk=draft.pk, by=maya, person=named("jonah.reed"))
    found = findings(fresh(draft))
    assert [(f.about, f.message) for f in found if f.stops] == [("SDE gpa", "Purpose missing.")]
    said = " ".join(f"{f.about} {f.message}" for f in found)
    assert "SDE frpl Likely to be denied" in said
    assert "CSC pell Likely to be denied" in said
    assert "not: Jonah Reed" in said
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


def test_each_agency_decides_for_itself_and_the_last_sends_it_to_the_board(in_review: DataRequest) -> None:
    decide(in_review, "SDE", "ben.cole", Choice.DENY, "School-meals law.")
    decide(in_review, "CSC", "priya.nair")
    assert fresh(in_review).status == "in_review"
    decide(in_review, "DOL", "lou.grant")
    assert fresh(in_review).status == "recommended"
    last = Event.objects.filter(name="requests:agency_review:decide").latest("index")
    assert '"decisions":["total_wage:allow"]' in last.text


def test_a_steward_decides_for_no_other_agency(in_review: DataRequest) -> None:
    with pytest.raises(Refused) as refused:
        decide(in_review, "SDE", "lou.grant")
    assert rules(refused) == {"wrong_role"}


def test_silence_never_approves(in_review: DataRequest) -> None:
    review = review_of(in_review, "SDE")
    first = queries.columns_of(review)[0]
    with pytest.raises(Refused) as refused:
        steward.decide(pk=review.pk, by=named("ben.cole"), choices={first.pk: (Choice.DENY, "")})
    assert rules(refused) == {"columns_undecided", "reason_missing"}
    assert not in_review.columns.exclude(choice="").exists()


def test_a_question_waits_for_its_answer(in_review: DataRequest) -> None:
    review = review_of(in_review, "DOL")
    steward.ask(pk=review.pk, by=named("lou.grant"), text="Who sees wages?")
    assert "Dr Maya Ortiz, to answer DOL" in queries.whose_turn(fresh(in_review))[0]
    with pytest.raises(Refused):
        decide(in_review, "DOL", "lou.grant")
    with pytest.raises(Refused):
        steward.answer(pk=review.pk, by=named("eve.lang"), text="I.")
    steward.answer(pk=review.pk, by=named("maya.ortiz"), text="The three of us.")
    decide(in_review, "DOL", "lou.grant")


def test_nobody_decides_on_their_own_request(in_review: DataRequest) -> None:
    in_review.team.create(person=named("ben.cole"))
    with pytest.raises(Refused) as refused:
        decide(in_review, "SDE", "ben.cole")
    assert rules(refused) == {"own_request"}


def recommended(record: DataRequest) -> None:
    for code, by in (("SDE", "ben.cole"), ("CSC", "priya.nair"), ("DOL", "lou.grant")):
        decide(record, code, by)


def test_only_the_chair_approves(in_review: DataRequest) -> None:
    recommended(in_review)
    with pytest.raises(Refused):
        actions.approve(pk=in_review.pk, by=named("sam.reyes"), motion=1)
    actions.approve(pk=in_review.pk, by=named("june.fisher"), motion=1)
    assert fresh(in_review).status == "approved"
    with pytest.raises(Refused):
        actions.withdraw(pk=in_review.pk, by=named("maya.ortiz"))


def test_a_lost_motion_declines(in_review: DataRequest) -> None:
    recommended(in_review)
    actions.decline(pk=in_review.pk, by=named("june.fisher"), motion=1)
    assert fresh(in_review).status == "declined"


def test_what_is_withdrawn_stops_the_agencies(in_review: DataRequest) -> None:
    actions.withdraw(pk=in_review.pk, by=named("maya.ortiz"))
    with pytest.raises(Refused) as refused:
        decide(in_review, "SDE", "ben.cole")
    assert rules(refused) == {"not_in_review"}


def test_who_sees_a_request_depends_on_where_it_is(submitted: DataRequest) -> None:
    everyone = (
        "maya.ortiz",
        "eve.lang",
        "ben.cole",
        "june.fisher",
        "sam.reyes",
        "ann.weiss",
        "pat.lee",
        "kim.tran",
    )

    def see() -> set[str]:
        return {name for name in everyone if queries.visible_to(named(name)).filter(pk=submitted.pk).exists()}

    offices = {"maya.ortiz", "sam.reyes", "ann.weiss", "pat.lee"}
    assert see() == offices
    actions.accept_as_complete(pk=submitted.pk, by=named("sam.reyes"))
    assert see() == offices | {"ben.cole"}
    recommended(fresh(submitted))
    assert see() == offices | {"ben.cole", "june.fisher"}


def test_each_person_finds_their_turn_on_the_home_page(in_review: DataRequest) -> None:
    def lists(username: str) -> list[tuple[str, str]]:
        return [(item.title, item.state.value) for item in queries.todo(named(username))]

    assert lists("ben.cole") == [("042 CTE and earnings: decide on your agency’s columns", "yours")]
    assert lists("maya.ortiz") == [("042 CTE and earnings", "others")]
    decide(in_review, "SDE", "ben.cole")
    assert lists("ben.cole") == []


def test_the_timeline_says_who_held_the_request(in_review: DataRequest) -> None:
    recommended(in_review)
    told = timeline(in_review)
    assert [moment.what for moment in told.moments] == [
        "Enquiry begun", "Sent to the policy office", "Found complete", "SDE: decided on its columns",
        "CSC: decided on its columns", "DOL: decided on its columns",
    ]  # fmt: skip
    assert [moment.holder for moment in told.moments][-2:] == ["Agencies", "Board"]
    assert told.moments[0].who == "Dr Maya Ortiz"
