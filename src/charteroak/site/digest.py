"""One letter a day to each person for whom something waits: what the home page says, from all rooms."""

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from charteroak.adapters import clock
from charteroak.adapters.calendar import closed_days
from charteroak.agencies.models import Person
from charteroak.agencies.worklist import Item, Turn
from charteroak.agreements import letters
from charteroak.agreements.models import Letter
from charteroak.policy.deadlines import is_business_day
from charteroak.site.work import covered_by, work_of


def write_digests() -> int:
    """Write today's digests, on a business day; how many. Safe to repeat: one a day each."""
    if not is_business_day(clock.today(), closed_days()):
        return 0
    written = 0
    told = Letter.objects.filter(kind=Letter.Kind.DIGEST, on=clock.today()).values("person")
    for person in Person.objects.with_access().exclude(email="").exclude(pk__in=told):
        items = [item for item in work_of(person) if item.state is Turn.YOURS]
        items += [item for _cover, waiting in covered_by(person) for item in waiting]
        if items:
            subject, body = _subject(items), _body(person, items)
            written += letters.write(Letter.Kind.DIGEST, person, subject=subject, body=body) is not None
    return written


def _subject(items: list[Item]) -> str:
    """The most urgent first, whose it is and by when, and how many more."""
    first, more = sorted(items, key=_urgency)[0], len(items) - 1
    said = " · ".join(filter(None, [first.title, first.about, _by(first) if first.by_when else ""]))
    if not more:
        return _("Your turn: %s") % said
    words = ngettext(
        "Your turn: %(title)s, and %(count)d more", "Your turn: %(title)s, and %(count)d more", more
    )
    return words % {"title": said, "count": more}


def _by(item: Item) -> str:
    return _("by %s") % date_format(item.by_when) if item.by_when else _("no deadline")


def _body(person: Person, items: list[Item]) -> str:
    lines = [person.name + ",", ""]
    for item in sorted(items, key=_urgency):
        lines += [f"- {item.title}, {_by(item)}", *([f"  {item.about}"] if item.about else [])]
        lines.append(f"  {settings.CONFIG.origins[0]}{item.href}")
    return "\n".join([*lines, "", _("This list comes once a day, while something waits for you.")])


def _urgency(item: Item) -> tuple[bool, str]:
    return item.by_when is None, str(item.by_when)
