"""Every list: searched and narrowed by its address, as CSV, workbook and calendar; an empty one says why."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable

import fastexcel
import pytest
from django.test import Client
from icalendar import Calendar

from apps import doors, way
from apps.test_in_spanish import sentences, text_of
from apps.whole_way import Scene

LISTS = {
    "/requests/": "sam.reyes",
    "/requests/fees/": "sam.reyes",
    "/agreements/": "sam.reyes",
    "/exceptions/": "sam.reyes",
    "/board/": "",
    "/agencies/": "",
    "/agencies/people/": "sam.reyes",
    "/agencies/instruments/": "",
    "/agencies/responsibilities/": "",
    "/board/seats/": "",
    "/board/follow-ups/": "",
    "/elsewhere/": "noor.haddad",
    "/submissions/": "noor.haddad",
    "/hub/": "noor.haddad",
    "/workspaces/": "kim.tran",
    "/workspaces/001/jobs/": "kim.tran",
    "/workspaces/001/sessions/": "kim.tran",
    "/inputs/": "ida.moss",
    "/outputs/": "ida.moss",
    "/outputs/classes/": "ida.moss",
    "/register/": "",
    "/reports/": "sam.reyes",
    "/reports/request-log/": "sam.reyes",
    "/reports/sharing-log/": "pat.lee",
    "/reports/access/": "pat.lee",
    "/reports/access/offices/": "pat.lee",
    "/reports/turns/": "sam.reyes",
    "/reports/turns/001/": "sam.reyes",
    "/tokens/": "eve.lang",
    "/webhooks/": "eve.lang",
    "/audit/": "pat.lee",
}
SEARCHED = sorted(set(LISTS) - {"/audit/"})  # the log is narrowed field by field
UNDATED = {
    "/requests/fees/",
    "/webhooks/",
    "/audit/",
    "/agencies/",
    "/agencies/people/",
    "/reports/access/",
    "/workspaces/001/jobs/",
    "/workspaces/001/sessions/",
}
OPEN_ENDED = {  # no day has to be: what has no last day, and requests of which nothing is due
    "/requests/",
    "/reports/",
    "/reports/sharing-log/",
    "/agencies/responsibilities/",
    "/board/seats/",
    "/reports/access/offices/",
    "/reports/request-log/",
}
DATED = sorted(set(LISTS) - UNDATED)


def visitor(path: str) -> Client:
    client = Client()
    if LISTS[path]:
        client.force_login(way.person(LISTS[path]))
    return client


def body(answer: Iterable[bytes]) -> bytes:
    return b"".join(answer)


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode())))


def test_every_page_that_lists_records_is_walked_here(at: Scene) -> None:
    """A page of a room's own address is a list; the catalog shows itself whole and has its own files."""
    roots = {
        path
        for method, path in doors.matrix()
        if method == "GET" and path.endswith("/") and path.count("/") == 2
    }
    apart = {"/catalog/", "/how-it-works/", "/api/", "/language/"}
    assert roots - apart <= set(LISTS), "give these pages a Listing"


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_a_page_a_csv_file_and_a_workbook_of_the_same_rows(at: Scene, path: str) -> None:
    client = visitor(path)
    page = client.get(path).text
    table = rows_of(body(client.get(path, {"format": "csv"})))
    assert len(table) > 1, path
    assert "format=csv" in page
    assert "format=xlsx" in page
    book = body(client.get(path, {"format": "xlsx"}))
    assert zipfile.is_zipfile(io.BytesIO(book))
    sheet = fastexcel.read_excel(book).load_sheet(0, header_row=None, dtypes="string").to_polars()
    assert sheet.height == len(table)
    assert list(sheet.row(0)) == table[0]


@pytest.mark.parametrize("path", SEARCHED)
def test_what_nobody_wrote_is_not_found_and_the_page_says_what_next(at: Scene, path: str) -> None:
    page = visitor(path).get(path, {"q": "zzzz nobody wrote this"}).text
    assert "Nothing here fits what you look for." in page
    assert '<a href="?">Show all</a>' in page


