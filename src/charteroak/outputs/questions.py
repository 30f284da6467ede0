"""The thread of a release request: who reviews or clears it asks, its project answers.

Checkers are blind to each other until both reviews are in, so neither sees before what the other has asked.
"""

from django.db import transaction
from django.db.models import Q, QuerySet

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.agreements.queries import names
from charteroak.audit import actions as audit
from charteroak.outputs.actions import locked
from charteroak.outputs.models import Question, ReleaseRequest
from charteroak.outputs.queries import agreement_of, coverage_for, roles_of, stewarded
from charteroak.policy.decision import Decision
from charteroak.policy.release_question import LIFECYCLE, Action, Facts
from charteroak.policy.release_question import Status as Asked
from charteroak.policy.release_request import REVIEWS_NEEDED, Status
from charteroak.policy.roles import Role


def _facts(record: ReleaseRequest, by: Person, text: str) -> Facts:
    checks = record.status == Status.CHECKED and Role.OUTPUT_CHECKER in roles_of(by, record)
    clears = record.status == Status.REVIEWED and bool(stewarded(by, record))
    return Facts(
        actor_is_recipient=names(agreement_of(record), by),
        actor_reviews=checks or clears,
        text_said=bool(text.strip()),
        coverage=coverage_for(record, by),
    )


def may_ask(record: ReleaseRequest, by: Person, text: str = "-") -> Decision:
    return LIFECYCLE.may(None, Action.ASK, roles_of(by, record), _facts(record, by, text))


def may_answer(question: Question, by: Person, text: str = "-") -> Decision:
    record = question.release_request
    return LIFECYCLE.may(
        Asked(question.status), Action.ANSWER, roles_of(by, record), _facts(record, by, text)
    )


@transaction.atomic
def ask(*, pk: int, by: Person, text: str) -> Question:
    """Put a question to the project; the review goes on meanwhile."""
    record = locked(pk)
    allowed = may_ask(record, by, text).require()
    asked = Question.objects.create(
        release_request=record, round=record.round, text=text, asked_by=by, asked_at=clock.now()
    )
    audit.record(
        "outputs:question:ask",
        by=by,
        subject=record,
        number=record.number,
        round=record.round,
        question=asked.pk,
        clauses=list(allowed.clauses),
    )
    return asked


@transaction.atomic
def answer(*, pk: int, question: int, by: Person, text: str) -> None:
    """The project answers one question."""
    record = locked(pk)
    found = record.questions.select_related("release_request").get(pk=question)
    allowed = may_answer(found, by, text).require()
    found.answer, found.answered_by, found.answered_at = text, by, clock.now()
    found.save(update_fields=["answer", "answered_by", "answered_at"])
    audit.record(
        "outputs:question:answer",
        by=by,
        subject=record,
        number=record.number,
        question=found.pk,
        clauses=list(allowed.clauses),
    )


def shown(record: ReleaseRequest, person: Person) -> QuerySet[Question]:
    """The project sees every question; others see a round's once its reviews are in, and their own."""
    found = record.questions.select_related("asked_by", "answered_by")
    done = record.reviews.filter(round=record.round).count() >= REVIEWS_NEEDED
    if done or names(agreement_of(record), person):
        return found
    return found.filter(Q(round__lt=record.round) | Q(asked_by=person))
