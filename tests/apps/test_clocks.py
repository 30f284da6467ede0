"""Whose clock runs, from the log: on the pages, as JSON, and as medians."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from apps import way
from apps.way import as_
from charteroak.adapters import clock, listing
from charteroak.adapters.calendar import closed_days
from charteroak.agreements import actions, destruction
from charteroak.agreements.clocks import Turn, due_of, figures
from charteroak.agreements.models import Agreement, ClockFigure
from charteroak.agreements.queries import to_draft
from charteroak.policy.after_signature import match_due
from charteroak.policy.clocks import Party, Stage, State
from charteroak.reports import clocks
from charteroak.requests.models import DataRequest
from charteroak.site.tasks import work_out_figures
from charteroak.submissions import worklist
from conftest import connection_as, owner_beside


@pytest.fixture(scope="module", autouse=True)
def approved(database_of_the_file: None) -> None:
    with connection_as("owner"):
        way.load()
    way.approved()


@pytest.fixture
def drafted(rolled_back: None) -> Agreement:
    return way.drafted()


def running() -> dict[Stage, Turn]:
    return {one.run.stage: one for one in clocks.running(DataRequest.objects.all())}


def test_an_approved_request_is_counsels_turn_until_it_is_drafted(rolled_back: None) -> None:
    turn = running()[Stage.DRAFT]
    assert (turn.run.party, turn.days, turn.state) == (Party.COUNSEL, 0, State.RUNNING)
    way.drafted()
    assert list(running()) == [Stage.TEXT]


def test_each_party_has_a_signing_clock_of_its_own(drafted: Agreement) -> None:
    actions.open_for_signature(pk=drafted.pk, by=way.person("ann.weiss"))
    drafted.refresh_from_db()
    party = drafted.parties.select_related("signatory").get(agency__code="SDE")
    before = [one.run.whose for one in clocks.running(DataRequest.objects.all())]
    assert len(before) == drafted.parties.count()
    actions.sign(
        party=party.pk,
        by=party.signatory,
        text_hash=drafted.text_hash,
        intent="I.",
        confirmed_at=clock.real_now(),
    )
    after = [one.run.whose for one in clocks.running(DataRequest.objects.all())]
    assert set(before) - set(after) == {"SDE:contributor"}


def test_every_page_says_whose_turn_and_by_when(drafted: Agreement) -> None:
    page = as_("ann.weiss").get(drafted.get_absolute_url()).text
    assert "no deadline" not in page
    due = due_of(drafted)
    assert due is not None
    assert f'datetime="{due:%Y-%m-%d}"' in page
    clock.move_to(clock.now() + timedelta(days=30))
    assert running()[Stage.TEXT].state is State.OVERDUE
    overdue = as_("sam.reyes").get("/reports/turns/?state=overdue").text
    assert str(drafted.data_request) in overdue
    assert "Nothing here fits what you look for." in as_("sam.reyes").get("/reports/turns/?state=paused").text


def test_a_signed_agreement_is_each_agencys_turn_to_send_its_files(drafted: Agreement) -> None:
    record = way.signed(drafted)
    files = [one for one in clocks.running(DataRequest.objects.all()) if one.run.stage is Stage.FILES]
    # DOL answers the hub's finder list, for which no numbers are there
    assert {(one.run.party, one.whose, one.run.began_on) for one in files} == {
        (Party.AGENCY, code, clock.today()) for code in ("CSC", "SDE")
    }
    assert files[0].due is not None
    assert f'datetime="{files[0].due:%Y-%m-%d}"' in as_(way.STEWARDS["SDE"]).get(files[0].page).text
    assert files[0].due in [item.by_when for item in worklist.todo(way.person(way.STEWARDS["SDE"]))]
    match = match_due(clock.today(), closed_days())
    assert f'datetime="{match:%Y-%m-%d}"' in as_("noor.haddad").get(record.get_absolute_url()).text
    destruction.start_identifiers(record, clock.today())
    assert Stage.DESTRUCTION in running()


def test_beside_the_platform_it_is_the_hubs_turn_until_the_match_is_confirmed(
    drafted: Agreement, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHARTEROAK_GOVERNANCE_ONLY", "1")
    record = way.signed(drafted)
    assert {stage: one.run.party for stage, one in running().items()} == {Stage.MATCH: Party.HUB}
    destruction.start_identifiers(record, clock.today())
    assert list(running()) == [Stage.DESTRUCTION]
    assert {one.run.stage for one in clocks.turns_of([record.data_request])} >= {Stage.MATCH, Stage.SIGNATURE}


def test_the_applicant_is_told_in_time_that_the_end_comes(drafted: Agreement) -> None:
    record = way.signed(drafted)
    clock.move_to(clock.now() + (record.ends_on - clock.today()) - timedelta(days=20))
    end = running()[Stage.END]
    assert (end.due, end.run.party) == (record.ends_on, Party.APPLICANT)
    assert end.state is State.SOON  # the letter goes out
    assert "ends soon" in as_("maya.ortiz").get("/").text
    clock.move_to(clock.now() + timedelta(days=21))
    assert running()[Stage.REST].run.party is Party.POLICY_OFFICE


def test_many_turns_are_paged_with_the_filters_that_were_chosen(
    drafted: Agreement, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.open_for_signature(pk=drafted.pk, by=way.person("ann.weiss"))
    every = [one.run.whose for one in clocks.running(DataRequest.objects.all())]
    monkeypatch.setattr(listing, "PER_PAGE", 2)
    client, here, seen = as_("sam.reyes"), "/reports/turns/", []
    address = "?state=running&party=signatory"
    while address:
        page = client.get(here + address).context["shown"]
        rows = [row[2].value for row in page.rows]
        assert 1 <= len(rows) <= 2
        seen += rows
        address = page.address(page=str(page.number + 1)) if page.number < page.pages else ""
        assert not address or {"state=running", "party=signatory"} <= set(address.lstrip("?").split("&"))
    assert sorted(seen) == sorted(f"signatory ({one.partition(':')[0]})" for one in every)
    assert "Page after" not in client.get(f"{here}?page=99").text


def test_json_says_the_same_as_the_page(drafted: Agreement) -> None:
    found = as_("sam.reyes").get("/api/reports/turns").json()["turns"]
    assert [(one["request"], one["stage"], one["party"]) for one in found] == [
        (drafted.number, "agreeing_on_the_text", "counsel")
    ]
    whole = as_("sam.reyes").get(f"/api/reports/turns/{drafted.number}").json()["turns"]
    assert {"application", "completeness_check", "agency_decision", "board_decision"} <= {
        one["stage"] for one in whole
    }


def test_a_stranger_sees_no_clock(drafted: Agreement, client: Client) -> None:
    here = f"/reports/turns/{drafted.number}/"
    assert client.get(here).status_code == 302
    assert as_("eve.lang").get(here).status_code == 404
    assert as_("eve.lang").get(f"/api/reports/turns/{drafted.number}").status_code == 404
    assert as_("eve.lang").get("/api/reports/turns").json()["turns"] == []


def test_medians_are_worked_out_once_a_day_and_published(database_of_the_file: None) -> None:
    with connection_as("post"):
        clocks.work_out_figures()
        clocks.work_out_figures()
    found = {(one.stage, one.party): one for one in figures()}
    assert found[Stage.DECISION, Party.AGENCY].turns == 3
    assert "How long each stage takes" in as_("sam.reyes").get("/reports/turns/").text
    assert len(as_("sam.reyes").get("/api/reports/turns").json()["medians"]) == len(found)


def test_medians_stand_there_within_a_minute_of_a_day_and_are_renewed_every_hour(
    database_of_the_file: None,
) -> None:
    def renewed(at_minute: int) -> bool:
        with owner_beside():
            ClockFigure.objects.filter(stage=Stage.DECISION).delete()
        work_out_figures(timestamp=60 * at_minute)
        return ClockFigure.objects.filter(stage=Stage.DECISION).exists()

    with connection_as("post"):
        with way.day(way.DAY_ZERO + timedelta(days=40)):  # a demo's day
            assert renewed(30)
            assert renewed(31)
        clock.reset()
        assert renewed(30), "this day has none yet"
        assert not renewed(31)
        assert renewed(60)


def test_a_page_of_clocks_asks_few_questions_however_many_requests(
    drafted: Agreement, django_assert_max_num_queries: type
) -> None:
    with django_assert_max_num_queries(14):  # of three rooms
        clocks.running(DataRequest.objects.all())


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Of a query's plan, whatever way the planner took."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def test_later_changes_are_looked_for_of_changes_only(rolled_back: None) -> None:
    """Else the list of what is to be drafted would compare each approved request with each."""
    assert to_draft().exists()
    plan = json.loads(to_draft().explain(analyze=True, format="json"))[0]["Plan"]
    asked = [node["Actual Loops"] for node in nodes(plan) if node.get("Parent Relationship") == "SubPlan"]
    assert sum(asked) <= DataRequest.objects.exclude(changes_request=None).count(), plan


def test_of_very_many_turns_those_that_wait_longest_are_shown_and_any_is_found(
    drafted: Agreement, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = way.signed(drafted)
    monkeypatch.setattr(clocks, "MOST", 0)
    page = as_("sam.reyes").get("/reports/turns/").text
    assert "1 agreement or set of outputs that waits less long is left out" in page
    assert as_("sam.reyes").get("/api/reports/turns").json()["left_out"] == 1
    monkeypatch.setattr(clocks, "MOST", 1)
    client = as_("sam.reyes")
    assert "sending files" in client.get(f"/reports/turns/?q={record.number}").text
    assert "Nothing here fits what you look for." in client.get("/reports/turns/?q=no+such+title").text
