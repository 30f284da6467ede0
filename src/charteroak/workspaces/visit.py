"""One request, or one channel, between a browser and a session's sandbox."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from http import HTTPStatus
from typing import Any, Protocol

import httpx
from asgiref.sync import sync_to_async
from django.db import connections
from django.http import parse_cookie
from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from charteroak.policy.decision import Decision, Refused
from charteroak.policy.workspace import Mode
from charteroak.workspaces import passage, pixels, screen, sessions
from charteroak.workspaces.broker import socket_of
from charteroak.workspaces.models import Session

LOOK_AGAIN = 1.0  # seconds for which an answer of the rule holds
LARGEST = 32 << 20  # bytes of a notebook that is saved, of one message, of contents shown
TO_MEET = 20.0  # seconds for a screen and a browser to say who they are
REFUSED = 4403  # the channel's way of saying 403


class Doorkeeper(Protocol):
    """What a visit asks of the application around it."""

    def origin(self, host: str) -> str: ...
    def portal(self, host: str) -> list[str]: ...
    def count(self, name: str, size: int, *, active: bool = False) -> None: ...
    async def decide(self, name: str, key: str) -> Decision: ...
    def mode(self, name: str) -> Mode: ...
    def inside(self, name: str) -> httpx.AsyncClient: ...
    def ask_anew(self, name: str) -> None: ...


def in_a_thread(asked: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    """A question to the database from outside any request of Django's: its connection is closed after it."""

    def ask(**arguments: Any) -> Any:
        try:
            return asked(**arguments)
        finally:
            connections.close_all()

    return sync_to_async(ask, thread_sensitive=False)


