"""What the notary signs and an outsider checks: the log's name, its size and its root, as a signed note.

Formats: C2SP signed-note (Ed25519, type 0x01) and C2SP tlog-checkpoint, so that other logs' tools read them.
"""

import binascii
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
SIZE = re.compile(r"0|[1-9][0-9]{0,17}")


class NoteRefused(ValueError):
    """A note, key or checkpoint that is malformed or not signed by the expected key."""


@dataclass(frozen=True)
class Verifier:
    """The public key by which a log is known."""

    name: str
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public_key).digest()[:4]

    @property
    def vkey(self) -> str:
        """The key as text: name, key id in hexadecimal, type and key in base64."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(ED25519 + self.public_key).decode()}"

    @classmethod
    def parse(cls, vkey: str) -> "Verifier":
        """Read a key from its text; raises NoteRefused when it is malformed or its key id is not its own."""
        name, _, rest = vkey.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        key = _decode(encoded)
        verifier = cls(_checked_name(name), key[1:])
        if key[:1] != ED25519 or len(key) != 33 or verifier.key_id.hex() != key_id:
            raise NoteRefused(
                "The verifier key is not an Ed25519 key with its own key id; copy it again, whole."
            )
        return verifier

    def open(self, note: str) -> str:
        """The text that this key signed, with its final newline; raises NoteRefused when it did not sign it.

        Signatures of other keys are ignored, as the format demands.
        """
        text, signatures = split(note)
        for name, key_id, signature in signatures:
            if (name, key_id) == (self.name, self.key_id):
                try:
                    Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, text.encode())
                except InvalidSignature as refused:
                    raise NoteRefused(f"The signature of {self.name} does not fit the text.") from refused
                return text
        raise NoteRefused(f"The note carries no signature by {self.vkey}.")


@dataclass(frozen=True)
class Signer:
    """The notary's private key."""

    name: str
    private_key: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, self.private_key.public_key().public_bytes_raw())

    @property
    def skey(self) -> str:
        """The private key as text, in the form of Go's note package."""
        seed = b64encode(ED25519 + self.private_key.private_bytes_raw()).decode()
        return f"PRIVATE+KEY+{self.name}+{self.verifier.key_id.hex()}+{seed}"

    @classmethod
    def new(cls, name: str) -> "Signer":
        return cls(_checked_name(name), Ed25519PrivateKey.generate())

    @classmethod
    def parse(cls, skey: str) -> "Signer":
        """Read a private key from its text; raises NoteRefused when it is malformed."""
        head, _, rest = skey.strip().partition("PRIVATE+KEY+")
        name, _, rest = rest.partition("+")
        key_id, _, encoded = rest.partition("+")
        key = _decode(encoded)
        if head or key[:1] != ED25519 or len(key) != 33:
            raise NoteRefused("The signing key's file is damaged; restore it from its escrow.")
        signer = cls(_checked_name(name), Ed25519PrivateKey.from_private_bytes(key[1:]))
        if signer.verifier.key_id.hex() != key_id:
            raise NoteRefused("The signing key's id is not its own; restore the file from its escrow.")
        return signer

    def sign(self, text: str) -> str:
        """The signed note over `text`, which must end in a newline."""
        if not text.endswith("\n"):
            raise NoteRefused("A note's text ends in a newline.")
        signed = b64encode(self.verifier.key_id + self.private_key.sign(text.encode())).decode()
        return f"{text}\n— {self.name} {signed}\n"


@dataclass(frozen=True)
class TreeHead:
    """A checkpoint's text: which log, how many events, which root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> "TreeHead":
        """Read a checkpoint's text; lines after the third are extensions and ignored. Raises NoteRefused."""
        lines = text.split("\n")
        if len(lines) < 4 or not SIZE.fullmatch(lines[1]):
            raise NoteRefused("A checkpoint is three lines: the log's name, its size, its root in base64.")
        head = cls(lines[0], int(lines[1]), _decode(lines[2]))
        if not head.origin or len(head.root) != 32:
            raise NoteRefused("The checkpoint names no log, or its root is not 32 bytes.")
        return head


def split(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """A note's text and its signatures as (name, key id, signature), unchecked; raises NoteRefused."""
    text, found, block = note.rpartition("\n\n")
    if not found or not block.endswith("\n"):
        raise NoteRefused(
            "A signed note is a text, an empty line and signature lines; this one is cut or altered."
        )
    signatures = []
    for line in block[:-1].split("\n"):
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        signed = _decode(encoded)
        if dash != "—" or len(signed) < 5:
            raise NoteRefused("A signature line is a dash, the key's name and the signature in base64.")
        signatures.append((_checked_name(name), signed[:4], signed[4:]))
    return text + "\n", signatures


def tree_head(note: str, verifier: Verifier | None) -> TreeHead:
    """The checkpoint in `note`: signature and name checked when a verifier is given. Raises NoteRefused."""
    if verifier is None:
        return TreeHead.parse(split(note)[0])
    head = TreeHead.parse(verifier.open(note))
    if head.origin != verifier.name:
        raise NoteRefused(f"The checkpoint is of the log {head.origin}, the key of {verifier.name}.")
    return head


def _checked_name(name: str) -> str:
    if not name or "+" in name or any(letter.isspace() for letter in name):
        raise NoteRefused("A key's name is not empty and has neither spaces nor plus signs.")
    return name


def _decode(encoded: str) -> bytes:
    try:
        return b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as damaged:
        raise NoteRefused("A key, root or signature is not whole base64; copy it again.") from damaged
