"""What happened to a request, day by day, and for how many days each party held it: read from the log."""

import json
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.audit.queries import events_about
from charteroak.requests.models import DataRequest

SHOWN = 50  # moments at first; a link shows all

OVER = ("requests:question:answer", "requests:question:take_back")  # no question waits any more


@dataclass(frozen=True)
class Moment:
    on: date
    what: str
    who: str
    holder: str  # whose clock runs from here; empty: nobody's


@dataclass(frozen=True)
class Timeline:
    moments: list[Moment]
    days_held: list[tuple[str, int]]  # party → calendar days so far

    @property
    def latest(self) -> list[Moment]:
        return self.moments[-SHOWN:]

    @property
    def earlier(self) -> int:
        """How many came before the latest."""
        return max(len(self.moments) - SHOWN, 0)


def timeline(record: DataRequest) -> Timeline:
    """The request's moments in order, and the days between them by who held it."""
    words, applicant, agencies = _words(), _("Applicant"), _("Agencies")
    moments: list[Moment] = []
    # without a record for each: those of many years are thousands
    told = events_about(record).filter(name__in=words).values_list("name", "by", "domain_at", "leaf")
    events = list(told)
    names = dict(
        Person.objects.filter(username__in={by for _name, by, _at, _leaf in events}).values_list(
            "username", "name"
        )
    )
    questions = 0
    for name, by, at, leaf in events:
        what, holder = words[name]
        facts = json.loads(bytes(leaf))["facts"]
        questions += (name == "requests:question:ask") - (name in OVER)
        if facts.get("on_to_the_board"):
            holder = _("Board")
        elif holder == agencies and questions:
            holder = applicant
        if agency := facts.get("agency"):
            what = f"{agency}: {what}"
        on = record.historic_decision_on or clock.day_of(at)
        moments.append(Moment(on, what, names.get(by, ""), holder))
    return Timeline(moments, _held(moments))


def _words() -> dict[str, tuple[str, str]]:
    """Event → what it is called, and whose clock runs from then on."""
    return {
        "requests:data_request:record_historic": (_("Approved before this program was in use"), ""),
        "requests:data_request:start": (_("Enquiry begun"), _("Applicant")),
        "requests:data_request:submit": (_("Sent to the policy office"), _("Policy office")),
        "requests:data_request:return": (_("Returned to the applicant"), _("Applicant")),
        "requests:data_request:accept_as_complete": (_("Found complete"), _("Agencies")),
        "requests:data_request:recommend": (_("Nothing for an agency to decide anew"), _("Board")),
        "requests:question:ask": (_("asked a question"), _("Agencies")),
        "requests:question:answer": (_("question answered"), _("Agencies")),
        "requests:question:take_back": (_("took its question back"), _("Agencies")),
        "requests:agency_review:correct": (_("corrected its decision"), _("Agencies")),
        "requests:agency_review:decide": (_("decided on its columns"), _("Agencies")),
        "requests:data_request:approve": (_("Approved by the board"), ""),
        "requests:data_request:decline": (_("Declined by the board"), ""),
        "requests:data_request:reconsider": (_("To be decided anew by the board"), _("Board")),
        "requests:data_request:appeal": (_("Appealed"), _("Board")),
        "requests:data_request:withdraw_appeal": (_("Appeal withdrawn: the decision stands"), ""),
        "requests:data_request:withdraw": (_("Withdrawn"), ""),
        "requests:fee:fix": (_("Fee fixed"), ""),
        "requests:fee:waive": (_("Fee waived"), ""),
        "requests:fee:mark_paid": (_("Fee marked as paid"), ""),
    }


def _held(moments: list[Moment]) -> list[tuple[str, int]]:
    ends = [later.on for later in moments[1:]] + [clock.today()]
    held: dict[str, int] = {}
    for moment, end in zip(moments, ends, strict=False):
        if moment.holder:
            held[moment.holder] = held.get(moment.holder, 0) + (end - moment.on).days
    return list(held.items())
