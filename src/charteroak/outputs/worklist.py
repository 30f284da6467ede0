"""Release requests that wait for a person, and questions about them that wait for a project."""

from functools import partial

from django.db.models import Q, QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.agencies.worklist import IN_DEPTH, Item, Turn, foremost, waits_for
from charteroak.agreements.models import Recipient
from charteroak.agreements.queries import researches
from charteroak.agreements.signed import together
from charteroak.outputs import classes, clocks
from charteroak.outputs.models import Question, ReleaseRequest
from charteroak.outputs.queries import (
    CLEARED,
    agreement_of,
    by_when,
    decisions,
    roles_of,
    stewarded,
    visible_to,
    whole,
    whose_turn,
)
from charteroak.policy.release_request import LIFECYCLE, Action, Status
from charteroak.policy.roles import Role

TAKEN_BACK = {Action.WITHDRAW, Action.REVOKE, Action.RECALL}  # nobody waits for these
OF_AGENCIES = (Status.REVIEWED, *CLEARED)  # of which is said which have not cleared
OVER = (Status.RELEASED, Status.WITHDRAWN, Status.REVOKED)


def todo(person: Person) -> list[Item]:
    """Release requests that wait for this person, and their own that wait for others."""
    read = whole().prefetch_related(None)
    under_way = list(foremost(_under_way(person), read))
    prefetch_related_objects(under_way, "workspace__agreement__recipients")
    asked = [one for one in under_way if one.status in OF_AGENCIES or _steps(one, person)]
    prefetch_related_objects(
        asked, *together("workspace__agreement__"), "clearances", "cleared_ahead", "reviews"
    )
    turns = {record: turn for record in under_way if (turn := _turn(record, person))}
    due = clocks.due_days(turns)
    found = [
        Item(str(record), record.get_absolute_url(), turn, whose_turn(record), by_when(record, due))
        for record, turn in turns.items()
    ]
    return [*_asked(person), *found, *_released(person, read)]


def _released(person: Person, read: QuerySet[ReleaseRequest]) -> list[Item]:
    """Their own that are out, the newest first."""
    if not researches(person):
        return []
    out = visible_to(person).filter(status=Status.RELEASED, author=person).order_by("-pk")
    return [
        Item(str(one), one.get_absolute_url(), Turn.FINISHED, by_when=agreement_of(one).last_day)
        for one in foremost(out, read)
    ]


def _under_way(person: Person) -> QuerySet[ReleaseRequest]:
    """Their own, and those at a status where their roles have a step, whether or not it is allowed now."""
    acting = LIFECYCLE.stages(person.roles(clock.today()), TAKEN_BACK)
    wanted = Q(status__in=acting)
    if researches(person):
        named = Q(workspace__agreement__in=Recipient.objects.filter(person=person).values("agreement"))
        wanted |= Q(author=person) | named & Q(status__in=LIFECYCLE.stages({Role.RECIPIENT}, TAKEN_BACK))
    elif not acting:
        return ReleaseRequest.objects.none()
    found = visible_to(person).exclude(status__in=OVER).filter(wanted)
    return found.order_by("workspace__agreement__ends_on", "pk")


def _steps(record: ReleaseRequest, person: Person) -> list[Action]:
    return LIFECYCLE.offered(Status(record.status), roles_of(person, record), TAKEN_BACK)


def _turn(record: ReleaseRequest, person: Person) -> Turn | None:
    """Whose it is, where this person acts or waits."""
    steps = [one for one in _steps(record, person) if one is not Action.RETURN or _unseen(record, person)]
    if waits_for(steps, partial(decisions, record, person)):
        return Turn.YOURS
    return Turn.OTHERS if record.author_id == person.pk else None


def _unseen(record: ReleaseRequest, person: Person) -> bool:
    """Whether a return is to be thought of: in the preview an agency that has looked may, and need not."""
    if record.status != Status.IN_PREVIEW:
        return True
    return bool({*stewarded(person, record)} & classes.cleared_by_class(record))


def _asked(person: Person) -> list[Item]:
    """Questions that this person's projects have not answered."""
    if not researches(person):
        return []
    named = Recipient.objects.filter(person=person).values("agreement")
    waiting = Question.objects.filter(
        answered_at__isnull=True,
        release_request__workspace__agreement__in=named,
        release_request__status__in=(Status.CHECKED, Status.REVIEWED, Status.RETURNED),
    ).select_related("release_request__workspace__agreement")
    return [
        Item(
            _("Answer a question on %s") % one.release_request,
            f"{one.release_request.get_absolute_url()}#questions",
            Turn.YOURS,
            _("The project’s researchers"),
            agreement_of(one.release_request).last_day,
        )
        for one in waiting.order_by("pk")[:IN_DEPTH]
    ]
