"""Questions about outputs that wait for a person's project."""

from django.utils.translation import gettext as _

from charteroak.agencies.models import Person
from charteroak.agencies.worklist import IN_DEPTH, Item, Turn
from charteroak.agreements.models import Recipient
from charteroak.outputs.models import Question
from charteroak.outputs.queries import agreement_of
from charteroak.policy.release_request import Status


def todo(person: Person) -> list[Item]:
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
