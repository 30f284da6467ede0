"""Write-once objects, encrypted before they touch the disk and named by the hash of their ciphertext."""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

import obstore
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, ObjectStore

from charteroak.adapters.folder import SharedFolder, sync
from charteroak.adapters.keys import Keyring, key_name
from charteroak.adapters.sealed import (
    CHUNK,
    HEADER_AT_MOST,
    SEALED_CHUNK,
    ChunkDamaged,
    Chunks,
    Header,
    NotSealed,
    Readable,
    ahead,
    pieces,
    sealing,
    with_last,
)

STAGING = "staging"
BLOCK = 4 << 20  # bytes per block of an upload; Azure takes 50,000, so objects up to 195 GiB


class VaultError(Exception):
    """Says which object, what is wrong and how to mend it."""


class ObjectMissing(VaultError):
    """No such object in the vault."""


class ObjectDamaged(VaultError):
    """The stored bytes are not the bytes that were put."""


@dataclass(frozen=True)
class ObjectId:
    """A store's name and the SHA-256 of the object's bytes as stored (64 hexadecimal digits)."""

    store: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.store}/{self.sha256}"

    @classmethod
    def parse(cls, text: str) -> "ObjectId":
        """The inverse of `str`. Raises ValueError."""
        store, _, sha256 = text.partition("/")
        if not re.fullmatch(r"[a-z0-9-]+", store) or not re.fullmatch(r"[0-9a-f]{64}", sha256):
            raise ValueError(
                f"{text!r} is no object's name: expected STORE/SHA256 as `oak vault put` printed it."
            )
        return cls(store, sha256)

    @property
    def path(self) -> str:
        return f"{self.store}/{self.sha256[:2]}/{self.sha256}"


