"""Release requests that wait for a person, and questions about them that wait for a project."""

from django.utils.translation import gettext as _

from charteroak.agencies.models import Person
from charteroak.agencies.worklist import IN_DEPTH, Item, Turn, foremost
from charteroak.agreements.models import Recipient
from charteroak.outputs import clocks
from charteroak.outputs.models import Question, ReleaseRequest
from charteroak.outputs.queries import (
    agreement_of,
    by_when,
    decisions,
    roles_of,
    visible_to,
    whole,
    whose_turn,
)
from charteroak.policy.release_request import LIFECYCLE, Action, Status

TAKEN_BACK = {Action.WITHDRAW, Action.REVOKE, Action.RECALL}  # nobody waits for these


def todo(person: Person) -> list[Item]:
    """Release requests that wait for this person, and their own that wait for others."""
    found = []
    seen = visible_to(person).exclude(status__in=(Status.WITHDRAWN, Status.REVOKED))
    open_ = seen.exclude(status=Status.RELEASED).order_by("workspace__agreement__ends_on", "pk")
    read = whole().prefetch_related("clearances", "cleared_ahead")
    under_way = foremost(open_, read)
    out = foremost(seen.filter(status=Status.RELEASED, author=person).order_by("-pk"), read)
    due = clocks.due_days(under_way)
    for record in (*under_way, *out):
        released = record.status == Status.RELEASED
        mine = not released and _acts(record, person)
        author = record.author_id == person.pk
        turn = Turn.FINISHED if released else Turn.YOURS if mine else Turn.OTHERS
        if mine or author:
            found.append(
                Item(str(record), record.get_absolute_url(), turn, whose_turn(record), by_when(record, due))
            )
    return [*_asked(person), *found]


def _acts(record: ReleaseRequest, person: Person) -> bool:
    """Whether it is this person who takes it on; facts are looked up only where their roles have a step here."""
    steps = set(LIFECYCLE.offered(Status(record.status), roles_of(person, record))) - TAKEN_BACK
    return bool(steps) and any(
        one.allowed for name, one in decisions(record, person).items() if name in steps
    )


def _asked(person: Person) -> list[Item]:
    """Questions that this person's projects have not answered."""
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
