"""Interactive sessions: who opens and enters one, which mode it has, what ends it."""

import asyncio
import json
from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client

from apps import sessions_way, way
from apps.hub_way import DAY, NUMBER, AsProcess
from apps.outputs_way import MAYA
from apps.sessions_way import opened
from apps.way import person, refused
from charteroak.adapters import clock, environments, sandboxes
from charteroak.adapters.sandboxes import Capability
from charteroak.agencies.models import Agency
from charteroak.agreements import actions as agreements
from charteroak.audit.models import Event
from charteroak.catalog.models import Variable
from charteroak.policy import session as rules
from charteroak.workspaces import invented, modes, proxy, sessions
from charteroak.workspaces.models import Session, Workspace
from conftest import owner_beside

pytestmark = pytest.mark.usefixtures("on_the_day")


@pytest.fixture(autouse=True)
def with_jupyterlab(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environments, "interactive", lambda: True)


@pytest.fixture
def running(room: Workspace) -> Session:
    session = sessions.start(pk=opened(room).pk, environment="0" * 64)
    assert session is not None
    return session


def admitted(session: Session, key: str) -> set[str]:
    decision, _mode = sessions.admitted(name=session.name, key=key, bytes_out=0, active=False)
    return {reason.rule for reason in decision.reasons}


def entered(session: Session) -> str:
    return sessions.enter(name=session.name, ticket=sessions.ticket_for(session))


def test_the_catalog_decides_how_people_work(room: Workspace) -> None:
    assert room.mode == "browser"  # its one column is a quasi-identifier
    extract = room.extract
    with owner_beside():
        Variable.objects.filter(name="race_eth").update(sensitivity="sensitive")
    assert modes.mode_of(extract) == "query-only"
    with owner_beside():
        Variable.objects.filter(name="race_eth").update(sensitivity="plain")
    assert modes.mode_of(extract) == "browser"
    with owner_beside():  # the file of identifiers has a column of that name, which no extract holds
        matching = Variable.objects.filter(dataset__agency__code="SDE", dataset__file="matching").first()
        assert matching is not None
        matching.pk, matching.name, matching.sensitivity = None, "race_eth", "sensitive"
        matching.save()
    assert modes.mode_of(extract) == "browser"
    extract.tables["sde"]["columns"].append("not_in_the_catalog")
    assert modes.mode_of(extract) == "query-only"


def test_one_session_each_for_who_is_named_and_in_standing(room: Workspace) -> None:
    assert opened(room).mode == "browser"
    assert refused(sessions.open_, workspace=room.pk, by=person(MAYA)) == ["session_open_already"]
    assert refused(sessions.open_, workspace=room.pk, by=person("kim.tran")) == ["wrong_role"]
    way.lapse(MAYA, DAY - timedelta(days=1))
    assert "training_lapsed" in refused(sessions.open_, workspace=room.pk, by=person(MAYA))


