"""An event as bytes: what the log hashes, keeps and hands out, in one spelling only. Needs no database."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime

Fact = str | int | bool | None | list[str] | list[int]

NO_EVENT = "0" * 64  # what the first event names as the one before it
NAME = re.compile(r"[a-z][a-z0-9_.-]*(:[a-z0-9_.-]+)*")  # app:record:action, or the name of a refused route
PLAIN = re.compile(r"[A-Za-z0-9_.:/+=#*-]{0,200}")  # identifiers, hashes, codes: no space, no @
SOCIAL_SECURITY_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{3}-?\d{2}-?\d{4}(?![0-9A-Za-z])")


class NotForTheLog(ValueError):
    """Something that an event must not hold."""


def instant(at: datetime) -> str:
    """An aware instant as the log spells it: UTC, to the microsecond."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def encode(
    *,
    index: int,
    previous: str,
    name: str,
    by: str,
    subject: str,
    domain_at: datetime,
    real_at: datetime,
    facts: Mapping[str, Fact],
) -> bytes:
    """The leaf: JSON in UTF-8, keys sorted, no spaces. `previous` is the hash (hex) of the event before.

    Raises NotForTheLog for anything but identifiers, hashes, numbers and plain codes. A single word can
    still be somebody's name: who calls `record` passes identifiers only.
    """
    if not NAME.fullmatch(name):
        raise NotForTheLog(f"An event is named app:record:action in small letters, not {name!r}.")
    check_plain("by", by)
    check_plain("subject", subject)
    for key, value in facts.items():
        for item in value if isinstance(value, list) else [value]:
            check_plain(key, item)
    said = {
        "index": index,
        "previous": previous,
        "name": name,
        "by": by,
        "subject": subject,
        "domain_at": instant(domain_at),
        "real_at": instant(real_at),
        "facts": dict(facts),
    }
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def is_plain(value: str) -> bool:
    """Whether this is an identifier, hash or code, and no Social Security number."""
    return bool(PLAIN.fullmatch(value)) and not SOCIAL_SECURITY_NUMBER.search(value)


def check_plain(key: str, value: object) -> None:
    """Raise NotForTheLog, naming the key and never the value, unless this is an id, hash, number or code."""
    if value is not None and not isinstance(value, int) and not (isinstance(value, str) and is_plain(value)):
        raise NotForTheLog(
            f"“{key}” is no plain identifier, hash, number or code of at most 200 characters, "
            "or it looks like a Social Security number; give the record's id, or a hash."
        )
