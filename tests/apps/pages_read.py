"""A page as a test reads it: its tables and lists of records, the files it leads to, the days that it names."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from html.parser import HTMLParser

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
IN_WORDS = re.compile(r"\b([A-Z][a-z]{2,8})\.? (\d{1,2}), (20\d\d)\b")
IN_FIGURES = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
UNREAD = {"script", "style", "textarea", "blockquote", "pre", "title", "option"}


@dataclass
class Page(HTMLParser):
    """`tables`: the caption's id, or else the label, of each table and each list of records."""

    source: str
    tables: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    searches: int = 0
    text: list[str] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        classes = given.get("class", "").split()
        if tag in UNREAD:
            self._open.append(tag)
        if tag == "table" or "worklist" in classes:
            self.tables.append(given.get("aria-label", tag))
        elif tag == "caption" and self.tables:
            self.tables[-1] = given.get("id") or "caption"
        elif tag == "a":
            self.links.append(given.get("href", ""))
        elif tag == "form" and given.get("role") == "search":
            self.searches += 1
        elif tag == "time" and not self._open:
            self.text.append(given.get("datetime", "")[:10])

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if not self._open:
            self.text.append(data)

    def days(self) -> set[date]:
        """Every day that the page names, in words or figures."""
        said = " ".join(self.text)
        named = [
            (year, str(MONTHS.index(month[:3].lower()) + 1), day)
            for month, day, year in IN_WORDS.findall(said)
            if month[:3].lower() in MONTHS
        ]
        found = set()
        for year, month, day in [*named, *IN_FIGURES.findall(said)]:
            try:
                found.add(datetime(int(year), int(month), int(day)).date())  # noqa: DTZ001 - a day, of no zone
            except ValueError:
                continue
        return found

    def leads_to(self, part: str) -> bool:
        """Whether a link has this in its address."""
        return any(part in link for link in self.links)
