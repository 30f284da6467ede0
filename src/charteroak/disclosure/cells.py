"""The evidence behind each cell of a table, from the records, in one pass over them."""

from collections.abc import Sequence

import polars as pl

from charteroak.disclosure.labels import coded

LARGEST = 2  # contributions kept of each cell
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
    alone = records.select(*by, _person=pl.col(person), _value=value)
    rows, values = pl.len(), pl.col("_value").count()
    if _one_row_each(records, person):
        return coded(_summed(alone, by, digests, pl.len(), rows, values), by)
    found = _summed(alone, by, digests, pl.col("_person").n_unique(), rows, values)
    if (found["people"] != found["rows"]).any():
        several = alone.group_by(*by, "_person").agg(
            _rows=rows, _values=values, _value=pl.when(values > 0).then(pl.col("_value").sum())
        )
        rows, values = pl.col("_rows").sum(), pl.col("_values").sum()
        found = _summed(several, by, digests, pl.len(), rows, values)
    return coded(found, by)


def _one_row_each(records: pl.LazyFrame, person: str) -> bool:
    """Whether no two rows share a person, by sorted hashes: equal ones of two people only cost time.

    Raises ValueError when a row has no key.
    """
    key = pl.col(person)
    found = records.select(key.hash().sort(), keyless=key.null_count()).collect()
    if found.height and (keyless := int(found["keyless"][0])):
        raise ValueError(f"{keyless} rows have no {person!r}: filter them or join by the key")
    hashes = found[person].to_numpy()
    return not bool((hashes[1:] == hashes[:-1]).any())


def _summed(
    contributions: pl.LazyFrame,
    by: Sequence[str],
    digests: bool,
    people: pl.Expr,
    rows: pl.Expr,
    values: pl.Expr,
) -> pl.DataFrame:
    person, value, size = pl.col("_person"), pl.col("_value"), pl.col("_size")
    asked = {
        "rows": rows.cast(pl.Int64), "people": people.cast(pl.Int64), "values": values.cast(pl.Int64),
        "n": value.count(), "total": value.sum(), "absolute": size.sum(), "top": size.top_k(LARGEST),
        "maximum": value.max(), "negatives": (value < 0).sum(),
    }  # fmt: skip
    if digests:
        for half, seed in enumerate(SEEDS):
            digest = person.cast(pl.String).hash(seed)
            asked |= {
                f"members{half}": digest.bitwise_xor(),
                f"measured{half}": digest.filter(value.is_not_null()).bitwise_xor(),
                f"holders{half}": digest.filter(value == 1).bitwise_xor(),
            }
    sized = contributions.with_columns(_size=value.abs())
    return (sized.group_by(by) if by else sized.group_by(pl.lit(0).alias("_all"))).agg(**asked).collect()
