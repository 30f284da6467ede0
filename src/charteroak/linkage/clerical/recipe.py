"""The linkage recipe that stewards agree to: which columns mean what, which passes run, what is accepted."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class LinkageError(ValueError):
    """A recipe or a matching file that cannot be linked. The message says where, what and how to mend it."""


class Kind(StrEnum):
    """What a field holds, and so how it is standardised and compared."""

    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    MIDDLE_NAME = "middle_name"
    BIRTH_DATE = "birth_date"
    SEX = "sex"
    SSN = "ssn"
    AGENCY_ID = "agency_id"
    INITIAL = "initial"
    EXACT = "exact"


# The levels of agreement of each kind, best first, with the share of true pairs expected at each before the
# data has spoken (a weak prior of the estimation). The last level is always disagreement.
LEVELS: Mapping[Kind, Mapping[str, float]] = {
    Kind.GIVEN_NAME: {"same": 0.88, "nickname": 0.03, "close": 0.04, "initial": 0.02, "different": 0.03},
    Kind.FAMILY_NAME: {"same": 0.88, "part": 0.03, "close": 0.04, "swapped": 0.01, "different": 0.04},
    Kind.MIDDLE_NAME: {"same": 0.8, "initial": 0.15, "different": 0.05},
    Kind.BIRTH_DATE: {"same": 0.95, "day_month": 0.01, "year": 0.01, "digit": 0.01, "different": 0.02},
    Kind.SEX: {"same": 0.98, "different": 0.02},
    Kind.SSN: {"same": 0.95, "digit": 0.02, "different": 0.03},
    Kind.AGENCY_ID: {"same": 0.97, "different": 0.03},
    Kind.INITIAL: {"same": 0.97, "different": 0.03},
    Kind.EXACT: {"same": 0.95, "different": 0.05},
}
PARTS = ("start", "initial", "year", "month_day")
"""What a blocking key may take of a field: `family_name:start` is its first four letters."""


@dataclass(frozen=True)
class Field:
    """One fact about a person and the column that holds it in each file."""

    name: str
    kind: Kind
    columns: Mapping[str, str]


@dataclass(frozen=True)
class ExactPass:
    """Links records that agree on every key, and at least as well as `agree` says on other fields."""

    name: str
    left: str
    right: str
    keys: tuple[str, ...]
    agree: Mapping[str, str]

    @property
    def rules(self) -> tuple[tuple[str, ...], ...]:
        """The sets of keys under which this pass looks for pairs."""
        return (self.keys,)


@dataclass(frozen=True)
class ScoredPass:
    """Records that share a block and were not linked by an exact pass are compared and weighed."""

    name: str
    left: str
    right: str
    blocks: tuple[tuple[str, ...], ...]

    @property
    def rules(self) -> tuple[tuple[str, ...], ...]:
        return self.blocks


Pass = ExactPass | ScoredPass


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a link run apart from the files: one digest, one set of rules.

    `accept` and `review` are probabilities: at or above `accept` a pair is linked, from `review` up a person
    decides. `margin` (bits) is how much better than its best rival a pair must be. A file named in
    `one_per_person` holds nobody twice.
    """

    name: str
    accept: float
    review: float
    margin: float
    one_per_person: tuple[str, ...]
    fields: tuple[Field, ...]
    exact: tuple[ExactPass, ...]
    scored: tuple[ScoredPass, ...]

    def __post_init__(self) -> None:
        if not 0 < self.review <= self.accept < 1:
            raise LinkageError(
                f"recipe {self.name}: needs 0 < review <= accept < 1; set both as probabilities"
            )
        for step in self.passes:
            self._check(step)

    @property
    def passes(self) -> tuple[Pass, ...]:
        """Every pass in the order in which it runs: exact ones first."""
        return (*self.exact, *self.scored)

    def _check(self, step: Pass) -> None:
        known = {field.name: field.kind for field in self.shared(step.left, step.right)}
        levels = step.agree if isinstance(step, ExactPass) else None
        named = [key for rule in step.rules for key in rule]
        where = f"recipe {self.name}, pass {step.name!r}"
        if not all(step.rules) or not named:
            raise LinkageError(f"{where}: names no field; give keys or blocks")
        for key in (*named, *(levels or ())):
            field, _, part = key.partition(":")
            if field not in known:
                raise LinkageError(
                    f"{where}: {field!r} is not a field of both {step.left} and {step.right}; map it"
                )
            if part and (levels is not None or part not in PARTS):
                raise LinkageError(f"{where}: {key!r} is no blocking key; use one of {', '.join(PARTS)}")
        for name, level in (levels or {}).items():
            if level not in LEVELS[known[name]]:
                raise LinkageError(
                    f"{where}: {name} has no level {level!r}; use {', '.join(LEVELS[known[name]])}"
                )

    def shared(self, left: str, right: str) -> tuple[Field, ...]:
        """The fields that both files hold, in the recipe's order."""
        return tuple(field for field in self.fields if left in field.columns and right in field.columns)

    def file_pairs(self) -> tuple[tuple[str, str], ...]:
        """The pairs of files that some pass links, in the order they first appear."""
        return tuple(dict.fromkeys((step.left, step.right) for step in self.passes))

    def files(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(file for pair in self.file_pairs() for file in pair))

    @classmethod
    def from_toml(cls, text: str) -> "Recipe":
        """Read a recipe. Raises LinkageError naming what is missing, unknown or contradictory."""
        try:
            return _recipe(tomllib.loads(text))
        except (KeyError, TypeError) as problem:
            raise LinkageError(
                f"recipe: missing or misplaced entry {problem}; see recipes/042.toml"
            ) from problem
        except tomllib.TOMLDecodeError as problem:
            raise LinkageError(f"recipe is not TOML: {problem}") from problem

    def to_toml(self) -> str:
        """The canonical text: `from_toml` of it gives an equal recipe."""
        lines = [f"{key} = {_value(getattr(self, key))}" for key in _SETTINGS]
        for table in ("fields", "exact", "scored"):
            for entry in getattr(self, table):
                lines += [
                    "",
                    f"[[{table}]]",
                    *(f"{key} = {_value(value)}" for key, value in vars(entry).items()),
                ]
        return "\n".join(lines) + "\n"

    def digest(self) -> str:
        """SHA-256 of the canonical text, in hexadecimal."""
        return hashlib.sha256(self.to_toml().encode()).hexdigest()


