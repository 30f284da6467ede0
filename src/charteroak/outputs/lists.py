"""The list of release requests: on the page, as a file, in a calendar."""

from django.http import HttpRequest
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from charteroak.adapters.listing import Cell, Column, Filter, Listed, Listing
from charteroak.agencies.signin import signed_in
from charteroak.outputs import queries
from charteroak.outputs.clocks import due_days
from charteroak.outputs.models import OutputClass, ReleaseRequest
from charteroak.outputs.queries import by_when, whose_turn
from charteroak.policy import output_class
from charteroak.policy.lifecycle import choices
from charteroak.policy.release_request import Status
from charteroak.policy.sentence import words


def _statistics(record: OutputClass) -> str:
    return ", ".join(_t(words(output_class.Statistic(one))) for one in record.statistics)


def _with_due_days(records: list[ReleaseRequest]) -> None:
    """Gives each the day of its running clock: three queries for all."""
    due = due_days(records)
    for record in records:
        record.runs_until = by_when(record, due)  # type: ignore[attr-defined] # for the cell of this list


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
        Column("by_when", _("By when"), lambda record: record.runs_until, due=True),
    ),
    together=_with_due_days,
    nothing=_("No release request concerns you."),
    next_step=_("A researcher starts one from the project’s workspace."),
)


def listed(request: HttpRequest) -> Listed:
    """Those that whoever asks may see."""
    found = queries.visible_to(signed_in(request)).prefetch_related("clearances", "cleared_ahead")
    return RELEASE_REQUESTS.of(request, found)


CLASSES = Listing(
    name="output-classes",
    caption=_("Classes of outputs"),
    search=("number", "says", "agreement__number", "agreement__data_request__title"),
    filters=(Filter("status", _("Status"), lambda: choices(output_class.Status)),),
    columns=(
        Column("number", _("Class"), lambda one: Cell(one.number, one.get_absolute_url())),
        Column("title", _("Title"), lambda one: one.agreement.data_request.title),
        Column("says", _("What such outputs are"), lambda one: one.says),
        Column("statistics", _("Kinds of statistic"), _statistics),
        Column("minimum_people", _("Fewest people"), lambda one: one.minimum_people),
        Column("status", _("Status"), lambda one: Cell(one.status, status_of=one)),
        Column("until", _("Until"), lambda one: one.until, due=True),
    ),
    nothing=_("No class of outputs concerns you."),
    next_step=_("The policy office or the board’s chair defines one from a release request of the project."),
)
