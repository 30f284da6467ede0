"""How exposed people are in the records themselves, before an extract enters a workspace."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from charteroak.disclosure.rules import label
from charteroak.disclosure.verdicts import Verdict

COARSEN = (
    "Coarsen or leave out what drives the risk, or say why these columns cannot be known to an outsider."
)


@dataclass(frozen=True)
class Exposure:
    """Risk over some quasi-identifiers: columns that an outsider may know of somebody.

    `people` in `classes` of equal codes; `k`, the smallest class; `below`, people in classes smaller than the k
    asked for; `uniques`, people alone in theirs; `expected`, the correct matches to expect when each person is
    looked up (the number of classes); `diversity`, of each sensitive column the least number of different values
    in a class. `drivers` maps each column to the people in classes below k that would be safe without it.
    """

    people: int
    classes: int
    k: int
    below: int
    uniques: int
    expected: float
    diversity: dict[str, int]
    drivers: dict[str, int]

    @property
    def expected_share(self) -> float:
        """Of all people, 0 to 1."""
        return self.expected / self.people if self.people else 0.0


def exposure(
    records: pl.LazyFrame, *, person: str, by: Sequence[str], minimum: int, sensitive: Sequence[str] = ()
) -> Exposure:
    """k-anonymity, l-diversity, uniques and expected re-identification over the columns `by`, in one pass.

    A person with several rows stands in the class of all their codes together. For a full administrative
    register sample and population classes coincide; of a sample this is an upper bound of the risk. Missing
    codes are a code. Raises ValueError when no column or no record is given, or a row has no person. Sources:
    Sweeney (2002), Machanavajjhala et al. (2007), Hundepool et al. (2012), section 3.3.
    """
    if not by:
        raise ValueError("no quasi-identifier: name the columns that an outsider may know")
    named = {f"_sensitive{at}": column for at, column in enumerate(sensitive)}
    rows = records.select(person, *by, **{name: pl.col(column) for name, column in named.items()}).collect()
    if rows.is_empty():
        raise ValueError("no records: nothing can be said about their risk")
    if keyless := rows[person].null_count():
        raise ValueError(f"{keyless} rows have no {person!r}: filter them or join by the key")
    classes = _classes(rows, person, list(by), list(named))
    size = classes["people"]
    small = classes.filter(pl.col("people") < minimum)
    return Exposure(
        people=int(size.sum()),
        classes=classes.height,
        k=int(size.min() or 0),  # type: ignore[arg-type]  # a count
        below=int(small["people"].sum()),
        uniques=int((size == 1).sum()),
        expected=float(classes.height),
        diversity={column: int(classes[name].min() or 0) for name, column in named.items()},  # type: ignore[arg-type]  # the same
        drivers=dict(_drivers(classes, list(by), minimum)),
    )


def _classes(rows: pl.DataFrame, person: str, by: list[str], sensitive: list[str]) -> pl.DataFrame:
    """One row per class: its codes, its people, and the number of different values of each sensitive column."""
    if rows[person].is_unique().all():
        return rows.group_by(by).agg(
            pl.len().alias("people"), *(pl.col(name).n_unique() for name in sensitive)
        )
    together = rows.group_by(person).agg(
        *(pl.col(column).cast(pl.String).fill_null("").unique().sort().str.join("\x1f") for column in by),
        *map(pl.col, sensitive),
    )
    return together.group_by(by).agg(
        pl.len().alias("people"), *(pl.col(name).explode().n_unique() for name in sensitive)
    )


def _drivers(classes: pl.DataFrame, by: list[str], minimum: int) -> Iterator[tuple[str, int]]:
    """Per column, the people whose class would be large enough without it, most first."""
    found = []
    for column in by:
        rest = [other for other in by if other != column]
        merged = pl.col("people").sum().over(rest) if rest else pl.col("people").sum()
        freed = classes.filter((pl.col("people") < minimum) & (merged >= minimum))
        found.append((column, int(freed["people"].sum())))
    yield from sorted(found, key=lambda pair: (-pair[1], pair[0]))


def exposed(name: str, found: Exposure, minimum: int) -> Verdict:
    """The same as a verdict: `review` where somebody stands in a class smaller than `minimum`."""
    driver = next(iter(found.drivers), "")
    figure = f"k = {found.k}, {found.below} of {found.people} people below, {found.uniques} alone"
    if found.k >= minimum:
        return Verdict("k_anonymity", name, "pass", "", figure, str(minimum))
    return Verdict(
        "k_anonymity", name, "review", label((("driven by", driver),)), figure, str(minimum), COARSEN
    )
