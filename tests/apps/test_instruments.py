"""Legal instruments are records, and so is who answers for what: administration passes by an act, not by code."""

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from apps import way
from apps.way import as_, person, rules
from charteroak.adapters import clock
from charteroak.agencies import actions as people
from charteroak.agencies import instruments, queries
from charteroak.agencies.models import Authority, Instrument, RoleHeld
from charteroak.agencies.queries import authority
from charteroak.agreements import actions as agreements
from charteroak.audit.models import Event
from charteroak.policy.decision import Refused
from charteroak.policy.responsibility import Kind
from charteroak.policy.roles import Role

pytestmark = pytest.mark.usefixtures("loaded", "rolled_back")


def recorded(**change: Any) -> Instrument:
    said: dict[str, Any] = {
        "by": person("ann.weiss"), "number": "pa-30-1", "kind": "statute", "title": "Public Act 30-1",
        "citation": "Public Act 30-1", "effective_on": clock.today(), "says": "The department administers and links.",
        "parties": [], "authorises": ["administer", "link", "operate"], "supersedes": "pa-25-119",
    }  # fmt: skip
    return instruments.record(**said | change)


def passed(kind: Kind = Kind.ADMINISTER, agency: str = "DAS", **change: Any) -> Authority:
    said: dict[str, Any] = {"by": person("june.fisher"), "since": clock.today(), "under": "pa-30-1"}
    return instruments.transfer(kind=kind, agency=agency, **said | change)


def test_the_initiatives_own_authority_is_on_record_from_the_beginning() -> None:
    in_force = {
        day: [one.number for one in Instrument.objects.all() if authority.in_force(one, day)]
        for day in (date(2016, 1, 1), date(2022, 1, 1), date(2026, 1, 1))
    }
    assert in_force == {
        date(2016, 1, 1): ["college-mou"],
        date(2022, 1, 1): ["e-mou", "opm-mou"],
        date(2026, 1, 1): ["e-mou", "pa-25-119"],
    }


def test_administration_passes_by_a_recorded_act_and_takes_the_offices_with_it() -> None:
    recorded()
    day = clock.today() + timedelta(days=30)
    passed(since=day)
    before, after = queries.administration_on(day - timedelta(days=1)), queries.administration_on(day)
    assert before is not None
    assert after is not None
    assert (before.agency.code, after.agency.code, after.citation) == ("OPM", "DAS", "Public Act 30-1")
    sam = person("sam.reyes")
    assert Role.POLICY_OFFICE in sam.roles(day - timedelta(days=1))
    assert Role.POLICY_OFFICE not in sam.roles(day)
    assert Event.objects.filter(name="agencies:responsibility:transfer", by="june.fisher").count() == 1


def test_an_office_is_granted_for_no_day_on_which_another_agency_answers_for_it() -> None:
    recorded()
    day = clock.today() + timedelta(days=30)
    passed(Kind.OPERATE, "OPM", since=day)
    tom = person("tom.avery")
    for held in RoleHeld.objects.filter(person=tom):
        people.end_role(held=held.pk, by=person("sam.reyes"))
    last = day - timedelta(days=1)
    for until in (None, day):
        with pytest.raises(Refused) as refused:
            people.grant_role(
                person=tom.pk, role=Role.ENCLAVE_OPERATOR, agency=None, by=person("sam.reyes"), until=until
            )
        assert rules(refused) == {"outlives_a_transfer"}
        assert f"until {last:%d %B %Y}" in str(refused.value)
    people.grant_role(
        person=tom.pk, role=Role.ENCLAVE_OPERATOR, agency=None, by=person("sam.reyes"), until=last
    )
    assert Role.ENCLAVE_OPERATOR in tom.roles(last)
    assert Role.ENCLAVE_OPERATOR not in tom.roles(day)


def test_the_matrix_grants_the_roles() -> None:
    recorded()
    passed(Kind.OPERATE, "OPM")
    with pytest.raises(Refused) as refused:
        people.grant_role(
            person=person("al.pike").pk, role=Role.ENCLAVE_OPERATOR, agency=None, by=person("sam.reyes")
        )
    assert rules(refused) == {"another_agencys_office"}
    people.grant_role(
        person=person("helen.marsh").pk, role=Role.ENCLAVE_OPERATOR, agency=None, by=person("sam.reyes")
    )
    assert Role.ENCLAVE_OPERATOR not in person("kim.tran").roles(clock.today())


def test_an_agreement_names_whoever_answers_for_hub_and_enclave() -> None:
    way.hub_keys()
    request = way.approved()
    recorded()
    passed(Kind.LINK, "SDE")
    passed(Kind.OPERATE, "OPM")
    record = agreements.draft(data_request_pk=request.pk, by=person("ann.weiss"))
    assert {str(one) for one in record.parties.filter(part__in=("hub", "enclave"))} == {
        "SDE:hub",
        "OPM:enclave",
    }
    assert record.clauses.get(kind="hub").terms["agency"] == "SDE"
    assert record.clauses.get(kind="place").terms["operator"] == "OPM"


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"by": "sam.reyes"}, "wrong_role"),
        ({"kind": Kind.CONVENE}, "instrument_silent"),
        ({"kind": Kind.DISCLOSE}, "not_transferred instrument_silent"),
        ({"since": date(2020, 1, 1)}, "instrument_not_in_force before_the_last"),
        ({"under": "e-mou", "kind": Kind.LINK, "agency": "OHE"}, "not_a_party not_participating"),
    ],
)
def test_a_transfer_rests_on_an_instrument_in_force_that_says_so(change: dict[str, Any], rule: str) -> None:
    recorded()
    _asks_to_join("OHE")
    if "by" in change:
        change = change | {"by": person(change["by"])}
    with pytest.raises(Refused) as refused:
        passed(**change)
    assert rules(refused) == set(rule.split())


