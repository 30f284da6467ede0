"""What the boards promised, as JSON."""

from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.security import django_auth

from charteroak.agencies.models import Person
from charteroak.agencies.signin import signed_in
from charteroak.board import follow_ups
from charteroak.board.lists import FOLLOW_UPS
from charteroak.board.models import FollowUp
from charteroak.policy.decision import as_json

router = Router(auth=django_auth, tags=["board"])


@router.get(
    "/",
    summary="Follow-ups of the meetings that you may see, the next due first; ?q, ?status, ?page, ?format",
)
def listed(request: HttpRequest) -> Any:
    return FOLLOW_UPS.of(request, follow_ups.visible_to(signed_in(request))).told()


def told(record: FollowUp, by: Person) -> dict[str, Any]:
    asked = {"finish": follow_ups.may_finish(record, by), "report": follow_ups.may_report(record, by)}
    return {
        "id": record.pk,
        "text": record.text,
        "owner": record.owner,
        "reported_to": record.reported_to,
        "due_on": record.due_on,
        "status": record.status,
        "outcome": record.outcome,
        "done_at": record.done_at,
        "reported_at": record.reported_at,
        "permitted": [name for name, decision in asked.items() if decision.allowed],
        "actions": as_json(asked),
    }
