"""Urgent mail, for deadlines only: to whose turn it is and who covers for them, once when due soon, once when overdue.

The policy office cannot act for another party: it is told who is late and whom to call.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.adapters.calendar import closed_days
from charteroak.agencies.models import Agency, Cover, Person
from charteroak.agencies.queries import cover, holders
from charteroak.agreements import letters
from charteroak.agreements.clocks import Turn
from charteroak.agreements.models import Letter
from charteroak.policy.clocks import Party, Stage, State
from charteroak.policy.roles import Role
from charteroak.policy.sentence import words
from charteroak.reports import clocks
from charteroak.requests.models import DataRequest

OFFICES = {
    Party.POLICY_OFFICE: Role.POLICY_OFFICE,
    Party.AGENCY: Role.DATA_STEWARD,
    Party.BOARD: Role.BOARD_CHAIR,
    Party.COUNSEL: Role.COUNSEL,
    Party.SIGNATORY: Role.SIGNATORY,
    Party.HUB: Role.HUB_OPERATOR,
    Party.CHECKER: Role.OUTPUT_CHECKER,
}


@dataclass(frozen=True)
class Whose:
    """Who can act on a turn today: those whose turn it is, and each who covers for one of them, by the cover."""

    holders: tuple[Person, ...]
    covers: tuple[Cover, ...] = ()

    @property
    def people(self) -> list[Person]:
        """Each once: who holds an office may cover for a colleague in it."""
        every = {one.pk: one for one in (*self.holders, *(named.delegate for named in self.covers))}
        return list(every.values())


def remind() -> int:
    """Write what is due to be said today; how many letters. Safe to repeat."""
    written, named = 0, list(cover.in_force(clock.today()))
    office = office_of(Role.POLICY_OFFICE, None, named)
    for turn in clocks.running(DataRequest.objects.all()):
        if turn.state not in (State.SOON, State.OVERDUE):
            continue
        whose = _whose(turn, named)
        written += _tell(turn, whose)
        late = turn.run.is_late(clock.today(), closed_days())
        if turn.run.party is not Party.POLICY_OFFICE and (late or not whose.people):
            written += _tell_office(turn, whose, office)
    return written


def office_of(role: Role, agency: Agency | None, named: Iterable[Cover]) -> Whose:
    """Who holds an office today, for that agency where one is given, and who of `named` covers there."""
    covers = (one for one in named if one.office.role == role and agency in (None, one.office.agency))
    return Whose(tuple(holders(role, agency)), tuple(covers))


def _whose(turn: Turn, named: Iterable[Cover]) -> Whose:
    if turn.run.party is Party.APPLICANT:
        return Whose((turn.data_request.applicant,))
    agency = Agency.objects.filter(code=turn.whose).first() if turn.whose else None
    return office_of(OFFICES[turn.run.party], agency, named)


def _tell(turn: Turn, whose: Whose) -> int:
    """To each who can act, once while due soon and once when overdue; who covers is told for whom, and how."""
    due = date_format(turn.due) if turn.due else ""
    first = _("This is due on %s.") if turn.state is State.SOON else _("This was due on %s.")
    told = [_write(turn, one, turn.state, [first % due]) for one in whose.holders]
    told += [
        _write(turn, one.delegate, turn.state, [first % due, covering(one)])
        for one in whose.covers
        if one.delegate not in whose.holders
    ]
    return sum(told)


def covering(named: Cover) -> str:
    """What a delegate is told: for whom they may act, until when, and where they take the office up."""
    said = _(
        "You cover for %(holder)s (%(office)s) until %(day)s. Take the office up first, on your page: %(page)s"
    )
    return said % {
        "holder": named.office.person.name,
        "office": named.office,
        "day": date_format(named.until),
        "page": f"{settings.CONFIG.origins[0]}{reverse('home')}#cover-{named.pk}",
    }


def _tell_office(turn: Turn, whose: Whose, office: Whose) -> int:
    """The policy office decides for nobody: it learns who is late and whom to call, or that the office is vacant."""
    due = date_format(turn.due) if turn.due else ""
    late = _("%(who)s is late: this was due on %(day)s and nobody has acted.")
    if turn.state is State.SOON:
        late = _("%(who)s has until %(day)s to act.")
    call = _("You cannot act in their place. Call: %s") % people_to_call(whose.people)
    if not whose.people:
        call = _("Nobody holds this office today. Give it to somebody: %s") % (
            settings.CONFIG.origins[0] + reverse("people")
        )
    why = "late" if whose.people else "vacant"
    said = [late % {"who": _who(turn), "day": due}, call]
    return sum(_write(turn, one, why, said) for one in office.people if one not in whose.people)


def people_to_call(people: Iterable[Person]) -> str:
    """Each with an address, who covers too."""
    return ", ".join(f"{one.name} <{one.email}>" if one.email else one.name for one in people)


def _write(turn: Turn, person: Person, why: str, said: list[str]) -> bool:
    """One letter about this turn, unless this person has it already."""
    about = f"{turn.about or turn.number}:{turn.run.stage}:{turn.run.whose}:{turn.run.began_on}:{why}"
    body = "\n\n".join([*said, *_where(turn)])
    return (
        letters.write(Letter.Kind.DEADLINE, person, subject=_subject(turn), body=body, about=about)
        is not None
    )


def _subject(turn: Turn) -> str:
    """Which request, whose data, who asks, and by when: no two letters look alike."""
    request = turn.data_request
    due = _("due %s") % (date_format(turn.due) if turn.due else "–")
    stage = f"{_(words(turn.run.stage))} {turn.about}".strip()
    return f"{request.number} {request.title} · {_datasets(turn)} · {request.applicant.name}: {stage}, {due}"


def _datasets(turn: Turn) -> str:
    """The datasets asked for of the agency whose turn it is; else the agencies asked."""
    asked = turn.data_request.columns.select_related("variable__dataset__agency")
    names = {one.variable.dataset.title for one in asked if one.variable.dataset.agency.code == turn.whose}
    return ", ".join(sorted(names or {one.variable.dataset.agency.code for one in asked}))


def _where(turn: Turn) -> list[str]:
    since = date_format(turn.run.began_on)
    waits = _("Since %(since)s it waits for: %(who)s.") % {"since": since, "who": _who(turn)}
    return [waits, settings.CONFIG.origins[0] + _page(turn), _("Silence approves nothing.")]


def _who(turn: Turn) -> str:
    party = _(words(turn.run.party))
    return f"{party} ({turn.whose})" if turn.whose else party


def _page(turn: Turn) -> str:
    """Where it is decided, one click from the letter."""
    number = turn.number
    if turn.page:
        return turn.page
    if turn.run.stage is Stage.DRAFT:
        return reverse("draft_agreement", args=[number])
    if turn.run.stage in (Stage.TEXT, Stage.SIGNATURE):
        place = "#signatures" if turn.run.stage is Stage.SIGNATURE else ""
        return reverse("agreement", args=[number]) + place
    if turn.run.stage is Stage.MATCH:
        return reverse("agreement", args=[number])
    if turn.run.stage in (Stage.DESTRUCTION, Stage.REST, Stage.CLOSING):
        return reverse("agreement", args=[number]) + "#duties"
    place = f"#review-{turn.whose}" if turn.run.party is Party.AGENCY else ""
    return str(turn.data_request.get_absolute_url()) + place
