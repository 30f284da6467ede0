"""Which offices and authorities are held on a day, and which notices of departure have run out."""

from datetime import date

from django.db.models import Q

from charteroak.adapters import clock
from charteroak.policy import account


def held_on(on: date) -> Q:
    """What is held on that day: begun, and its last day not past."""
    return (Q(until__isnull=True) | Q(until__gte=on)) & Q(since__lte=on)


def time_is_up() -> Q:
    """Notices of departure after which access is over by now."""
    day, instant = account.gone_by(clock.now(), clock.today())
    return Q(last_day__lt=day) | Q(at__lte=instant)
