"""The lists of meetings, of what they promised and of seats: on the page, as a file, in a calendar."""

from django.db.models import Prefetch, Q
from django.http import HttpRequest
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from charteroak.adapters.listing import Cell, Column, Filter, Listed, Listing
from charteroak.agencies.models import Person
from charteroak.board import queries
from charteroak.board.models import Board, Seat, StandIn
from charteroak.board.seats import seats_today
from charteroak.policy import follow_up
from charteroak.policy.lifecycle import choices
from charteroak.policy.meeting import Status
from charteroak.policy.seat import Kind

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


def _seat_kind(one: Seat) -> str:
    """With what the seat may do on its board."""
    said = [_t(one.get_kind_display())]
    said += [_t("votes")] if one.kind in one.board.voting else []
    said += [_t("counts for the quorum")] if one.kind in one.board.counted else []
    return ", ".join(said)


def _in_their_place(one: Seat) -> str:
    """Each stand-in, with the one meeting of a proxy."""
    return "; ".join(
        f"{stands.person.name} ({stands.meeting or _t('alternate')})" for stands in one.stand_ins.all()
    )


SEATS = Listing(
    name="seats",
    caption=_("Who holds each seat today"),
    search=("board__name", "agency__code", "agency__name", "person__name"),
    filters=(
        Filter(
            "board",
            _("Board"),
            lambda: Board.objects.order_by("name").values_list("name", "name"),
            "board__name",
        ),
        Filter("kind", _("Kind"), lambda: choices(Kind)),
    ),
    columns=(
        Column("seat", _("Seat"), lambda one: f"{one.board}: {one.name}"),
        Column("kind", _("Kind"), _seat_kind),
        Column("held_by", _("Held by"), lambda one: one.person.name),
        Column("since", _("Since"), lambda one: one.since),
        Column("until", _("Until"), lambda one: one.until, due=True),
        Column("in_their_place", _("In their place"), _in_their_place),
    ),
    nothing=_("No board has a seat yet."),
    next_step=_("The boards are taken in when the site is set up."),
)


def seats(request: HttpRequest) -> Listed:
    """Today's seats, with the stand-ins of meetings that the reader may know of."""
    reader = request.user if isinstance(request.user, Person) else None
    seen = Q(meeting=None) | Q(meeting__in=queries.visible_to(reader))
    letters = StandIn.objects.filter(seen).select_related("person", "meeting__board")
    held = seats_today().prefetch_related(Prefetch("stand_ins", letters))
    return SEATS.of(request, held.order_by("board__name", "agency__code", "pk"))
