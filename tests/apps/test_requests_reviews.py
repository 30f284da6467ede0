"""What agencies and the board make of request 042: each decides for itself, the last sends it to the board."""

from datetime import timedelta

import pytest

from apps.requests_way import decide, fresh, named, recommended, review_of
from apps.way import day, rules
from charteroak.adapters import clock
from charteroak.audit.models import Event
from charteroak.policy.agency_review import Choice
from charteroak.policy.decision import Refused
from charteroak.requests import actions, queries, steward, worklist
from charteroak.requests.models import DataRequest
from charteroak.requests.timeline import timeline

pytestmark = pytest.mark.usefixtures("history", "rolled_back")


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


@pytest.mark.parametrize("choice", [Choice.DENY, Choice.MASK, Choice.CONDITION])
def test_what_is_not_plainly_allowed_says_why_or_under_which_condition(
    in_review: DataRequest, choice: Choice
) -> None:
    with pytest.raises(Refused) as refused:
        decide(in_review, "DOL", "lou.grant", choice, " ")
    assert rules(refused) == {"reason_missing"}
    decide(in_review, "DOL", "lou.grant", choice, "By year only.")
    shared = {column.variable.name for column in queries.allowed_columns(in_review)}
    assert ("total_wage" in shared) == (choice != Choice.DENY)


def test_days_that_pass_in_silence_approve_nothing(in_review: DataRequest) -> None:
    with day(clock.today() + timedelta(days=200)):
        record = fresh(in_review)
        assert record.status == "in_review"
        assert not record.columns.exclude(choice="").exists()
        with pytest.raises(Refused) as refused:
            actions.approve(pk=record.pk, by=named("june.fisher"), motion=1)
    assert rules(refused) == {"wrong_status"}


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


def test_a_question_and_its_answer_have_words(in_review: DataRequest) -> None:
    review = review_of(in_review, "SDE")
    with pytest.raises(Refused) as refused:
        steward.ask(pk=review.pk, by=named("ben.cole"), text=" ")
    assert rules(refused) == {"text_missing"}
    steward.ask(pk=review.pk, by=named("ben.cole"), text="Why?")
    with pytest.raises(Refused) as refused:
        steward.answer(pk=review.pk, by=named("maya.ortiz"), text="")
    assert rules(refused) == {"text_missing"}


def test_nobody_answers_on_a_request_that_was_withdrawn(in_review: DataRequest) -> None:
    review = review_of(in_review, "SDE")
    steward.ask(pk=review.pk, by=named("ben.cole"), text="Why?")
    actions.withdraw(pk=in_review.pk, by=named("maya.ortiz"))
    with pytest.raises(Refused) as refused:
        steward.answer(pk=review.pk, by=named("maya.ortiz"), text="So.")
    assert rules(refused) == {"not_in_review"}


def test_nobody_decides_on_their_own_request(in_review: DataRequest) -> None:
    in_review.team.create(person=named("ben.cole"))
    with pytest.raises(Refused) as refused:
        decide(in_review, "SDE", "ben.cole")
    assert rules(refused) == {"own_request"}


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
        return [(item.title, item.state.value) for item in worklist.todo(named(username))]

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
