"""The evidence behind each cell of a table, from the records, in one pass over them."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from charteroak.disclosure.labels import coded

LARGEST = 2  # contributions kept of each cell
MANY = 100_000  # rows: fewer are searched for the largest at once
ENOUGH = 40  # rows a cell, on average, that the first search keeps
SAMPLE = 50  # one in so many rows says how large they are
DENSE = 16  # numbers for each row, at most, where every number has a mark of its own
SEEDS = (0x0A4B, 0x0A4C)  # of the two 64-bit halves of a set's digest


def cell_evidence(
    records: pl.LazyFrame,
    *,
    person: str,
    by: Sequence[str],
    measure: str | None = None,
    digests: bool = False,
) -> pl.DataFrame:
    """One row per combination of codes of `by` that has records; the codes as text, NULL as "Missing".

    `rows`, distinct `people`, and of the measure: `values` (rows that have it), `n` (people who do), `total`,
    `absolute` (the sum without signs), `top` (the two largest absolute contributions), `maximum`, `negatives`.
    A contribution is a person's sum within the cell: several rows of one person are one contributor. With
    `digests`, the sets of people as XOR of two 64-bit hashes each: `members`, `measured` (with the measure)
    and `holders` (measure 1). Raises ValueError when a row has no person key, or two codes read alike.
    """
    value = pl.col(measure) if measure else pl.lit(None, dtype=pl.Float64)
    alone = records.select(*by, _person=pl.col(person), _value=value).collect()
    if keyless := alone["_person"].null_count():
        raise ValueError(f"{keyless} rows have no {person!r}: filter them or join by the key")
    rows, values = pl.len(), pl.col("_value").count()
    if _all_different(alone["_person"]):
        return coded(_summed(alone, by, digests, None, rows, None), by)
    found = _summed(alone, by, digests, pl.col("_person").n_unique(), rows, values)
    if (found["people"] != found["rows"]).any():
        several = alone.group_by(*by, "_person").agg(
            _rows=rows, _values=values, _value=pl.when(values > 0).then(pl.col("_value").sum())
        )
        rows, values = pl.col("_rows").sum(), pl.col("_values").sum()
        found = _summed(several, by, digests, pl.len(), rows, values)
    return coded(found, by)


def _all_different(keys: pl.Series) -> bool:
    """Whether no two rows share a person: by a mark for each number where they are dense, else by sorted hashes.

    Equal hashes of two people only cost time.
    """
    if keys.dtype.is_integer() and keys.len():
        numbers = keys.to_numpy()
        least, most = int(numbers.min()), int(numbers.max())
        if most - least < DENSE * keys.len():
            met = np.zeros(most - least + 1, dtype=bool)
            met[numbers - numbers.dtype.type(least)] = True
            return int(np.count_nonzero(met)) == keys.len()
    hashes = keys.hash().sort().to_numpy()
    return not bool((hashes[1:] == hashes[:-1]).any())


def _digests(person: pl.Expr, value: pl.Expr) -> dict[str, pl.Expr]:
    """Who is in a cell, who of them was measured and who holds, each as two hashes of the set."""
    asked: dict[str, pl.Expr] = {}
    for half, seed in enumerate(SEEDS):
        digest = person.cast(pl.String).hash(seed)
        asked |= {
            f"members{half}": digest.bitwise_xor(),
            f"measured{half}": digest.filter(value.is_not_null()).bitwise_xor(),
            f"holders{half}": digest.filter(value == 1).bitwise_xor(),
        }
    return asked


def _summed(
    contributions: pl.DataFrame,
    by: Sequence[str],
    digests: bool,
    people: pl.Expr | None,
    rows: pl.Expr,
    values: pl.Expr | None,
) -> pl.DataFrame:
    """`people` are the rows unless given, `values` are n: each further sum is a pass over all rows."""
    value = pl.col("_value")
    signless = _signless(contributions["_value"])
    asked = {"rows": rows.cast(pl.Int64), "n": value.count(), "total": value.sum()}
    if people is not None:
        asked["people"] = people.cast(pl.Int64)
    if values is not None:
        asked["values"] = values.cast(pl.Int64)
    if not signless:
        asked |= {"absolute": value.abs().sum(), "maximum": value.max(), "negatives": (value < 0).sum()}
    if digests:
        asked |= _digests(pl.col("_person"), value)
    keys = list(by) or ["_all"]
    known = contributions if by else contributions.with_columns(_all=pl.lit(0))
    found = known.lazy().group_by(keys).agg(**asked).collect()
    sizes = known.lazy().select(*keys, _size=value.abs()).filter(pl.col("_size").is_not_null())
    top = _largest(sizes.collect(), keys, found.select(*keys, "n"))
    found = found.join(top, on=keys, how="left", nulls_equal=True, maintain_order="left")
    found = found.with_columns(
        pl.col("top").fill_null([]),
        people=pl.col("rows" if people is None else "people"),
        values=pl.col("n" if values is None else "values").cast(pl.Int64),
    )
    if signless:
        found = found.with_columns(
            absolute="total", maximum=pl.col("top").list.first(), negatives=pl.lit(0, pl.UInt32)
        )
    return found


def _signless(values: pl.Series) -> bool:
    """Whether sums without signs are the sums, and the largest size is the maximum."""
    return not ((values < 0).any() or (values.dtype.is_float() and values.is_nan().any()))


def _largest(sizes: pl.DataFrame, keys: list[str], cells: pl.DataFrame) -> pl.DataFrame:
    """The largest of each cell. Of many rows those from a size on at first, then the cells where these were too few."""
    wanted = ENOUGH * cells.height
    largest = pl.col("_size").top_k(LARGEST).alias("top")
    if sizes.height < MANY or sizes.height < 4 * wanted:
        return sizes.group_by(keys).agg(largest)
    sample = sizes["_size"].gather_every(SAMPLE).sort(descending=True)
    high = sizes.lazy().filter(pl.col("_size") >= sample[min(wanted // SAMPLE, sample.len() - 1)])
    found = high.group_by(keys).agg(largest, _met=pl.len()).collect()
    asked = cells.join(found, on=keys, how="left", nulls_equal=True)
    short = asked.filter(pl.col("_met").fill_null(0) < pl.min_horizontal("n", LARGEST))
    found = found.join(short, on=keys, how="anti", nulls_equal=True).drop("_met")
    if short.is_empty():
        return found
    rest = sizes.join(short, on=keys, how="semi", nulls_equal=True)
    return pl.concat([found, rest.group_by(keys).agg(largest)])
