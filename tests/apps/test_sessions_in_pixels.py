"""Sessions that are a picture: where the catalog lets them, behind the door of all; a hostile screen behind it."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from apps import way
from apps.hub_way import DAY, AsProcess
from apps.outputs_way import MAYA, small_extract
from apps.sessions_way import opened
from apps.way import person, refused
from charteroak.adapters import environments, sandboxes
from charteroak.adapters.sandboxes import Capability
from charteroak.agreements import actions as agreements
from charteroak.agreements.models import Agreement, Clause
from charteroak.catalog.models import Variable
from charteroak.policy.workspace import Mode
from charteroak.workspaces import actions, broker, modes, passage, proxy, queries, sessions
from charteroak.workspaces.models import Enclave, Session, Workspace
from conftest import owner_beside

pytestmark = [pytest.mark.usefixtures("on_the_day"), pytest.mark.enable_socket]
SECRET = b"030-44-1871 of the extract"
PICTURE = (
    b"\0\0\0\1" + bytes([0, 0, 0, 0, 0, 2, 0, 1]) + bytes(4) + b"8 pixels"
)  # one raw rectangle of 2 by 1
HOSTILE = (
    b"\3\0\0\0" + len(SECRET).to_bytes(4) + SECRET
    + b"\3\0\0\0" + (2**32 - len(SECRET)).to_bytes(4) + SECRET
    + PICTURE
)  # fmt: skip


@pytest.fixture(autouse=True)
def with_the_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environments, "interactive", lambda: True)
    monkeypatch.setattr(sandboxes, "pixels_here", lambda: Capability("", True, ""))


@pytest.fixture
def running(room: Workspace) -> Session:
    with owner_beside():
        Workspace.objects.filter(pk=room.pk).update(mode="pixel")
    room.refresh_from_db()
    session = sessions.start(pk=opened(room).pk, environment="0" * 64)
    assert session is not None
    return session


class Browser:
    """One who speaks to the door as a browser does, and keeps what comes."""

    def __init__(self, session: Session) -> None:
        self.door = proxy.Sessions(None, [])
        self.host = f"{session.name}.localhost:8042"
        key = sessions.enter(name=session.name, ticket=sessions.ticket_for(session))
        self.headers = [
            (b"host", self.host.encode()),
            (b"origin", f"http://{self.host}".encode()),
            (b"cookie", f"{passage.KEY}={key}".encode()),
            (b"sec-fetch-dest", b"iframe"),
        ]

    def scope(self, kind: str, path: str) -> dict[str, Any]:
        asked = {"type": kind, "path": path, "raw_path": path.encode(), "query_string": b"", "method": "GET"}
        return {**asked, "headers": self.headers}

    def get(self, path: str) -> tuple[int, bytes, dict[bytes, bytes]]:
        said: list[dict[str, Any]] = []

        async def send(message: dict[str, Any]) -> None:
            said.append(message)

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b""}

        asyncio.run(self.door(self.scope("http", path), receive, send))
        return said[0]["status"], said[1]["body"], dict(said[0]["headers"])

    def watch(self, path: str, *spoken: bytes) -> tuple[bytes, int]:
        """What a channel sends until it is closed, and the code that it is closed with."""
        seen, waiting = list[dict[str, Any]](), list(spoken)

        async def send(message: dict[str, Any]) -> None:
            seen.append(message)

        async def receive() -> dict[str, Any]:
            if not seen and waiting == list(spoken):
                waiting.insert(0, b"")  # the wish to connect
            if waiting:
                said = waiting.pop(0)
                return {"type": "websocket.receive" if said else "websocket.connect", "bytes": said}
            return await asyncio.Future[dict[str, Any]]()

        asyncio.run(self.door(self.scope("websocket", path), receive, send))
        return b"".join(message.get("bytes", b"") for message in seen), seen[-1]["code"]


@pytest.fixture
def hostile(running: Session) -> Iterator[list[bytes]]:
    """In place of the screen: one that sends clipboards; what it is told. It goes when it has been told enough."""
    told = list[bytes]()
    path = broker.socket_of(running.name)
    path.parent.mkdir(parents=True, exist_ok=True)

    def serve(listener: socket.socket) -> None:
        screen, _ = listener.accept()
        with screen:
            screen.sendall(b"RFB 003.008\n\1\1" + bytes(4))
            screen.sendall((64).to_bytes(2) + (48).to_bytes(2) + bytes(16) + len(SECRET).to_bytes(4) + SECRET)
            screen.sendall(HOSTILE)
            heard = b""
            while not heard.endswith(b"\4\1\0\0\0\0\0a"):
                heard += screen.recv(4096)
            told.append(heard)

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        yield told
        thread.join()
    path.unlink()


def test_a_hostile_screen_gets_no_clipboard_through_the_door(running: Session, hostile: list[bytes]) -> None:
    pasted = b"\6\0\0\0" + len(SECRET).to_bytes(4) + SECRET
    seen, code = Browser(running).watch(
        "/picture/channel", b"RFB 003.008\n", b"\1\1", pasted[:9], pasted[9:], b"\4\1\0\0\0\0\0a"
    )
    assert seen.endswith(PICTURE)
    assert SECRET not in seen
    assert SECRET not in hostile[0]
    assert hostile[0].endswith(b"\4\1\0\0\0\0\0a"), "the key came through"
    assert code == 1000
    running.refresh_from_db()
    assert running.active_at is not None


def test_no_page_comes_from_inside(running: Session) -> None:
    maya = Browser(running)
    status, page, headers = maya.get("/lab")
    assert (status, b"/picture/screen.js" in page) == (200, True)
    assert b"script-src 'self';" in headers[b"content-security-policy"]
    assert maya.get("/picture/novnc/core/rfb.js")[0] == 200
    for path in (
        "/api/contents/a.csv",
        "/static/lab/main.js",
        "/files/a",
        "/api/kernels",
        "/picture/elsewhere",
    ):
        assert maya.get(path)[0] == 403, path
    assert maya.watch("/api/kernels/0f/channels") == (b"", 4403), "nor is there a channel to a kernel"


def test_the_door_is_the_same_as_to_every_session(running: Session) -> None:
    maya, second = Browser(running), Browser(running)
    assert maya.get("/lab")[0] == 403, "another browser has entered"
    assert maya.watch("/picture/channel") == (b"", 4403)
    way.lapse(MAYA, DAY.replace(day=1))
    assert second.get("/lab")[0] == 403
    assert second.watch("/picture/channel") == (b"", 4403)


def test_a_session_in_browser_mode_has_no_picture(room: Workspace) -> None:
    session = sessions.start(pk=opened(room).pk, environment="0" * 64)
    assert session is not None
    assert Browser(session).watch("/picture/channel") == (b"", 4403)


def test_without_the_programs_it_is_refused_with_the_reason(
    room: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with owner_beside():
        Workspace.objects.filter(pk=room.pk).update(mode="pixel")
    room.refresh_from_db()
    monkeypatch.setattr(sandboxes, "pixels_here", lambda: Capability("", False, "", ""))
    session = opened(room)
    assert sessions.start(pk=session.pk, environment="0" * 64) is None
    session.refresh_from_db()
    assert (session.status, "not installed here" in session.outcome) == ("refused", True)


def test_an_operator_chooses_what_the_catalog_allows_or_less(as_process: AsProcess) -> None:
    extract, kim = small_extract(as_process), person("kim.tran")

    def reasons(mode: Mode) -> list[str]:
        return [reason.rule for reason in queries.may_open(extract, kim, mode=mode).reasons]

    assert reasons(Mode.PIXEL) == ["pixels_not_here"], "the enclave has not said yet"
    with owner_beside():
        Enclave.objects.create(pk=1, strict_tier=False, accounts_apart=True, pixels=True)
    assert [reasons(mode) for mode in Mode] == [[], [], []]
    with owner_beside():
        Variable.objects.filter(name="race_eth").update(sensitivity="sensitive")
    assert [reasons(mode) for mode in Mode] == [[], ["mode_too_open"], ["mode_too_open"]], "no clause says it"
    assert refused(actions.open_, extract=extract.pk, by=kim, mode=Mode.PIXEL) == ["mode_too_open"]
    assert modes.mode_of(extract) == Mode.QUERY_ONLY
    with owner_beside():
        Variable.objects.filter(name="race_eth").update(sensitivity="direct identifier")
    assert [reasons(mode) for mode in Mode] == [[], ["mode_too_open"], ["mode_too_open"]]
    assert refused(actions.open_, extract=extract.pk, by=kim, mode=Mode.PIXEL) == ["mode_too_open"]
    assert actions.open_(extract=extract.pk, by=kim).mode == Mode.QUERY_ONLY


def test_sensitive_columns_are_shown_as_a_picture_where_all_signed_it(
    as_process: AsProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(way, "drafted", lambda: _drafted("ann.weiss", sensitive_seen=True))
    extract = small_extract(as_process)
    assert "shown to the named people as a picture" in Clause.objects.get(kind="place").text
    with owner_beside():
        Enclave.objects.create(pk=1, strict_tier=False, accounts_apart=True, pixels=True)
        Variable.objects.filter(name="race_eth").update(sensitivity="sensitive")
    assert modes.mode_of(extract) == Mode.QUERY_ONLY, "unless its operator chooses"
    room = actions.open_(extract=extract.pk, by=person("kim.tran"), mode=Mode.PIXEL)
    assert opened(room).mode == "pixel"
    with owner_beside():  # found out later: what was chosen is asked anew
        Session.objects.all().update(status="ended")
        Variable.objects.filter(name="race_eth").update(sensitivity="direct identifier")
    assert refused(sessions.open_, workspace=room.pk, by=person("maya.ortiz")) == ["mode_too_open"]


def _drafted(by: str, *, sensitive_seen: bool) -> Agreement:
    way.hub_keys()
    request = way.approved()
    return agreements.draft(data_request_pk=request.pk, by=person(by), sensitive_seen=sensitive_seen)
