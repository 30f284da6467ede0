"""What the law lets stand alone and not together: one reason in fit check, sending, review and drafting."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape

import pytest
from django.test import Client

from apps import way
from apps.way import as_, person, rules, under
from charteroak.agreements import queries as agreements
from charteroak.catalog.models import Variable
from charteroak.catalog.queries import law_on
from charteroak.policy.decision import Refused
from charteroak.requests import actions
from charteroak.requests.fit_check import findings
from charteroak.requests.models import DataRequest
from conftest import connection_as

REASON = "they do not stand beside juvenile or criminal records."


@pytest.fixture(scope="module")
def state(database_of_the_file: None) -> Iterator[None]:
    with connection_as("owner"):
        way.load()
        yield


@pytest.fixture(autouse=True)
def each_rolled_back(state: None, rolled_back: None) -> None:
    """Every test starts from what `oak setup` took in."""


@contextmanager
def together() -> Iterator[None]:
    """Of two agencies: treatment records beside records of juvenile matters."""
    with under("42 CFR Part 2", "campus"), under("Juvenile records", "gpa"):
        yield


def reviewed() -> DataRequest:
    """As treatment records need it: a review board has approved the study."""
    record = way.filled_in()
    actions.edit(
        pk=record.pk, by=person("maya.ortiz"), irb_board="University IRB", irb_number="2026-0142",
        irb_determination="approved", irb_approved_on="2026-01-05",
    )  # fmt: skip
    record.refresh_from_db()
    return record


def text_of(page: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page)))


@pytest.mark.parametrize(("regime", "column"), [("42 CFR Part 2", "campus"), ("Juvenile records", "gpa")])
def test_each_alone_is_sent(regime: str, column: str) -> None:
    record = reviewed()
    with under(regime, column):
        assert [finding.message for finding in findings(record) if finding.stops] == []
        actions.submit(pk=record.pk, by=person("maya.ortiz"))


def test_together_the_fit_check_stops_and_neither_page_nor_interface_sends_them() -> None:
    record = reviewed()
    with together():
        [stop] = [finding for finding in findings(record) if finding.stops]
        assert REASON in str(stop.message)
        assert {part.split()[-1] for part in str(stop.about).split(", ")} == {"campus", "gpa"}
        with pytest.raises(Refused) as refused:
            actions.submit(pk=record.pk, by=person("maya.ortiz"))
        answer = as_("maya.ortiz").post(
            f"/api/requests/{record.number}/submit", {}, content_type="application/json"
        )
    assert rules(refused) == {"law_forbids"}
    assert REASON in str(refused.value)
    assert [reason["rule"] for reason in answer.json()["reasons"]] == ["law_forbids"]
    assert REASON in answer.json()["reasons"][0]["message"]


def test_a_steward_reads_the_same_reason_where_a_dictionary_changes_after_the_sending() -> None:
    record = reviewed()
    actions.submit(pk=record.pk, by=person("maya.ortiz"))
    actions.accept_as_complete(pk=record.pk, by=person("sam.reyes"))
    lou = as_("lou.grant")  # of a third agency
    assert "forbids the request" not in text_of(lou.get(record.get_absolute_url()).text)
    with together():
        page = text_of(lou.get(record.get_absolute_url()).text)
    assert "The law forbids the request as it stands:" in page
    assert REASON in page


def test_no_agreement_is_drafted_on_both() -> None:
    record = way.approved()
    with under("Juvenile records", "gpa"):
        assert agreements.draft_decision(record, person("ann.weiss"))
    with together():
        found = agreements.draft_decision(record, person("ann.weiss"))
        law = law_on(Variable.objects.all())
    assert [reason.rule for reason in found.reasons] == ["law_forbids"]
    assert REASON in str(found.reasons[0].message)
    assert [reason.rule for reason in law.may_be_shared().reasons] == ["not_beside_criminal_records"]


def test_the_page_of_the_law_names_what_each_may_never_be_together_with() -> None:
    page = Client().get("/catalog/law/").text
    told = page.partition('id="part2"')[2].partition("</section>")[0]
    assert "Never together with:" in told
    assert 'href="#juvenile"' in told
    assert 'id="juvenile"' in page
