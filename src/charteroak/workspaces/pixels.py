"""What passes between a browser and a screen inside a sandbox: the picture out, keys and the pointer in, nothing else.

The remote frame buffer protocol (RFC 6143), read message by message and written anew. Both sides are believed nothing:
the screen's server is the researcher's to replace, and so is what sits in the browser. Clipboards (ClientCutText,
ServerCutText and their extension), file transfer, chat, names and sounds do not cross; what is not known ends it.
"""

import struct
from collections.abc import AsyncIterator
from typing import Any, Protocol

VERSION = b"RFB 003.008\n"
NO_PASSWORD = 1  # the security type: who may be here was decided before
# 32 bits a pixel, red first: the one form that noVNC reads, set by us, so that each rectangle's length is known
PIXEL_FORMAT = struct.pack(">BBBBHHHBBB3x", 32, 24, 0, 1, 255, 255, 255, 0, 8, 16)
PIXEL = 4  # bytes
RAW, COPY, ZRLE = 0, 1, 16  # encodings that tell their length; no pseudo-encoding, so no extension
MOST_PIXELS = 4096  # of a side
TOGETHER = 1 << 16  # bytes of a picture that are sent at once
DROPPED = 1 << 16  # bytes read at once of what goes nowhere

UPDATE, BELL, SERVER_CUT_TEXT = 0, 2, 3  # from the screen
SET_PIXEL_FORMAT, SET_ENCODINGS, ASK, KEY, POINTER, CLIENT_CUT_TEXT = 0, 2, 3, 4, 5, 6  # from the browser


class NotSpoken(ValueError):
    """One side said what has no place here."""


class Source(Protocol):
    async def readexactly(self, n: int, /) -> bytes:
        """So many bytes. Raises EOFError when the other side has gone."""
        ...


class Sink(Protocol):
    def write(self, data: bytes, /) -> None: ...


class Received:
    """A browser's messages on a websocket, as one stream."""

    def __init__(self, receive: Any) -> None:
        self._receive, self._kept = receive, bytearray()

    async def readexactly(self, n: int, /) -> bytes:
        while len(self._kept) < n:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                raise EOFError
            self._kept += message.get("bytes") or b""
        taken = bytes(self._kept[:n])
        del self._kept[:n]
        return taken


async def meet_screen(screen: Source, to_screen: Sink) -> tuple[int, int]:
    """Open the screen's side; its width and height. Its name is not passed on. Raises NotSpoken, EOFError."""
    if not (await screen.readexactly(12)).startswith(b"RFB 003."):
        raise NotSpoken("no screen")
    to_screen.write(VERSION)
    offered = await screen.readexactly((await screen.readexactly(1))[0])
    if NO_PASSWORD not in offered:
        raise NotSpoken("a screen that asks for a password")
    to_screen.write(bytes([NO_PASSWORD]))
    if any(await screen.readexactly(4)):
        raise NotSpoken("a screen that refuses")
    to_screen.write(b"\1")  # beside others
    width, height, length = struct.unpack(">HH16xI", await screen.readexactly(24))
    if not (0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS):
        raise NotSpoken("a screen of no size")
    await _drop(screen, length)
    encodings = struct.pack(">BxHiii", SET_ENCODINGS, 3, ZRLE, COPY, RAW)
    to_screen.write(struct.pack(">B3x", SET_PIXEL_FORMAT) + PIXEL_FORMAT + encodings)
    return width, height


async def meet_browser(browser: Source, send: Any, size: tuple[int, int]) -> None:
    """Open the browser's side, with nothing in it that the screen said but its size. Raises NotSpoken, EOFError."""
    await send(VERSION)
    await browser.readexactly(12)
    await send(bytes([1, NO_PASSWORD]))
    if await browser.readexactly(1) != bytes([NO_PASSWORD]):
        raise NotSpoken("a browser that wants a password")
    await send(bytes(4))
    await browser.readexactly(1)
    await send(struct.pack(">HH", *size) + PIXEL_FORMAT + struct.pack(">I", 0))


async def pictures(screen: Source, size: tuple[int, int]) -> AsyncIterator[bytes]:
    """Updates of the picture as they come from the screen, in pieces. Raises NotSpoken, EOFError."""
    while True:
        kind = (await screen.readexactly(1))[0]
        if kind == UPDATE:
            (count,) = struct.unpack(">xH", await screen.readexactly(3))
            piece = bytearray(struct.pack(">BxH", UPDATE, count))
            for _ in range(count):
                piece += await _rectangle(screen, size)
                if len(piece) > TOGETHER:
                    yield bytes(piece)
                    piece.clear()
            yield bytes(piece)
        elif kind == SERVER_CUT_TEXT:
            await _cut_text(screen)
        elif kind != BELL:
            raise NotSpoken(f"message {kind} of a screen")


async def _rectangle(screen: Source, size: tuple[int, int]) -> bytes:
    head = await screen.readexactly(12)
    left, top, width, height, encoding = struct.unpack(">HHHHi", head)
    if left + width > size[0] or top + height > size[1]:
        raise NotSpoken("a rectangle beyond the screen")
    if encoding == RAW:
        return head + await screen.readexactly(width * height * PIXEL)
    if encoding == COPY:
        return head + await screen.readexactly(4)
    if encoding != ZRLE:
        raise NotSpoken(f"encoding {encoding}")
    told = await screen.readexactly(4)
    (length,) = struct.unpack(">I", told)
    if length > 2 * width * height * PIXEL + DROPPED:  # more than the same pixels plain
        raise NotSpoken("a rectangle that holds more than its pixels")
    return head + told + await screen.readexactly(length)


async def movements(browser: Source) -> AsyncIterator[tuple[bytes, bool]]:
    """What the person does, and whether they did it: a browser asks for the next picture by itself.

    Raises NotSpoken, EOFError.
    """
    while True:
        kind = (await browser.readexactly(1))[0]
        if kind == ASK:
            yield bytes([kind]) + await browser.readexactly(9), False
        elif kind == KEY:
            down, symbol = struct.unpack(">B2xI", await browser.readexactly(7))
            yield struct.pack(">BB2xI", kind, bool(down), symbol), True
        elif kind == POINTER:
            yield bytes([kind]) + await browser.readexactly(5), True
        elif kind == CLIENT_CUT_TEXT:
            await _cut_text(browser)
        elif kind == SET_PIXEL_FORMAT:  # set by us, as the next
            await _drop(browser, 19)
        elif kind == SET_ENCODINGS:
            (count,) = struct.unpack(">xH", await browser.readexactly(3))
            await _drop(browser, 4 * count)
        else:
            raise NotSpoken(f"message {kind} of a browser")


async def _cut_text(source: Source) -> None:
    """A clipboard: read to its end and dropped. Its extension tells a length below nought."""
    (length,) = struct.unpack(">3xi", await source.readexactly(7))
    await _drop(source, abs(length))


async def _drop(source: Source, length: int) -> None:
    while length > 0:
        length -= len(await source.readexactly(min(length, DROPPED)))
