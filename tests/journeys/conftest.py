"""A real browser in front of the real site."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright

from journeys.visitor import Visitor

if TYPE_CHECKING:  # Django's settings come later than this file
    from apps.hub_way import AsProcess
    from charteroak.workspaces.models import Workspace

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
LOOPBACK = {"localhost", "127.0.0.1"}


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, once for all. Playwright runs a loop in this thread, which Django takes for async code."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.fail("Chromium is missing: apt-get install chromium")
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as environment:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Open a browser of one's own: `visit(address, width=320)`. Nothing may leave this machine."""
    visitors: list[Visitor] = []

    def come(address: str, *, width: int = 1280, locale: str = "en-US", scripts: bool = True) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, locale=locale, java_script_enabled=scripts
        )
        visitor = Visitor(context, context.new_page(), address)
        context.on(
            "request", lambda request: visitor.hosts.add(urlsplit(request.url).hostname or "localhost")
        )
        visitor.page.on(
            "console",
            lambda said: (
                visitor.complaints.append(said.text) if "Content Security Policy" in said.text else None
            ),
        )
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        visitors.append(visitor)
        return visitor

    yield come
    for visitor in visitors:
        visitor.context.close()
        assert visitor.hosts <= LOOPBACK | visitor.expected


@pytest.fixture
def address(live_database: object) -> Iterator[str]:
    """The site as it is served, on a free port of this machine."""
    from charteroak.site.asgi import application

    server = uvicorn.Server(
        uvicorn.Config(application, host="127.0.0.1", port=0, log_level="warning", lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://localhost:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def room(as_process: AsProcess) -> Iterator[Workspace]:
    """A workspace with the interpreters that its jobs and sessions run on."""
    from apps import hub_way, outputs_way, way
    from charteroak.adapters import environments
    from charteroak.adapters.environment import home

    with way.day(hub_way.DAY):
        environments.build(home().environments)
        yield outputs_way.workspace(as_process)
