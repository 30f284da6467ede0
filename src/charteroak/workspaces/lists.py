"""The list of workspaces: on the page and as files."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from charteroak.adapters.listing import Cell, Column, Filter, Listed, Listing
from charteroak.agencies.signin import signed_in
from charteroak.policy.lifecycle import choices
from charteroak.policy.workspace import Status
from charteroak.workspaces import queries

WORKSPACES = Listing(
    name="workspaces",
    caption=_("Workspaces"),
    search=("agreement__number", "agreement__data_request__title"),
    filters=(Filter("status", _("Status"), lambda: choices(Status)),),
    columns=(
        Column("workspace", _("Workspace"), lambda record: Cell(str(record), record.get_absolute_url())),
        Column("title", _("Title"), lambda record: record.agreement.data_request.title),
        Column("status", _("Status"), lambda record: Cell(record.status, status_of=record)),
        Column("last_day", _("The agreement ends on"), lambda record: record.agreement.last_day, due=True),
    ),
    nothing=_("You are named in no project with a workspace."),
    next_step=_("It opens once the agreement is signed and the extract has passed its review."),
)


def listed(request: HttpRequest) -> Listed:
    """Those that whoever asks may see."""
    return WORKSPACES.of(request, queries.visible_to(signed_in(request)))
