"""The list of data requests: on the page, as a file, in a calendar."""

from django.http import HttpRequest
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from charteroak.adapters import clock
from charteroak.adapters.listing import Cell, Column, Filter, Listed, Listing
from charteroak.agencies.models import Person
from charteroak.agencies.signin import signed_in
from charteroak.policy.data_request import Status
from charteroak.policy.fee import money
from charteroak.policy.lifecycle import choices
from charteroak.requests import queries
from charteroak.requests.models import FeeSchedule
from charteroak.requests.queries import whose_turn


def _free_for(one: FeeSchedule) -> str:
    return "; ".join(_t(Person.Employer(kind).label) for kind in one.free_for)


REQUESTS = Listing(
    name="requests",
    caption=_("Requests"),
    search=("number", "title", "applicant__name"),
    filters=(Filter("status", _("Status"), lambda: choices(Status)),),
    columns=(
        Column("request", _("Request"), lambda record: Cell(str(record), record.get_absolute_url())),
        Column("applicant", _("Applicant"), lambda record: record.applicant.name),
        Column("status", _("Status"), lambda record: Cell(record.status, status_of=record)),
        Column("turn", _("Whose turn"), lambda record: whose_turn(record)[0]),
        Column("by_when", _("By when"), lambda record: whose_turn(record)[1], due=True),
    ),
    nothing=_("There is no request here that you may see."),
    next_step=_("Those that concern you appear here."),
)


def listed(request: HttpRequest) -> Listed:
    """Those that whoever asks may see."""
    found = queries.visible_to(signed_in(request)).select_related("applicant")
    return REQUESTS.of(request, found.prefetch_related("reviews__agency"))


FEES = Listing(
    name="fees",
    caption=_("What is charged"),
    search=("under", "set_by__name"),
    columns=(
        Column("since", _("From"), lambda one: one.since),
        Column("per_request", _("For a request"), lambda one: money(one.per_request)),
        Column("per_agency", _("For each agency"), lambda one: money(one.per_agency)),
        Column("per_hour", _("For each hour"), lambda one: money(one.per_hour)),
        Column("free_for", _("Who owes nothing"), _free_for),
        Column("under", _("Under which decision"), lambda one: one.under),
        Column("set_by", _("Set by"), lambda one: one.set_by.name),
        Column("set_on", _("Set on"), lambda one: clock.day_of(one.set_at)),
    ),
    nothing=_("No fees are set: nothing is due for any request."),
    next_step=_("The policy office sets them."),
)
