"""A sealed object's bytes: a header that says whose it is, then chunks nobody can alter, reorder or cut.

The chunks follow the STREAM construction with AES-256-GCM (Hoang, Reyhanitabar, Rogaway, Vizár: "Online
Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", 2015).
Nonce = random prefix (7 bytes) | chunk number (4) | last flag (1).
"""

import base64
import json
import os
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from charteroak.adapters.keys import Wrapped

CHUNK = 1 << 20  # plaintext bytes per chunk
SEALED_CHUNK = CHUNK + 16  # and its authentication tag
MAGIC = b"charteroak/1\n"
HEADER_AT_MOST = 4096
T = TypeVar("T")


class Readable(Protocol):
    """Anything with a file's `read`."""

    def read(self, size: int, /) -> bytes: ...


class NotSealed(Exception):
    """The bytes do not begin with a header."""


class ChunkDamaged(Exception):
    """A chunk that does not authenticate."""


@dataclass(frozen=True)
class Header:
    """Whose object it is and its data key, wrapped. Every chunk is bound to it, so it cannot be exchanged."""

    key: Wrapped
    prefix: bytes

    @classmethod
    def fresh(cls, key: Wrapped) -> "Header":
        return cls(key, os.urandom(7))

    def encoded(self) -> bytes:
        fields = {
            "project": self.key.project,
            "store": self.key.store,
            "key": self.key.key_id,
            "data_key": base64.b64encode(self.key.sealed).decode(),
            "nonce": self.prefix.hex(),
        }
        body = json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
        return MAGIC + len(body).to_bytes(2, "big") + body

    @classmethod
    def decoded(cls, start: bytes) -> tuple["Header", bytes]:
        """The header at the start of an object and the bytes that hold it. Raises NotSealed."""
        end = len(MAGIC) + 2 + int.from_bytes(start[len(MAGIC) : len(MAGIC) + 2], "big")
        try:
            if not start.startswith(MAGIC) or end > len(start):
                raise NotSealed
            fields = json.loads(start[len(MAGIC) + 2 : end])
            sealed = base64.b64decode(fields["data_key"], validate=True)
            key = Wrapped(fields["project"], fields["store"], fields["key"], sealed)
            return cls(key, bytes.fromhex(fields["nonce"])), start[:end]
        except (ValueError, KeyError, TypeError):
            raise NotSealed from None


class Chunks:
    """Seals and opens the chunks of one object; a data key serves one object only."""

    def __init__(self, data_key: bytes, header: Header) -> None:
        self._cipher = AESGCM(data_key)
        self._prefix = header.prefix
        self._bound = header.encoded()

    def seal(self, number: int, plain: bytes, *, last: bool) -> bytes:
        """Raises OverflowError after 2³² chunks (4 PiB)."""
        return self._cipher.encrypt(self._nonce(number, last), plain, self._bound)

    def open(self, number: int, sealed: bytes, *, last: bool) -> bytes:
        """Raises ChunkDamaged, which tells a chunk that was altered from one where the object was cut."""
        try:
            return self._cipher.decrypt(self._nonce(number, last), sealed, self._bound)
        except InvalidTag:
            pass
        try:
            self._cipher.decrypt(self._nonce(number, not last), sealed, self._bound)
        except InvalidTag:
            raise ChunkDamaged(f"chunk {number} was altered{' or cut short' if last else ''}") from None
        raise ChunkDamaged(
            f"it ends too early, after chunk {number}" if last else f"bytes follow its last chunk, {number}"
        )

    def _nonce(self, number: int, last: bool) -> bytes:
        return self._prefix + number.to_bytes(4, "big") + bytes([last])


def sealing(plain: Iterator[bytes], header: Header, data_key: bytes) -> Iterator[bytes]:
    """The object's bytes: its header, then each chunk of `plain` (CHUNK bytes, the last may be shorter)."""
    chunks = Chunks(data_key, header)
    yield header.encoded()
    for number, (chunk, last) in enumerate(with_last(plain)):
        yield chunks.seal(number, chunk, last=last)


def pieces(reader: Readable, size: int) -> Iterator[bytes]:
    """All of `reader` in pieces of `size` bytes, the last one shorter, however little each read gives."""
    while piece := reader.read(size):
        while len(piece) < size and (more := reader.read(size - len(piece))):
            piece += more
        yield piece


def with_last(chunks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each chunk and whether it is the last; an empty source is one empty last chunk."""
    held = next(chunks, b"")
    for chunk in chunks:
        yield held, False
        held = chunk
    yield held, True


def ahead(source: Iterator[T], depth: int = 4) -> Generator[T, None, None]:
    """The items of `source`, made by a thread up to `depth` early, so that cipher, hash and disk overlap."""
    end = object()
    worker = ThreadPoolExecutor(1)
    try:
        waiting = deque(worker.submit(next, source, end) for _ in range(depth))
        while (item := waiting.popleft().result()) is not end:
            waiting.append(worker.submit(next, source, end))
            yield item  # type: ignore[misc] # `end` alone is no T, and it was told apart by identity
    finally:
        worker.shutdown(cancel_futures=True)
