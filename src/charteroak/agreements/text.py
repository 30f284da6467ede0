"""What is signed: every clause's words and terms, as one hash."""

import hashlib
import json
from collections.abc import Iterable

from charteroak.agreements.models import Clause


def text_hash(clauses: Iterable[Clause]) -> str:
    """SHA-256 over every clause's words and terms in order: what people sign and what the system enforces."""
    whole = [
        {"number": c.number, "kind": c.kind, "heading": c.heading, "text": c.text, "terms": c.terms}
        for c in clauses
    ]
    canonical = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
