"""What crosses between a browser and a hostile screen: the picture and what the hand does, no byte of a clipboard."""

import asyncio
import struct
from collections.abc import AsyncIterator

import pytest

from charteroak.workspaces import pixels, screen

SIZE = (64, 48)
SECRET = b"030-44-1871 of the extract"
NAMED = struct.pack(">HH16xI", *SIZE, len(SECRET)) + SECRET  # a screen whose name says it
MET = b"RFB 003.008\n" + b"\1\1" + bytes(4) + NAMED


def rectangle(encoding: int, body: bytes, *, left: int = 0, width: int = 4, height: int = 2) -> bytes:
    return struct.pack(">HHHHi", left, 0, width, height, encoding) + body


def update(*rectangles: bytes, padding: bytes = b"\0") -> bytes:
    return b"\0" + padding + struct.pack(">H", len(rectangles)) + b"".join(rectangles)


RAW = rectangle(pixels.RAW, bytes(range(32)))
COPY = rectangle(pixels.COPY, b"\0\1\0\2")
ZRLE = rectangle(pixels.ZRLE, struct.pack(">I", 5) + b"01234")


def cut_text(kind: int, text: bytes, *, extended: bool = False) -> bytes:
    return struct.pack(">B3xi", kind, -len(text) if extended else len(text)) + text


class Written:
    def __init__(self) -> None:
        self.all = b""

    def write(self, data: bytes, /) -> None:
        self.all += data


def saying(said: bytes) -> asyncio.StreamReader:
    source = asyncio.StreamReader()
    source.feed_data(said)
    source.feed_eof()
    return source


def shown(said: bytes) -> bytes:
    """What a browser gets of a screen that says this and goes."""

    async def all_of() -> bytes:
        seen = b""
        try:
            async for piece in pixels.pictures(saying(said), SIZE):
                seen += piece
        except EOFError:
            return seen
        raise AssertionError("it goes on without a screen")

    return asyncio.run(all_of())


def passed_in(said: bytes) -> bytes:
    async def all_of() -> bytes:
        done = b""
        try:
            async for message, _by_hand in pixels.movements(saying(said)):
                done += message
        except EOFError:
            return done
        raise AssertionError("it goes on without a browser")

    return asyncio.run(all_of())


def test_a_picture_crosses_as_it_is() -> None:
    whole = update(RAW, COPY, ZRLE) + update() + update(RAW)
    assert shown(whole) == whole


@pytest.mark.parametrize("extended", [False, True])
def test_no_clipboard_crosses_whatever_the_screen_calls_it(extended: bool) -> None:
    longest = SECRET * 9999
    said = update(RAW) + cut_text(3, SECRET, extended=extended) + b"\2" + cut_text(3, longest) + update(COPY)
    assert shown(said) == update(RAW) + update(COPY)
    typed = struct.pack(">BBHI", 4, 1, 0, 0x61)
    inward = cut_text(6, SECRET, extended=extended) + typed + cut_text(6, longest) + typed
    assert passed_in(inward) == typed * 2


def test_no_byte_hides_where_none_is_read() -> None:
    assert shown(update(RAW, padding=b"x")) == update(RAW)
    assert passed_in(struct.pack(">BBHI", 4, 7, 0x4142, 0x61)) == struct.pack(">BBHI", 4, 1, 0, 0x61)


@pytest.mark.parametrize("kind", sorted(set(range(256)) - {0, 2, 3}))
def test_a_screens_other_messages_end_the_visit(kind: int) -> None:
    with pytest.raises(pixels.NotSpoken):
        shown(update(RAW) + bytes([kind]) + SECRET)


@pytest.mark.parametrize("kind", sorted(set(range(256)) - {0, 2, 3, 4, 5, 6}))
def test_a_browsers_other_messages_end_the_visit(kind: int) -> None:
    with pytest.raises(pixels.NotSpoken):
        passed_in(bytes([kind]) + SECRET)


# Tight, its gradients, the cursor, a name, sizes, the clipboard's extension, sound, files
@pytest.mark.parametrize(
    "encoding", [2, 5, 6, 7, 15, 21, 50, -223, -224, -239, -257, -258, -261, -307, -308, -312, -0x3F5E1A32]
)
def test_no_extension_crosses(encoding: int) -> None:
    with pytest.raises(pixels.NotSpoken):
        shown(update(rectangle(encoding, SECRET)))


def test_no_rectangle_is_larger_than_its_pixels_or_beyond_the_screen() -> None:
    for odd in (
        rectangle(pixels.ZRLE, struct.pack(">I", 1 << 30)),
        rectangle(pixels.RAW, b"", left=62),
        rectangle(pixels.RAW, b"", height=49),
    ):
        with pytest.raises(pixels.NotSpoken):
            shown(update(odd))


def test_only_a_hand_counts_as_being_there() -> None:
    asked, typed = struct.pack(">BBHHHH", 3, 1, 0, 0, *SIZE), struct.pack(">BBHI", 4, 1, 0, 0x61)

    async def by_hand() -> list[bool]:
        found: list[bool] = []
        moves: AsyncIterator[tuple[bytes, bool]] = pixels.movements(saying(asked + typed))
        try:
            async for _message, hand in moves:
                found.append(hand)
        except EOFError:
            return found
        raise AssertionError

    assert asyncio.run(by_hand()) == [False, True]


def test_the_screen_is_told_no_extension_and_its_name_is_not_told() -> None:
    told, sent = Written(), list[bytes]()

    async def meet() -> tuple[int, int]:
        size = await pixels.meet_screen(saying(MET), told)

        async def send(piece: bytes) -> None:
            sent.append(piece)

        await pixels.meet_browser(saying(b"RFB 003.008\n\1\1"), send, size)
        return size

    assert asyncio.run(meet()) == SIZE
    assert SECRET not in b"".join(sent)
    encodings = told.all[told.all.rindex(b"\2\0\0\3") :]
    assert struct.unpack(">BxHiii", encodings) == (2, 3, pixels.ZRLE, pixels.COPY, pixels.RAW)


@pytest.mark.parametrize(
    "odd",
    [
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"RFB 003.008\n\1\2",  # a password
        b"RFB 003.008\n\1\1\0\0\0\1" + SECRET,  # a refusal, with a reason
        b"RFB 003.008\n\1\1" + bytes(4) + struct.pack(">HH16xI", 0, 48, 0),
        b"RFB 003.008\n\1\1" + bytes(4) + struct.pack(">HH16xI", 64, 60_000, 0),
    ],
)
def test_what_is_no_screen_is_not_met(odd: bytes) -> None:
    async def meet() -> None:
        await pixels.meet_screen(saying(odd), Written())

    with pytest.raises(pixels.NotSpoken):
        asyncio.run(meet())


def test_its_page_is_ours_and_nothing_else_is() -> None:
    kind, page = screen.file("/lab") or ("", b"")
    assert kind.startswith("text/html")
    for needed in ("/picture/screen.js", "/picture/screen.css", "/picture/novnc/core/rfb.js"):
        assert screen.file(needed), f"{needed}: make assets"
    assert b"/picture/screen.js" in page
    for path in (
        "/api/contents/a",
        "/static/lab/main.js",
        "/picture/novnc/core",
        "/picture/novnc/../../site.css",
    ):
        assert screen.file(path) is None
