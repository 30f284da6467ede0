"""How records are encoded: which columns, cut into which tokens, how many bits each may set. Agreed by all sides."""

import json
import tomllib
from dataclasses import dataclass
from enum import StrEnum

from charteroak.linkage.recipe import LinkageError

VERSION = 1


class Tokens(StrEnum):
    """How a value is cut up. Two values are as alike as the tokens they share."""

    BIGRAMS = "bigrams"  # pairs of letters, the value's ends marked: one slip changes two of them
    DIGITS = "digits"  # each digit with its place: for dates and numbers
    WHOLE = "whole"  # the value as it is: equal or not


@dataclass(frozen=True)
class Feature:
    """One column. `bits`: how many bits its value sets in all, however long it is: its weight in the comparison."""

    column: str
    tokens: Tokens
    bits: int

    def __post_init__(self) -> None:
        if not 1 <= self.bits <= 2000:
            raise LinkageError(f"feature {self.column}: bits must be from 1 to 2000, not {self.bits}")


@dataclass(frozen=True)
class Schema:
    """Everything but the key that both sides must share; the same ideas as clkhash's linkage schema, version 3.

    `length`: bits of the filter before folding, a power of two from 128. `folds`: times the filter's halves are
    laid over each other by XOR, which halves it. `flip`: share of bits turned over afterwards, less than one half.
    `salt`: a column that becomes part of the key (its first four characters, such as the year of birth): records
    that differ there have nothing in common. `blocks`: rules under which pairs are compared; a key is a column,
    `column:n` for its first n characters, or `column:sound` for its Soundex code.
    """

    features: tuple[Feature, ...]
    blocks: tuple[tuple[str, ...], ...]
    length: int = 1024
    folds: int = 1
    flip: float = 0.0
    salt: str | None = None

    def __post_init__(self) -> None:
        if self.length < 128 or self.length & (self.length - 1):
            raise LinkageError(f"schema: length must be a power of two from 128, not {self.length}")
        if self.folds < 0 or self.length >> self.folds < 64:
            raise LinkageError("schema: after folding at least 64 bits must be left; fold less often")
        if not 0 <= self.flip < 0.5:
            raise LinkageError("schema: flip must be at least 0 and below 0.5, for at 0.5 nothing is left")
        if not self.features:
            raise LinkageError("schema: give at least one feature")
        columns = [each.column for each in self.features]
        if len(set(columns)) < len(columns):
            raise LinkageError("schema: a column may be a feature once only")

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the encoding reads."""
        keys = [key.partition(":")[0] for rule in self.blocks for key in rule]
        return tuple(
            dict.fromkeys(
                [*(each.column for each in self.features), *keys, *([self.salt] if self.salt else [])]
            )
        )


DEFAULT = Schema(
    features=(
        Feature("first_name", Tokens.BIGRAMS, 160),
        Feature("last_name", Tokens.BIGRAMS, 180),
        Feature("dob", Tokens.DIGITS, 200),
        Feature("sex", Tokens.WHOLE, 20),
    ),
    blocks=(("last_name:sound", "dob:4"), ("first_name:sound", "last_name:sound"), ("dob",)),
)
"""Names, birth date and sex, as most agencies hold them. Say so where another set of columns is agreed."""


def to_toml(schema: Schema) -> str:
    """The schema as text that all sides keep: `from_toml` of it gives an equal schema."""
    lines = [
        f"version = {VERSION}",
        f"length = {schema.length}",
        f"folds = {schema.folds}",
        f"flip = {schema.flip}",
    ]
    lines += [f"salt = {json.dumps(schema.salt)}"] if schema.salt else []
    lines += [f"blocks = {json.dumps([list(rule) for rule in schema.blocks])}"]
    for each in schema.features:
        lines += ["", "[[features]]", f"column = {json.dumps(each.column)}"]
        lines += [f'tokens = "{each.tokens}"', f"bits = {each.bits}"]
    return "\n".join(lines) + "\n"


def from_toml(text: str) -> Schema:
    """Read a schema. Raises LinkageError naming what is missing, unknown or contradictory."""
    try:
        table = tomllib.loads(text)
        if table.pop("version") != VERSION:
            raise LinkageError(f"schema: only version {VERSION} is understood; update this program")
        features = tuple(
            Feature(entry["column"], Tokens(entry["tokens"]), entry["bits"])
            for entry in table.pop("features")
        )
        blocks = tuple(tuple(rule) for rule in table.pop("blocks"))
        return Schema(features, blocks, **table)
    except LinkageError:
        raise
    except (KeyError, TypeError, ValueError) as problem:
        raise LinkageError(f"schema: missing, unknown or misplaced entry: {problem}") from problem
