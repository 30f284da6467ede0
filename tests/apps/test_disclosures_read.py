"""One project's events are found by their index: however long the log, a page reads those of the project alone."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps import crowd, hub_way, way
from charteroak.adapters.listing import PER_PAGE
from charteroak.agencies.models import Agency
from charteroak.agreements import disclosures
from charteroak.agreements.models import Agreement
from charteroak.audit.models import Event
from charteroak.audit.queries import told_of
from charteroak.submissions import actions as submissions
from charteroak.submissions.models import FinderList
from charteroak.synthetic import generate
from conftest import connection_as, owner_beside

SENT, OWN, OF_OTHERS = "submissions:delivery:accept", 200, 5_000
pytestmark = pytest.mark.usefixtures("delivered")


@pytest.fixture(scope="module")
def delivered(database_of_the_file: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agreement]:
    """Every agency's files are with the hub, and the log is full of other projects."""
    folder = tmp_path_factory.mktemp("state")
    generate(folder, request=hub_way.NUMBER, scale=0.1)
    with way.day(hub_way.DAY):
        hub_way.delivered(connection_as, folder)
        submissions.record_download(pk=FinderList.objects.get().pk, by=way.person("lou.grant"))
        with owner_beside():
            sent = Event.objects.filter(name=SENT).latest("index")
            crowd.of_events(sent.subject, OWN, name=SENT)
            crowd.of_the_log(OF_OTHERS)
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE audit_event")
        yield Agreement.objects.get()


def project(facts: dict[str, Any]) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_project(%s)", [json.dumps({"facts": facts}).encode()])
        return str(cursor.fetchone()[0])


@pytest.mark.parametrize(
    ("facts", "number"),
    [
        ({}, ""),
        ({"number": "042"}, "042"),
        ({"number": "042-1"}, "042"),
        ({"number": "042-1", "clauses": ["043/2.SDE"]}, "043"),
        ({"clauses": ["042-A1/2.SDE", "043/1"]}, "042"),
        ({"request": "044", "clauses": ["042/1"], "number": "043"}, "044"),
        ({"request": "", "clauses": [], "number": "043-2"}, "043"),
        ({"request": None, "count": 3}, ""),
    ],
)
def test_database_and_record_agree_on_the_project_of_an_event(facts: dict[str, Any], number: str) -> None:
    assert project(facts) == number == disclosures._number(facts)


def test_they_agree_on_each_event_of_the_log(delivered: Agreement) -> None:
    with connection.cursor() as cursor:
        cursor.execute('SELECT leaf, audit_project(leaf) FROM audit_event WHERE "index" < 3000')
        for leaf, number in cursor.fetchall():
            assert disclosures._number(json.loads(bytes(leaf))["facts"]) == number


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def test_a_page_reads_the_events_of_its_project_alone(delivered: Agreement) -> None:
    own = told_of([delivered.number], disclosures.ACTS)
    plan = json.loads(own.order_by("index")[: disclosures.AT_ONCE].explain(analyze=True, format="json"))[0]
    read = sum(
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        for node in nodes(plan["Plan"])
        if "Relation Name" in node
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_event WHERE audit_project(leaf) = %s", [delivered.number])
        [events] = cursor.fetchone()
    assert OWN < own.count() <= read <= events < OF_OTHERS / 4, plan


def test_a_page_asks_as_often_whatever_the_log_holds(delivered: Agreement) -> None:
    agencies = disclosures.contributors(delivered)
    with CaptureQueriesContext(connection) as seen:
        lines = list(islice(disclosures.of(delivered, agencies), PER_PAGE))
    assert len(lines) == PER_PAGE
    assert len(seen) <= 4, [one["sql"] for one in seen]


def test_an_agency_that_contributed_nothing_waits_for_no_log(delivered: Agreement) -> None:
    own = disclosures.contributors(delivered)
    other = Agency.objects.exclude(pk__in=[one.pk for one in own]).earliest("pk")
    with CaptureQueriesContext(connection) as seen:
        assert not list(disclosures.across(other))
    assert len(seen) == 1, [one["sql"] for one in seen]


def test_an_agency_with_few_agreements_reads_their_events_alone(delivered: Agreement) -> None:
    own = disclosures.contributors(delivered)
    with CaptureQueriesContext(connection) as seen:
        lines = [one for agency in own for one in disclosures.across(agency)]
    assert sorted(one.event for one in lines) == sorted(one.event for one in disclosures.of(delivered, own))
    read = [one["sql"] for one in seen if "audit_event" in one["sql"]]
    assert read
    assert all("audit_project" in one for one in read)


def test_a_page_ends_with_an_event_s_last_line(delivered: Agreement) -> None:
    """Three agencies have a line each of what concerns all of them."""
    whole = list(disclosures.of(delivered, disclosures.contributors(delivered)))
    for size in (1, 2, 3, 4):
        told: list[disclosures.Disclosure] = []
        after: int | None = -1
        while after is not None:
            lines, after = disclosures.part(
                disclosures.of(delivered, disclosures.contributors(delivered), after), size
            )
            told += lines
            if len(told) > 40:
                break
        assert told == whole[: len(told)]


def sought(record: Agreement, words: str = "", what: str = "") -> list[disclosures.Disclosure]:
    own, asked = disclosures.contributors(record), disclosures.Sought(words, what)
    return list(disclosures.of(record, own, sought=asked))


def test_words_and_a_kind_narrow_it_to_the_lines_that_say_so(delivered: Agreement) -> None:
    whole = sought(delivered)
    handed = [one for one in whole if one.what == "finder list handed over"]
    assert 0 < len(handed) < len(whole)
    assert sought(delivered, what="finder list handed over") == handed
    assert sought(delivered, "HANDED finder") == handed
    of_one = [one for one in whole if one.agency == "SDE"]
    assert sought(delivered, "sde") == of_one != whole
    name = next(one.to for one in handed)
    assert sought(delivered, name) == [one for one in whole if one.to == name]
    clause = whole[0].clauses[0]
    assert sought(delivered, clause) == [
        one for one in whole if clause.casefold() in str(one.clauses).casefold()
    ]
    for nothing in ("unicorn", "facts", "100%"):  # in no line, though the log's own words have one of them
        assert sought(delivered, nothing) == []


def test_a_rare_word_is_sought_by_the_database_and_not_in_the_lines_of_years(delivered: Agreement) -> None:
    with CaptureQueriesContext(connection) as seen:
        assert sought(delivered, "unicorn") == []
    assert len([one for one in seen if "audit_event" in one["sql"]]) == 1


def test_page_files_and_interface_are_narrowed_alike(delivered: Agreement) -> None:
    office, of = way.as_("sam.reyes"), FinderList.objects.get().source.agency.code
    asked = f"q=handed&what=finder+list+handed+over&agency={of}"
    for page in (f"/agreements/{delivered.number}/disclosures/", "/agreements/disclosures/"):
        shown = office.get(f"{page}?{asked}").text
        assert "Finder list handed over" in shown or "finder list handed over" in shown
        assert "q=handed&amp;what=finder+list+handed+over&amp;format=xlsx" in shown
        rows = office.get(f"{page}?{asked}&format=csv").getvalue().decode().splitlines()[1:]
        told = office.get(f"/api{page.rstrip('/')}?{asked}").json()["disclosures"]
        assert 0 < len(rows) == len(told)
        assert {one["what"] for one in told} == {"finder list handed over"}
        assert "No line of the record matches." in office.get(f"{page}?q=unicorn").text
