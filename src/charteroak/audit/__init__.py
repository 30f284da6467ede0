"""Append-only events in a Merkle log; no foreign keys."""
