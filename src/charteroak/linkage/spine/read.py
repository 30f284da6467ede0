"""Reads a spine from its folder: each array is checked by its hash and then used where it lies, without a copy."""

import hashlib
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
from polars.exceptions import PolarsError

from charteroak.linkage.recipe import LinkageError, Recipe
from charteroak.linkage.spine.arrays import together
from charteroak.linkage.spine.spine import FORMAT, Spine
from charteroak.linkage.spine.version import ENCODING
from charteroak.linkage.spine.write import DESCRIPTION, hash_of
from charteroak.linkage.toml import digest, from_toml
from charteroak.machine import cores


def exists(folder: Path) -> bool:
    """Whether a spine is kept there."""
    return (folder / DESCRIPTION).is_file()


def spine(folder: Path, recipe: Recipe | None = None) -> Spine:
    """The spine that `write.spine` left. `recipe`: what it is expected to be made by, if that matters.

    Raises LinkageError, in one line, when there is none, when another format, version or recipe made it, and when a
    file was changed since.
    """
    described = _description(folder)
    if described.get("format") != FORMAT:
        raise LinkageError(
            f"{folder}: the spine has format {described.get('format')}, this version reads {FORMAT}; link its files "
            "anew into another folder"
        )
    if described.get("encoding") != ENCODING:
        raise LinkageError(
            f"{folder}: the spine has encoding {described.get('encoding')}, this version of charteroak {ENCODING}: it "
            "reads names or numbers in another way; link its files anew into another folder"
        )
    made_by = from_toml(described["recipe"])
    if recipe is not None and recipe != (made_by if recipe.blocks else replace(made_by, blocks=())):
        raise LinkageError(
            f"{folder}: the spine was made by another recipe ({digest(made_by)[:12]}); leave the recipe out, or link "
            "its files anew into another folder"
        )
    with ThreadPoolExecutor(cores()) as pool:
        arrays = dict(pool.map(lambda item: _array(folder, *item), described["files"].items()))
    return together(arrays, described)


def _description(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / DESCRIPTION).read_text("utf-8"))
        described, kept = dict(found["spine"]), found["sha256"]
    except FileNotFoundError:
        raise LinkageError(
            f"{folder}: no spine is kept here; link the first files with it to make one"
        ) from None
    except (ValueError, KeyError, TypeError):
        raise LinkageError(
            f"{folder}: {DESCRIPTION} cannot be read; restore it, or link the files anew"
        ) from None
    if hash_of(described) != kept:
        raise LinkageError(f"{folder}: {DESCRIPTION} was changed; restore it, or link the files anew")
    return described


def _array(folder: Path, name: str, kept: Mapping[str, str]) -> tuple[str, pl.Series]:
    file = folder / kept["file"]
    try:
        with file.open("rb") as content:
            found = hashlib.file_digest(content, "sha256").hexdigest()
        if found != kept["sha256"]:
            raise LinkageError(
                f"{file}: was changed since the spine was written; restore it, or link the files anew"
            )
        return name, pl.read_ipc(file)["x"]
    except (OSError, PolarsError):
        raise LinkageError(
            f"{file}: is missing or cannot be read; restore it, or link the files anew"
        ) from None
