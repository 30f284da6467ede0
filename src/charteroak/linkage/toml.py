"""Recipes as TOML text: the form in which stewards read, edit and agree to them."""

import hashlib
import json
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any, TypeVar

from charteroak.linkage.kinds import levels_of, weighs_by_frequency
from charteroak.linkage.recipe import VERSION, Field, Kind, Level, LinkageError, Pass, Recipe

Read = TypeVar("Read")
SETTINGS = tuple(each.name for each in fields(Recipe) if each.name not in {"fields", "passes", "version"})


def to_toml(recipe: Recipe) -> str:
    """The canonical text: `from_toml` of it gives an equal recipe."""
    return "\n".join(lines(recipe)) + "\n"


def lines(recipe: Recipe, under: str = "") -> list[str]:
    """The lines of the canonical text, for a table of its own or one `under` another (`steps.`)."""
    found = [f"version = {recipe.version}"]
    found += [
        f"{name} = {written(getattr(recipe, name))}" for name in SETTINGS if getattr(recipe, name) is not None
    ]
    for each in recipe.fields:
        found += [
            "",
            f"[[{under}fields]]",
            f"name = {written(each.name)}",
            f"kind = {written(each.kind.value)}",
        ]
        found += [f"columns = {written(each.columns)}", f"term_frequency = {written(each.term_frequency)}"]
        found += ["levels = [", *(f"  {written(vars(level))}," for level in each.levels), "]"]
    for step in recipe.passes:
        found += ["", f"[[{under}passes]]", f"name = {written(step.name)}", f"agree = {written(step.agree)}"]
    return found


def from_toml(text: str) -> Recipe:
    """Read a recipe. Raises LinkageError naming what is missing, unknown, contradictory or too new."""
    return read(text, recipe_of)


def read(text: str, build: Callable[[Mapping[str, Any]], Read]) -> Read:
    """What `build` makes of the text's table. Raises LinkageError naming what is wrong with it."""
    try:
        return build(tomllib.loads(text))
    except KeyError as problem:
        raise LinkageError(f"recipe: entry {problem} is missing; add it") from problem
    except (TypeError, AttributeError) as problem:
        raise LinkageError(
            f"recipe: an entry has the wrong form ({problem}); compare with one that oak wrote"
        ) from problem
    except tomllib.TOMLDecodeError as problem:
        raise LinkageError(f"recipe is not TOML: {problem}") from problem


def digest(recipe: Recipe) -> str:
    """SHA-256 of the canonical text, in hexadecimal: two recipes that decide alike have the same."""
    return hashlib.sha256(to_toml(recipe).encode()).hexdigest()


def recipe_of(table: Mapping[str, Any]) -> Recipe:
    """The recipe that a table of the text holds."""
    if table.get("version", VERSION) > VERSION:
        raise LinkageError(f"recipe: version {table['version']} is newer than {VERSION}; update charteroak")
    if unknown := set(table) - {*SETTINGS, "fields", "passes", "version"}:
        raise LinkageError(f"recipe: unknown entries {', '.join(sorted(unknown))}; remove or rename them")
    optional = {each.name for each in fields(Recipe) if each.default is not MISSING}
    given = {name: table[name] for name in SETTINGS if name in table or name not in optional}
    given["blocks"] = tuple(tuple(rule) for rule in table["blocks"])
    if "one_per_person" in given:
        given["one_per_person"] = tuple(given["one_per_person"])
    steps = tuple(Pass(step["name"], dict(step["agree"])) for step in table.get("passes", []))
    return Recipe(fields=tuple(_field(entry) for entry in table["fields"]), passes=steps, **given)


def _field(entry: Mapping[str, Any]) -> Field:
    if entry["kind"] not in list(Kind):
        raise LinkageError(f"recipe: no kind of field is called {entry['kind']!r}; use {', '.join(Kind)}")
    kind = Kind(entry["kind"])
    columns = {
        file: (names,) if isinstance(names, str) else tuple(names) for file, names in entry["columns"].items()
    }
    levels = tuple(Level(**level) for level in entry["levels"]) if "levels" in entry else levels_of(kind)
    frequency = entry.get("term_frequency", weighs_by_frequency(kind))
    return Field(entry["name"], kind, columns, levels, frequency)


def written(value: object) -> str:
    """A setting as TOML writes it."""
    if isinstance(value, Mapping):
        return (
            "{ " + ", ".join(f"{written(str(key))} = {written(each)}" for key, each in value.items()) + " }"
        )
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value)  # TOML's basic strings read every escape that JSON writes here
    if isinstance(value, Sequence):
        return "[" + ", ".join(written(each) for each in value) + "]"
    return repr(value)
