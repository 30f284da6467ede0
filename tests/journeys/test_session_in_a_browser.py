"""A researcher opens a session, runs cells in real JupyterLab, saves, and loses the session with their access."""

from collections.abc import Callable

import pytest
from playwright.sync_api import FrameLocator, expect

from apps import sessions_way, way
from apps.hub_way import DAY
from apps.outputs_way import MAYA
from charteroak.adapters import environments
from charteroak.workspaces.models import Session, Workspace
from journeys.visitor import Visitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sandbox,
    pytest.mark.skipif(not environments.interactive(), reason="JupyterLab is not installed: make jupyter"),
]
PASSWORD = "a long password for tests"
SLOW = 120_000  # milliseconds: until something is there, however busy the machine


def notebook(frame: FrameLocator) -> None:
    """A new notebook with a Python kernel, from JupyterLab's own launcher."""
    frame.locator(".jp-LauncherCard[title*='Python 3']").first.click(timeout=SLOW)
    frame.locator(".jp-Notebook-cell .cm-content").first.click(timeout=SLOW)


def run_cell(frame: FrameLocator, code: str) -> None:
    cell = frame.locator(".jp-Notebook-cell.jp-mod-active .cm-content")
    cell.click()
    cell.press_sequentially(code)
    cell.press("Shift+Enter")


def test_from_the_workspace_to_a_cell_and_out_when_access_is_lost(
    room: Workspace, address: str, visit: Callable[..., Visitor]
) -> None:
    maya = visit(address)
    maya.sign_in(MAYA, PASSWORD)
    maya.look(room.get_absolute_url())
    maya.page.get_by_role("button", name="Open a session").click()
    session = Session.objects.get()
    maya.expected = {f"{session.name}.localhost"}
    with sessions_way.hosted(session) as thread:
        frame = maya.page.frame_locator("iframe.session")
        notebook(frame)
        run_cell(
            frame, "import polars; print(polars.read_parquet('/enclave/data/sde.parquet').height, 'rows')"
        )
        expect(frame.locator(".jp-OutputArea-output").first).to_contain_text("200 rows", timeout=SLOW)
        expect(frame.get_by_text("Jupyter news")).to_have_count(
            0
        )  # nobody is asked what no network can bring
        way.lapse(MAYA, DAY.replace(day=1))
        thread.join(timeout=60)
        assert not thread.is_alive()
    session.refresh_from_db()
    assert session.status == "refused"
