"""A session in pixels: from asking for it to the first picture that is not blank, over the site's relay.

The client here says what noVNC says in a browser: with the session's cookie and from its own origin. It asks for the
whole picture, then for what changed, until an update holds more than a page of one colour does.
"""

import socket
import statistics
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench import Row
from bench.enclave.sessions import end

TIMES = 3
BLANK = 4 << 10  # bytes of an update, compressed: a page of one colour has some hundred
PATIENCE = 240.0  # seconds, on a machine busy with other things
KNOWN = ["pid", "race_eth"]  # columns that the catalog has
VERSION, NO_PASSWORD, SHARED = b"RFB 003.008\n", b"\1", b"\1"
HEADER = 24  # bytes of what the server says of its screen: width, height, the form of a pixel, no name
ASK = 3


def measure(room: Any, port: int) -> list[Row]:
    """Where the programs of the mode are installed; else nothing. The room goes back to its own mode."""
    from charteroak.adapters import sandboxes

    if not sandboxes.pixels_here().ok:
        return []
    with _in_pixels(room):
        took = [_measured(room, port) for _ in range(TIMES)]
    return [
        (f"pixels, first picture: from asking for a session, median of {TIMES}", statistics.median(took), "s"),
        ("the slowest of them", max(took), "s"),
    ]  # fmt: skip


@contextmanager
def _in_pixels(room: Any) -> Iterator[None]:
    """Of an extract that may be seen so: the catalog does not have the columns that only the size is for."""
    from conftest import owner_beside

    extract, own = room.extract, (room.mode, room.extract.tables["sde"]["columns"])

    def be(mode: str, columns: list[str]) -> None:
        room.mode, extract.tables["sde"]["columns"] = mode, columns
        with owner_beside():
            room.save(update_fields=["mode"])
            extract.save(update_fields=["tables"])

    be("pixel", KNOWN)
    try:
        yield
    finally:
        be(*own)


def _measured(room: Any, port: int) -> float:
    from apps.sessions_way import opened
    from charteroak.workspaces import passage, sessions

    begun = time.perf_counter()
    session = opened(room)
    try:
        _running(session, begun)
        host = f"{session.name}.localhost:{port}"
        key = sessions.enter(name=session.name, ticket=sessions.ticket_for(session))
        said = {"Cookie": f"{passage.KEY}={key}", "Origin": f"http://{host}"}
        while not _drawn(host, port, said, begun + PATIENCE):
            _running(session, begun)
        return time.perf_counter() - begun
    finally:
        end(session)


def _running(session: Any, begun: float) -> None:
    """Wait until it is; a session that was refused says why."""
    session.refresh_from_db()
    while session.status != "running":
        assert session.status == "starting", session.outcome
        time.sleep(0.02)
        session.refresh_from_db()
    assert time.perf_counter() - begun < PATIENCE, "nothing is drawn"


def _drawn(host: str, port: int, said: dict[str, str], until: float) -> bool:
    """Whether the screen came to show more than one colour; False where it is not there yet, or went away."""
    from websockets.exceptions import ConnectionClosed, InvalidHandshake
    from websockets.sync.client import connect

    try:
        with (
            socket.create_connection(("127.0.0.1", port)) as opened,
            connect(
                f"ws://{host}/picture/channel", sock=opened, additional_headers=said, max_size=None,
                open_timeout=PATIENCE, compression=None,
            ) as channel,
        ):  # fmt: skip
            return _seen(_Stream(channel, until))
    except (ConnectionClosed, InvalidHandshake, OSError):
        time.sleep(0.02)
        return False


class _Stream:
    """The channel's messages, whose ends mean nothing."""

    def __init__(self, channel: Any, until: float) -> None:
        self.send, self._channel, self._until, self._kept = channel.send, channel, until, b""

    def piece(self) -> bytes:
        """What is there. Raises TimeoutError, an OSError, when the time is over."""
        kept, self._kept = self._kept, b""
        return kept or bytes(self._channel.recv(timeout=max(self._until - time.perf_counter(), 0)))

    def exactly(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            found += self.piece()
        self._kept = found[size:]
        return found[:size]


def _seen(screen: _Stream) -> bool:
    screen.exactly(len(VERSION))
    screen.send(VERSION)
    screen.exactly(2)  # the security types
    screen.send(NO_PASSWORD)
    screen.exactly(4)  # all is well
    screen.send(SHARED)
    width, height = struct.unpack(">HH", screen.exactly(HEADER)[:4])
    changed = 0
    while True:
        screen.send(struct.pack(">BBHHHH", ASK, changed, 0, 0, width, height))
        if len(screen.piece()) > BLANK:
            return True
        changed = 1
