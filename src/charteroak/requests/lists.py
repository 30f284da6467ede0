"""The list of data requests: on the page, as a file, in a calendar."""

from django.utils.translation import gettext_lazy as _

from charteroak.adapters.listing import Cell, Column, Filter, Listing
from charteroak.policy.data_request import Status
from charteroak.policy.lifecycle import choices
from charteroak.requests.queries import whose_turn

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
