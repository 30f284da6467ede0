"""The list of meetings: on the page, as a file, in a calendar."""

from django.utils.translation import gettext_lazy as _

from charteroak.adapters.listing import Cell, Column, Filter, Listing
from charteroak.policy.lifecycle import choices
from charteroak.policy.meeting import Status

MEETINGS = Listing(
    name="meetings",
    caption=_("Board meetings"),
    search=("board__name", "place"),
    filters=(Filter("status", _("Status"), lambda: choices(Status)),),
    columns=(
        Column("meeting", _("Meeting"), lambda record: Cell(str(record), record.get_absolute_url())),
        Column("starts_at", _("When"), lambda record: record.starts_at, due=True),
        Column("place", _("Where"), lambda record: record.place),
        Column("status", _("Status"), lambda record: Cell(record.status, status_of=record)),
    ),
    cancelled=lambda record: record.status == Status.CANCELLED,
    nothing=_("No meeting has been noticed yet."),
    next_step=_("The policy office posts the next one here."),
)
