"""A session that shows records ends when the agreement in force, or the catalog, lets nobody see them that way."""

import time
from datetime import timedelta
from functools import partial

import pytest

from apps import changes_way, sessions_way, way
from apps.changes_way import begun
from apps.hub_way import AsProcess
from apps.outputs_way import MAYA, small_extract
from apps.sessions_way import opened
from apps.way import as_, person, refused
from charteroak.adapters import environments, sandboxes
from charteroak.adapters.sandboxes import Capability
from charteroak.agreements import actions as agreements
from charteroak.agreements.models import Agreement
from charteroak.audit.models import Event
from charteroak.catalog.models import Variable
from charteroak.policy.decision import Refused
from charteroak.policy.request_change import Kind
from charteroak.policy.workspace import Mode
from charteroak.requests import actions as requests
from charteroak.workspaces import actions, sessions
from charteroak.workspaces.models import Enclave, Session, Workspace
from conftest import owner_beside

pytestmark = [pytest.mark.usefixtures("on_the_day"), pytest.mark.enable_socket]
NOBODY = "let nobody see these records this way any more"


def drafted() -> Agreement:
    way.hub_keys()
    return agreements.draft(data_request_pk=way.approved().pk, by=person("ann.weiss"), sensitive_seen=True)


@pytest.fixture
def in_pixels(as_process: AsProcess, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """On a sensitive column, which the agreement shows as a picture."""
    monkeypatch.setattr(way, "drafted", drafted)
    extract = small_extract(as_process)
    sensitive("sensitive")
    with owner_beside():
        Enclave.objects.create(pk=1, strict_tier=False, accounts_apart=True, pixels=True)
    return actions.open_(extract=extract.pk, by=person("kim.tran"), mode=Mode.PIXEL)


def sensitive(how: str) -> None:
    with owner_beside():
        Variable.objects.filter(name="race_eth").update(sensitivity=how)


def amendment() -> Agreement:
    """Ready for its parties: the clause that showed sensitive columns says so no more."""
    record = begun(Kind.EXTENSION)
    requests.edit(pk=record.pk, by=person(MAYA), ends_on=Agreement.objects.get().ends_on + timedelta(days=30))
    approved = changes_way.approved(record)
    return agreements.draft(data_request_pk=approved.pk, by=person("ann.weiss"), sensitive_seen=False)


def started(room: Workspace, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.setattr(environments, "interactive", lambda: True)
    monkeypatch.setattr(sandboxes, "pixels_here", lambda: Capability("", True, ""))
    session = sessions.start(pk=opened(room).pk, environment="0" * 64)
    assert session is not None
    return session


def test_an_amendment_without_the_clause_ends_each_way_on(
    in_pixels: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = started(in_pixels, monkeypatch)
    key = sessions.enter(name=session.name, ticket=sessions.ticket_for(session))
    asked = partial(sessions.admitted, name=session.name, bytes_out=0, active=False)
    text = amendment()
    assert asked(key=key)[0].allowed
    assert sessions.goes_on(pk=session.pk)
    way.signed(text)
    assert [reason.rule for reason in asked(key=key)[0].reasons] == ["mode_too_open"]
    entered = refused(sessions.enter, name=session.name, ticket=sessions.ticket_for(session))
    assert entered == ["mode_too_open"]
    with pytest.raises(Refused, match=NOBODY) as caught:
        sessions.goes_on(pk=session.pk)
    sessions.turn_away(pk=session.pk, refused=caught.value)
    page = as_(MAYA).get(session.get_absolute_url(), headers={"Accept-Language": "es"}).text
    assert "ya no dejan que nadie vea estos registros de esta manera" in page
    assert NOBODY not in page
    place = as_(MAYA).get(in_pixels.get_absolute_url()).text
    assert "No session opens any more" in place
    assert "as a picture of a browser" not in place


def test_a_column_that_the_catalog_calls_sensitive_since_ends_a_session_in_the_browser(
    room: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = started(room, monkeypatch)
    assert session.mode == "browser"
    assert sessions.goes_on(pk=session.pk)
    sensitive("sensitive")
    with pytest.raises(Refused, match=NOBODY):
        sessions.goes_on(pk=session.pk)
    with owner_beside():
        Session.objects.all().update(status="ended")
    assert refused(sessions.open_, workspace=room.pk, by=person(MAYA)) == ["mode_too_open"]


def test_a_session_that_shows_no_record_goes_on_whatever_is_signed(
    room: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with owner_beside():
        Workspace.objects.filter(pk=room.pk).update(mode="query-only")
    session = started(Workspace.objects.get(pk=room.pk), monkeypatch)
    sensitive("direct identifier")
    assert sessions.goes_on(pk=session.pk)


@pytest.mark.sandbox
@pytest.mark.skipif(not environments.interactive(), reason="JupyterLab is not installed: make jupyter")
@pytest.mark.skipif(not sandboxes.pixels_here().ok, reason="`oak doctor` says what to install")
def test_the_sandbox_of_a_picture_is_ended_once_the_amendment_is_signed(
    in_pixels: Workspace, live_database: object
) -> None:
    session, text = opened(in_pixels), amendment()
    with sessions_way.hosted(session) as hosting:
        while Session.objects.get(pk=session.pk).status == "starting":
            time.sleep(0.1)
        assert Session.objects.get(pk=session.pk).status == "running"
        way.signed(text)
        hosting.join()
    session.refresh_from_db()
    assert (session.status, NOBODY in session.outcome, session.key_hash) == ("refused", True, "")
    assert "mode_too_open" in Event.objects.get(name="workspaces:session:refuse").text
