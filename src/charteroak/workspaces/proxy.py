"""In front of the site: what is sent to a session's own origin goes into its sandbox, if its person may still be there.

Each session has an origin of its own, `http://<name>.localhost:PORT` or `https://<name>.HOST` where
CHARTEROAK_SESSION_HOST names a wildcard host, so that a notebook's script has no cookie of the site or of another
session. The rule is asked at every request, and every second while a channel is open.
"""

import asyncio
import os
import re
import time
from dataclasses import dataclass
from typing import Any

import httpx
from django.http import HttpRequest

from charteroak.policy.decision import Decision
from charteroak.policy.workspace import Mode
from charteroak.workspaces import sessions
from charteroak.workspaces.broker import socket_of
from charteroak.workspaces.models import Session
from charteroak.workspaces.visit import LOOK_AGAIN, Visit, in_a_thread

PATIENCE = httpx.Timeout(60.0, connect=10.0)


@dataclass
class Known:
    """What this process knows of one session: since when it is admitted, and what to count at the next look."""

    key: str = ""
    asked: float = 0.0
    decision: Decision | None = None
    mode: Mode = Mode.QUERY_ONLY
    bytes_out: int = 0
    active: bool = False


class Sessions:
    """The ASGI application around the site's."""

    def __init__(self, site: Any, portal: list[str]) -> None:
        self._site, self._portal = site, portal
        self._host = os.environ.get("CHARTEROAK_SESSION_HOST", "")
        ends = re.escape(self._host) if self._host else r"localhost(:\d+)?"
        self._name = re.compile(rf"([a-z2-7]{{16}})\.{ends}")
        self._known: dict[str, Known] = {}
        self._looking: dict[str, asyncio.Lock] = {}
        self._inside: dict[str, httpx.AsyncClient] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = dict(scope.get("headers", ()))
        host = headers.get(b"host", b"").decode("latin-1").lower()
        found = self._name.fullmatch(host)
        if found is None:
            if scope["type"] == "websocket":  # the site itself has no channel
                await receive()
                await send({"type": "websocket.close"})
            else:
                await self._site(scope, receive, send)
            return
        visit = Visit(self, scope, headers, found[1], host)
        await (visit.channel if scope["type"] == "websocket" else visit.request)(receive, send)

    def origin(self, host: str) -> str:
        return f"{'https' if self._host else 'http'}://{host}"

    def portal(self, host: str) -> list[str]:
        """Where the frame may stand: the site's own addresses."""
        if self._host:
            return self._portal
        port = host.partition(":")[2]
        return [f"http://{name}:{port}" for name in ("localhost", "127.0.0.1")]

    def count(self, name: str, size: int, *, active: bool = False) -> None:
        known = self._known.setdefault(name, Known())
        known.bytes_out += size
        known.active |= active

    async def decide(self, name: str, key: str) -> Decision:
        """Whether the browser with this key may go on, as of at most a second ago."""
        async with self._looking.setdefault(name, asyncio.Lock()):
            known = self._known.setdefault(name, Known())
            if known.decision is None or key != known.key or time.monotonic() - known.asked > LOOK_AGAIN:
                bytes_out, active = known.bytes_out, known.active
                known.bytes_out, known.active = 0, False
                try:
                    known.decision, known.mode = await in_a_thread(sessions.admitted)(
                        name=name, key=key, bytes_out=bytes_out, active=active
                    )
                except Session.DoesNotExist:
                    await self._leave(name)
                    raise
                known.key, known.asked = key, time.monotonic()
            if {reason.rule for reason in known.decision.reasons} - {"entered_elsewhere"}:  # it is over
                await self._close(name)
            return known.decision

    def mode(self, name: str) -> Mode:
        """Of a session that was decided about."""
        return self._known[name].mode

    def inside(self, name: str) -> httpx.AsyncClient:
        if name not in self._inside:
            transport = httpx.AsyncHTTPTransport(uds=str(socket_of(name)))
            self._inside[name] = httpx.AsyncClient(
                transport=transport, base_url="http://localhost", timeout=PATIENCE, trust_env=False
            )
        return self._inside[name]

    def ask_anew(self, name: str) -> None:
        """What was decided holds no longer; what is still to be counted stays."""
        known = self._known.setdefault(name, Known())
        known.decision, known.key = None, ""

    async def _leave(self, name: str) -> None:
        """Nothing is kept of a session that there is not, nor of what a stranger calls one."""
        self._known.pop(name, None)
        self._looking.pop(name, None)
        await self._close(name)

    async def _close(self, name: str) -> None:
        if name in self._inside:
            await self._inside.pop(name).aclose()


def origin_of(name: str, request: HttpRequest) -> str:
    """Where a browser that sees the site reaches the session of that name."""
    host = os.environ.get("CHARTEROAK_SESSION_HOST", "")
    return f"https://{name}.{host}" if host else f"http://{name}.localhost:{request.get_port()}"
