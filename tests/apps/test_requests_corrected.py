"""What is taken back or corrected before others rely on it: a question, a decision, an appeal."""

import pytest
from django.test import Client

from apps.requests_way import decide, fresh, named, review_of
from apps.way import refused
from charteroak.audit.models import Event
from charteroak.policy.agency_review import Choice
from charteroak.requests import actions, queries, steward
from charteroak.requests.models import DataRequest
from charteroak.requests.timeline import timeline

pytestmark = pytest.mark.usefixtures("history", "rolled_back")


def choices(
    record: DataRequest, code: str, choice: Choice, reason: str = ""
) -> dict[int, tuple[Choice, str]]:
    return {column.pk: (choice, reason) for column in queries.columns_of(review_of(record, code))}


def test_a_steward_takes_a_question_back_and_decides_without_an_answer(in_review: DataRequest) -> None:
    review, lou = review_of(in_review, "DOL"), named("lou.grant")
    assert refused(steward.take_back, pk=review.pk, by=lou) == ["wrong_status"], "nothing was asked"
    steward.ask(pk=review.pk, by=lou, text="Who sees wages?")
    assert refused(steward.take_back, pk=review.pk, by=named("ben.cole")) == ["wrong_role"]
    steward.take_back(pk=review.pk, by=lou)
    assert "to answer" not in queries.whose_turn(fresh(in_review))[0]
    assert review.questions.get().taken_back_by == lou
    assert timeline(in_review).moments[-1].holder == "Agencies"
    steward.ask(pk=review.pk, by=lou, text="Who sees employers?")
    steward.answer(pk=review.pk, by=named("maya.ortiz"), text="The three of us.")
    assert [one.answer for one in review.questions.all()] == ["", "The three of us."]
    decide(in_review, "DOL", "lou.grant")


def test_an_agency_corrects_its_decision_and_the_log_holds_both(in_review: DataRequest) -> None:
    decide(in_review, "DOL", "lou.grant")
    review = review_of(in_review, "DOL")
    later = choices(in_review, "DOL", Choice.DENY, "Wages are not needed.")
    assert refused(steward.correct, pk=review.pk, by=named("ben.cole"), choices=later) == ["wrong_role"]
    unsaid = choices(in_review, "DOL", Choice.DENY)
    assert refused(steward.correct, pk=review.pk, by=named("lou.grant"), choices=unsaid) == ["reason_missing"]
    steward.correct(pk=review.pk, by=named("lou.grant"), choices=later)
    told = Event.objects.latest("index")
    assert told.name == "requests:agency_review:correct"
    for said in ('"before":["total_wage:allow"]', '"after":["total_wage:deny"]', '"reworded":["total_wage"]'):
        assert said in told.text
    assert not queries.allowed_columns(in_review).filter(variable__name="total_wage").exists()
    assert "corrected its decision" in timeline(in_review).moments[-1].what


def test_a_decision_stands_once_the_request_is_the_boards(in_review: DataRequest) -> None:
    for code, by in (("SDE", "ben.cole"), ("CSC", "priya.nair"), ("DOL", "lou.grant")):
        decide(in_review, code, by)
    later = choices(in_review, "DOL", Choice.DENY, "Wages are not needed.")
    pk = review_of(in_review, "DOL").pk
    assert refused(steward.correct, pk=pk, by=named("lou.grant"), choices=later) == ["not_in_review"]


def test_a_steward_finds_both_on_the_page(in_review: DataRequest, client: Client) -> None:
    client.force_login(named("lou.grant"))
    page = in_review.get_absolute_url()
    steward.ask(pk=review_of(in_review, "DOL").pk, by=named("lou.grant"), text="Who sees wages?")
    assert 'id="action-take-back-DOL"' in client.get(page).content.decode()
    assert client.post(f"{page}reviews/DOL/take-back/").status_code == 302
    decide(in_review, "DOL", "lou.grant")
    assert 'id="action-correct-DOL"' in client.get(page).content.decode()
    (pk,) = choices(in_review, "DOL", Choice.DENY)
    given = {f"choice-{pk}": "deny", f"reason-{pk}": "Not needed.", "seen": fresh(in_review).revision}
    assert client.post(f"{page}reviews/DOL/correct/", given).status_code == 302
    assert fresh(in_review).columns.get(pk=pk).choice == "deny"


def test_an_appeal_may_be_withdrawn_and_the_decision_stands(in_review: DataRequest, client: Client) -> None:
    DataRequest.objects.filter(pk=in_review.pk).update(status="declined")
    actions.appeal(pk=in_review.pk, by=named("maya.ortiz"), grounds="One column less.")
    assert refused(actions.withdraw_appeal, pk=in_review.pk, by=named("june.fisher")) == ["wrong_role"]
    client.force_login(named("maya.ortiz"))
    page = in_review.get_absolute_url()
    assert 'id="action-withdraw-appeal"' in client.get(page).content.decode()
    assert client.post(f"{page}withdraw-appeal/").status_code == 302
    record = fresh(in_review)
    assert (record.status, record.appeal, record.appealed_at) == ("declined", "", None)
    actions.appeal(pk=in_review.pk, by=named("maya.ortiz"), grounds="Two columns less.")
    assert fresh(in_review).status == "appealed", "while there is time"
