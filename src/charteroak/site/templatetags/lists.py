"""Lists as every page shows them: search and filters, the table, pages, the same list as files; dates for calendars."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django import template
from django.core import signing
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from charteroak.adapters.listing import Cell, Filter, Listed
from charteroak.site.templatetags.page import status, translated

register = template.Library()
LONG = 40  # characters
DAY_SALT = "charteroak.day"  # a calendar's words are this site's own: nobody else can make such an address


@register.inclusion_tag("page/listing.html")
def listing(shown: Listed) -> dict[str, Any]:
    """The whole list: search, table, pages and files, or why there is nothing."""
    return {"shown": shown}


@register.inclusion_tag("page/list_search.html")
def list_search(shown: Listed) -> dict[str, Any]:
    """The reader's words and the filters; everything stands in the address."""
    return {"shown": shown, "filters": list(_filters(shown)), "id": f"search-{shown.listing.name}"}


def _filters(shown: Listed) -> Iterator[tuple[Filter, str, list[tuple[str, str]]]]:
    for one in shown.listing.filters:
        choices = [(value, translated(words)) for value, words in one.choices()] if one.choices else []
        yield one, shown.asked[one.name], choices


@register.inclusion_tag("page/list_pages.html")
def list_pages(shown: Listed) -> dict[str, Any]:
    """Which page of how many, and the whole list as files."""
    number = shown.number
    return {
        "shown": shown,
        "before": shown.address(page=str(number - 1)) if number > 1 else "",
        "after": shown.address(page=str(number + 1)) if number < shown.pages else "",
        "files": [(kind.upper(), shown.address(format=kind)) for kind in ("csv", "xlsx")],
        "dates": shown.address(format="ics") if shown.dated else "",
    }


@register.inclusion_tag("page/list_empty.html")
def list_empty(shown: Listed) -> dict[str, Any]:
    """Why the list is empty, and what next: narrowed too far, or nothing there yet."""
    return {"shown": shown}


@register.simple_tag
def cell(of: Cell) -> Any:
    """What a cell shows. No template: a page has a thousand of them."""
    value = of.value
    words = translated(value) if value is not None else ""
    if of.href:
        return format_html('<a href="{}">{}</a>', of.href, words)
    if of.status_of is not None:
        return render_to_string("page/status.html", status(of.status_of))
    if isinstance(value, datetime):
        here = localtime(value)
        shown = date_format(here, "SHORT_DATETIME_FORMAT")
        return format_html('<time class="text-no-wrap" datetime="{}">{}</time>', here.isoformat(), shown)
    if isinstance(value, date):
        shown = date_format(value)
        return format_html('<time class="text-no-wrap" datetime="{}">{}</time>', value.isoformat(), shown)
    return words


@register.filter
def is_number(of: Cell) -> bool:
    return isinstance(of.value, int | float) and not isinstance(of.value, bool)


@register.filter
def is_long(of: Cell) -> bool:
    """Whether a cell holds so many words that a narrow column would make a tower of them."""
    return isinstance(of.value, str) and len(of.value) > LONG


@register.simple_tag(takes_context=True)
def to_calendar(context: template.Context, on: date, what: str) -> SafeString:
    """A link that takes this day, and what is due on it, into the reader's calendar."""
    from django.utils.translation import gettext as _

    request = context.get("request")
    told = signing.dumps([on.isoformat(), str(what), request.path if request else "/"], salt=DAY_SALT)
    return format_html(
        '<a class="to-calendar" href="{}" download>{}<span class="usa-sr-only"> {}</span></a>',
        reverse("day", args=[told]),
        _("to my calendar"),
        what,
    )
