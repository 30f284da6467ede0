"""The register as a list: searched and narrowed, as cards on the page and as a table in files."""

from django.utils.translation import gettext_lazy as _

from charteroak.adapters.listing import Cell, Column, Filter, Listing
from charteroak.agencies.models import Agency
from charteroak.policy.data_request import Status
from charteroak.policy.lifecycle import choices
from charteroak.register import queries

HIDDEN = (Status.DRAFT, Status.SUBMITTED, Status.WITHDRAWN)  # no project of the register is in these


def _agency_choices() -> list[tuple[str, str]]:
    return list(Agency.objects.values_list("code", "name"))


PROJECTS = Listing(
    name="register",
    caption=_("Projects"),
    search=("number", "title", "purpose", "question"),
    filters=(
        Filter("status", _("Status"), lambda: [one for one in choices(Status) if one[0] not in HIDDEN]),
        Filter("agency", _("Records of"), _agency_choices, "reviews__agency__code"),
    ),
    columns=(
        Column("number", _("Project"), lambda record: Cell(record.number, f"/register/{record.number}/")),
        Column("title", _("Title"), lambda record: record.title),
        Column("status", _("Status"), lambda record: Cell(record.status, status_of=record)),
        Column("purpose", _("Purpose"), lambda record: record.purpose),
        Column("agencies", _("Records of"), lambda record: "; ".join(queries.agencies(record))),
        Column("days_to_decision", _("Days to decision"), lambda r: queries.clock_of(r)["days_to_decision"]),
        Column("releases", _("Releases"), queries.release_count),
        Column(
            "ends_on",
            _("The agreement ends on"),
            lambda r: queries.clock_of(r)["agreement_ends_on"],
            due=True,
        ),
    ),
    nothing=_("No project is on the register yet."),
    next_step=_("A project appears here once the policy office has found its request complete."),
)
