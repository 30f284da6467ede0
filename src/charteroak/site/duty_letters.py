"""Urgent mail on the duties of a matter, such as a breach: to its owner as the day comes near, then to who may act."""

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.agencies.queries import cover
from charteroak.agreements import letters
from charteroak.agreements.models import Letter
from charteroak.exceptions.models import Duty
from charteroak.exceptions.queries import ACT_FOR_OTHERS, has_owner, open_duties
from charteroak.policy.matter import Notice, notice
from charteroak.site.reminders import Whose, covering, office_of, people_to_call


def remind_of_duties() -> int:
    """Write what is due to be said today of every duty that has a day; how many letters. Safe to repeat."""
    named, written = list(cover.in_force(clock.today())), 0
    keepers = [office_of(role, None, named) for role in sorted(ACT_FOR_OTHERS)]
    away = {one.office.person_id for one in named}
    for duty in open_duties():
        due = duty.due_on and notice(duty.due_on, clock.today())
        if not due:
            continue
        owner = duty.matter.owner
        present = has_owner(duty.matter)
        written += present and _write(duty, owner, due, [])
        if due is Notice.OVERDUE or not present or owner.pk in away:
            written += _tell_keepers(duty, due, keepers, present=present)
    return written


def _tell_keepers(duty: Duty, due: Notice, keepers: list[Whose], *, present: bool) -> int:
    """Policy office and counsel, and who covers there: each of them may do any matter's duties, or hand it over."""
    owner = duty.matter.owner
    said = _("Its owner has left: do it, or name another owner.")
    if present:
        said = _("You may do it for its owner, or name another owner. Call: %s") % people_to_call([owner])
    told: dict[int, tuple[Person, list[str]]] = {}
    for office in keepers:
        for one in office.covers:
            told.setdefault(one.delegate_id, (one.delegate, [said, covering(one)]))
    told |= {one.pk: (one, [said]) for office in keepers for one in office.holders}
    return sum(_write(duty, one, due, lines) for one, lines in told.values() if one != owner)


def _write(duty: Duty, person: Person, due: Notice, said: list[str]) -> bool:
    """The subject says which matter and duty, whose records and project, and by when; never what happened."""
    record, day = duty.matter, date_format(duty.due_on) if duty.due_on else ""
    about = [
        record.agency.code if record.agency else "",
        record.data_request.number if record.data_request else "",
    ]
    parts = [str(duty), *filter(None, about), _("due %s") % day]
    first = _("This was due on %s.") if due is Notice.OVERDUE else _("This is due on %s.")
    source = _("Source: %s") % duty.source
    page = settings.CONFIG.origins[0] + duty.get_absolute_url()
    letter = letters.write(
        Letter.Kind.DEADLINE,
        person,
        subject=" · ".join(parts),
        body="\n\n".join([first % day, *said, source, page]),
        about=f"{record.number}:{duty.name}:{due}",
    )
    return letter is not None
