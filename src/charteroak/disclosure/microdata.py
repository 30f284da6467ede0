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
    looked up (the number of classes); `diversity`, the least number of different sensitive values in a class.
    `drivers` maps each column to the people in classes below k that would be safe without it.
    """

    people: int
    classes: int
    k: int
    below: int
    uniques: int
    expected: float
    diversity: int | None
    drivers: dict[str, int]

    @property
    def expected_share(self) -> float:
        """Of all people, 0 to 1."""
        return self.expected / self.people if self.people else 0.0


def exposure(
    records: pl.LazyFrame, *, person: str, by: Sequence[str], minimum: int, sensitive: str | None = None
) -> Exposure:
    """k-anonymity, l-diversity, uniques and expected re-identification over the columns `by`.

    A person with several rows stands in the class of all their codes together. For a full administrative
    register sample and population classes coincide; of a sample this is an upper bound of the risk. Missing
    codes are a code. Raises ValueError when no column or no record is given. Sources: Sweeney (2002),
    Machanavajjhala et al. (2007), Hundepool et al. (2012), section 3.3.
    """
    if not by:
        raise ValueError("no quasi-identifier: name the columns that an outsider may know")
    classes = _classes(records, person, list(by), sensitive)
    if classes.is_empty():
        raise ValueError("no records: nothing can be said about their risk")
    size = classes["people"]
    small = classes.filter(pl.col("people") < minimum)
    return Exposure(
        people=int(size.sum()),
        classes=classes.height,
        k=int(size.min() or 0),  # type: ignore[arg-type]  # a count
        below=int(small["people"].sum()),
        uniques=int((size == 1).sum()),
        expected=float(classes.height),
        diversity=int(classes["diversity"].min() or 0) if sensitive else None,  # type: ignore[arg-type]  # the same
        drivers=dict(_drivers(classes, list(by), minimum)),
    )


def _classes(records: pl.LazyFrame, person: str, by: list[str], sensitive: str | None) -> pl.DataFrame:
    value = pl.col(sensitive) if sensitive else pl.lit(0)
    rows = records.select(person, *by, _value=value)
    counted = rows.group_by(by).agg(
        people=pl.col(person).n_unique(), rows=pl.len(), diversity=pl.col("_value").n_unique()
    )
    found = counted.collect()
    alone = records.select(pl.col(person).n_unique()).collect().item()
    if int(found["people"].sum()) == alone:
        return found.drop("rows")
    # somebody's rows differ: their class is the set of their codes
    together = rows.group_by(person).agg(
        *(pl.col(column).cast(pl.String).fill_null("").unique().sort().str.join("\x1f") for column in by),
        pl.col("_value"),
    )
    return (
        together.group_by(by).agg(people=pl.len(), diversity=pl.col("_value").explode().n_unique()).collect()
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
