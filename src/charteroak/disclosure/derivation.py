"""What a researcher states about a table so that anyone with the extract can build it again."""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Literal, get_args

Statistic = Literal["count", "mean", "sum", "share"]
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")


class DerivationError(ValueError):
    """A table cannot be derived as stated: says which table, what is wrong and how to mend it."""


@dataclass(frozen=True)
class Derivation:
    """How a table comes out of the extract.

    `source` is DuckDB SQL over the extract, each `X.parquet` seen as the view X, one row per person;
    `person` its key column. Rows passing `filter` are counted by `dimensions`. `measure` is the column that
    `mean`, `sum` or `share` describe; for `share` it holds 0 or 1. `margins` are the dimensions over which
    totals are shown; `hierarchies` maps a dimension to the column of its coarser level (town to region).
    Tables of one `group` are protected jointly; `protect=False` leaves a table as it is, to be judged.
    """

    name: str
    source: str
    person: str
    dimensions: tuple[str, ...]
    filter: str = ""
    measure: str | None = None
    statistic: Statistic = "count"
    margins: tuple[str, ...] = ()
    hierarchies: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    protect: bool = True
    group: str = ""

    def __post_init__(self) -> None:
        for wrong, mend in self._faults():
            if wrong:
                raise DerivationError(f"table {self.name!r}: {mend}")

    def _faults(self) -> list[tuple[bool, str]]:
        levels = (*self.dimensions, *self.hierarchies.values())
        return [
            (
                not FILE_NAME.fullmatch(self.name),
                "name it with letters, digits, - and _ (it becomes a file name)",
            ),
            (
                self.statistic not in get_args(Statistic),
                f"statistic {self.statistic!r} is not offered; choose {', '.join(get_args(Statistic))} "
                "(a maximum, minimum or quantile is one person's value)",
            ),
            (
                (self.measure is None) != (self.statistic == "count"),
                "mean, sum and share need a measure, count none",
            ),
            (len(set(levels)) != len(levels), "a column stands twice among dimensions and hierarchies"),
            (self.person in levels, f"{self.person!r} is the person key: such a table lists people"),
            (not set(self.margins) <= set(self.dimensions), "margins must be among the dimensions"),
            (not set(self.hierarchies) <= set(self.dimensions), "hierarchies must start at a dimension"),
            (
                {"people", "value", "suppressed"} & set(levels) != set(),
                "people, value and suppressed are reserved names",
            ),
        ]

    def levels(self, dimension: str) -> tuple[str, ...]:
        """The columns of one dimension from fine to coarse, the total not counted."""
        return (dimension, self.hierarchies[dimension]) if dimension in self.hierarchies else (dimension,)

    @classmethod
    def from_toml(cls, text: str) -> "Derivation":
        """Read a derivation; raises DerivationError naming what is unknown, missing or contradictory."""
        try:
            values: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise DerivationError(f"derivation is not TOML: {error}") from error
        known = {column.name for column in fields(cls)}
        missing = {"name", "source", "person", "dimensions"} - set(values)
        if missing or set(values) - known:
            unknown = sorted(set(values) - known)
            raise DerivationError(
                f"derivation: missing {sorted(missing)}, unknown {unknown}, known {sorted(known)}"
            )
        for several in ("dimensions", "margins"):
            values[several] = tuple(values.get(several, ()))
        values["hierarchies"] = MappingProxyType(dict(values.get("hierarchies", {})))
        return cls(**values)

    def to_toml(self) -> str:
        lines = []
        for column in fields(self):
            value = getattr(self, column.name)
            if value is not None and column.name != "hierarchies":
                lines.append(f"{column.name} = {_toml(value)}")
        lines += ["", "[hierarchies]"] if self.hierarchies else []
        lines += [
            f"{json.dumps(fine)} = {json.dumps(coarse)}" for fine, coarse in sorted(self.hierarchies.items())
        ]
        return "\n".join(lines) + "\n"

    @property
    def digest(self) -> str:
        """SHA-256 of the derivation's canonical TOML, in hexadecimal."""
        return hashlib.sha256(self.to_toml().encode()).hexdigest()


def _toml(value: str | bool | tuple[str, ...]) -> str:
    if (
        isinstance(value, str)
        and "\n" in value
        and "'''" not in value
        and value.replace("\n", "").isprintable()
    ):
        return f"'''\n{value}'''" if not value.endswith("'") else json.dumps(value)
    return json.dumps(list(value) if isinstance(value, tuple) else value)
