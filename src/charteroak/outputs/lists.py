"""The list of release requests: on the page, as a file, in a calendar."""

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from charteroak.adapters.listing import Cell, Column, Filter, Listing
from charteroak.outputs.models import OutputClass
from charteroak.outputs.queries import by_when, whose_turn
from charteroak.policy import output_class
from charteroak.policy.lifecycle import choices
from charteroak.policy.release_request import Status
from charteroak.policy.sentence import words


def _statistics(record: OutputClass) -> str:
    return ", ".join(_t(words(output_class.Statistic(one))) for one in record.statistics)


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
