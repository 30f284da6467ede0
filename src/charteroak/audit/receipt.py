"""A receipt: what a reader needs to see, without us, that the log holds the release of these bytes."""

import json
from dataclasses import dataclass

from charteroak.audit import merkle
from charteroak.audit.note import NoteRefused, Verifier, tree_head

RELEASED = "outputs:release_request:release"  # its facts list the SHA-256 of every file released
# A fact of the checks and of the release: earlier tables of the same project were looked at, of no other. For that
# every contributor would have to sign that a lasting hash of its people may be kept, and no clause says so.
WITHIN_PROJECT = {"differencing": "not-tested-across-projects"}


@dataclass(frozen=True)
class Receipt:
    """One event, its place, the hashes up to the root, and the signed checkpoint with that root."""

    index: int
    leaf: str
    proof: tuple[bytes, ...]
    checkpoint: str

    def to_json(self) -> str:
        said = {
            "index": self.index,
            "leaf": self.leaf,
            "proof": [hashed.hex() for hashed in self.proof],
            "checkpoint": self.checkpoint,
        }
        return json.dumps(said, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Receipt":
        """Read a receipt; raises ReceiptRefused when it is none."""
        try:
            said = json.loads(text)
            proof = tuple(bytes.fromhex(hashed) for hashed in said["proof"])
            receipt = cls(int(said["index"]), said["leaf"], proof, said["checkpoint"])
        except (ValueError, KeyError, TypeError) as damaged:
            raise ReceiptRefused("This file is not a receipt, or it is cut; fetch it again.") from damaged
        if not isinstance(receipt.leaf, str) or not isinstance(receipt.checkpoint, str):
            raise ReceiptRefused("This file is not a receipt, or it is cut; fetch it again.")
        return receipt


class ReceiptRefused(ValueError):
    """The receipt does not prove the release of these bytes."""


def verify_receipt(sha256: str, receipt: Receipt, verifier: Verifier | None) -> dict[str, object]:
    """The release event that names `sha256` (hex), once proven to be in the log; raises ReceiptRefused.

    Without a verifier the signature goes unchecked: the receipt is then only consistent with itself.
    """
    try:
        head = tree_head(receipt.checkpoint, verifier)
    except NoteRefused as refused:
        raise ReceiptRefused(f"Checkpoint: {refused}") from refused
    hashed = merkle.leaf_hash(receipt.leaf.encode())
    if not merkle.includes(head.root, head.size, receipt.index, hashed, receipt.proof):
        raise ReceiptRefused(f"The proof does not lead from event {receipt.index} to the signed root.")
    event = _event(receipt.leaf)
    if event.get("name") != RELEASED:
        raise ReceiptRefused(f"Event {receipt.index} is not a release.")
    if not _names(event.get("facts"), sha256):
        raise ReceiptRefused("These bytes are not among those released: their SHA-256 is not in the event.")
    return event


def _event(leaf: str) -> dict[str, object]:
    try:
        event = json.loads(leaf)
    except ValueError:
        event = None
    return event if isinstance(event, dict) else {}


def _names(facts: object, sha256: str) -> bool:
    return isinstance(facts, dict) and any(
        sha256 in value if isinstance(value, list) else sha256 == value for value in facts.values()
    )
