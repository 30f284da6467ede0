"""A hostile notebook's script tries to get bytes out of the researcher's browser; what gets out is named."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Error, Frame

import isolation
from apps import sessions_way
from apps.outputs_way import MAYA
from charteroak.adapters import environments
from charteroak.workspaces.models import Session, Workspace
from journeys import canary
from journeys.canary import Canary
from journeys.visitor import Visitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sandbox,
    pytest.mark.slow,
    pytest.mark.skipif(not environments.interactive(), reason="JupyterLab is not installed: make jupyter"),
]
PASSWORD = "a long password for tests"
EXITS = Path(__file__).with_name("exits.js").read_text(encoding="utf-8")
SLOW = 120_000
MOVES = {"form", "meta_refresh", "own_navigation"}  # each needs the page anew afterwards
BY_WORD = ("clipboard", "clipboard_by_command", "portal_page")  # the browser says whether it let it happen
DOWNLOADS = {"a.csv": "data", "b.csv": "blob"}
RESIDUAL = {  # what stays open in browser mode, and what closes it
    "web_rtc": "query-only mode, where nothing on the screen is true of anybody; or browsers whose administrator has "
    "switched WebRTC off",
    "clipboard_by_command": "query-only mode; who has to click for it sees the records, and can type them as well",
}


@pytest.fixture
def listener() -> Iterator[Canary]:
    with canary.listening() as found:
        yield found


class Attempts:
    """Made one after the other in a document that `enter` opens, anew where one moved it; what left."""

    def __init__(self, visitor: Visitor, canary: Canary, enter: Callable[[], Frame]) -> None:
        self.visitor, self.canary, self.enter = visitor, canary, enter
        self.left, self.said = set[str](), dict[str, str]()
        visitor.page.on(
            "download", lambda file: self.left.add(f"download_of_{DOWNLOADS[file.suggested_filename]}")
        )
        document = enter()
        self.names: list[str] = document.evaluate(f"canary => ({EXITS})(canary)", {"names": True})
        for name in self.names:
            document = self._made(document, name)
        visitor.page.wait_for_timeout(5000)  # for what the browser fetches when it has time
        self.left |= canary.paths & set(self.names)
        self.left |= {"web_rtc"} if canary.packets else set()
        self.left |= {name for name in BY_WORD if self.said[name] in {"tried", "read"}}

    def _made(self, document: Frame, name: str) -> Frame:
        told = {
            "http": self.canary.http,
            "udp": self.canary.udp,
            "portal": f"{self.visitor.address}/",
            "only": [name],
        }
        before = document.url.partition("#")[0]
        try:
            self.said |= document.evaluate(f"canary => ({EXITS})(canary)", told)
            self.visitor.page.wait_for_timeout(2000 if name in MOVES else 100)
        except Error:  # it moved the document: where to, the canary tells
            self.said[name] = "moved"
        stayed = document.url.partition("#")[0] == before and self.said[name] != "moved"
        return document if stayed and name not in MOVES else self.enter()


def test_nothing_leaves_the_browser_but_what_is_named(
    room: Workspace, address: str, visit: Callable[..., Visitor], listener: Canary
) -> None:
    maya = visit(address)
    maya.sign_in(MAYA, PASSWORD)
    maya.page.goto(address + room.get_absolute_url())
    maya.page.get_by_role("button", name="Open a session").click()
    session = Session.objects.get()
    maya.expected = {f"{session.name}.localhost"}

    def enter() -> Frame:
        """The session's own document in its frame, once JupyterLab has settled in it."""
        maya.page.goto(address + session.get_absolute_url())
        maya.page.frame_locator("iframe.session").locator(".jp-LauncherCard").first.wait_for(timeout=SLOW)
        maya.page.wait_for_timeout(3000)
        return next(frame for frame in maya.page.frames if ".localhost" in frame.url)

    with sessions_way.hosted(session):
        tried = Attempts(maya, listener, enter)
        assert maya.page.url.endswith(session.get_absolute_url())
    assert len(tried.names) >= 40
    beyond = tried.left - set(RESIDUAL)
    assert not beyond, {name: tried.said.get(name) for name in beyond}
    verdicts = {
        name: f"open: {RESIDUAL[name]}" if name in tried.left else isolation.BLOCKED for name in tried.names
    }
    isolation.hold("exits", "browser mode", verdicts)


def test_the_same_attempts_in_a_page_that_nothing_holds(
    address: str, visit: Callable[..., Visitor], listener: Canary
) -> None:
    """The canary hears, and the attempts are made: what is blocked above is blocked by the frame and the policies."""
    visitor = visit(address)

    def enter() -> Frame:
        visitor.page.goto(f"{listener.http}/open")
        return visitor.page.main_frame

    tried = Attempts(visitor, listener, enter)
    assert len(tried.left) >= 30
    isolation.hold(
        "exits", "nothing holds it", {name: "leaves" if name in tried.left else "–" for name in tried.names}
    )
