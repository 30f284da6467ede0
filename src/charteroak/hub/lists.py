"""The list of what the hub links: on the page and as files."""

from django.http import HttpRequest
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from charteroak.adapters.listing import Cell, Column, Listed, Listing
from charteroak.agencies.signin import signed_in
from charteroak.agreements.lists import agreement_column
from charteroak.agreements.models import Agreement
from charteroak.hub import queries
from charteroak.policy.link_run import Status


def _run(record: Agreement) -> Cell:
    """The run that counts, or the last that failed."""
    runs = sorted(record.link_runs.all(), key=lambda run: (run.status == Status.FAILED, -run.pk))
    if not runs:
        return Cell(_t("waits for files"), status_of="waits for files")
    return Cell(runs[0].status, status_of=runs[0])


def _extract(record: Agreement) -> Cell:
    found = [run.extract for run in record.link_runs.all() if hasattr(run, "extract")]
    return Cell(found[0].status, status_of=found[0]) if found else Cell("")


RUNS = Listing(
    name="hub",
    caption=_("Agreements that the hub links"),
    search=("number", "data_request__title"),
    columns=(
        agreement_column("hub_agreement"),
        Column("link_run", _("Link run"), _run),
        Column("extract", _("Extract"), _extract),
        Column("last_day", _("Last day"), lambda record: record.last_day, due=True),
    ),
    nothing=_("No signed agreement is linked by the hub for you to see."),
    next_step=_("One appears here once every party has signed and its files are due."),
)


def listed(request: HttpRequest) -> Listed:
    """Those that whoever asks may see."""
    found = queries.visible_to(signed_in(request)).prefetch_related("link_runs__extract")
    return RUNS.of(request, found)
