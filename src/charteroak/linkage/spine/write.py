"""Keeps a spine in a folder: one Arrow file for each array, and `spine.json`, which names them with their hashes."""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from charteroak.linkage.spine.arrays import apart
from charteroak.linkage.spine.spine import Spine

DESCRIPTION = "spine.json"


def spine(folder: Path, kept: Spine) -> None:
    """Write the spine; one that stands there is replaced at the last moment, and remains if this is interrupted."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # it holds what identifies people
    arrays, rest = apart(kept)
    before = {file.name for file in folder.glob("*.arrow")}
    files = {}
    for name, values in arrays.items():
        staged = folder / f".{name}.arrow"
        frame = pl.DataFrame({"x": values.rechunk()})  # one batch, so that it is read as one array
        frame.write_ipc(staged, compression="uncompressed", record_batch_size=max(frame.height, 1))
        with staged.open("rb") as written:
            found = hashlib.file_digest(written, "sha256").hexdigest()
            os.fsync(written.fileno())
        files[name] = f"{name}.{found[:16]}.arrow", found
        staged.replace(folder / files[name][0])
    described = {
        **rest,
        "files": {name: {"file": file, "sha256": found} for name, (file, found) in files.items()},
    }
    staged = folder / f".{DESCRIPTION}"
    staged.write_text(json.dumps({"sha256": hash_of(described), "spine": described}), "utf-8")
    staged.replace(folder / DESCRIPTION)
    for old in before - {file for file, _ in files.values()}:
        (folder / old).unlink()


def hash_of(described: Mapping[str, Any]) -> str:
    """SHA-256 of a description, in hexadecimal, however it is laid out."""
    return hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()
