"""What the boards promised: who may see it, how it stands, and for whom it waits."""

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.agencies.worklist import Item, Turn, foremost
from charteroak.board.models import FollowUp, Meeting
from charteroak.board.queries import sitting
from charteroak.board.queries import visible_to as meetings_visible_to
from charteroak.board.seats import roles_of
from charteroak.policy import follow_up, meeting
from charteroak.policy.decision import Decision
from charteroak.policy.follow_up import Status


def visible_to(person: Person | None) -> QuerySet[FollowUp]:
    """Those of every meeting that this reader may see, each with its status as `state`; the next due first."""
    seen = FollowUp.objects.filter(meeting__in=meetings_visible_to(person)).select_related("meeting__board")
    return by_status(seen).order_by("due_on", "pk")


def by_status(found: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    """With `FollowUp.status` as a column, `state`, by which a database can choose."""
    return found.annotate(
        state=Case(
            When(done_at=None, reported_at=None, then=Value(Status.PROMISED.value)),
            When(done_at=None, then=Value(Status.REPORTED_UNDONE.value)),
            When(reported_at__gte=F("done_at"), then=Value(Status.REPORTED.value)),
            default=Value(Status.DONE.value),
        )
    )


def may_add_follow_up(record: Meeting, person: Person) -> Decision:
    """Whether this person may record what the board promised."""
    known = follow_up.Facts(meeting_open=record.status == meeting.Status.OPEN, sitting=sitting(record))
    return follow_up.LIFECYCLE.may(None, follow_up.Action.ADD, roles_of(person, record), known)


def may_finish(record: FollowUp, person: Person, outcome: str = "-") -> Decision:
    """Whether this person may say that a follow-up is done, and how it came out."""
    known = follow_up.Facts(outcome_said=bool(outcome.strip()))
    roles = person.roles(clock.today())
    return follow_up.LIFECYCLE.may(record.status, follow_up.Action.FINISH, roles, known)


def may_report(record: FollowUp, person: Person) -> Decision:
    """Whether this person may note that a follow-up was reported."""
    return follow_up.LIFECYCLE.may(
        record.status, follow_up.Action.REPORT, person.roles(clock.today()), follow_up.Facts()
    )


def whose_turn(record: FollowUp) -> str:
    if record.status == Status.REPORTED:
        return ""
    if record.status == Status.DONE:
        return _("Policy office: report it to %s") % record.reported_to
    return _("%s: see to it; policy office or chair: record it") % (record.owner or _("The board"))


def todo(person: Person) -> list[Item]:
    """Follow-ups that wait for this person: to be recorded as done, then to be reported."""
    roles = person.roles(clock.today())
    mine = [
        status
        for status, action in follow_up.AWAITS.items()
        if action in follow_up.LIFECYCLE.offered(status, roles)
    ]
    if not mine:
        return []
    waiting = visible_to(person).filter(Q(("state__in", mine)))
    read = FollowUp.objects.select_related("meeting__board")
    return [
        Item(one.text, one.get_absolute_url(), Turn.YOURS, whose_turn(one), one.due_on)
        for one in foremost(waiting, read)
    ]
