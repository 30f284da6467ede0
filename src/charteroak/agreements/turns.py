"""Turns as rows of a page: whose it is, since when, until when."""

from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from charteroak.agencies.models import Person
from charteroak.agreements import clocks
from charteroak.policy.sentence import words
from charteroak.requests.models import DataRequest


def of_changes(record: DataRequest, person: Person) -> dict[str, Any]:
    """What a page says of the changes of a request that are underway."""
    return {
        "changes_head": [_("Request"), *head()],
        "changes_underway": [(link(one), *cells(one)) for one in clocks.changes_underway(record, person)],
    }


def head() -> list[str]:
    return [_("Stage"), _("Whose turn"), _("Since"), _("Business days"), _("Due"), _("Clock")]


def cells(one: clocks.Turn) -> tuple[Any, ...]:
    """One turn under `head`; the stage leads to where it is acted on, if that is not the request."""
    who = _(words(one.run.party))
    if one.run.ended_on is not None:
        due = _("done %s") % date_format(one.run.ended_on)
    else:
        due = date_format(one.due) if one.due else _("no deadline")
    began = date_format(one.run.began_on)
    whose = f"{who} ({one.whose})" if one.whose else who
    stage = f"{_(words(one.run.stage))} {one.about}".strip()
    shown = format_html('<a href="{}">{}</a>', one.page, stage) if one.page else stage
    return shown, whose, began, one.days, due, _(words(one.state))


def link(one: clocks.Turn) -> str:
    """The request, to its turns from the first day."""
    address = reverse("turns_of", args=[one.number])
    return format_html('<a href="{}">{} {}</a>', address, one.number, one.title)
