"""The lists of meetings and of what they promised: on the page, as a file, in a calendar."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from charteroak.adapters.listing import Cell, Column, Filter, Listed, Listing
from charteroak.agencies.models import Person
from charteroak.board import queries
from charteroak.policy import follow_up
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

FOLLOW_UPS = Listing(
    name="follow-ups",
    caption=_("What the boards promised"),
    search=("text", "owner", "reported_to", "outcome", "meeting__board__name"),
    filters=(Filter("status", _("Status"), lambda: choices(follow_up.Status), lookup="state"),),
    columns=(
        Column("follow_up", _("Follow-up"), lambda record: Cell(record.text, record.get_absolute_url())),
        Column("meeting", _("Meeting"), lambda record: str(record.meeting)),
        Column("owner", _("Who sees to it"), lambda record: record.owner),
        Column("reported_to", _("Reported to"), lambda record: record.reported_to),
        Column("due_on", _("By when"), lambda record: record.due_on, due=True),
        Column("status", _("Status"), lambda record: Cell(record.status, status_of=record)),
        Column("outcome", _("What was done"), lambda record: record.outcome),
    ),
    nothing=_("No board has promised anything yet."),
    next_step=_("The chair records a follow-up while the meeting is open."),
)


def listed(request: HttpRequest) -> Listed:
    """Every meeting with its state; the public sees those that were noticed."""
    reader = request.user if isinstance(request.user, Person) else None
    return MEETINGS.of(request, queries.visible_to(reader))
