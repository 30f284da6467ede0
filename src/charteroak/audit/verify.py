"""Checks an exported log with nothing but the file: no database, no network, no trust in who exported it."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from charteroak.audit import merkle
from charteroak.audit.leaf import NO_EVENT
from charteroak.audit.note import NoteRefused, TreeHead, Verifier, tree_head

DECODE = json.JSONDecoder().raw_decode


class Kind(StrEnum):
    ALTERED = "altered"
    DROPPED = "dropped"
    REORDERED = "reordered"
    TAIL_CUT = "tail cut"
    ADDED = "added"  # beyond what the checkpoint covers
    CHECKPOINT = "checkpoint"  # the checkpoint itself, not an event


@dataclass(frozen=True)
class Finding:
    """What is wrong, and the first event that is, or can be, bad: every event before `index` stands."""

    kind: Kind
    index: int | None
    message: str


@dataclass(frozen=True)
class Verdict:
    """What was read. `signed_by` is the key that vouches for it, None when nobody's was checked."""

    events: int
    root: str
    signed_by: str | None
    finding: Finding | None

    @property
    def whole(self) -> bool:
        return self.finding is None


class _Bad(Exception):
    def __init__(self, kind: Kind, index: int | None, message: str) -> None:
        super().__init__(message)
        self.finding = Finding(kind, index, message)


def verify(lines: Iterable[bytes], verifier: Verifier | None = None, earlier: str | None = None) -> Verdict:
    """Check the lines of an export, in constant memory.

    With `verifier` the checkpoint must be signed by it. `earlier` is the note of a checkpoint kept from
    another day: the log must still begin with it, or, when it is the newer one, reach it.
    """
    reading = _Reading(iter(lines), verifier, earlier)
    try:
        reading.read()
        finding = None
    except _Bad as bad:
        finding = bad.finding
    signed_by = verifier.name if verifier and finding is None else None
    return Verdict(reading.tree.size, reading.tree.root().hex(), signed_by, finding)


class _Reading:
    """One pass over an export: the tree so far, the last event's hash, the checkpoint to meet on the way."""

    def __init__(self, lines: Iterator[bytes], verifier: Verifier | None, earlier: str | None) -> None:
        self.lines = lines
        self.verifier = verifier
        self.earlier_note = earlier
        self.tree = merkle.Frontier()
        self.last = NO_EVENT
        self.good = 0  # every event below is what the earlier checkpoint covers

    def read(self) -> None:
        earlier = self._head(self.earlier_note, "earlier checkpoint") if self.earlier_note else None
        for line in self.lines:
            if earlier and self.tree.size == earlier.size:
                self._meet(earlier)
            said = self._parsed(line)
            if "checkpoint" in said:
                self._close(said, earlier)
                return
            self._take(said)
        raise self._bad(Kind.TAIL_CUT, f"the file ends after {self.tree.size} events, without a checkpoint")

    def _parsed(self, line: bytes) -> dict[str, Any]:
        said = _line(line)
        if said is not None:
            return said
        if next(self.lines, None) is None:
            raise self._bad(Kind.TAIL_CUT, "the file ends in the middle of a line")
        raise self._bad(Kind.ALTERED, "the line is not a JSON object")

    def _take(self, said: dict[str, Any]) -> None:
        """Check the next event and add it to the tree."""
        expected = self.tree.size
        if said.keys() != {"index", "leaf", "leaf_hash"} or not isinstance(said["leaf"], str):
            raise self._bad(Kind.ALTERED, "the line holds something other than index, leaf and leaf_hash")
        leaf: str = said["leaf"]
        hashed = merkle.leaf_hash(leaf.encode("utf-8", "surrogatepass"))
        text = hashed.hex()
        if text != said["leaf_hash"]:
            raise self._bad(Kind.ALTERED, "the leaf does not have the hash beside it")
        event = _object(leaf)
        if event is None or type(event.get("index")) is not int:
            raise self._bad(Kind.ALTERED, "the leaf is not an event")
        if event["index"] != expected:
            raise self._displaced(event["index"])
        if said["index"] != expected:
            raise self._bad(Kind.ALTERED, f"the line is numbered {said['index']}, its leaf {expected}")
        if event.get("previous") != self.last:
            raise self._broken_chain(text)
        self.tree.append(hashed)
        self.last = text

    def _displaced(self, found: int) -> _Bad:
        """Another event stands here: was the expected one moved, or is it gone?"""
        expected = self.tree.size
        if found < expected or any(_leaf(line).get("index") == expected for line in self.lines):
            return self._bad(Kind.REORDERED, f"event {found} stands in its place")
        return self._bad(Kind.DROPPED, f"it is missing; event {found} follows event {expected - 1}")

    def _broken_chain(self, hashed: str) -> _Bad:
        """This event does not name the one before: is it altered, or that one? The event after it tells."""
        following = _leaf(next(self.lines, b""))
        itself = following.get("previous", hashed) != hashed
        message = "it and its hash were rewritten: its neighbour still names another"
        return self._bad(Kind.ALTERED, message, self.tree.size - (0 if itself or not self.tree.size else 1))

    def _close(self, said: dict[str, Any], earlier: TreeHead | None) -> None:
        """Hold what was read against the checkpoint, which must be the last line."""
        if said.keys() != {"checkpoint"} or not isinstance(said["checkpoint"], str):
            raise _Bad(Kind.CHECKPOINT, None, "The checkpoint's line holds something else besides.")
        head, size = self._head(said["checkpoint"], "checkpoint"), self.tree.size
        if next(self.lines, None) is not None:
            raise self._bad(Kind.ADDED, "something follows the checkpoint")
        reach = max(head.size, earlier.size if earlier else 0)
        if size < reach:
            raise self._bad(Kind.TAIL_CUT, f"{reach} events were signed, {size} are here")
        if size > head.size:
            raise self._bad(Kind.ADDED, f"the checkpoint covers {head.size} events only", head.size)
        if self.tree.root() != head.root:
            message = (
                "the events from here on are not those that were signed; which of them, the file cannot tell"
            )
            raise self._bad(Kind.ALTERED, message, self.good)

    def _meet(self, earlier: TreeHead) -> None:
        if self.tree.root() != earlier.root:
            message = f"the first {earlier.size} events are not those of the earlier checkpoint"
            raise self._bad(Kind.ALTERED, message, 0)
        self.good = earlier.size

    def _head(self, note: str, what: str) -> TreeHead:
        try:
            return tree_head(note, self.verifier)
        except NoteRefused as refused:
            raise _Bad(Kind.CHECKPOINT, None, f"The {what} is refused: {refused}") from refused

    def _bad(self, kind: Kind, message: str, index: int | None = None) -> _Bad:
        at = self.tree.size if index is None else index
        return _Bad(kind, at, f"Event {at}: {message}.")


def _object(text: str) -> dict[str, Any] | None:
    """A JSON object and nothing after it, or None. Half of all time goes here: hence raw_decode."""
    try:
        said, end = DECODE(text)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) and end == len(text) else None


def _line(line: bytes) -> dict[str, Any] | None:
    try:
        return _object(line.decode().rstrip())
    except UnicodeDecodeError:
        return None


def _leaf(line: bytes) -> dict[str, Any]:
    """The event in a line that is looked at out of turn; empty when there is none."""
    leaf = (_line(line) or {}).get("leaf")
    return (_object(leaf) if isinstance(leaf, str) else None) or {}