@pytest.mark.parametrize("path", DATED)
def test_the_dates_of_a_list_go_into_a_calendar(at: Scene, path: str) -> None:
    answer = visitor(path).get(path, {"format": "ics"})
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert all(event["SUMMARY"] and event["UID"] for event in events)
    if path not in OPEN_ENDED:
        assert events, path


def test_a_filter_stands_in_the_address_and_narrows(at: Scene) -> None:
    client = visitor("/requests/")
    drafts = rows_of(body(client.get("/requests/", {"status": "draft", "format": "csv"})))[1:]
    assert drafts
    assert {row[2] for row in drafts} == {"draft"}
    everything = rows_of(body(client.get("/requests/", {"status": "no such", "format": "csv"})))[1:]
    assert len(everything) > len(drafts)
    assert '<option value="draft" selected>' in client.get("/requests/", {"status": "draft"}).text


@pytest.mark.parametrize(
    ("path", "narrowed"),
    [
        ("/agencies/instruments/", {"kind": "statute"}),
        ("/agencies/instruments/", {"party": "DOL"}),
        ("/agencies/responsibilities/", {"agency": "DOL"}),
        ("/board/seats/", {"q": "DOL"}),
        ("/board/seats/", {"q": "grace"}),
        ("/reports/turns/", {"party": "applicant"}),
        ("/reports/access/", {"q": "maya"}),
        ("/reports/access/offices/", {"role": "data_steward"}),
    ],
)
def test_what_is_worked_out_is_narrowed_by_its_address_too(
    at: Scene, path: str, narrowed: dict[str, str]
) -> None:
    every, some = (
        rows_of(body(visitor(path).get(path, {**asked, "format": "csv"}))) for asked in ({}, narrowed)
    )
    assert some[0] == every[0]
    assert 0 < len(some) - 1 < len(every) - 1
    assert all(row in every for row in some)


def test_a_day_stays_asked_for_while_its_list_is_searched(at: Scene) -> None:
    page = visitor("/reports/access/").get("/reports/access/", {"day": "2026-10-01", "q": "zzzz"}).text
    assert '<input type="hidden" name="day" value="2026-10-01">' in page
    assert '<a href="?day=2026-10-01">Show all</a>' in page


def test_the_second_page_of_a_list_is_in_spanish(at: Scene) -> None:
    client = Client(headers={"accept-language": "es"})
    client.force_login(way.person("pat.lee"))
    text = text_of(client.get("/audit/", {"page": "2"}).text)
    assert re.search(r"Página 2 de \d+", text)
    assert not [said for said, pattern in sentences() if pattern.search(text)]
    for english in ("Page before", "Page after", "entries", "This list as a file", "its dates"):
        assert english not in text


def test_a_stranger_s_file_holds_no_more_than_the_stranger_s_page(at: Scene) -> None:
    client = Client()
    client.force_login(way.person("eve.lang"))
    assert [row[0][:3] for row in rows_of(body(client.get("/requests/?format=csv")))[1:]] == ["002"]
    assert client.get("/audit/?format=csv").status_code == 403


def test_a_page_number_beyond_the_last_is_the_last(at: Scene) -> None:
    client = visitor("/audit/")

    def shown(asked: str) -> str:
        answer = client.get("/audit/", {"page": asked})
        assert answer.status_code == 200
        return answer.text.partition("<tbody>")[2].partition("</tbody>")[0]

    first, second = shown("1"), shown("2")
    assert "<tr" in first
    assert first != second
    assert "<tr" in shown("99999")
    assert shown("99999") not in (first, "")
    assert shown("9" * 5000) == shown("99999")
    for asked in ("x", "²"):
        assert shown(asked) == first


def test_the_day_by_which_something_is_due_goes_into_a_calendar(at: Scene) -> None:
    client = visitor("/outputs/")
    page = client.get("/outputs/001-2/").text
    address = page.split('class="to-calendar" href="')[1].split('"')[0]
    (event,) = Calendar.from_ical(Client().get(address).content).walk("VEVENT")
    assert str(event["URL"]).endswith("/outputs/001-2/")
    assert Client().get(address.replace(".ics", "x.ics")).status_code == 404
