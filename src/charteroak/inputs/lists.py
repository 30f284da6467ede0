"""The list of input requests: on the page and as files."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from charteroak.adapters.listing import Cell, Column, Filter, Listed, Listing
from charteroak.agencies.signin import signed_in
from charteroak.inputs import queries
from charteroak.inputs.queries import whose_turn
from charteroak.policy.input_request import Status
from charteroak.policy.lifecycle import choices

INPUT_REQUESTS = Listing(
    name="input-requests",
    caption=_("Input requests"),
    search=("number", "name", "workspace__agreement__data_request__title", "author__name"),
    filters=(Filter("status", _("Status"), lambda: choices(Status)),),
    columns=(
        Column("number", _("Input request"), lambda record: Cell(str(record), record.get_absolute_url())),
        Column("name", _("File"), lambda record: record.name),
        Column("title", _("Title"), lambda record: record.workspace.agreement.data_request.title),
        Column("status", _("Status"), lambda record: Cell(record.status, status_of=record)),
        Column("turn", _("Whose turn"), whose_turn),
        Column("by_when", _("By when"), lambda record: record.workspace.agreement.last_day, due=True),
    ),
    nothing=_("No input request concerns you."),
    next_step=_("A researcher asks from the project’s workspace."),
)


def listed(request: HttpRequest) -> Listed:
    """Those that whoever asks may see."""
    return INPUT_REQUESTS.of(request, queries.visible_to(signed_in(request)))
