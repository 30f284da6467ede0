"""One key pair per project and store: whoever has its public half may write, only its owner may read."""

import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from charteroak.adapters.folder import publish, sync

OAEP_256 = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
KEY_BITS = 3072  # NIST SP 800-57 part 1, table 2: 128-bit strength
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")  # safe as a file name, a blob path and an Azure key name alike
CACHEDIR_TAG = (
    b"Signature: 8a477f597d28d172789f06886806bc55\n"  # bford.info/cachedir: backups skip the folder
)


class KeyUnavailable(Exception):
    """The key is not here: never made, destroyed, or another process's."""


class KeyMismatch(Exception):
    """The key is here, but the object was sealed with a different one."""


@dataclass(frozen=True)
class Wrapped:
    """A data key sealed by the key-encryption key of `project` and `store`; `key_id` says which very key."""

    project: str
    store: str
    key_id: str
    sealed: bytes


@dataclass(frozen=True)
class Destroyed:
    """What a certificate may say: "destroyed" when `restorable_until` is None, else "sealed until" then."""

    at: datetime
    key_ids: tuple[str, ...]
    restorable_until: datetime | None
    how: str


class Keyring(Protocol):
    """Where key-encryption keys live; all instants are UTC.

    `create` and `destroy` may be repeated: after a crash in between, the second call completes the first.
    """

    def create(self, project: str, store: str) -> str: ...
    def exists(self, project: str, store: str) -> bool: ...
    def public(self, project: str, store: str) -> rsa.RSAPublicKey: ...
    def wrap(self, project: str, store: str, data_key: bytes) -> Wrapped: ...
    def unwrap(self, wrapped: Wrapped) -> bytes: ...
    def destroy(self, project: str, store: str) -> Destroyed: ...


class FileKeyring:
    """Private keys as PEM files in `private` (0700, marked as left out of backups), public ones in `public`.

    `backups_kept` is how long the operator keeps backups of `private`, should any be made against the advice:
    destruction is then certified only after that time. A process that may only write has an empty `private`.
    """

    def __init__(self, private: Path, public: Path, *, backups_kept: timedelta = timedelta(0)) -> None:
        self._private = private
        self._public = public
        self._backups_kept = backups_kept

    def create(self, project: str, store: str) -> str:
        """Make the key pair unless it exists; returns its id."""
        self._open_folders()
        if not self.exists(project, store):
            key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
            pem = key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            publish(self._private_file(project, store), pem, mode=0o600)
        public = self._load_private(project, store).public_key()
        if not self._public_file(project, store).exists():
            pem = public.public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            publish(self._public_file(project, store), pem, mode=0o644)
        return key_id(project, store, public)

    def exists(self, project: str, store: str) -> bool:
        """Whether the private key is here, and so objects of this project and store can be read."""
        return os.access(self._private_file(project, store), os.R_OK)

    def public(self, project: str, store: str) -> rsa.RSAPublicKey:
        """The key to write with. Raises KeyUnavailable when there is none."""
        path = self._public_file(project, store)
        try:
            key = serialization.load_pem_public_key(path.read_bytes())
        except FileNotFoundError:
            raise KeyUnavailable(
                f"No key to write to store {store!r} of project {project!r} (looked for {path}): it was not "
                "made yet, or was destroyed. The process that owns the store makes it."
            ) from None
        if not isinstance(key, rsa.RSAPublicKey):
            raise KeyMismatch(f"{path} is not an RSA key; put back the one that belongs there.")
        return key

    def wrap(self, project: str, store: str, data_key: bytes) -> Wrapped:
        """Seal `data_key` (32 bytes) with the public key alone. Raises KeyUnavailable."""
        public = self.public(project, store)
        return Wrapped(project, store, key_id(project, store, public), public.encrypt(data_key, OAEP_256))

    def unwrap(self, wrapped: Wrapped) -> bytes:
        """The data key. Raises KeyUnavailable without the private key, KeyMismatch with a different one."""
        key = self._load_private(wrapped.project, wrapped.store)
        here = key_id(wrapped.project, wrapped.store, key.public_key())
        if here != wrapped.key_id:
            raise KeyMismatch(
                f"Sealed with key {wrapped.key_id}, but the one here is {here}; restore the former."
            )
        try:
            return key.decrypt(wrapped.sealed, OAEP_256)
        except ValueError:
            raise KeyMismatch(
                f"The data key sealed with {wrapped.key_id} was altered, or that key was."
            ) from None

    def destroy(self, project: str, store: str) -> Destroyed:
        """Overwrite and remove the private key, then the public one; nothing sealed with it opens again."""
        private, public = self._private_file(project, store), self._public_file(project, store)
        key_ids: tuple[str, ...] = ()
        if public.exists():  # first, for an interrupted destruction leaves no private key to ask
            key_ids = (key_id(project, store, self.public(project, store)),)
        elif private.exists():
            key_ids = (key_id(project, store, self._load_private(project, store).public_key()),)
        if private.exists():
            with private.open("r+b", buffering=0) as file:
                file.write(secrets.token_bytes(private.stat().st_size))
                os.fsync(file.fileno())
            private.unlink()
            sync(self._private)
        if public.exists():
            public.unlink()
            sync(self._public)
        at = datetime.now(UTC)
        how = (
            "Private key overwritten and removed, its folder marked as left out of backups. A flash or "
            "copy-on-write medium may keep old blocks until it reuses them: it must itself be encrypted."
        )
        return Destroyed(at, key_ids, at + self._backups_kept if self._backups_kept else None, how)

    def _open_folders(self) -> None:
        self._private.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._private.chmod(0o700)
        self._public.mkdir(parents=True, exist_ok=True)
        if not (self._private / "CACHEDIR.TAG").exists():
            publish(self._private / "CACHEDIR.TAG", CACHEDIR_TAG, mode=0o600)

    def _load_private(self, project: str, store: str) -> rsa.RSAPrivateKey:
        path = self._private_file(project, store)
        try:
            # Not proved prime anew, which takes 80 ms at every look: this process made it and alone can change it.
            key = serialization.load_pem_private_key(
                path.read_bytes(), password=None, unsafe_skip_rsa_key_validation=True
            )
        except (FileNotFoundError, PermissionError):
            raise KeyUnavailable(
                f"No key to read store {store!r} of project {project!r} (looked for {path}): it is another "
                "process's, or it was destroyed and its objects with it."
            ) from None
        except (ValueError, UnsupportedAlgorithm):
            raise KeyMismatch(
                f"{path} is not a key any more: its destruction was interrupted; run it again."
            ) from None
        if not isinstance(key, rsa.RSAPrivateKey):
            raise KeyMismatch(f"{path} is not an RSA key; put back the one that belongs there.")
        return key

    def _private_file(self, project: str, store: str) -> Path:
        return self._private / f"{key_name(project, store)}.pem"

    def _public_file(self, project: str, store: str) -> Path:
        return self._public / f"{key_name(project, store)}.pem"


def key_name(project: str, store: str) -> str:
    """One name for both, unambiguous because neither may hold two hyphens in a row. Raises ValueError."""
    for name in (project, store):
        if not NAME.fullmatch(name):
            raise ValueError(f"{name!r} cannot name a project or store: use a-z, 0-9 and single hyphens.")
    return f"{project}--{store}"


def key_id(project: str, store: str, public: rsa.RSAPublicKey) -> str:
    """Names this very key: project, store and the first 16 hexadecimal digits of the public key's SHA-256."""
    encoded = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return f"{project}/{store}/{hashlib.sha256(encoded).hexdigest()[:16]}"