_SETTINGS = ("name", "accept", "review", "margin", "one_per_person")


def _recipe(table: Mapping[str, Any]) -> Recipe:
    if unknown := set(table) - {*_SETTINGS, "fields", "exact", "scored"}:
        raise LinkageError(f"recipe: unknown entries {', '.join(sorted(unknown))}; remove or rename them")
    return Recipe(
        name=str(table["name"]),
        accept=float(table["accept"]),
        review=float(table["review"]),
        margin=float(table["margin"]),
        one_per_person=tuple(table["one_per_person"]),
        fields=tuple(
            Field(str(entry["name"]), _kind(entry["kind"]), dict(entry["columns"]))
            for entry in table["fields"]
        ),
        exact=tuple(
            ExactPass(
                entry["name"], entry["left"], entry["right"], tuple(entry["keys"]), dict(entry["agree"])
            )
            for entry in table.get("exact", [])
        ),
        scored=tuple(
            ScoredPass(
                entry["name"], entry["left"], entry["right"], tuple(tuple(rule) for rule in entry["blocks"])
            )
            for entry in table.get("scored", [])
        ),
    )


def _kind(text: str) -> Kind:
    if text not in list(Kind):
        raise LinkageError(f"recipe: no kind of field is called {text!r}; use {', '.join(Kind)}")
    return Kind(text)


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_value(str(key))} = {_value(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, tuple):
        return "[" + ", ".join(_value(entry) for entry in value) + "]"
    if isinstance(value, str):
        return json.dumps(value)  # TOML's basic strings read every escape that JSON writes here
    return repr(value)
