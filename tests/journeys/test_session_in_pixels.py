"""A researcher works in JupyterLab that is a picture to them: seen, typed into, cut off; and nothing else crosses."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Frame, expect

import isolation
from apps import sessions_way, way
from apps.hub_way import DAY
from apps.outputs_way import MAYA
from charteroak.adapters import environments, sandboxes
from charteroak.adapters.environment import home
from charteroak.workspaces.models import Session, Workspace
from conftest import owner_beside
from journeys import canary
from journeys.canary import Canary
from journeys.visitor import Visitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sandbox,
    pytest.mark.slow,
    pytest.mark.skipif(not environments.interactive(), reason="JupyterLab is not installed: make jupyter"),
    pytest.mark.skipif(not sandboxes.pixels_here().ok, reason=sandboxes.pixels_here().mend),
]
PASSWORD = "a long password for tests"
SLOW = 180_000  # milliseconds: until something is there, however busy the machine
# colours on the picture: a blank one has one
COLOURS = """() => { const canvas = document.querySelector("canvas");
  if (!canvas) return 0;
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer;
  return new Set(new Uint32Array(pixels)).size }"""
CARD = (484, 210)  # where JupyterLab's launcher has Python, on a screen of 1440 × 900
EXITS = Path(__file__).with_name("exits.js").read_text(encoding="utf-8")
MOVES = ["top_navigation", "form", "meta_refresh", "own_navigation"]  # last: they leave JupyterLab
# The notebook makes each attempt in JupyterLab's own page, notes in the work folder that it did, then moves the page.
HOSTILE = """
from IPython.display import Javascript, display
display(Javascript('''(async () => {
  const exits = %(exits)s, told = %(told)s, moves = %(moves)s;
  const only = exits({ names: true }).filter(name => !moves.includes(name));
  const said = await exits({ ...told, only });
  await fetch("/api/contents/tried", { method: "PUT", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ type: "file", format: "text", content: JSON.stringify(said) }) });
  await exits({ ...told, only: moves });
})()'''))
"""


@pytest.fixture
def listener() -> Iterator[Canary]:
    with canary.listening() as found:
        yield found


def entered(maya: Visitor, room: Workspace) -> Session:
    """From the workspace's page, in pixel mode, with a clipboard that the person has used."""
    with owner_beside():
        Workspace.objects.filter(pk=room.pk).update(mode="pixel")
    maya.sign_in(MAYA, PASSWORD)
    maya.look(room.get_absolute_url())
    maya.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=maya.address)
    maya.page.evaluate("navigator.clipboard.writeText('mine')")
    maya.page.get_by_role("button", name="Open a session").click()
    session = Session.objects.get()
    maya.expected = {f"{session.name}.localhost"}
    return session


def frame_of(maya: Visitor) -> Frame:
    maya.page.frame_locator("iframe.session").locator("canvas").wait_for(timeout=SLOW)
    return next(frame for frame in maya.page.frames if ".localhost" in frame.url)


def click(frame: Frame, where: tuple[int, int]) -> None:
    canvas = frame.locator("canvas")
    box = canvas.bounding_box()
    assert box is not None
    scale = box["width"] / 1440
    canvas.click(position={"x": where[0] * scale, "y": where[1] * scale})


def run_cell(maya: Visitor, code: str, *, and_paste: bool = False) -> None:
    maya.page.keyboard.press("Enter")
    maya.page.keyboard.type(code)
    if and_paste:
        maya.page.keyboard.press("Control+v")
    maya.page.keyboard.press("Shift+Enter")


def until(maya: Visitor, file: Path) -> str:
    while not file.exists() or not file.read_text():
        maya.page.wait_for_timeout(500)
    return file.read_text()


def test_it_is_seen_typed_into_and_nothing_else_crosses(
    room: Workspace, address: str, visit: Callable[..., Visitor], listener: Canary
) -> None:
    maya = visit(address)
    session = entered(maya, room)
    work = home().workspaces / room.agreement.number / "work"
    asked: list[str] = []
    maya.page.on("request", lambda request: asked.append(request.url))
    with sessions_way.hosted(session) as thread:
        frame = frame_of(maya)
        while frame.evaluate(COLOURS) < 50:
            maya.page.wait_for_timeout(500)
        while not (work / "typed").exists():  # the launcher appears when JupyterLab has loaded
            click(frame, CARD)
            maya.page.wait_for_timeout(15_000)
            run_cell(maya, "open('typed', 'w').write(str(6 * 7))")
            maya.page.wait_for_timeout(5_000)
        assert until(maya, work / "typed") == "42"

        run_cell(maya, "said = '''", and_paste=True)  # left open: what is pasted would be in it
        run_cell(maya, "open('pasted', 'w').write('nothing: ' + get_ipython().user_ns['In'][-2])")
        assert "mine" not in until(maya, work / "pasted")

        told = {"http": listener.http, "udp": listener.udp, "portal": f"{address}/"}
        hostile = HOSTILE % {"exits": EXITS, "told": json.dumps(told), "moves": MOVES}
        (work / "hostile.py").write_text(hostile.replace("\\", "\\\\"), "utf-8")
        run_cell(maya, "exec(open('hostile.py').read())")
        tried = json.loads(until(maya, work / "tried"))
        maya.page.wait_for_timeout(10_000)  # for what a browser fetches when it has time, and for the moves
        assert len(tried) + len(MOVES) >= 40
        assert (listener.paths, listener.packets) == (set(), 0)
        isolation.hold("exits", "pixel mode", dict.fromkeys([*tried, *MOVES], isolation.BLOCKED))
        _held(maya, session, asked)

        way.lapse(MAYA, DAY.replace(day=1))
        expect(frame.get_by_text("The picture has ended")).to_be_visible(timeout=SLOW)
        thread.join(timeout=60)
        assert not thread.is_alive()
    session.refresh_from_db()
    assert session.status == "refused"


def _held(maya: Visitor, session: Session, asked: list[str]) -> None:
    """The person's own browser loaded our page alone, stayed there, and has the clipboard that it had."""
    inside = [url.split("localhost", 1)[1] for url in asked if f"{session.name}.localhost" in url]
    paths = {url.split("/", 1)[1].split("?")[0] for url in inside}
    assert {path for path in paths if not path.startswith("picture/")} <= {"enter", "lab"}
    assert maya.complaints == []
    assert maya.page.url.endswith(session.get_absolute_url())
    maya.page.bring_to_front()
    maya.page.get_by_role("heading", level=1).click()  # out of the frame, which may not read it
    assert maya.page.evaluate("navigator.clipboard.readText()") == "mine"
    session.refresh_from_db()
    assert session.bytes_out > 10_000
