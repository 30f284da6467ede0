"""Uploads are age ciphertext: encrypted to the hub's key, re-encrypted for the vault as they stream."""

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import pyrage

from charteroak.adapters.folder import publish
from charteroak.adapters.sealed import Readable
from charteroak.adapters.vault import ObjectId, Vault


class AgeError(Exception):
    """Says which place of an upload is wrong, why, and how to mend it."""


class NotAge(AgeError):
    """The file is no age ciphertext."""


class WrongKey(AgeError):
    """The file is encrypted, but not to this hub."""


class CutShort(AgeError):
    """The file ends before its last block."""


class Altered(AgeError):
    """A block of the file does not authenticate."""


def generate_identity(path: Path) -> str:
    """The hub's recipient; its private half is made in `path` (0600) unless it is there already."""
    identity = pyrage.x25519.Identity.generate()
    publish(path, f"# public key: {identity.to_public()}\n{identity}\n".encode(), mode=0o600)
    return str(_identity(path).to_public())


def recipient_fingerprint(recipient: str) -> str:
    """What an agreement names: 128 bits of the recipient's SHA-256, grouped. Raises WrongKey."""
    digest = hashlib.sha256(str(_recipient(recipient)).encode()).hexdigest()
    return " ".join(digest[at : at + 4] for at in range(0, 32, 4))


def encrypt_stream(recipients: Sequence[str], reader: Readable, writer: BinaryIO) -> None:
    """Encrypt all of `reader` so that any of `recipients` opens it. Raises WrongKey for what is none."""
    pyrage.encrypt_io(reader, writer, [_recipient(recipient) for recipient in recipients])


def seal(words: str, recipient: str) -> str:
    """A few words as an armored age file. Raises WrongKey for what is no recipient."""
    return str(pyrage.encrypt(words.encode(), [_recipient(recipient)], armored=True), "ascii")


def opened(sealed: str, identity: Path) -> str:
    """What `seal` was given. Raises WrongKey for what is sealed to another or altered."""
    key = _identity(identity)
    try:
        return str(pyrage.decrypt(sealed.encode(), [key]), "utf-8")
    except pyrage.DecryptError:
        raise WrongKey(f"{identity} does not open it; it was sealed to another key, or altered.") from None


def decrypt_stream(identity: Path, reader: Readable, writer: BinaryIO) -> None:
    """Decrypt all of `reader`. Raises NotAge, WrongKey, CutShort or Altered *after* part of it was written:
    what `writer` received counts only when this returns.
    """
    key = _identity(identity)
    source = _Source(reader)
    try:
        pyrage.decrypt_io(source, writer, [key])
    except (pyrage.DecryptError, OSError) as error:
        if source.failure:
            raise source.failure from None
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the writer's: pyrage's own carry words only
        raise _explained(error, source) from None


class Decrypted:
    """The plaintext of `source` as a file to read; its end is reached only when age's last check has passed.

    Use as a context manager. `read` raises what `decrypt_stream` raises.
    """

    def __init__(self, identity: Path, source: Readable) -> None:
        end_to_read, end_to_write = os.pipe()
        self._plain = os.fdopen(end_to_read, "rb")
        self._worker = ThreadPoolExecutor(1)
        self._outcome = self._worker.submit(self._decrypt, identity, source, os.fdopen(end_to_write, "wb"))

    def read(self, size: int, /) -> bytes:
        plain = self._plain.read(size)
        if len(plain) < size:
            self._outcome.result()
        return plain

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._plain.close()  # a writer that is still at work finds its pipe broken, and ends
        self._worker.shutdown()

    @staticmethod
    def _decrypt(identity: Path, source: Readable, writer: BinaryIO) -> None:
        with writer:
            decrypt_stream(identity, source, writer)


def reencrypt(identity: Path, source: Readable, vault: Vault, *, project: str, store: str) -> ObjectId:
    """Decrypt `source` and put it into the vault in one stream; published only if age's last check passes.

    Raises NotAge, WrongKey, CutShort, Altered, KeyUnavailable, and what reading `source` raises.
    """
    with Decrypted(identity, source) as plain:
        return vault.put(plain, project=project, store=store)


class _Source:
    """Remembers how far the ciphertext was read, and a failure to read it, which pyrage would disguise."""

    def __init__(self, reader: Readable) -> None:
        self._reader = reader
        self.position = 0
        self.ended = False
        self.failure: Exception | None = None

    def read(self, size: int, /) -> bytes:
        try:
            data = self._reader.read(size)
        except Exception as failure:
            self.failure = failure
            raise
        self.position += len(data)
        self.ended = self.ended or not data
        return data


def _explained(error: Exception, source: _Source) -> AgeError:
    """Pyrage tells its errors apart by their words only."""
    said = str(error)
    again = "Encrypt the original again with `oak encrypt` and send it again."
    if said == "No matching keys found":
        return WrongKey(
            "The file is encrypted to another key than this hub's. Compare the fingerprint that "
            f"`oak encrypt` prints with the one the agreement names. {again}"
        )
    if said == "decryption error" and not source.ended:
        return Altered(f"The file was altered within the 64 KiB before byte {source.position}. {again}")
    if said in ("decryption error", "age file is truncated", "Incomplete header"):
        return CutShort(
            f"The file ends too early, at byte {source.position}, or its last block was altered. {again}"
        )
    if said == "Header MAC is invalid":
        return Altered(f"The file was altered in its header. {again}")
    if isinstance(error, OSError):
        return Altered(f"Something follows the file's last block, before byte {source.position}. {again}")
    return NotAge(f"The file does not begin as age ciphertext does ({said}). {again}")


def _identity(path: Path) -> pyrage.x25519.Identity:
    lines = path.read_text(encoding="ascii").splitlines()
    secret = next((line for line in lines if line.startswith("AGE-SECRET-KEY-")), "")
    try:
        return pyrage.x25519.Identity.from_str(secret)
    except pyrage.IdentityError:
        raise WrongKey(f"{path} holds no age identity; put back the hub's key, or make one anew.") from None


def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        raise WrongKey(f"{text!r} is no age recipient; copy the whole `age1…` from the agreement.") from None
