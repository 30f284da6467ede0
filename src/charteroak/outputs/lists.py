"""The list of release requests: on the page, as a file, in a calendar."""

from django.utils.translation import gettext_lazy as _

from charteroak.adapters.listing import Cell, Column, Filter, Listing
from charteroak.outputs.queries import by_when, whose_turn
from charteroak.policy.lifecycle import choices
from charteroak.policy.release_request import Status

RELEASE_REQUESTS = Listing(
    name="release-requests",
    caption=_("Release requests"),
    search=("number", "workspace__agreement__data_request__title", "author__name"),
    filters=(Filter("status", _("Status"), lambda: choices(Status)),),
    columns=(
        Column("number", _("Release request"), lambda record: Cell(str(record), record.get_absolute_url())),
        Column("title", _("Title"), lambda record: record.workspace.agreement.data_request.title),
        Column("status", _("Status"), lambda record: Cell(record.status, status_of=record)),
        Column("turn", _("Whose turn"), whose_turn),
        Column("by_when", _("By when"), by_when, due=True),
    ),
    nothing=_("No release request concerns you."),
    next_step=_("A researcher starts one from the project’s workspace."),
)
