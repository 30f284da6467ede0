"""How true a linkage is, where a column of the files says who is who."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import polars as pl

from charteroak.linkage.linkage import Linkage
from charteroak.linkage.recipe import LinkageError


@dataclass(frozen=True)
class Judgement:
    """Over all true pairs that may be linked, those that no blocking rule tries included: `precision`, `recall` and
    `f1` of the pairs linked at the recipe's threshold; `best_f1` at the best threshold, `best_weight`; `cluster_f1`
    over all pairs of records of one cluster.
    """

    precision: float
    recall: float
    f1: float
    best_f1: float
    best_weight: float
    cluster_precision: float
    cluster_recall: float
    cluster_f1: float
    true_pairs: int

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


def judge(found: Linkage, truth: pl.DataFrame) -> Judgement:
    """`truth`: columns source, id, person; records without a person are nobody's pair. Raises LinkageError when no two
    records are one person.
    """
    known = truth.select("source", pl.col("id").cast(pl.String), pl.col("person").cast(pl.String))
    total = _pairs(known.drop_nulls(), "person")
    single = found.recipe.one_per_person if found.recipe.within else tuple(known["source"].unique())
    possible = total - _pairs(known.drop_nulls().filter(pl.col("source").is_in(single)), "person", "source")
    if not possible:
        raise LinkageError(
            "the truth holds no two records of one person; name the column that does with --truth"
        )
    right = _right(found.links, known)
    order = np.argsort(-found.links["match_weight"].to_numpy(), kind="stable")
    hits = np.cumsum(right[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + possible)
    linked = found.links["match_probability"].to_numpy() >= found.recipe.link
    at = _rates(int(right[linked].sum()), int(linked.sum()), possible)
    people = found.clusters.join(known, on=["source", "id"], how="left")
    together = _pairs(people.drop_nulls(), "cluster", "person")
    clusters = _rates(together, _pairs(people, "cluster"), total)
    best = int(np.argmax(f1)) if len(f1) else -1
    weight = float(found.links["match_weight"][int(order[best])]) if best >= 0 else 0.0
    return Judgement(*at, float(f1[best]) if best >= 0 else 0.0, weight, *clusters, int(possible))


def truth_of(
    frames: Mapping[str, pl.DataFrame], ids: Mapping[str, str], column: str, says: str = "who is who"
) -> pl.DataFrame:
    """source, id, person of files that hold the truth in this column. Raises LinkageError, naming what it `says`, when
    none does.
    """
    if not any(column in frame.columns for frame in frames.values()):
        raise LinkageError(f"no file has a column {column!r}; name the one that says {says}")
    return pl.concat(
        frame.select(
            source=pl.lit(name), id=pl.col(ids[name]).cast(pl.String),
            person=pl.col(column).cast(pl.String) if column in frame.columns else pl.lit(None, pl.String),
        )
        for name, frame in frames.items()
    )  # fmt: skip


def _pairs(records: pl.DataFrame, *by: str) -> int:
    size = records.group_by(by).len()["len"].cast(pl.Int64)
    return int((size * (size - 1) // 2).sum())


def _right(links: pl.DataFrame, known: pl.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    people = [
        links.select(source=f"source_{side}", id=f"id_{side}").join(known, on=["source", "id"], how="left",
            maintain_order="left")["person"]
        for side in ("l", "r")
    ]  # fmt: skip
    return (people[0] == people[1]).fill_null(value=False).to_numpy()


def _rates(hits: int, claimed: int, possible: int) -> tuple[float, float, float]:
    precision, recall = hits / max(claimed, 1), hits / max(possible, 1)
    return precision, recall, 2 * hits / max(claimed + possible, 1)
