"""The law on what is asked for: on the catalog's pages, before a request is sent, before an agreement is drafted."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from django.test import Client

from apps import way
from apps.requests_way import named
from apps.way import person, rules, under
from charteroak.agreements import queries as agreements
from charteroak.agreements.checklist import checklist, law_in
from charteroak.catalog import queries as catalog
from charteroak.catalog.models import Variable
from charteroak.policy import legal
from charteroak.policy.decision import Refused
from charteroak.requests import actions
from charteroak.requests.fit_check import NO_EDUCATION_RECORDS, findings
from charteroak.requests.models import DataRequest
from conftest import connection_as


@pytest.fixture(scope="module")
def state(database_of_the_file: None) -> Iterator[None]:
    with connection_as("owner"):
        way.load()
        yield


@pytest.fixture(autouse=True)
def each_rolled_back(state: None, rolled_back: None) -> None:
    """Every test starts from what `oak setup` took in."""


def text_of(page: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page)))


def test_every_rule_stands_on_the_page_with_its_source_and_mark() -> None:
    page = text_of(Client().get("/catalog/law/").text)
    rules_of = [rule for regime in legal.shipped() for rule in regime.rules]
    for rule in rules_of:
        mark = "" if rule.verified else " (to be confirmed by counsel)"
        assert f"{rule.says} Source: {rule.source}{mark}." in page
    assert page.count("(to be confirmed by counsel)") == sum(not rule.verified for rule in rules_of)


def test_the_law_is_read_in_spanish() -> None:
    page = text_of(Client(headers={"accept-language": "es"}).get("/catalog/law/").text)
    assert "Fuente: 20 CFR 603.5(e) (por confirmar por la asesoría jurídica)." in page
    assert not [rule.says for regime in legal.shipped() for rule in regime.rules if rule.says in page]


def test_a_column_leads_to_its_law() -> None:
    page = Client().get("/catalog/DOL/analysis/").text
    assert 'href="/catalog/law/#ui_wages"' in page
    assert 'id="ui_wages"' in Client().get("/catalog/law/").text
    [(key, _name, sources, confirmed)] = catalog.laws_of(Variable.objects.get(name="total_wage"))
    assert (key, confirmed) == ("ui_wages", False)
    assert "20 CFR 603.4" in sources


def test_request_042_is_lawful() -> None:
    record = way.filled_in()
    assert [finding.message for finding in findings(record) if finding.stops] == []


@pytest.mark.parametrize(
    ("regime", "rule"),
    [("IRS Pub 1075", "tax_information"), ("Tribal", "nation_has_not_consented"), ("HEA 484", "law_unknown")],
)
def test_what_the_law_refuses_is_not_sent(regime: str, rule: str) -> None:
    record = way.filled_in()
    with under(regime, "gpa"):
        stops = [finding for finding in findings(record) if finding.stops]
        with pytest.raises(Refused) as refused:
            actions.submit(pk=record.pk, by=named("maya.ortiz"))
    assert [finding.about for finding in stops] == ["SDE gpa"]
    assert rules(refused) == {"law_forbids"}
    assert str(stops[0].message) in str(refused.value)
    assert rule in {found.name for found in legal.law_on([legal.Element("SDE", frozenset({regime}))]).rules}


def test_education_records_need_an_exception() -> None:
    record = way.filled_in()
    DataRequest.objects.filter(pk=record.pk).update(legal_exception=NO_EDUCATION_RECORDS)
    with pytest.raises(Refused) as refused:
        actions.submit(pk=record.pk, by=named("maya.ortiz"))
    assert rules(refused) == {"law_forbids"}
    assert "34 CFR 99.31" in str(refused.value)


def test_a_steward_sees_what_the_law_asks_of_the_columns() -> None:
    record = way.filled_in()
    actions.submit(pk=record.pk, by=person("maya.ortiz"))
    actions.accept_as_complete(pk=record.pk, by=person("sam.reyes"))
    lou = Client()
    lou.force_login(person("lou.grant"))
    page = text_of(lou.get(record.get_absolute_url()).text)
    assert "Employers are confidential too: no figure lets one stand out. Source: 20 CFR 603.4." in page
    assert "Education records are shared without consent" not in page, "another agency's law"


def test_no_agreement_is_drafted_on_what_the_law_refuses_since() -> None:
    record = way.approved()
    assert agreements.draft_decision(record, person("ann.weiss"))
    with under("Erased records", "campus"):
        found = agreements.draft_decision(record, person("ann.weiss"))
    assert [reason.rule for reason in found.reasons] == ["law_forbids"]


def test_the_signed_terms_name_the_rules_that_bind() -> None:
    record = way.drafted()
    law = {clause.terms["agency"]: law_in(clause.terms) for clause in record.clauses.filter(kind="elements")}
    assert "ui_wages.wages_for_state_employees_only" in law["DOL"].keys
    assert not law["SDE"].for_state_employees_only
    assert not [one.kind for one in checklist(record.clauses.all()) if not one.clauses]


def test_terms_signed_before_rules_had_names_keep_their_meaning() -> None:
    assert law_in({"wages": True}).for_state_employees_only
    assert not law_in({"wages": False}).for_state_employees_only
    with pytest.raises(LookupError):
        law_in({})


def test_where_the_law_asks_for_a_review_a_request_is_incomplete_without_one() -> None:
    record = way.filled_in()
    with under("42 CFR Part 2", "gpa"):
        with pytest.raises(Refused) as refused:
            actions.submit(pk=record.pk, by=named("maya.ortiz"))
        assert rules(refused) == {"incomplete"}
        assert "review board, protocol number, determination, determined on" in str(refused.value)
        actions.edit(
            pk=record.pk, by=named("maya.ortiz"), irb_board="University IRB", irb_number="2026-0142",
            irb_determination="approved", irb_approved_on="2026-01-05",
        )  # fmt: skip
        actions.submit(pk=record.pk, by=named("maya.ortiz"))
