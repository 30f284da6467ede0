"""The list of matters: on the page, as a file, in a calendar."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from charteroak.adapters.listing import Cell, Column, Filter, Listed, Listing
from charteroak.agencies.signin import signed_in
from charteroak.exceptions import queries
from charteroak.policy.lifecycle import choices
from charteroak.policy.matter import Kind, Status

MATTERS = Listing(
    name="exceptions",
    caption=_("All matters you may read"),
    search=("what", "data_request__number"),
    filters=(
        Filter("status", _("Status"), lambda: choices(Status)),
        Filter("kind", _("Kind"), lambda: choices(Kind)),
    ),
    columns=(
        Column("matter", _("Matter"), lambda record: Cell(str(record), record.get_absolute_url())),
        Column("status", _("Status"), lambda record: Cell(record.status, status_of=record)),
        Column(
            "project", _("Project"), lambda record: record.data_request.number if record.data_request else ""
        ),
        Column("owner", _("Owner"), lambda record: record.owner.name),
        Column("due", _("Due"), lambda record: record.first_due, due=True),
    ),
    nothing=_("No matter is on record for you."),
    next_step=_("One appears here once it is recorded."),
)


def listed(request: HttpRequest) -> Listed:
    """Those that whoever asks may see."""
    found = queries.visible_to(signed_in(request)).select_related("data_request", "owner", "agency")
    return MATTERS.of(request, found.prefetch_related("duties"))
