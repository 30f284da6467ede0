"""What an agency's steward does with a request: asks, gets an answer, decides on each column."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.audit import actions as audit
from charteroak.policy.agency_review import LIFECYCLE, Action, Choice, Status
from charteroak.policy.decision import refuse
from charteroak.requests.actions import locked, recommend_when_all_decided
from charteroak.requests.history import require_unchanged
from charteroak.requests.models import AgencyReview, DataRequest, Question
from charteroak.requests.queries import columns_to_decide
from charteroak.requests.reviewing import may_open, may_review


def _locked(pk: int) -> AgencyReview:
    return (
        AgencyReview.objects.select_for_update(of=("self",))
        .select_related("agency", "data_request")
        .get(pk=pk)
    )


def _said(text: str) -> None:
    if not text.strip():
        refuse("text_missing", _("There is no text.")).require()


@transaction.atomic
def ask(*, pk: int, by: Person, text: str, once: UUID | None = None) -> None:
    """Ask the applicant; the agency's clock stands still until the answer. One form (`once`) asks once."""
    review = _locked(pk)
    if once is not None and review.questions.filter(once=once).exists():
        return
    may_review(review, Action.ASK, by).require()
    _said(text)
    review.status = LIFECYCLE.after(Status(review.status), Action.ASK)
    review.save()
    Question.objects.create(review=review, text=text, asked_by=by, asked_at=clock.now(), once=once)
    audit.record("requests:question:ask", by=by, subject=review.data_request, agency=review.agency.code)


@transaction.atomic
def answer(*, pk: int, by: Person, text: str) -> None:
    """The applicant answers the open question; it is the agency's turn again."""
    review = _locked(pk)
    may_review(review, Action.ANSWER, by).require()
    _said(text)
    review.status = LIFECYCLE.after(Status(review.status), Action.ANSWER)
    review.save()
    question = review.questions.filter(answered_at__isnull=True, taken_back_at__isnull=True).get()
    question.answer, question.answered_by, question.answered_at = text, by, clock.now()
    question.save()
    audit.record("requests:question:answer", by=by, subject=review.data_request, agency=review.agency.code)


@transaction.atomic
def take_back(*, pk: int, by: Person) -> None:
    """The agency needs no answer any more: its clock goes on, and it decides."""
    review = _locked(pk)
    may_review(review, Action.TAKE_QUESTION_BACK, by).require()
    review.status = LIFECYCLE.after(Status(review.status), Action.TAKE_QUESTION_BACK)
    review.save()
    question = review.questions.filter(answered_at__isnull=True, taken_back_at__isnull=True).get()
    question.taken_back_by, question.taken_back_at = by, clock.now()
    question.save()
    audit.record("requests:question:take_back", by=by, subject=review.data_request, agency=review.agency.code)


@transaction.atomic
def decide(
    *,
    pk: int,
    by: Person,
    choices: Mapping[int, tuple[Choice, str]],
    conditions: str | None = None,
    seen: int | None = None,
) -> None:
    """Allow, deny or mask each column asked of this agency (column id → choice, reason).

    Without a word on the conditions, those that stand go on.

    When this was the last agency to decide, the request goes on to the board.
    """
    record = locked(AgencyReview.objects.values_list("data_request", flat=True).get(pk=pk))
    review = _locked(pk)
    _require_open(record, review, Action.DECIDE, by, seen)
    _put(review, Action.DECIDE, by, choices, conditions)
    on_to_the_board = recommend_when_all_decided(record, by)
    audit.record(
        "requests:agency_review:decide",
        by=by,
        subject=record,
        number=record.number,
        agency=review.agency.code,
        decisions=_decisions(review),
        on_to_the_board=on_to_the_board,
    )


@transaction.atomic
def correct(
    *,
    pk: int,
    by: Person,
    choices: Mapping[int, tuple[Choice, str]],
    conditions: str | None = None,
    seen: int | None = None,
) -> None:
    """Decide otherwise, until the last agency has decided and the request is the board's; both stay on the log."""
    record = locked(AgencyReview.objects.values_list("data_request", flat=True).get(pk=pk))
    review = _locked(pk)
    _require_open(record, review, Action.CORRECT, by, seen)
    before, words = _decisions(review), _words(review)
    _put(review, Action.CORRECT, by, choices, conditions)
    after = _words(review)
    audit.record(
        "requests:agency_review:correct",
        by=by,
        subject=record,
        number=record.number,
        agency=review.agency.code,
        before=before,
        after=_decisions(review),
        reworded=sorted(name for name in after if after[name] != words[name]),
    )


def _require_open(
    record: DataRequest, review: AgencyReview, action: Action, by: Person, seen: int | None
) -> None:
    may_open(review, action, by).require()
    require_unchanged(record, seen, by)


def _put(
    review: AgencyReview,
    action: Action,
    by: Person,
    choices: Mapping[int, tuple[Choice, str]],
    conditions: str | None,
) -> None:
    now = clock.now()
    for column in columns_to_decide(review).filter(pk__in=choices):
        column.choice, column.reason = choices[column.pk]
        column.decided_by, column.decided_at = by, now
        column.save()
    may_review(review, action, by).require()  # what is undecided or lacks a reason rolls all back
    review.status = LIFECYCLE.after(Status(review.status), action)
    if conditions is not None:
        review.conditions = conditions
    review.decided_by, review.decided_at = by, now
    review.save()


def _decisions(review: AgencyReview) -> list[str]:
    return [f"{column.variable.name}:{column.choice}" for column in columns_to_decide(review)]


def _words(review: AgencyReview) -> dict[str, str]:
    """What was said of each column, and on which conditions: their words stay out of the log."""
    said = {column.variable.name: column.reason for column in columns_to_decide(review)}
    return said | {"conditions": review.conditions}
