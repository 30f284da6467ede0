"""Whose turn a meeting is, by when, and what of the boards waits for a person."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.agencies.worklist import Item, Turn, foremost
from charteroak.board import follow_ups
from charteroak.board.models import Meeting
from charteroak.board.queries import sets_agenda, visible_to
from charteroak.board.seats import roles_of, seat_of
from charteroak.policy import meeting
from charteroak.policy.meeting import Action, Status

ENDS = {Action.CANCEL, Action.CLOSE}  # all that is left of a meeting whose day has passed
PASSES_BY = timedelta(days=2)  # longer ago no meeting is anybody's turn but theirs who cancel and close


def whose_turn(record: Meeting) -> str:
    status = Status(record.status)
    if record.over:
        return {
            Status.PLANNED: _("Policy office or chair: cancel it, its day has passed"),
            Status.NOTICED: _("Policy office or chair: cancel it, its day has passed"),
            Status.OPEN: _("Chair: postpone what is undecided, and close it: its day has passed"),
        }.get(status, "")
    return {
        Status.PLANNED: _("Policy office: publish the notice"),
        Status.NOTICED: _("Members: take your seats; chair: open the meeting"),
        Status.OPEN: _("Members: vote; chair: declare and close"),
    }.get(status, "")


def by_when(record: Meeting) -> date:
    """The last day for what is to be done now: a notice that is later than this is refused."""
    planned = record.status == Status.PLANNED and not record.over
    return clock.day_of(record.starts_at - max(record.board.notice, meeting.FLOOR)) if planned else record.day


def todo(person: Person) -> list[Item]:
    """Meetings and follow-ups that wait for this person."""
    return [*_meetings(person), *follow_ups.todo(person)]


def _meetings(person: Person) -> list[Item]:
    found = []
    acts = person.roles(clock.today()) & {
        role for one in meeting.LIFECYCLE.table.values() for role in one.roles
    }
    waiting = visible_to(person).exclude(status=Status.CLOSED).exclude(status=Status.CANCELLED)
    if not sets_agenda(person):
        waiting = waiting.filter(starts_at__gt=clock.now() - PASSES_BY)
    for record in foremost(waiting.order_by("starts_at", "pk"), Meeting.objects.select_related("board")):
        seated = seat_of(person, record) is not None
        if not acts and not seated:
            continue
        mine = _waits_for(person, record, seated)
        if mine or sets_agenda(person):
            turn = Turn.YOURS if mine else Turn.OTHERS
            found.append(
                Item(str(record), record.get_absolute_url(), turn, whose_turn(record), by_when(record))
            )
    return found


def _waits_for(person: Person, record: Meeting, seated: bool) -> bool:
    """Before its day has passed a meeting waits for who sits and who takes it on; then for who ends it."""
    offered = {*meeting.LIFECYCLE.offered(Status(record.status), roles_of(person, record))}
    if record.over:
        return bool(offered & ENDS)
    return seated or bool(offered - {Action.ATTEND, Action.CANCEL})
