"""By which meaning a spine was encoded: its numbers say nothing to code that reads values or keys in another way."""

ENCODING = 3
"""Raise it whenever the same text would be standardised, numbered, hashed or keyed in another way than before; a test
compares samples with what this number stood for (`tests/unit/test_spine_version.py`). A faster way to the same is
none."""
