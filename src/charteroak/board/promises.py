"""Every write about a follow-up: promised in an open meeting, done, reported to the advisory board."""

from datetime import date
from uuid import UUID

from django.db import transaction

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.audit import actions as audit
from charteroak.board.follow_ups import may_add_follow_up, may_finish, may_report
from charteroak.board.models import FollowUp, Meeting


@transaction.atomic
def add_follow_up(
    *,
    pk: int,
    by: Person,
    text: str,
    reported_to: str,
    due_on: date,
    owner: str = "",
    once: UUID | None = None,
) -> FollowUp:
    """Record what the board promised, who sees to it, to whom it will be reported and by when."""
    record = Meeting.objects.select_for_update(of=("self",)).select_related("board").get(pk=pk)
    if once is not None and (same := record.follow_ups.filter(once=once).first()):
        return same
    may_add_follow_up(record, by).require()
    added = FollowUp.objects.create(
        meeting=record, text=text, reported_to=reported_to, due_on=due_on, owner=owner, once=once
    )
    audit.record("board:follow_up:add", by=by, subject=added, meeting=record.pk, due_on=str(due_on))
    return added


@transaction.atomic
def finish_follow_up(*, pk: int, by: Person, outcome: str) -> None:
    """What was promised is done; say how it came out."""
    record = FollowUp.objects.select_for_update().get(pk=pk)
    may_finish(record, by, outcome).require()
    record.done_by, record.done_at, record.outcome = by, clock.now(), outcome
    record.save()
    audit.record("board:follow_up:finish", by=by, subject=record)


@transaction.atomic
def report_follow_up(*, pk: int, by: Person) -> None:
    """The policy office has reported to the advisory board how it stands; once it is done, how it came out."""
    record = FollowUp.objects.select_for_update().get(pk=pk)
    may_report(record, by).require()
    record.reported_by, record.reported_at = by, clock.now()
    record.save()
    audit.record("board:follow_up:report", by=by, subject=record)
