"""A table as its author states it: lines of codes with figures, some of them hidden or only a range."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from charteroak.disclosure.evidence import Codes
from charteroak.disclosure.labels import TOTALS, code
from charteroak.disclosure.tabular import Grid
from charteroak.disclosure.unusable import Unusable

COUNTS = frozenset({
    "people", "persons", "n", "count", "counts", "freq", "frequency", "size", "headcount", "students", "graduates",
    "workers", "denominator", "observations", "n_people", "number",
})  # fmt: skip
STATISTICS = {
    "mean": "mean", "average": "mean", "avg": "mean", "sum": "sum", "amount": "sum", "share": "share",
    "rate": "share", "proportion": "share", "percent": "percent", "percentage": "percent", "pct": "percent",
    "%": "percent", "max": "max", "maximum": "max", "min": "min", "minimum": "min", "median": "p50", "q1": "p25",
    "q3": "p75", "std": "std", "sd": "std", "var": "std", "variance": "std", "stddev": "std", "mode": "mode",
    "r": "correlation", "correlation": "correlation", "corr": "correlation", "pearson": "correlation",
    "spearman": "correlation", "kendall": "correlation", "covariance": "correlation", "weighted": "weighted",
    "weight": "weighted", "weights": "weighted",
}  # fmt: skip
IGNORED = frozenset({"suppressed", "primary", "fixed", "lpl", "upl", "cost", "flag"})
STATES = frozenset({"published", "primary", "secondary"})  # in a column `state`, of protected tables
HIDDEN = frozenset({"", "*", "**", "***", "nan", "na", "n/a", "null", "none", "s", "x", "c", "d", "-", "–", "—", "..",
                    "...", ":", "†", "‡", "suppressed", "(x)", "(d)", "p", "primary", "complementary"})  # fmt: skip
NUMBER = r"[-−]?(?:\d{1,3}(?:[,\u00a0\u202f ]\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?"  # a comma parts thousands only
EXACT = re.compile(rf"\$?({NUMBER})\s*%?")
BELOW = re.compile(rf"(<=|≤|<|at most )\s*\$?({NUMBER})\s*%?")
ABOVE = re.compile(rf"(>=|≥|>|at least )\s*\$?({NUMBER})\s*%?")
BETWEEN = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*(?:%\s*)?(?:-|–|to)\s*(\d[\d,]*(?:\.\d+)?)\s*%?")
QUANTILE = re.compile(r"(?:p|q|percentile_?)(\d{1,2}(?:\.\d+)?)(?:th)?|(\d{1,2})%")


@dataclass(frozen=True)
class Figure:
    """A figure as printed: `low` to `high` is what it says, without bounds when it is hidden."""

    text: str
    low: float = -math.inf
    high: float = math.inf

    @property
    def hidden(self) -> bool:
        return self.low == -math.inf and self.high == math.inf

    @property
    def exact(self) -> bool:
        return self.low == self.high

    @property
    def step(self) -> float:
        """One unit of the last digit printed."""
        digits = re.sub(r"[eE].*", "", self.text)
        fraction = re.search(r"\.(\d+)", digits)
        return float(10.0 ** -len(fraction[1])) if fraction else 1.0


@dataclass(frozen=True)
class Line:
    """The cell of `codes` (totals left out) and its figures by column; `row` is its row in the file."""

    codes: Codes
    figures: Mapping[str, Figure]
    row: int


@dataclass(frozen=True)
class Stated:
    """A table of one file or sheet: dimensions, figure columns, lines in their order."""

    file: str
    dimensions: tuple[str, ...]
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def statistic_of(column: str, asked: str | None) -> str:
    """What a figure column states, by its name; `asked` for one that only says "value"."""
    name = column.strip().lower()
    if name in COUNTS:
        return "count"
    if match := QUANTILE.fullmatch(name):
        return f"p{match[1] or match[2]}"
    return STATISTICS.get(name) or next(
        (STATISTICS[word] for word in name.split("_") if word in STATISTICS), asked or "count"
    )


def figure(text: str) -> Figure | None:
    """Read one field: a number, a range such as "<15" or "10-19", a mark for hidden, or None for other text."""
    plain = text.strip()
    if plain.lower() in HIDDEN:
        return Figure(plain)
    if match := EXACT.fullmatch(plain):
        value = _number(match[1])
        return Figure(plain, value, value) if math.isfinite(value) else None
    if match := BETWEEN.fullmatch(plain):
        return Figure(plain, _number(match[1]), _number(match[2]))
    if match := BELOW.fullmatch(plain):
        return Figure(plain, 0.0, _number(match[2]))
    if match := ABOVE.fullmatch(plain):
        return Figure(plain, _number(match[2]), math.inf)
    return None


def _number(text: str) -> float:
    return float(re.sub(r"[,\u00a0\u202f ]", "", text).replace("−", "-"))


def stated(file: str, grid: Grid, by: Sequence[str] = ()) -> Stated:
    """Read a grid as a table by these dimensions, or by the columns that hold no figures.

    A dimension without a column is the one whose codes head the figure columns (a crosstab). Raises Unusable.
    """
    file = f"{file}[{grid.sheet}]" if grid.sheet else file
    header, rows = list(grid.header), [list(row) for row in grid.rows]
    present = [dimension for dimension in by if dimension in header]
    missing = [dimension for dimension in by if dimension not in header]
    if missing and header[0] not in by and not is_figure(header[0]):
        header[0] = missing.pop(0)  # an index without a name
        present.append(header[0])
    if len(missing) > 1 or (missing and not present):
        raise Unusable(
            f"no column {missing[0]!r}; there are {', '.join(grid.header)}: name the columns as in --by",
            file=file, row=grid.first - 1,
        )  # fmt: skip
    if by:
        dimensions = present
    else:
        across = not any(is_figure(column) for column in header)
        dimensions = [column for place, column in enumerate(header) if _dimension(grid, place, across)]
        missing = ["columns"] if across and dimensions and len(header) > len(dimensions) + 1 else []
    kept = [c for c in header if c not in dimensions and (missing or not _ignored(grid, c))]
    if not kept:
        raise Unusable("no column of figures: add one such as people or value", file=file, row=grid.first - 1)
    lines = [
        line
        for number, row in enumerate(rows, grid.first)
        for line in _lines(file, number, dict(zip(header, row, strict=True)), dimensions, kept, missing)
    ]
    columns = ("value",) if missing else tuple(kept)
    order = tuple(by) if by else (*dimensions, *missing)
    return Stated(file, order, columns, tuple(lines))


def _lines(
    file: str, number: int, row: Mapping[str, str], dimensions: Sequence[str], kept: Sequence[str],
    across: Sequence[str],
) -> list[Line]:  # fmt: skip
    figures: dict[str, Figure] = {}
    for column in kept:
        read = figure(row[column])
        if read is None:
            what = "neither a number (decimals after a point) nor a mark for a hidden one: mend it, or name it in --by"
            raise Unusable(what, file=file, row=number, column=column)
        figures[column] = read
    labels = [(dimension, row[dimension]) for dimension in dimensions]
    if not across:
        return [Line(_codes(labels), figures, number)]
    return [
        Line(_codes([*labels, (across[0], column)]), {"value": read}, number)
        for column, read in figures.items()
    ]


def _codes(labels: Sequence[tuple[str, str]]) -> Codes:
    return tuple(
        sorted((column, code(text)) for column, text in labels if text.strip().lower() not in TOTALS)
    )


def is_figure(column: str) -> bool:
    """Whether a column says by its name that it holds figures."""
    name = column.lower()
    named = COUNTS | set(STATISTICS) | IGNORED | {"value"}
    return name in named or bool(QUANTILE.fullmatch(name)) or bool(set(name.split("_")) & set(STATISTICS))


def _dimension(grid: Grid, place: int, across: bool) -> bool:
    """Whether a column holds codes: any without a figure's name; in a crosstab the first and those of text."""
    if not across:
        return not is_figure(grid.header[place])
    return place == 0 or any(figure(row[place]) is None for row in grid.rows)


def _ignored(grid: Grid, column: str) -> bool:
    if column.lower() == "state" and column in grid.header:
        place = grid.header.index(column)
        return {row[place] for row in grid.rows} <= STATES
    return column.lower() in IGNORED