class Visit:
    """One request, or one channel, to one session."""

    def __init__(
        self, all_: Doorkeeper, scope: Any, headers: dict[bytes, bytes], name: str, host: str
    ) -> None:
        self._all, self._scope, self._headers, self._name = all_, scope, headers, name
        self._origin = all_.origin(host)
        self._portal = all_.portal(host)
        self._policy = self._policies(ours=False)
        cookies = parse_cookie(headers.get(b"cookie", b"").decode("latin-1"))
        self._key = cookies.get(passage.KEY, "")
        self._path = passage.path_of(scope.get("raw_path") or scope["path"].encode())

    def _policies(self, *, ours: bool) -> list[tuple[bytes, bytes]]:
        said = passage.policy(self._origin, self._portal, ours=ours)
        return [(key.encode(), value.encode()) for key, value in said]

    async def request(self, receive: Any, send: Any) -> None:
        method, query = self._scope["method"], self._scope["query_string"]
        try:
            if self._path == passage.ENTER and method == "GET":
                await self._enter(query, send)
                return
            if self._path == passage.STORAGE and method == "GET":
                kind = [(b"content-type", b"text/javascript")]
                await self._answer(send, HTTPStatus.OK, kind, passage.STORAGE_SCRIPT)
                return
            page = bool(passage.PAGES.fullmatch(self._path))
            why = passage.refusal(method, self._scope["raw_path"], query) or passage.foreign(
                method, self._headers, self._origin, channel=False, page=page
            )
            if not why:
                (await self._all.decide(self._name, self._key)).require()
        except Refused as refused:
            await self._say(send, HTTPStatus.FORBIDDEN, str(refused))
        except Session.DoesNotExist:
            await self._say(send, HTTPStatus.NOT_FOUND, "There is no such session.")
        else:
            if why:
                await self._say(send, HTTPStatus.FORBIDDEN, why)
            elif self._all.mode(self._name) == Mode.PIXEL:
                await self._own_file(send)
            else:
                await self._pass_on(method, query, receive, send)

    async def _own_file(self, send: Any) -> None:
        """Of a session in pixels no page comes from inside."""
        found = screen.file(self._path)
        if found is None:
            await self._say(send, HTTPStatus.FORBIDDEN, "This session is seen as a picture.")
            return
        self._policy = self._policies(ours=True)
        headers = [(b"content-type", found[0].encode()), (b"cache-control", b"no-store")]
        await self._answer(send, HTTPStatus.OK, headers, found[1])

    async def _enter(self, query: bytes, send: Any) -> None:
        """A ticket becomes this origin's cookie; then JupyterLab."""
        ticket = dict(httpx.QueryParams(query.decode("latin-1"))).get("ticket", "")
        if self._headers.get(b"sec-fetch-dest") != b"iframe":
            await self._say(send, HTTPStatus.FORBIDDEN, "A session is seen in its frame only.")
            return
        key = await in_a_thread(sessions.enter)(name=self._name, ticket=ticket)
        self._all.ask_anew(self._name)  # the browser that was there before is out at once
        cookie = f"{passage.KEY}={key}; Path=/; Secure; HttpOnly; SameSite=None; Partitioned"
        headers = [(b"location", b"/lab"), (b"set-cookie", cookie.encode()), (b"cache-control", b"no-store")]
        await self._answer(send, HTTPStatus.SEE_OTHER, headers, b"")

    async def _pass_on(self, method: str, query: bytes, receive: Any, send: Any) -> None:
        body = await whole(receive)
        if body is None:
            await self._say(
                send, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "This is too large to be saved at once."
            )
            return
        carried = [(name, value) for name, value in self._scope["headers"] if name in passage.SENT_ON]
        inside = self._all.inside(self._name)
        asked = inside.build_request(method, passage.onward(self._path, query), headers=carried, content=body)
        try:
            answer = await inside.send(asked, stream=True)
            try:
                await self._hand_out(answer, send)
            finally:
                await answer.aclose()
        except httpx.HTTPError:
            await self._say(
                send, HTTPStatus.SERVICE_UNAVAILABLE, "The session does not answer. It may be starting."
            )

    async def _hand_out(self, answer: httpx.Response, send: Any) -> None:
        kind = answer.headers.get("content-type", "")
        if kind and not passage.SHOWN.fullmatch(kind):
            await self._say(send, HTTPStatus.FORBIDDEN, "Contents of this kind are not shown.")
            return
        content = bytearray()
        async for piece in answer.aiter_bytes():
            content += piece
            if len(content) > LARGEST:
                await self._say(send, HTTPStatus.FORBIDDEN, "This is too large to be shown.")
                return
        shown = bytes(content)
        if passage.CONTENTS.fullmatch(self._path) and answer.is_success and passage.binary(shown):
            await self._say(send, HTTPStatus.FORBIDDEN, "Binary contents are not shown.")
            return
        if passage.COUNTED.fullmatch(self._path):
            self._all.count(self._name, len(shown))
        if passage.PAGES.fullmatch(self._path):
            shown = passage.with_storage(shown)
        where = answer.headers.get("location", "/")
        if not where.startswith("/") or where.startswith("//"):
            await self._say(send, HTTPStatus.FORBIDDEN, "The session sent you elsewhere.")
            return
        given = [
            (k.encode(), v.encode())
            for k, v in answer.headers.items()
            if k in passage.GIVEN_BACK - {"content-length"}
        ]
        if passage.COUNTED.fullmatch(self._path):
            given.append((b"cache-control", b"no-store"))
        await self._answer(send, answer.status_code, given, shown)

    async def _say(self, send: Any, status: HTTPStatus, why: str) -> None:
        told = "/api/" in self._path  # JupyterLab shows its person the message of an answer in JSON
        kind = b"application/json" if told else b"text/plain; charset=utf-8"
        body = json.dumps({"message": why}) if told else why
        headers = [(b"content-type", kind), (b"cache-control", b"no-store")]
        await self._answer(send, status, headers, f"{body}\n".encode())

    async def _answer(self, send: Any, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        length = (
            [(b"content-length", str(len(body)).encode())]
            if body or status != HTTPStatus.NOT_MODIFIED
            else []
        )
        whole = [*headers, *length, *self._policy]
        await send({"type": "http.response.start", "status": int(status), "headers": whole})
        await send({"type": "http.response.body", "body": body})

    async def channel(self, receive: Any, send: Any) -> None:
        """A websocket between the browser and a kernel, or a screen, as long as the person may be there."""
        await receive()  # the browser's wish to connect
        picture = self._path == screen.CHANNEL
        why = "" if picture or passage.CHANNELS.fullmatch(self._path) else "closed here"
        why = why or passage.foreign("GET", self._headers, self._origin, channel=True, page=False)
        try:
            admitted = not why and await self._all.decide(self._name, self._key)
            if not admitted or picture != (self._all.mode(self._name) == Mode.PIXEL):
                await send({"type": "websocket.close", "code": REFUSED})
                return
            if picture:
                await self._picture(receive, send)
                return
            target = passage.onward(self._path, self._scope["query_string"])
            async with unix_connect(
                str(socket_of(self._name)), f"ws://localhost{target}", compression=None, max_size=LARGEST,
                subprotocols=self._scope.get("subprotocols") or None, ping_interval=None, proxy=None,
            ) as inside:  # fmt: skip
                await send({"type": "websocket.accept", "subprotocol": inside.subprotocol})
                await self._between(send, self._inward(inside, receive), self._outward(inside, send))
        except (OSError, InvalidHandshake, ConnectionClosed, Session.DoesNotExist):
            await send({"type": "websocket.close", "code": REFUSED})

    async def _picture(self, receive: Any, send: Any) -> None:
        """A screen inside, of which pixels come out and into which keys and the pointer go."""
        reader, writer = await asyncio.open_unix_connection(str(socket_of(self._name)))
        browser = pixels.Received(receive)

        async def show(piece: bytes) -> None:
            self._all.count(self._name, len(piece))
            await send({"type": "websocket.send", "bytes": piece})

        async def seen() -> None:
            async for piece in pixels.pictures(reader, size):
                await show(piece)

        async def moved() -> None:
            async for message, by_hand in pixels.movements(browser):
                self._all.count(self._name, 0, active=by_hand)
                writer.write(message)
                await writer.drain()

        try:
            async with asyncio.timeout(TO_MEET):
                size = await pixels.meet_screen(reader, writer)
                await send({"type": "websocket.accept"})
                await pixels.meet_browser(browser, show, size)
            await self._between(send, seen(), moved())
        except (pixels.NotSpoken, EOFError, TimeoutError):
            await send({"type": "websocket.close", "code": REFUSED})
        finally:
            writer.close()

    async def _between(self, send: Any, *ways: Coroutine[Any, Any, None]) -> None:
        """Each direction and the rule, on its own; the first that ends, ends all."""
        tasks = [asyncio.create_task(part) for part in (*ways, self._watch())]
        _, left = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in left:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await send({"type": "websocket.close", "code": REFUSED if tasks[-1] not in left else 1000})

    async def _inward(self, inside: ClientConnection, receive: Any) -> None:
        while (message := await receive())["type"] == "websocket.receive":
            text, data = message.get("text"), message.get("bytes")
            self._all.count(self._name, 0, active=True)
            await inside.send(text if text is not None else data)

    async def _outward(self, inside: ClientConnection, send: Any) -> None:
        async for message in inside:
            self._all.count(self._name, len(message))
            kind = "text" if isinstance(message, str) else "bytes"
            await send({"type": "websocket.send", kind: message})

    async def _watch(self) -> None:
        while await self._all.decide(self._name, self._key):
            await asyncio.sleep(LOOK_AGAIN)


async def whole(receive: Any) -> bytes | None:
    """A request's body; None when it is larger than anything that is saved."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > LARGEST:
            return None
        if not message.get("more_body"):
            return bytes(body)
