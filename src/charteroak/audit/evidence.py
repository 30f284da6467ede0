"""Checks the evidence on one project with nothing but the file: events against the signed root, files by hash."""

import hashlib
import json
import struct
import zipfile
import zlib
from dataclasses import dataclass

from charteroak.audit import merkle
from charteroak.audit.note import NoteRefused, TreeHead, Verifier, tree_head

EVENTS, CHECKPOINT, LOG_KEY, SUMS = "events.jsonl", "checkpoint.txt", "log.vkey", "SHA256SUMS"
# what zipfile raises of a ZIP, or a file in it, that is missing, cut, altered, encrypted or packed in an unknown way
DAMAGED = (KeyError, zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, ValueError)
LARGEST = 1 << 30  # bytes that one file inside may unpack to


class EvidenceRefused(ValueError):
    """The file does not prove what it says."""


@dataclass(frozen=True)
class Evidence:
    """What was proven: how many events, of a log of which size and root, vouched for by which key (None: nobody's)."""

    events: int
    files: int
    size: int
    root: str
    signed_by: str | None


def verify_evidence(file: zipfile.ZipFile, verifier: Verifier | None) -> Evidence:
    """Raises EvidenceRefused with the first thing that does not fit.

    Without a verifier the checkpoint's signature goes unchecked: the file is then only consistent with itself.
    """
    files = _as_listed(file)
    try:
        head = tree_head(_read(file, CHECKPOINT).decode(), verifier)
    except (NoteRefused, UnicodeDecodeError) as refused:
        raise EvidenceRefused(f"Checkpoint: {refused}") from refused
    proven, last = 0, -1
    for line in _read(file, EVENTS).decode("utf-8", "replace").splitlines():
        last = _proven(line, head, last)
        proven += 1
    return Evidence(proven, files, head.size, head.root.hex(), verifier.name if verifier else None)


def _read(file: zipfile.ZipFile, name: str) -> bytes:
    try:
        small_enough = file.getinfo(name).file_size <= LARGEST
        content = file.read(name) if small_enough else b""
    except DAMAGED as damaged:
        raise EvidenceRefused(f"{name} is missing or damaged.") from damaged
    if not small_enough:
        raise EvidenceRefused(f"{name} is larger than evidence can be.")
    return content


def _as_listed(file: zipfile.ZipFile) -> int:
    """Every file is listed with its hash, and nothing else is here; returns how many."""
    pairs = (
        line.split("  ", 1)
        for line in _read(file, SUMS).decode("utf-8", "replace").splitlines()
        if "  " in line
    )
    listed = {name: hashed for hashed, name in pairs}
    here = {name for name in file.namelist() if name != SUMS}
    if here != set(listed) or len(file.namelist()) != len(here) + 1:
        odd = ", ".join(sorted(here ^ set(listed))) or "one twice"
        raise EvidenceRefused(f"{SUMS} and the files do not fit: {odd}.")
    for name, hashed in listed.items():
        if hashlib.sha256(_read(file, name)).hexdigest() != hashed:
            raise EvidenceRefused(f"{name} is not the file that was written: its SHA-256 differs.")
    return len(listed)


def _proven(line: str, head: TreeHead, last: int) -> int:
    """The index of the event in this line, once it is proven to be in the log and after the one before."""
    try:
        said = json.loads(line)
        index, leaf, proof = (
            int(said["index"]),
            str(said["leaf"]),
            [bytes.fromhex(one) for one in said["proof"]],
        )
        told = json.loads(leaf)["index"]
    except (ValueError, KeyError, TypeError) as damaged:
        raise EvidenceRefused(f"A line of {EVENTS} is no event with its proof.") from damaged
    if index != told or index <= last:
        raise EvidenceRefused(f"Event {index} is not in its place.")
    if not merkle.includes(head.root, head.size, index, merkle.leaf_hash(leaf.encode()), proof):
        raise EvidenceRefused(f"Event {index} is not in the log that was signed, or was altered.")
    return index
