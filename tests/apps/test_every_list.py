"""Every page of the site: each table of records is a list with search and files, each day to come is in a calendar."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from django.test import Client
from icalendar import Calendar

from apps import doors, way
from apps.pages_read import Page
from apps.whole_way import ACTORS, Scene
from charteroak.adapters import clock

# who between them open every page; what a page leaves out for others is not looked at twice
READERS = ("chair", "policy", "recipient", "hub", "steward", "stranger", "enclave", "auditor", "counsel")

# page and table (the id of its caption, or the kind of list): why it is no list of records that anybody narrows
NO_LIST = {
    ("/", "ul"): "one's own work: each entry once, the whole lists are the rooms'",
    (
        "/agencies/",
        "administration",
    ): "who administered, one line for each transfer; the responsibilities are the list",
    ("/agreements/001/", "ul"): "one agreement's signatures",
    (
        "/agreements/001/disclosures/",
        "disclosed",
    ): "read from the log in its order; searched, narrowed by kind, CSV and workbook",
    (
        "/agreements/disclosures/",
        "disclosed",
    ): "the same, by agency and year",
    ("/board/motions/{motion}/packet/", "agencies-say"): "one request on one sheet",
    ("/catalog/", "dataset-*"): "the dictionary, searched and narrowed as a whole, CSV and workbook",
    ("/outputs/001-1/", "ballots"): "one release request's votes",
    ("/reports/", "table-*"): "figures, with files of their own",
    ("/reports/figures/", "table-*"): "figures, with files of their own",
    ("/reports/turns/001/", "table-business-days-that-each-party-has-held-it"): "one request's figures",
    ("/requests/001/", "asked"): "one request's columns",
    ("/requests/002/", "ol"): "what is still to be filled in",
    ("/requests/002/columns/", "dataset-*"): "a form: the columns to choose from, searched",
    ("/submissions/001/", "expected"): "what one agreement expects",
    ("/workspaces/001/", "tables"): "one extract's tables",
    ("/workspaces/001/", "ul"): "the newest jobs and sessions, with the way to all; six snapshots at most",
}

# page: why a day to come on it is in no calendar there
UNDATED = {
    "/": "the name of a meeting that is planned and not noticed yet",
    "/board/motions/{motion}/packet/": "one request on one sheet of paper; the request has its days",
    "/outputs/classes/define/001/": "the last day that may be chosen, in the hint of a field",
    "/reports/": "the last day of the period that is asked for",
    "/reports/figures/": "the last day of the period that is asked for",
    "/requests/001/versions/1/": "what was asked for in that version; the request has its days",
    "/requests/002/": "an example in the hint of a field",
}


def _same(named: str, found: str) -> bool:
    return found.startswith(named[:-1]) if named.endswith("*") else found == named


def _pages(at: Scene) -> Iterator[tuple[Client, str, str, Page]]:
    """Each page as each reader who may opens it: client, address in the matrix, address, page."""
    for actor in READERS:
        client = Client()
        client.force_login(way.person(ACTORS[actor]))
        for method, template in doors.matrix():
            path = template.format(**vars(at))
            if method == "GET" and not path.startswith("/api/"):
                answer = client.get(path)
                if answer.status_code == 200 and "text/html" in answer.headers.get("Content-Type", ""):
                    yield client, template, path, Page(answer.text)


def _in_calendars(client: Client, path: str, page: Page) -> set[date]:
    """The days of every calendar that the page leads to."""
    found = set()
    for link in {one for one in page.links if "format=ics" in one or one.endswith(".ics")}:
        answer = client.get(path + link if link.startswith("?") else link)
        for event in Calendar.from_ical(answer.content).walk("VEVENT"):
            begins = event.decoded("DTSTART")
            found.add(clock.day_of(begins) if isinstance(begins, datetime) else begins)
    return found


@pytest.fixture(scope="module")
def read(at: Scene) -> dict[str, set[tuple[str, object]]]:
    """All pages once: the tables that are no list, lists without search or a file, days to come in no calendar."""
    found: dict[str, set[tuple[str, object]]] = {
        "tables": set(),
        "lists": set(),
        "days": set(),
        "read": set(),
    }
    for client, template, path, page in _pages(at):
        found["read"].add((template, ""))
        for table in page.tables:
            if not table.startswith("list-"):
                found["tables"].add((template, table))
            elif not (page.searches and page.leads_to("format=csv") and page.leads_to("format=xlsx")):
                found["lists"].add((template, table))
        to_come = {day for day in page.days() if day > clock.today()}
        if to_come and (left := to_come - _in_calendars(client, path, page)):
            found["days"] |= {(template, day) for day in left}
    return found


def test_every_table_of_records_is_a_list_or_named_here_with_its_reason(
    read: dict[str, set[tuple[str, object]]],
) -> None:
    assert len(read["read"]) > 60
    bare = {
        (page, table)
        for page, table in read["tables"]
        if not any(page == there and _same(named, str(table)) for there, named in NO_LIST)
    }
    assert not bare, "give these a Listing, or say here why they are none"
    assert read["lists"] == set(), "a list is searched, and read as CSV and workbook"


def test_no_exception_outlives_its_table(read: dict[str, set[tuple[str, object]]]) -> None:
    gone = {
        (there, named)
        for there, named in NO_LIST
        if not any(page == there and _same(named, str(table)) for page, table in read["tables"])
    }
    assert gone == set()
    assert set(UNDATED) - {page for page, _day in read["days"]} == set()


def test_every_day_to_come_goes_into_a_calendar_from_the_page_that_names_it(
    read: dict[str, set[tuple[str, object]]],
) -> None:
    left = {(page, str(day)) for page, day in read["days"] if page not in UNDATED}
    assert left == set()
