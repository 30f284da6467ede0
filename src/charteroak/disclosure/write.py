"""Writes tables and their derivations into the outbox."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from charteroak.disclosure.derivation import Derivation


def submit(outbox: Path, derivations: Iterable[Derivation], tables: Mapping[str, bytes]) -> None:
    """Write each table as `NAME.csv` and what it is derived from as `NAME.toml`."""
    for derivation in derivations:
        (outbox / f"{derivation.name}.csv").write_bytes(tables[derivation.name])
        (outbox / f"{derivation.name}.toml").write_text(derivation.to_toml(), encoding="utf-8", newline="\n")
