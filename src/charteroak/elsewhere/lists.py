"""The agreements whose files go beside the platform: on the page, as a file, in a calendar."""

from django.utils.translation import gettext_lazy as _

from charteroak.adapters.listing import Column, Listing
from charteroak.agreements.lists import agreement_column
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
