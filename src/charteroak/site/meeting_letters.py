"""Urgent mail on a meeting that is not held: to everybody who would have come, once."""

from django.conf import settings
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.agreements import letters
from charteroak.agreements.models import Letter
from charteroak.board.models import Meeting
from charteroak.board.seats import seats
from charteroak.policy import meeting


def tell_of_cancelled() -> int:
    """Write to those who sit or stand in where a notice is no longer true; how many letters. Safe to repeat."""
    called_off = Meeting.objects.filter(
        status=meeting.Status.CANCELLED, noticed_at__isnull=False, starts_at__gt=clock.now()
    ).select_related("board")
    return sum(_tell(record, person) for record in called_off for person in _expected(record))


def _expected(record: Meeting) -> list[Person]:
    """Who holds a seat on the meeting's day, and who was named to stand in for one; each once."""
    found: dict[int, Person] = {}
    for seat in seats(record).prefetch_related("stand_ins__person"):
        named = (one.person for one in seat.stand_ins.all() if one.meeting_id in (None, record.pk))
        found |= {one.pk: one for one in (seat.person, *named)}
    return list(found.values())


def _tell(record: Meeting, person: Person) -> bool:
    start = formats.date_format(timezone.localtime(record.starts_at), "DATETIME_FORMAT")
    said = _("The meeting of %(board)s on %(start)s is not held.") % {
        "board": record.board.name,
        "start": start,
    }
    letter = letters.write(
        Letter.Kind.DEADLINE,
        person,
        subject=_("Cancelled: %(board)s, %(start)s") % {"board": record.board.name, "start": start},
        body="\n\n".join(
            [
                said,
                _("Why: %s") % record.cancelled_because,
                settings.CONFIG.origins[0] + record.get_absolute_url(),
            ]
        ),
        about=f"meeting:{record.pk}:cancelled",
    )
    return letter is not None
