"""Questions about outputs: who reviews or clears asks, the project answers, and checkers stay blind to each other."""

import pytest
from django.test import Client

from apps import outputs_way
from apps.hub_way import AsProcess
from apps.outputs_way import MAYA, left, requested
from apps.way import STEWARDS, person, refused
from charteroak.audit.models import Event
from charteroak.outputs import questions, worklist
from charteroak.outputs.models import Question, ReleaseRequest
from charteroak.workspaces.models import Workspace

IDA, AL, BEN = "ida.moss", "al.pike", STEWARDS["SDE"]
pytestmark = pytest.mark.usefixtures("on_the_day")


@pytest.fixture
def record(room: Workspace, as_process: AsProcess) -> ReleaseRequest:
    return outputs_way.judged(as_process, requested(left(room, {"flow.csv": b"year,people\n2019,120\n"})))


def seen(record: ReleaseRequest, username: str) -> list[str]:
    return [one.text for one in questions.shown(record, person(username))]


def test_a_checker_asks_on_the_page_and_the_project_answers_there(
    record: ReleaseRequest, client: Client
) -> None:
    here = record.get_absolute_url()
    client.force_login(person(IDA))
    assert 'id="action-ask"' in client.get(here).text
    assert client.post(f"{here}ask/", {"text": "Whole classes?"}).status_code == 302
    asked = Question.objects.get()
    client.force_login(person(MAYA))
    question = f"Answer a question on {record}"
    assert [item.title for item in worklist.todo(person(MAYA))] == [question, str(record)]
    page = client.get(here).text
    assert "Whole classes?" in page
    assert f'id="action-answer-question-{asked.pk}"' in page
    assert client.post(f"{here}questions/{asked.pk}/answer/", {"text": "Yes, all."}).status_code == 302
    assert [item.title for item in worklist.todo(person(MAYA))] == [str(record)]
    client.force_login(person(IDA))
    assert "Yes, all." in client.get(here).text
    told = client.get(f"/api/outputs/{record.number}").json()["questions"]
    assert [(one["text"], one["answer"]) for one in told] == [("Whole classes?", "Yes, all.")]
    names = ["outputs:question:ask", "outputs:question:answer"]
    said = list(Event.objects.filter(name__in=names).order_by("index"))
    assert [(one.name, one.by) for one in said] == [(names[0], IDA), (names[1], MAYA)]
    assert not any("classes" in one.text or "Yes" in one.text for one in said), "ids alone"


def test_the_other_checker_sees_it_once_both_reviews_are_in(record: ReleaseRequest) -> None:
    questions.ask(pk=record.pk, by=person(IDA), text="Whole classes?")
    assert (seen(record, IDA), seen(record, MAYA)) == (["Whole classes?"], ["Whole classes?"])
    assert (seen(record, AL), seen(record, BEN)) == ([], [])
    outputs_way.vote(record, AL)
    assert seen(record, AL) == [], "the other has not reviewed yet"
    outputs_way.vote(record, IDA)
    assert (seen(record, AL), seen(record, BEN)) == (["Whole classes?"], ["Whole classes?"])


def test_who_asks_and_who_answers_keeps_to_the_rules(record: ReleaseRequest) -> None:
    assert refused(questions.ask, pk=record.pk, by=person(IDA), text=" ") == ["text_missing"]
    assert refused(questions.ask, pk=record.pk, by=person(MAYA), text="Why?") == ["wrong_role"]
    assert refused(questions.ask, pk=record.pk, by=person(BEN), text="Why?") == ["not_your_turn"]
    asked = questions.ask(pk=record.pk, by=person(IDA), text="Why?")
    said = {"pk": record.pk, "question": asked.pk}
    assert refused(questions.answer, **said, by=person(IDA), text="So.") == ["wrong_role"]
    questions.answer(**said, by=person(MAYA), text="So.")
    assert refused(questions.answer, **said, by=person(MAYA), text="Otherwise.") == ["wrong_status"]
    outputs_way.reviewed(record)
    assert refused(questions.ask, pk=record.pk, by=person(AL), text="Why?") == ["not_your_turn"]
    assert questions.ask(pk=record.pk, by=person(BEN), text="Whose towns?").round == record.round
