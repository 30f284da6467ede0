"""Dates as calendar files (RFC 5545), which every calendar program takes in."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from icalendar import Calendar, Event

from charteroak.adapters import environment


@dataclass(frozen=True)
class Entry:
    """A whole day (or a moment), what it is about, and the full address where it stands."""

    on: date | datetime
    summary: str
    url: str = ""
    cancelled: bool = False  # calendars that have taken it in strike it out


def calendar(entries: Iterable[Entry], *, made_at: datetime) -> bytes:
    """The entries as one calendar; the same entry has the same id in every calendar, so that it is taken in once."""
    whole = Calendar()
    whole.add("prodid", f"-//{environment.product_name()}//EN")
    whole.add("version", "2.0")
    for entry in entries:
        event = Event()
        event.add("uid", hashlib.sha256(f"{entry.url} {entry.summary} {entry.on}".encode()).hexdigest()[:32])
        event.add("dtstamp", made_at)
        event.add("dtstart", entry.on)
        event.add("summary", entry.summary)
        if entry.url:
            event.add("url", entry.url)
        if entry.cancelled:
            event.add("status", "CANCELLED")
            event.add("sequence", 1)  # the entry as it was first taken in is 0
        whole.add_component(event)
    written: bytes = whole.to_ical()
    return written
