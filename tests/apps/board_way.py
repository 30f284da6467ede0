"""A board's meeting as far as a test needs it, by its members, through the real actions."""

from datetime import timedelta

from apps import way
from charteroak.adapters import clock
from charteroak.board import actions
from charteroak.board.models import Board, Motion
from charteroak.policy.motion import Choice
from charteroak.requests.models import DataRequest

CONCERNED = ("grace.stone", "omar.haines", "ruth.vega")
SAM, JUNE = "sam.reyes", "june.fisher"


def moved(kind: str = "approve_request", days: int = 8) -> Motion:
    """On the agenda of a meeting in so many days, not yet noticed."""
    sam = way.person(SAM)
    starts = clock.now() + timedelta(days=days)
    meeting = actions.plan(by=sam, board=Board.objects.get().pk, starts_at=starts, place="Room 2B")
    record = DataRequest.objects.latest("pk")
    return actions.add_motion(pk=meeting.pk, by=sam, kind=kind, data_request=record.pk, text="Approve it.")


def convene(motion: Motion, *members: str) -> None:
    actions.notice(pk=motion.meeting_id, by=way.person(SAM))
    clock.move_to(motion.meeting.starts_at + timedelta(minutes=1))
    for member in members:
        actions.attend(pk=motion.meeting_id, by=way.person(member))
    actions.open_(pk=motion.meeting_id, by=way.person(JUNE))


def decided(motion: Motion, choice: Choice = Choice.APPROVE) -> None:
    """Held with the members concerned and the chair, and closed."""
    convene(motion, *CONCERNED, JUNE)
    for member in CONCERNED:
        actions.vote(pk=motion.pk, by=way.person(member), choice=choice)
    actions.declare(pk=motion.pk, by=way.person(JUNE))
    actions.close(pk=motion.meeting_id, by=way.person(JUNE))
    motion.refresh_from_db()
    motion.data_request.refresh_from_db()