class Vault:
    """Objects in `objects`, a local folder or a blob container; keys in `keyring`.

    Writing needs a store's public key, reading its private one. An object appears when it is complete and
    durable, and never changes. With `gid`, a local folder is shared: files are 0640 and folders 2770 of that
    group; otherwise they are this account's alone. A folder made beforehand keeps its own mode and group.
    """

    def __init__(self, objects: ObjectStore, keyring: Keyring, *, gid: int | None = None) -> None:
        self._objects = objects
        self._keyring = keyring
        self._folder = (
            SharedFolder(objects.prefix, gid) if isinstance(objects, LocalStore) and objects.prefix else None
        )

    def put(self, reader: Readable, *, project: str, store: str) -> ObjectId:
        """Encrypt all of `reader` under a data key of its own and store it; constant memory.

        Raises KeyUnavailable when the store has no public key here.
        """
        data_key = AESGCM.generate_key(256)
        header = Header.fresh(self._keyring.wrap(project, store, data_key))
        return self._publish(store, sealing(pieces(reader, CHUNK), header, data_key))

    def put_ciphertext(self, reader: Readable, *, store: str) -> ObjectId:
        """Store bytes that their sender has encrypted, as they are. Raises VaultError on an empty file."""
        chunks = pieces(reader, CHUNK)
        first = next(chunks, None)
        if first is None:
            raise VaultError(f"Nothing to put into store {store!r}: the file is empty; send it again.")
        return self._publish(store, chain([first], chunks))

    def open(self, object_id: ObjectId, *, project: str | None = None) -> Iterator[bytes]:
        """The plaintext in chunks of 1 MiB; the last comes only after the whole object has proved genuine. Of this
        project alone, where one is named: who can write a row must not read another project by it.

        Raises ObjectMissing, ObjectDamaged, KeyUnavailable, KeyMismatch: whoever acts on chunks before the
        end must be able to undo it.
        """
        size = self._size(object_id)
        start = b"".join(self._ranges(object_id, 0, min(size, HEADER_AT_MOST), HEADER_AT_MOST))
        try:
            header, encoded = Header.decoded(start)
        except NotSealed:
            raise self._damaged(object_id, "it does not begin with a vault header") from None
        if header.key.store != object_id.store:
            raise self._damaged(object_id, f"it belongs to store {header.key.store!r}")
        if project is not None and header.key.project != project:
            raise self._damaged(object_id, f"it is not of project {project}")
        return self._opened(object_id, Chunks(self._keyring.unwrap(header.key), header), encoded, size)

    def open_ciphertext(self, object_id: ObjectId) -> Iterator[bytes]:
        """The stored bytes as they are, in chunks of 1 MiB; the last comes after their hash was checked."""
        size = self._size(object_id)
        digest = hashlib.sha256()
        with closing(ahead(self._ranges(object_id, 0, size, CHUNK))) as chunks:
            for chunk, last in with_last(chunks):
                digest.update(chunk)
                if last and digest.hexdigest() != object_id.sha256:
                    raise self._damaged(object_id, "its hash is not its name")
                yield chunk

    def get_to(self, object_id: ObjectId, path: Path, *, project: str | None = None) -> None:
        """Decrypt into the file `path` (0600), which appears when the whole object has proved genuine."""
        partial = path.with_name(f".{path.name}.{secrets.token_hex(8)}.partial")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with (
                os.fdopen(descriptor, "wb", buffering=0) as file,
                closing(ahead(self.open(object_id, project=project))) as chunks,
            ):
                for chunk in chunks:
                    file.write(chunk)
                os.fsync(descriptor)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        sync(path.parent)

    def exists(self, object_id: ObjectId) -> bool:
        try:
            self._size(object_id)
        except ObjectMissing:
            return False
        return True

    def delete(self, object_id: ObjectId) -> None:
        """Remove the object; one that is gone already is no error."""
        with suppress(FileNotFoundError), _reported(f"delete {object_id}"):
            obstore.delete(self._objects, object_id.path)
            if self._folder:
                self._folder.sync_parent(object_id.path)

    def of_project(self, project: str, store: str) -> Iterator[ObjectId]:
        """Every object of the store that is sealed for that project, also what interrupted work left behind."""
        for found in obstore.list(self._objects, prefix=f"{store}/").collect():
            _, folder, name = found["path"].split("/")
            if folder == STAGING:
                continue
            object_id = ObjectId(store, name)
            start = b"".join(self._ranges(object_id, 0, min(found["size"], HEADER_AT_MOST), HEADER_AT_MOST))
            with suppress(NotSealed):
                if Header.decoded(start)[0].key.project == project:
                    yield object_id

    def sweep(self, before: datetime) -> int:
        """Remove what puts interrupted before that instant (UTC) have left; how many. For each start."""
        if self._folder:
            return self._folder.sweep(STAGING, before)
        stale = [
            found["path"]
            for found in obstore.list(self._objects).collect()
            if found["path"].split("/")[1] == STAGING and found["last_modified"] < before
        ]
        for path in stale:
            obstore.delete(self._objects, path)
        return len(stale)

    def _publish(self, store: str, chunks: Iterator[bytes]) -> ObjectId:
        key_name(store, store)  # refuses what cannot be a folder's name
        staged = f"{store}/{STAGING}/{secrets.token_hex(16)}"
        digest = hashlib.sha256()
        if self._folder:
            self._folder.make_parent(staged)
        try:
            with closing(ahead(chunks)) as prepared, _reported(f"write to store {store!r}"):
                obstore.put(
                    self._objects, staged, _hashed(prepared, digest), chunk_size=BLOCK, max_concurrency=4
                )
            object_id = ObjectId(store, digest.hexdigest())
            if self._folder:
                self._folder.settle(staged)
                self._folder.make_parent(object_id.path)
            # one that exists already holds the very same bytes
            with _reported(f"publish {object_id}"), suppress(AlreadyExistsError):
                obstore.rename(self._objects, staged, object_id.path, overwrite=False)
        finally:
            with suppress(FileNotFoundError, BaseError):  # what cannot be removed now is left to sweep
                obstore.delete(self._objects, staged)
        if self._folder:
            self._folder.sync_parent(object_id.path)
        return object_id

    def _opened(self, object_id: ObjectId, chunks: Chunks, encoded: bytes, size: int) -> Iterator[bytes]:
        digest = hashlib.sha256(encoded)
        with closing(
            ahead(_hashed(self._ranges(object_id, len(encoded), size, SEALED_CHUNK), digest))
        ) as sealed:
            for number, (chunk, last) in enumerate(with_last(sealed)):
                try:
                    plain = chunks.open(number, chunk, last=last)
                except ChunkDamaged as damage:
                    raise self._damaged(object_id, str(damage)) from None
                if last and digest.hexdigest() != object_id.sha256:
                    # Anyone with the public key can seal an object: only the name tells which was meant.
                    raise self._damaged(
                        object_id, "its hash is not its name: another object was put in its place"
                    )
                yield plain

    def _ranges(self, object_id: ObjectId, start: int, size: int, step: int) -> Iterator[bytes]:
        for at in range(start, size, step):
            yield bytes(obstore.get_range(self._objects, object_id.path, start=at, end=min(at + step, size)))

    def _size(self, object_id: ObjectId) -> int:
        try:
            with _reported(f"read {object_id}"):
                return obstore.head(self._objects, object_id.path)["size"]
        except FileNotFoundError:
            raise ObjectMissing(
                f"The vault has no object {object_id}: it was deleted, or its name comes from another vault."
            ) from None

    def _damaged(self, object_id: ObjectId, what: str) -> ObjectDamaged:
        return ObjectDamaged(
            f"Object {object_id} is damaged: {what}. Restore the stored file from a backup, or have its "
            "source deliver again."
        )


def _hashed(chunks: Iterator[bytes], digest: "hashlib._Hash") -> Iterator[bytes]:
    for chunk in chunks:
        digest.update(chunk)
        yield chunk


@contextmanager
def _reported(doing: str) -> Iterator[None]:
    try:
        yield
    except BaseError as error:
        cause = str(error).partition("\n")[0]  # what follows repeats it for programmers
        raise VaultError(
            f"Could not {doing}: {cause}. Check the disk or container, and what this account may do there."
        ) from None
