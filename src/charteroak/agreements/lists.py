"""The list of agreements: on the page, as a file, in a calendar."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from charteroak.adapters.listing import Cell, Column, Filter, Listed, Listing
from charteroak.agencies.signin import signed_in
from charteroak.agreements import queries, retention
from charteroak.agreements.models import WHAT
from charteroak.agreements.worklist import TURN, whose_turn
from charteroak.policy.agreement import Status
from charteroak.policy.lifecycle import choices


def agreement_column(address: str) -> Column:
    """The agreement a row is about, leading to the page called `address` of the room whose list it is."""
    return Column(
        "agreement", _("Agreement"), lambda record: Cell(str(record), reverse(address, args=[record.number]))
    )


AGREEMENTS = Listing(
    name="agreements",
    caption=_("All agreements you may read"),
    search=("number", "data_request__title"),
    filters=(Filter("status", _("Status"), lambda: choices(Status)),),
    columns=(
        Column(
            "agreement",
            _("Agreement"),
            lambda record: Cell(f"{record.number} {record.data_request.title}", record.get_absolute_url()),
        ),
        Column("status", _("Status"), lambda record: Cell(record.status, status_of=record)),
        Column("turn", _("Whose turn"), whose_turn),
        Column("last_day", _("Last day"), lambda record: record.last_day, due=True),
    ),
    nothing=_("No agreement concerns you yet."),
    next_step=_("An approved request becomes one."),
    next_href="/requests/",
)


def listed(request: HttpRequest) -> Listed:
    """Those that whoever asks may see."""
    records = queries.visible_to(signed_in(request)).select_related("data_request")
    return AGREEMENTS.of(request, records.prefetch_related(*TURN))


WANTED = Listing(
    name="retention",
    caption=_("Due soon without an approval on record"),
    search=("agreement__number", "agreement__data_request__title"),
    filters=(Filter("what", _("What is destroyed"), lambda: WHAT),),
    columns=(
        Column(
            "agreement",
            _("Agreement"),
            lambda duty: Cell(str(duty.agreement), f"{duty.agreement.get_absolute_url()}#duties"),
        ),
        Column("what", _("What is destroyed"), lambda duty: translate(duty.get_what_display())),
        Column("due_on", _("Due"), lambda duty: duty.due_on, due=True),
    ),
    nothing=_("Nothing that is due within 30 days lacks its approval."),
    next_step=_("What comes near its day without one appears here."),
)


def without_approval(request: HttpRequest) -> Listed:
    """Under agreements that whoever asks may see."""
    seen = queries.visible_to(signed_in(request)).order_by().values("pk")
    return WANTED.of(request, retention.wanted().filter(agreement__in=seen).select_related("agreement"))
