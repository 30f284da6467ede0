"""A list of records: searched, filtered and paged by its address, as a page, CSV, workbook and calendar.

A room says once what its list shows; the page, the files and the calendar come from that one description.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from charteroak.adapters import calendars, clock, download
from charteroak.policy.decision import refuse

PER_PAGE = 25
COUNTED = 10_000  # further than this nobody pages: the list asks to be narrowed, and is not counted either
LARGEST_FILE = 100_000  # rows
BATCH = 500  # records of a file that are in memory at a time
KINDS = {**download.KINDS, "ics": "text/calendar; charset=utf-8"}
Words = str | Promise


@dataclass(frozen=True)
class Cell:
    """What a cell says; on the page it may lead somewhere, or be the status of a record."""

    value: Any
    href: str = ""
    status_of: Any = None


@dataclass(frozen=True)
class Column:
    """`key` heads it in files, `label` on the page; a `due` date goes into the calendar."""

    key: str
    label: Words
    cell: Callable[[Any], Any]
    due: bool = False

    def of(self, record: Any) -> Cell:
        found = self.cell(record)
        return found if isinstance(found, Cell) else Cell(found)


@dataclass(frozen=True)
class Filter:
    """Narrows the list by a field. `choices` are (value, words); without any the reader types the value."""

    name: str
    label: Words
    choices: Callable[[], Iterable[tuple[str, Words]]] | None = None
    lookup: str = ""
    keeps: Callable[[Any, str], bool] | None = None  # of what is worked out: whether a record has that value

    def narrowed(self, records: QuerySet[Any], value: str) -> QuerySet[Any]:
        return records.filter(**{self.lookup or self.name: value})


@dataclass(frozen=True)
class Listing:
    """One list of the site; `search` names the fields in which the reader's words are looked for."""

    name: str
    caption: Words
    columns: Sequence[Column]
    nothing: Words  # why the list may be empty
    next_step: Words = ""
    next_href: str = ""
    search: Sequence[str] = ()
    filters: Sequence[Filter] = ()
    cancelled: Callable[[Any], bool] | None = None  # whether a record's dates are struck out in a calendar
    together: Callable[[list[Any]], None] | None = (
        None  # reads for many records at once what their cells show
    )
    kept: Sequence[str] = ()  # names in the address that say which list this is, such as its day

    def of(self, request: HttpRequest, records: QuerySet[Any]) -> "Listed":
        """The part that the address asks for, and its `file` where it asks for one."""
        words, asked = self.asked_of(request)
        for one in self.filters:
            if asked[one.name]:
                records = one.narrowed(records, asked[one.name])
        for word in words.split():
            found = Q()
            for lookup in self.search:
                found |= Q(**{f"{lookup}__icontains": word})
            records = records.filter(found)
        return Listed(self, request, records, words, asked)

    def asked_of(self, request: HttpRequest) -> tuple[str, dict[str, str]]:
        """The reader's words, and the value asked for of each filter; empty where it is none of its choices."""
        asked = {one.name: request.GET.get(one.name, "").strip()[:200] for one in self.filters}
        for one in self.filters:
            if asked[one.name] and one.choices and asked[one.name] not in {v for v, _ in one.choices()}:
                asked[one.name] = ""
        return request.GET.get("q", "").strip()[:200] if self.search else "", asked


