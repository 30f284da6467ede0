"""From a workspace's opening to its first cell, through the site's proxy; warm, and on a machine that has read nothing.

The clock begins with the workspace, opened on an executed agreement with a reviewed extract of a million records, and
ends with the answer of the first cell: the enclave's worker takes the session up from the queue, decrypts the extract,
builds the sandbox, starts JupyterLab and a kernel; the browser's ticket, cookie and web socket go through the proxy.
"""

import http.client
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench import Aimed, Row
from bench.enclave import cache

CELLS, AGAIN = 200, 5
LIBRARIES = f"/usr/lib/{sysconfig.get_config_var('MULTIARCH')}"  # Python's and bubblewrap's
MINUTES = "Data Safe Haven about 30 min, AzureTRE minutes and a subscription [their docs]"


def measure(extract: Any) -> tuple[Any, list[Row]]:
    """The workspace that was opened, and the figures."""
    from apps import hub_way
    from bench.enclave import pixels  # which ends its sessions as this does
    from charteroak.adapters.environment import Process, home

    cached = cache.dropped(sys.prefix, sysconfig.get_path("stdlib"), LIBRARIES)
    shutil.rmtree(home().environments, ignore_errors=True)
    home().environments.mkdir(mode=0o755)
    with answering_site() as port:
        begun = time.perf_counter()
        with hub_way.worker(Process.ENCLAVE):
            room, session, cold = first_cell(extract, port, begun)
            end(session)
            built = environment_read_by_nobody()
            _, session, unread = first_cell(room, port, time.perf_counter())
            end(session)
            warm = []
            for _ in range(AGAIN):
                _, session, seconds = first_cell(room, port, time.perf_counter())
                warm.append(seconds)
                end(session)
            _, session, _ = first_cell(room, port, time.perf_counter())
            direct, through = round_trips(session, port)
            end(session)
            in_pixels = pixels.measure(room, port)
    return room, [
        Aimed(f"workspace from executed agreement to first cell run: opened, then a session, median of {AGAIN}",
              room.took + statistics.median(warm), "s", "≤ 5", MINUTES),
        Aimed("the slowest of them", room.took + max(warm), "s", "≤ 5"),
        Aimed(f"the same on a fresh machine: the worker just started, no environment yet, {cached:.0%} of what is read"
              " still in the page cache", cold, "s", "≤ 30", MINUTES),
        Aimed(f"the same with the environment there, {built:.0%} of it still in the page cache", unread, "s", "≤ 30"),
        ("cell round trip at the sandbox's socket, p50", direct, "ms"),
        ("cell round trip through the proxy, p50", through, "ms"),
        Aimed("proxy adds per cell round trip, p50", through - direct, "ms", "≤ 1"),
        *in_pixels,
    ]  # fmt: skip


def environment_read_by_nobody() -> float:
    """Take the research environment out of the page cache; the share that stayed."""
    from charteroak.adapters.environment import home

    return cache.dropped(str(home().environments))


SITE = (
    "import django; django.setup(); from charteroak.adapters.environment import Process; "
    "from charteroak.site import supervisor; supervisor._serve(Process.WEB, {port})"
)


@contextmanager
def answering_site() -> Iterator[int]:
    """The site in a process of its own, as `oak serve` runs it; its port."""
    import conftest

    port = conftest.free_port()
    running = subprocess.Popen([sys.executable, "-c", SITE.format(port=port)], env=dict(os.environ))
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            assert running.poll() is None
            time.sleep(0.05)
    try:
        yield port
    finally:
        running.terminate()
        running.wait()


def first_cell(where: Any, port: int, begun: float) -> tuple[Any, Any, float]:
    """A session on this extract, whose workspace is opened first, or in this workspace; seconds from `begun`."""
    from apps import way
    from apps.sessions_way import opened
    from charteroak.hub.models import Extract
    from charteroak.workspaces import actions

    if isinstance(where, Extract):
        opening = time.perf_counter()
        where = actions.open_(extract=where.pk, by=way.person("kim.tran"))
        where.took = time.perf_counter() - opening
    session = opened(where)
    browser = Browser(session, port)
    kernel = browser.ask("POST", "/api/kernels", {"name": "python3"})["id"]
    with browser.channels(kernel) as channel:
        assert browser.on(channel, "6 * 7") == "42"
    return where, session, time.perf_counter() - begun


def end(session: Any) -> None:
    """Stop it, and wait until nothing of it runs."""
    from charteroak.workspaces import broker, sessions

    sessions.stop(pk=session.pk, by=session.opened_by)
    while broker.socket_of(session.name).exists():
        time.sleep(0.05)


class Browser:
    """What a browser does with a session: asks until it runs, enters with the ticket, then talks through the proxy."""

    def __init__(self, session: Any, port: int) -> None:
        from charteroak.workspaces import passage, sessions

        while session.status != "running":
            assert session.status == "starting", session.outcome
            time.sleep(0.02)
            session.refresh_from_db()
        self.host, self.port = f"{session.name}.localhost:{port}", port
        key = sessions.enter(name=session.name, ticket=sessions.ticket_for(session))
        self.cookie = {"Cookie": f"{passage.KEY}={key}", "Origin": f"http://{self.host}"}
        while not self._answers():
            session.refresh_from_db()
            assert session.status == "running", session.outcome

    def _answers(self) -> bool:
        try:
            self.ask("GET", "/api/status")
        except (OSError, NotYet):
            time.sleep(0.02)
            return False
        return True

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        sent = json.dumps(body) if body is not None else None
        headers = {"Host": self.host, "Content-Type": "application/json", **self.cookie}
        connection.request(method, path, sent, headers)
        answer = connection.getresponse()
        said = answer.read()
        connection.close()
        if answer.status >= 400:
            raise NotYet(f"{answer.status} {said[:200]!r}")
        return json.loads(said)

    @contextmanager
    def channels(self, kernel: str) -> Iterator[Any]:
        from websockets.sync.client import connect

        address = f"ws://{self.host}/api/kernels/{kernel}/channels"
        with (
            socket.create_connection(("127.0.0.1", self.port)) as opened,
            connect(
                address, sock=opened, additional_headers=self.cookie, max_size=None, open_timeout=120
            ) as channel,
        ):
            yield channel

    @staticmethod
    def on(channel: Any, code: str) -> str:
        from apps.inside import Inside

        return Inside.on(channel, code)


class NotYet(Exception):
    """The proxy answers, the server behind it does not yet."""


def round_trips(session: Any, port: int) -> tuple[float, float]:
    """Median milliseconds of one cell, at the socket and through the site's proxy, turn by turn on one kernel."""
    from websockets.sync.client import unix_connect

    from apps.inside import Inside

    browser, inside = Browser(session, port), Inside(session)
    kernel = inside.kernel()
    took: dict[str, list[float]] = {"direct": [], "through": []}
    with (
        unix_connect(inside.socket, f"ws://localhost/api/kernels/{kernel}/channels", max_size=None) as direct,
        browser.channels(kernel) as through,
    ):
        for _ in range(CELLS):
            for name, channel in (("direct", direct), ("through", through)):
                begun = time.perf_counter()
                inside.on(channel, "None")
                took[name].append((time.perf_counter() - begun) * 1_000)
    return statistics.median(took["direct"]), statistics.median(took["through"])
