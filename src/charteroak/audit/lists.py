"""The log as a list: searched by event, by whom, about what, on which day."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from charteroak.adapters.listing import Cell, Column, Filter, Listing
from charteroak.audit.models import Event
from charteroak.audit.queries import search


class Search(Filter):
    """As `queries.search` narrows; what is no day fits no event."""

    def narrowed(self, records: QuerySet[Any], value: str) -> QuerySet[Any]:
        try:
            asked: dict[str, Any] = {self.name: date.fromisoformat(value) if self.name == "day" else value}
        except ValueError:
            return records.none()
        return search(records, **asked).order_by("-index")


def _about(event: Event) -> Cell:
    linked = "/" not in event.subject
    return Cell(event.subject, reverse("log_record", args=[event.subject]) if linked else "")


EVENTS = Listing(
    name="log",
    caption=_("Events"),
    filters=(
        Search("name", _("Event begins with")),
        Search("by", _("By (user name or process)")),
        Search("subject", _("About")),
        Search("day", _("On (2026-11-30)")),
    ),
    columns=(
        Column("index", _("Index"), lambda event: event.index),
        Column("at", _("When"), lambda event: event.domain_at),
        Column("event", _("Event"), lambda event: event.name),
        Column("by", _("By"), lambda event: event.by),
        Column("about", _("About"), _about),
    ),
    nothing=_("The log has no event yet."),
    next_step=_("The first write makes one."),
)
