"""By which code a spine was encoded: its numbers mean nothing to code that reads values or keys in another way."""

import hashlib
from functools import cache
from pathlib import Path

_MODULES = ("addresses", "blocks", "encode", "hashing", "names", "nicknames", "strings", "tables", "values")


@cache
def version() -> str:
    """SHA-256, in hexadecimal, of the code that standardises, numbers and blocks."""
    folder = Path(__file__).parents[1]
    return hashlib.sha256(b"".join((folder / f"{name}.py").read_bytes() for name in _MODULES)).hexdigest()
