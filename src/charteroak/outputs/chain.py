"""A chain of signed events read back from the log: links, and the names of those that are missing."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from charteroak.audit.models import Event
from charteroak.audit.signed import LOG, LogAltered
from charteroak.policy.sentence import Sentence


@dataclass(frozen=True)
class Entry:
    """One event of the log, read from the very bytes that were hashed."""

    index: int
    name: str
    by: str
    subject: str
    at: str  # domain time
    leaf_hash: str
    facts: dict[str, Any]

    @classmethod
    def of(cls, event: Event) -> "Entry":
        said = json.loads(event.text)
        return cls(
            event.index, said["name"], said["by"], said["subject"], said["domain_at"],
            bytes(event.leaf_hash).hex(), said["facts"],
        )  # fmt: skip

    def listed(self, fact: str) -> list[str]:
        return [str(item) for item in self.facts.get(fact) or []]


def entries(name: str, subject: str | None = None, **facts: object) -> Iterator[Entry]:
    """Events of that name (about that record), in order, whose facts are these.

    Each is held against the notary's newest checkpoint: raises LogAltered, NotYetSigned.
    """
    found = Event.objects.filter(name=name).order_by("index")
    if subject is not None:
        found = found.filter(subject=subject)
    head = LOG.newest() if found.exists() else None
    for event in found:
        if head is not None:
            LOG.check(event, head)
        entry = Entry.of(event)
        if (entry.name, entry.subject) != (event.name, event.subject):
            raise LogAltered(
                Sentence(
                    "event {index}: its row says something else than its signed bytes", index=event.index
                )
            )
        if all(entry.facts.get(fact) == value for fact, value in facts.items()):
            yield entry


@dataclass(frozen=True)
class Link:
    """One step of the chain: what happened, on which hash, and what it authorises."""

    kind: str
    id: str
    at: str
    by: str
    hash: str
    authorises: str

    @property
    def day(self) -> date | None:
        return datetime.fromisoformat(self.at).date() if self.at else None


@dataclass
class Trace:
    """The chain from a release to the statute; whole when nothing is missing."""

    release: str
    links: list[Link] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return not self.missing

    def as_json(self) -> dict[str, Any]:
        return {
            "release": self.release,
            "whole": self.whole,
            "missing": self.missing,
            "links": [asdict(link) for link in self.links],
        }

    def add(
        self, kind: str, entry: Entry, authorises: str, *, id: str = "", hash: str = "", by: str = ""
    ) -> None:
        """A link that rests on an event; its hash is the event's unless a content's is given."""
        self.links.append(
            Link(kind, id or entry.subject, entry.at, by or entry.by, hash or entry.leaf_hash, authorises)
        )

    def lacks(self, what: str) -> None:
        if what not in self.missing:
            self.missing.append(what)


def last_of(chain: Trace, what: str, name: str, subject: str | None = None, **facts: object) -> Entry | None:
    """The last event of that kind; without it the chain is broken."""
    found = list(entries(name, subject, **facts))
    if not found:
        chain.lacks(what)
    return found[-1] if found else None
