"""The list of agreements that ask for files: on the page and as files."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from charteroak.adapters.listing import Column, Listed, Listing
from charteroak.agencies.signin import signed_in
from charteroak.agreements.lists import agreement_column
from charteroak.agreements.queries import contributors
from charteroak.submissions import queries

DELIVERIES = Listing(
    name="deliveries",
    caption=_("Files by agreement"),
    search=("number", "data_request__title"),
    columns=(
        agreement_column("submissions_agreement"),
        Column("accepted", _("Files accepted"), lambda record: record.files_accepted),
        Column("expected", _("Files due"), lambda record: 2 * len(contributors(record))),
        Column("last_day", _("Last day"), lambda record: record.last_day, due=True),
    ),
    nothing=_("No signed agreement asks for files from you."),
    next_step=_("Follow a request to its agreement."),
    next_href="/requests/",
)


def listed(request: HttpRequest) -> Listed:
    """Those that whoever asks may see."""
    return DELIVERIES.of(request, queries.with_files_accepted(queries.visible_to(signed_in(request))))
