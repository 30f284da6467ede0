"""Mail to the policy office: something is destroyed soon, and no retention approval for it is on record."""

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.agencies.queries import cover
from charteroak.agreements import letters, retention
from charteroak.agreements.models import DestructionDuty, Letter
from charteroak.policy.matter import Notice, notice
from charteroak.policy.roles import Role
from charteroak.site.reminders import covering, office_of


def ask_for_approvals() -> int:
    """A month, a week and a day before, as far as the clock began by then; how many letters. Safe to repeat.

    Nothing is said of what is overdue: it goes on its day, and then the certificate is made.
    """
    wanted = list(retention.wanted().select_related("agreement"))
    if not wanted:
        return 0
    office = office_of(Role.POLICY_OFFICE, None, list(cover.in_force(clock.today())))
    told: dict[int, tuple[Person, list[str]]] = {
        one.delegate_id: (one.delegate, [covering(one)]) for one in office.covers
    }
    told |= {one.pk: (one, []) for one in office.holders}
    written = 0
    for duty in wanted:
        due = duty.due_on and notice(duty.due_on, clock.today())
        if due and due is not Notice.OVERDUE:
            written += sum(_write(duty, one, due, said) for one, said in told.values())
    return written


def _write(duty: DestructionDuty, person: Person, due: Notice, said: list[str]) -> bool:
    what, day = _(duty.get_what_display()), date_format(duty.due_on) if duty.due_on else ""
    subject = _("%(agreement)s, retention approval: %(what)s") % {"agreement": duty.agreement, "what": what}
    body = [
        _("This is destroyed on %s, and no retention series and approval is on record for it.") % day,
        _("On its day it goes without, and the certificate says so."),
        *said,
        _("Put the approval on record: %s")
        % (settings.CONFIG.origins[0] + retention.page_for(duty.agreement.number, duty.what)),
    ]
    letter = letters.write(
        Letter.Kind.DEADLINE,
        person,
        subject=f"{subject} · {_('due %s') % day}",
        body="\n\n".join(body),
        about=f"{duty.agreement.number}:retention:{duty.what}:{due}",
    )
    return letter is not None
