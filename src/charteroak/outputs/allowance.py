"""How often outputs of a project may still be sent to the checks: a refusal tells something too."""

from datetime import date, timedelta

from charteroak.adapters import clock
from charteroak.audit.actions import subject_of
from charteroak.audit.models import Event
from charteroak.outputs.models import ReleaseRequest
from charteroak.policy.release_request import Status
from charteroak.policy.release_rules import CHECKS_A_WEEK, WEEK

SENT = ("outputs:release_request:submit", "outputs:release_request:retry")
TO_SEND = (Status.DRAFT, Status.RETURNED, Status.INTERRUPTED)


def sent_lately(record: ReleaseRequest) -> tuple[date, ...]:
    """The days within a week, today included, on which outputs of this project went to the checks, oldest first."""
    if record.status not in TO_SEND:
        return ()
    own = map(subject_of, ReleaseRequest.objects.filter(workspace=record.workspace_id).only("pk"))
    begins = clock.today() - WEEK + timedelta(days=1)
    sent = Event.objects.filter(name__in=SENT, subject__in=own, domain_at__gte=clock.midnight(begins))
    return tuple(clock.day_of(at) for at in sent.order_by("domain_at").values_list("domain_at", flat=True))


def checks_left(record: ReleaseRequest) -> dict[str, int]:
    """What the page says of it to whoever can send it."""
    if record.status not in TO_SEND:
        return {}
    return {"checks_a_week": CHECKS_A_WEEK, "checks_left": max(CHECKS_A_WEEK - len(sent_lately(record)), 0)}
