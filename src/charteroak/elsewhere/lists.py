"""The agreements whose files go beside the platform: on the page, as a file, in a calendar."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from charteroak.adapters.listing import Column, Listed, Listing
from charteroak.agencies.signin import signed_in
from charteroak.agreements.lists import agreement_column
from charteroak.elsewhere import queries
from charteroak.elsewhere.queries import status_of, whose_turn
from charteroak.policy.sentence import words

AGREEMENTS = Listing(
    name="beside-the-platform",
    caption=_("Files by agreement"),
    search=("number", "data_request__title"),
    columns=(
        agreement_column("elsewhere_of"),
        Column("title", _("Title"), lambda one: one.data_request.title),
        Column("stage", _("Stage"), lambda one: words(status_of(one))),
        Column("turn", _("Whose turn"), whose_turn),
        Column("last_day", _("Last day"), lambda one: one.last_day, due=True),
    ),
    nothing=_("No signed agreement asks for files from you."),
    next_step=_("Follow a request to its agreement."),
    next_href="/requests/",
)


def listed(request: HttpRequest) -> Listed:
    """Those that whoever asks may see."""
    return AGREEMENTS.of(request, queries.visible_to(signed_in(request)).prefetch_related(*queries.READ))