def _asks_to_join(code: str) -> None:
    from charteroak.agencies import membership

    membership.ask_to_join(
        by=person("sam.reyes"), code=code, name="Office of Higher Education", kind="state", received_on=clock.today(),
        authority="CGS", records="Degrees.", security="Locks.", conflicts="None.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"number": "e-mou"}, "known_already"),
        ({"supersedes": "opm-mou"}, "superseded_already"),
        ({"kind": "joinder", "parties": ["SDE"]}, "parties_missing"),
        ({"expires_on": date(2020, 1, 1)}, "expires_before_effective"),
        ({"says": " "}, "authorises_nothing"),
    ],
)
def test_an_instrument_is_whole_or_not_on_record(change: dict[str, Any], rule: str) -> None:
    with pytest.raises(Refused) as refused:
        recorded(**change)
    assert rules(refused) == {rule}


def test_a_party_is_an_agency_that_exists_and_counts_once() -> None:
    pair = {"kind": "memorandum_of_understanding", "supersedes": ""}
    for parties, rule in {
        ("OPM", "OPM"): {"parties_missing"},
        ("OPM", "NONE"): {"parties_missing", "party_unknown"},
        ("OPM", "DAS", "NONE"): {"party_unknown"},
    }.items():
        with pytest.raises(Refused) as refused:
            recorded(**pair, parties=list(parties))
        assert rules(refused) == rule
    recorded(**pair, parties=["OPM", "DAS", "DAS"])
    event = Event.objects.filter(name="agencies:instrument:record").latest("index")
    assert json.loads(event.text)["facts"]["parties"] == ["DAS", "OPM"]


def test_the_pages_show_who_answers_for_what_and_who_may_change_it(client: Client) -> None:
    page = client.get("/agencies/responsibilities/").text
    for said in ("To administer the initiative", "To operate the secure data enclave", "Department of Labor"):
        assert said in page
    assert "Sam Reyes" not in page
    assert "action-transfer" not in page
    assert "Sam Reyes" in as_("maya.ortiz").get("/agencies/responsibilities/").text
    assert "action-transfer" in as_("june.fisher").get("/agencies/responsibilities/").text
    assert "action-record" in as_("ann.weiss").get("/agencies/instruments/").text
    page = client.get("/agencies/instruments/").text
    assert re.search(r"<td[^>]*>Public Act 25-119</td>", page), "in the place of what it supersedes"
    assert client.get("/agencies/instruments/?in_force=no&format=csv").getvalue().count(b"not in force") > 0
    assert b"not in force" not in client.get("/agencies/instruments/?in_force=yes&format=csv").getvalue()
    assert b"Sam Reyes" not in client.get("/agencies/responsibilities/?format=csv").getvalue()


def test_the_same_through_the_forms() -> None:
    ann, june = as_("ann.weiss"), as_("june.fisher")
    form = {
        "number": "joint", "kind": "memorandum_of_understanding", "title": "Joint operation", "citation": "MOU 2026",
        "parties": ["DAS", "OPM"], "effective_on": str(clock.today()), "authorises": ["operate"], "says": "Operation.",
    }  # fmt: skip
    assert ann.post("/agencies/instruments/record/", form | {"number": "two words"}).status_code == 400
    assert ann.post("/agencies/instruments/record/", form).status_code == 302
    transfer = {"kind": "operate", "agency": "OPM", "since": str(clock.today()), "under": "joint"}
    assert june.post("/agencies/responsibilities/transfer/", transfer).status_code == 302
    assert june.get("/api/agencies/responsibilities").json()["responsibilities"][3]["agency"] == "OPM"


@pytest.mark.parametrize(
    "query",
    [
        "INSERT INTO agencies_authority (agency_id, kind, citation, instrument, since, verified)"
        " SELECT agency_id, kind, citation, instrument, since + 9000, verified FROM agencies_authority LIMIT 1",
        "INSERT INTO agencies_agency (code, name, kind, status, address, telephone)"
        " VALUES ('NEW', 'New', 'state', 'participating', '', '')",
        "UPDATE agencies_agency SET status = 'suspended'",
        "INSERT INTO agencies_roleheld (person_id, role, agency_id, since)"
        " SELECT person_id, 'policy_office', agency_id, since + 9000 FROM agencies_roleheld LIMIT 1",
        "UPDATE agencies_roleheld SET until = since",
        "INSERT INTO board_seat (board_id, kind, agency_id, person_id, since)"
        " SELECT board_id, kind, agency_id, person_id, since FROM board_seat LIMIT 1",
        "UPDATE board_seat SET until = since",
    ],
)
def test_nobody_adds_an_agency_an_authority_an_office_or_a_seat_in_nobodys_name(query: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(query)
        with pytest.raises(ProgrammingError, match="names nobody"):
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