def test_no_session_without_limits_or_jupyterlab(room: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    unlimited = Capability("limits", False, "cannot be enforced: no cgroups", "start as root")
    monkeypatch.setattr(sandboxes, "limits_enforced", lambda: unlimited)
    monkeypatch.setattr(environments, "interactive", lambda: False)
    session = opened(room)
    assert sessions.start(pk=session.pk, environment="0" * 64) is None, "asked where it would run"
    session.refresh_from_db()
    assert session.status == "refused"
    event = Event.objects.get(name="workspaces:session:refuse")
    assert json.loads(event.text)["facts"]["rules"] == ["session_limits_not_enforced", "no_jupyterlab"]
    assert "cannot be enforced: no cgroups" in session.outcome


def test_a_session_neither_starts_nor_goes_on_once_the_projects_hours_are_spent(
    room: Workspace, running: Session
) -> None:
    assert sessions.goes_on(pk=running.pk)
    sessions.measure(pk=running.pk, cpu_seconds=room.hours * 3600, memory=0, work=0, active=True)
    assert refused(sessions.goes_on, pk=running.pk) == ["hours_spent"]
    assert sessions.start(pk=running.pk, environment="0" * 64) is None
    running.refresh_from_db()
    assert (running.status, "processor time" in running.outcome) == ("refused", True)


def test_a_ticket_opens_once_and_only_its_own_session(running: Session) -> None:
    older = sessions.ticket_for(running)
    ticket = sessions.ticket_for(running)
    key = sessions.enter(name=running.name, ticket=ticket)
    assert admitted(running, key) == set()
    for worthless in (ticket, older, "made-up", ticket[:-1]):
        assert refused(sessions.enter, name=running.name, ticket=worthless) == ["ticket_used"]
    foreign = signing.dumps(
        [running.pk + 1, running.opened_by_id, clock.real_now().isoformat()], salt=sessions.TICKET
    )
    assert refused(sessions.enter, name=running.name, ticket=foreign) == ["ticket_used"]
    other = signing.dumps(
        [running.pk, person("jonah.reed").pk, clock.real_now().isoformat()], salt=sessions.TICKET
    )
    assert "not_your_session" in refused(sessions.enter, name=running.name, ticket=other)


def test_a_second_browser_puts_the_first_out(running: Session) -> None:
    first, second = entered(running), entered(running)
    assert admitted(running, first) == {"entered_elsewhere"}
    assert admitted(running, second) == set()
    assert admitted(running, "") == {"entered_elsewhere"}


def test_access_that_is_lost_is_lost_inside_too(running: Session) -> None:
    key = entered(running)
    assert sessions.goes_on(pk=running.pk)
    way.lapse(MAYA, DAY - timedelta(days=1))
    assert "training_lapsed" in admitted(running, key)
    assert "training_lapsed" in refused(sessions.goes_on, pk=running.pk)


def test_it_stops_when_asked_to_or_when_nobody_is_there(
    running: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = clock.real_now() + rules.IDLE
    with monkeypatch.context() as patched:
        patched.setattr(clock, "real_now", lambda: later)
        assert not sessions.goes_on(pk=running.pk)
    key = entered(running)
    assert "wrong_role" in refused(sessions.stop, pk=running.pk, by=person("ida.moss"))
    sessions.stop(pk=running.pk, by=person("kim.tran"))
    assert not sessions.goes_on(pk=running.pk)
    assert admitted(running, key)
    assert sessions.start(pk=running.pk, environment="0" * 64) is None


def test_more_than_anybody_reads_is_on_the_record_once(running: Session) -> None:
    key = entered(running)
    for _ in range(3):
        sessions.admitted(name=running.name, key=key, bytes_out=rules.TEXT - 1, active=True)
    running.refresh_from_db()
    assert running.bytes_out == 3 * (rules.TEXT - 1)
    assert running.alarm_at is not None
    assert Event.objects.filter(name="workspaces:session:alarm").count() == 1


def test_invented_records_have_the_extracts_shape_and_the_catalogs_codes(room: Workspace) -> None:
    import polars as pl

    schema = {"pid": pl.String(), "race_eth": pl.String(), "grad_year": pl.Int64(), "gpa": pl.Float64()}
    made = invented.tables({"sde": list(schema)})["sde"]
    assert dict(made.schema) == schema
    codes = Variable.objects.get(name="race_eth").codes
    assert set(made["race_eth"]) <= set(codes)
    assert made["grad_year"].is_between(2019, 2022).all()
    assert made.equals(invented.tables({"sde": list(schema)})["sde"])


def test_to_invent_records_no_real_one_is_opened(room: Workspace, as_process: AsProcess) -> None:
    extract = room.extract
    extract.stored = dict.fromkeys(extract.stored, "0" * 64)  # what cannot be opened
    with as_process("enclave"), invented.mounted(extract, room.account, purpose="test") as folder:
        assert {path.name for path in folder.iterdir()} == {"README.txt", "sde.parquet"}


@pytest.mark.usefixtures("room")
def test_invented_records_have_the_types_of_the_extract_that_the_hub_builds() -> None:
    import polars as pl

    from charteroak.hub.extracts import table_of
    from charteroak.policy.clauses import Elements

    agencies = Agency.objects.filter(datasets__file="analysis").distinct()
    assert agencies
    for agency in agencies:
        types = dict(modes.variables_of(agency.code.lower()).values_list("name", "type"))
        written = {name: "20200101" if kind == "date" else "2020" for name, kind in types.items()}
        shared = Elements("elements", frozenset(), frozenset(types))
        rows = pl.DataFrame({"pid": "1", **written})
        for masked in ({}, types):
            built = table_of(rows, shared, types, masked).study
            made = invented.tables({agency.code.lower(): built.columns})[agency.code.lower()]
            assert dict(made.schema) == dict(built.schema)


def test_its_page_holds_a_ticket_for_its_own_person_alone(client: Client, running: Session) -> None:
    here = running.get_absolute_url()
    client.force_login(person(MAYA))
    answer = client.get(here)
    assert "/enter?ticket=" in answer.content.decode()
    assert f"frame-src http://{running.name}.localhost" in answer.headers["Content-Security-Policy"]
    for other, status in (("jonah.reed", 200), ("kim.tran", 200), ("eve.lang", 404)):
        client.force_login(person(other))
        answer = client.get(here)
        assert answer.status_code == status
        assert "ticket=" not in answer.content.decode()
        assert "frame-src" not in answer.headers["Content-Security-Policy"]


def test_a_starting_session_looks_again_by_itself(client: Client, room: Workspace) -> None:
    client.force_login(person(MAYA))
    answer = client.post(f"/workspaces/{NUMBER}/open-session/", follow=True)
    assert answer.headers["Refresh"] == "1"
    assert Session.objects.get().status == "starting"
    client.post(f"{Session.objects.get().get_absolute_url()}stop/")
    assert Session.objects.get().status == "ended"


def test_a_sessions_origin_is_no_other_sites() -> None:
    name = proxy.Sessions(None, [])._name
    assert name.fullmatch("abcdefghijklmnop.localhost:8042")
    hosts = """
    localhost:8042 abcdefghijklmnop.localhost.evil.example x.abcdefghijklmnop.localhost
    abcdefghijklmnop.example:8042 ABCDEFGHIJKLMNOP.localhost 0bcdefghijklmnop.localhost
    """
    for host in hosts.split():
        assert not name.fullmatch(host)


def decided(door: proxy.Sessions, name: str, key: str) -> set[str]:
    decision = asyncio.run(door.decide(name, key))
    return {reason.rule for reason in decision.reasons}


def test_what_went_out_is_counted_though_another_browser_enters(running: Session) -> None:
    door, name = proxy.Sessions(None, []), running.name
    assert decided(door, name, entered(running)) == set()
    door.count(name, 32 << 20)
    door.ask_anew(name)
    running.refresh_from_db()
    assert running.bytes_out == 0
    assert decided(door, name, entered(running)) == set()
    running.refresh_from_db()
    assert running.bytes_out == 32 << 20


def test_a_wrong_key_does_not_cut_off_the_owner_and_an_end_does(running: Session) -> None:
    door, key = proxy.Sessions(None, []), entered(running)
    inside = door.inside(running.name)
    assert decided(door, running.name, "wrong") == {"entered_elsewhere"}
    assert not inside.is_closed
    agreements.terminate(pk=running.workspace.agreement_id, by=person("sam.reyes"), because="done")
    assert "agreement_ended" in decided(door, running.name, key)
    assert inside.is_closed


def test_a_name_that_no_session_has_leaves_nothing_behind() -> None:
    door = proxy.Sessions(None, [])
    with pytest.raises(Session.DoesNotExist):
        decided(door, "abcdefghijklmnop", "")
    assert not door._known
    assert not door._looking


def test_who_loses_the_session_while_it_starts_is_told_why(room: Workspace) -> None:
    session = opened(room)
    way.lapse(MAYA, DAY - timedelta(days=1))
    with sessions_way.hosted(session) as thread:
        thread.join(timeout=120)
    session.refresh_from_db()
    assert session.status == "refused"
    assert Event.objects.filter(name="workspaces:session:start:refused", by=MAYA).exists()
