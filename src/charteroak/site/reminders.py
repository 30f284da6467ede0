"""Urgent mail, for deadlines only: to whose turn it is, once when due soon, once when overdue, then to who covers."""

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.adapters.calendar import closed_days
from charteroak.agencies.models import Agency, Person
from charteroak.agencies.queries import holders
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


def remind() -> int:
    """Write what is due to be said today; how many letters. Safe to repeat."""
    written = 0
    for turn in clocks.running(DataRequest.objects.all()):
        if turn.state in (State.SOON, State.OVERDUE):
            written += _tell(turn, _whose(turn), turn.state)
        if turn.run.for_cover(clock.today(), closed_days()):
            written += _tell(turn, holders(Role.POLICY_OFFICE), "cover")
    return written


def _whose(turn: Turn) -> Iterable[Person]:
    if turn.run.party is Party.APPLICANT:
        return [turn.data_request.applicant]
    agency = Agency.objects.filter(code=turn.whose).first() if turn.whose else None
    return holders(OFFICES[turn.run.party], agency)


def _tell(turn: Turn, people: Iterable[Person], why: str) -> int:
    about = f"{turn.about or turn.number}:{turn.run.stage}:{turn.run.whose}:{turn.run.began_on}:{why}"
    told = [
        letters.write(
            Letter.Kind.DEADLINE, person, subject=_subject(turn), body=_body(turn, why), about=about
        )
        for person in people
    ]
    return sum(letter is not None for letter in told)


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


def _body(turn: Turn, why: str) -> str:
    due, since = date_format(turn.due) if turn.due else "", date_format(turn.run.began_on)
    first = {
        State.SOON: _("This is due on %s.") % due,
        State.OVERDUE: _("This was due on %s.") % due,
        "cover": _("This was due on %s and nobody has acted; you cover.") % due,
    }[why]
    waits = _("Since %(since)s it waits for: %(who)s.") % {"since": since, "who": _who(turn)}
    return "\n\n".join(
        [first, waits, settings.CONFIG.origins[0] + _page(turn), _("Silence approves nothing.")]
    )


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
