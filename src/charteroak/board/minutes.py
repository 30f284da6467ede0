"""The minutes of a meeting, drafted from what happened in it, in the site's own language."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.utils.translation import override

from charteroak.adapters import clock
from charteroak.board.models import Meeting, Motion
from charteroak.board.queries import meeting_facts, roll, standing_votes


@override(settings.LANGUAGE_CODE)  # whatever language the page of the one who closes is in
def drafted(record: Meeting) -> str:
    """Who was there and in whose place, what was moved, each vote with its reason, and what was promised."""
    return "\n".join(_lines(record))


def _lines(record: Meeting) -> Iterator[str]:
    facts, sitting = meeting_facts(record), roll(record)
    present = [
        seat.name if who is None or who.pk == seat.person_id else f"{seat.name} (by {who.name})"
        for seat, here, who in sitting
        if here
    ]
    absent = [seat.name for seat, here, _who in sitting if not here]
    yield f"{record}. {record.place}. Present: {', '.join(present)}."
    yield f"Absent: {', '.join(absent) or 'nobody'}. Quorum: {facts.present} of {facts.seats}, {facts.quorum} needed."
    if record.opened_at and record.closed_at:
        yield f"Opened {_hour(record.opened_at)}, closed {_hour(record.closed_at)}."
    for item in record.motions.select_related("data_request"):
        yield _motion(item)
    for one in record.follow_ups.all():
        owner = f" {one.owner} sees to it." if one.owner else ""
        yield f"Follow-up: {one.text}{owner} To {one.reported_to} by {one.due_on:%B %-d, %Y}."


def _motion(item: Motion) -> str:
    votes = [
        f"{vote.seat.name} {vote.choice}{f' ({vote.reason})' if vote.reason else ''}"
        for vote in standing_votes(item).values()
    ]
    conditions = f" Conditions: {item.conditions}" if item.conditions else ""
    of = f"{item.about}: " if item.kind == Motion.Kind.PRECLEAR_OUTPUTS else ""
    return f"{of}{item.text}{conditions} Votes: {', '.join(votes) or 'none'}. {item.get_status_display().capitalize()}."


def _hour(at: datetime) -> str:
    return f"{at.astimezone(clock.STATE_TIME):%-I:%M %p}"