@dataclass
class Listed:
    """A list as one address asks for it."""

    listing: Listing
    request: HttpRequest
    records: Any  # a QuerySet
    words: str
    asked: dict[str, str] = field(default_factory=dict)

    @property
    def file(self) -> HttpResponseBase | None:
        """The whole list as the file that `format` in the address names."""
        wanted = self.request.GET.get("format", "")
        if wanted not in KINDS:
            return None
        if self.too_large:
            refuse(
                "too_many_rows", _("The file would have more than %s rows.") % f"{LARGEST_FILE:,}",
                _("Narrow the list first."),
            ).require()  # fmt: skip
        if wanted == "ics":
            made = calendars.calendar(self.entries(), made_at=clock.real_now())
            header = {"Content-Disposition": f'attachment; filename="{self.listing.name}.ics"'}
            return HttpResponse(made, content_type=KINDS[wanted], headers=header)
        head = [column.key for column in self.listing.columns]
        return download.download(self.request, head, self._cells(), name=self.listing.name, kind=wanted)

    @property
    def too_large(self) -> bool:
        """Whether a file of it would have more rows than any has."""
        return bool(self.records.order_by()[: LARGEST_FILE + 1].count() > LARGEST_FILE)

    def _all(self) -> Iterator[Any]:
        for some in batched(self.records.iterator(chunk_size=BATCH), BATCH):
            yield from self._read(some)

    def _read(self, some: list[Any]) -> list[Any]:
        if self.listing.together and some:
            self.listing.together(some)
        return some

    def _cells(self) -> Iterator[list[object]]:
        for record in self._all():
            yield [column.of(record).value for column in self.listing.columns]

    def entries(self) -> Iterator[calendars.Entry]:
        """Every due date of the list."""
        due = [column for column in self.listing.columns if column.due]
        for record in self._all() if due else ():
            first = self.listing.columns[0].of(record)
            for column in due:
                on = column.of(record).value
                if isinstance(on, date):
                    url = self.request.build_absolute_uri(first.href) if first.href else ""
                    out = self.listing.cancelled is not None and self.listing.cancelled(record)
                    yield calendars.Entry(on, f"{first.value}: {column.label}", url, out)

    @cached_property
    def count(self) -> int:
        """How many there are; one more than COUNTED stands for any larger number."""
        return int(self.records.order_by()[: COUNTED + 1].count())

    @property
    def beyond(self) -> int:
        """The number counted to, where there are more."""
        return COUNTED if self.count > COUNTED else 0

    @property
    def pages(self) -> int:
        return max(1, -(-min(self.count, COUNTED) // PER_PAGE))

    @cached_property
    def number(self) -> int:
        asked = self.request.GET.get("page", "")[
            :6
        ]  # there are fewer pages than that, and digits without end
        return min(max(int(asked) if asked.isascii() and asked.isdigit() else 1, 1), self.pages)

    @property
    def span(self) -> slice:
        """Where this page lies in the list."""
        first = (self.number - 1) * PER_PAGE
        return slice(first, first + PER_PAGE)

    @cached_property
    def page(self) -> list[Any]:
        """The records of this page: sought by key, for a database sorts whole rows of thousands slowly, then read."""
        if not self.count:
            return []
        keys = list(self.records.values_list("pk", flat=True)[self.span])
        found = {record.pk: record for record in self.records.order_by().filter(pk__in=keys)}
        return self._read([found[key] for key in keys if key in found])  # one may have gone since

    @property
    def rows(self) -> list[list[Cell]]:
        return [[column.of(record) for column in self.listing.columns] for record in self.page]

    @property
    def narrowed(self) -> bool:
        return bool(self.words or any(self.asked.values()))

    @property
    def dated(self) -> bool:
        return any(column.due for column in self.listing.columns)

    def as_json(self) -> dict[str, Any]:
        """This page of the list for programs; `next` is the address of the one after it."""
        heads = [column.key for column in self.listing.columns]
        more = self.number < self.pages
        return {
            "count": self.count, "page": self.number, "pages": self.pages,
            "next": self.request.path + self.address(page=str(self.number + 1)) if more else None,
            "rows": [
                dict(zip(heads, (cell.value for cell in row), strict=True)) | _leads_to(row[0]) for row in self.rows
            ],
        }  # fmt: skip

    def told(self) -> Any:
        """What a program gets: the file that `format` names, or this page of the list."""
        return self.file or self.as_json()

    @property
    def held(self) -> list[tuple[str, str]]:
        """Of the address, what says which list this is."""
        return [(name, self.request.GET[name]) for name in self.listing.kept if name in self.request.GET]

    @property
    def whole(self) -> str:
        """The address of the list as it is before anybody narrows it."""
        return f"?{urlencode(self.held)}"

    def address(self, **changed: str) -> str:
        """This list's address with what is changed; without a page unless one is named."""
        query = self.request.GET.copy()
        for name in ("page", "format"):
            query.pop(name, None)
        for name, value in changed.items():
            query[name] = value
        return f"?{query.urlencode()}"


def _leads_to(first: Cell) -> dict[str, str]:
    """Where a program reads the record of a row, whose first cell leads a person there."""
    page = first.href.partition("#")[0].rstrip("/")
    return {"href": f"/api{page}"} if page.startswith("/") else {}


def batched(records: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """The records in lists of that many; the last may be shorter."""
    left = iter(records)
    while some := list(islice(left, size)):
        yield some
