"""Links a new file against a spine: only records that share a block key with a new one are looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from charteroak.linkage import addresses, read
from charteroak.linkage.blocks import blocks_of, keys_of
from charteroak.linkage.encode import Encoded, encode
from charteroak.linkage.infer import infer
from charteroak.linkage.levels import Tables
from charteroak.linkage.outcome import SCORED
from charteroak.linkage.passes import pass_of
from charteroak.linkage.phases import Phases
from charteroak.linkage.recipe import LinkageError, Recipe
from charteroak.linkage.sample import unpacked
from charteroak.linkage.score import bits, probability, score, weights_of
from charteroak.linkage.spine.extend import extended
from charteroak.linkage.spine.people import People, regrouped
from charteroak.linkage.spine.spine import Spine
from charteroak.linkage.spine.values import numbered, together
from charteroak.machine import spread

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Pairs:
    """Scored pairs by row (the new records come after the spine's), with their levels packed."""

    left: Rows
    right: Rows
    weight: NDArray[np.float64]
    pattern: NDArray[np.int64]
    tried: int


@dataclass(frozen=True)
class Arrived:
    """The new file in the spine's numbers: `codes`, `keys`, and `tables` and `frequency` with the fresh values."""

    new: Encoded
    codes: NDArray[np.int32]
    keys: NDArray[np.uint64]
    tables: Tables
    frequency: NDArray[np.float32]
    fresh: NDArray[np.uint64]


@dataclass(frozen=True)
class Against:
    """The outcome. `links` as in a Linkage, a new record on at least one side, the left one the earlier. `clusters`:
    id, source, cluster of every new record, and of spine records whose person changed. `events`: event (created,
    joined, merged, split), cluster, other (the person that was merged into it, or split off it), records (new ones,
    or those that moved). `pairs`: how many were tried.
    """

    links: pl.DataFrame
    clusters: pl.DataFrame
    events: pl.DataFrame
    pairs: int
    seconds: Mapping[str, float]
    spine: Spine
    arrived: Arrived
    people: People
    linked: Pairs

    def extended(self) -> Spine:
        """The spine with the new records: what the next file is linked against."""
        a, p = self.arrived, self.linked
        return extended(self.spine, a.new.records, a.codes, a.keys, a.tables, a.frequency, a.fresh, self.people,
                        (p.left, p.right, p.weight))  # fmt: skip


def link(
    spine: Spine,
    frames: read.Frames,
    *,
    id: str | Mapping[str, str] | None = None,
    phases: Phases | None = None,
) -> Against:
    """Link new records to the spine's and to each other by the spine's recipe and model; nothing is learnt anew.

    Raises LinkageError for input that cannot be linked, and for records that the spine holds already.
    """
    watch = phases or Phases()
    with watch.phase("encode"):
        files = read.frames(frames)
        ids = read.record_ids(files, id)
        recipe = _recipe_for(spine.recipe, files, ids)
        new = encode(files, ids, recipe)
        _refuse_known(spine, new)
    with watch.phase("match"):
        arrived = _arrived(spine, new)
        pairs = _scored(spine, recipe, arrived)
    with watch.phase("cluster"):
        chance = probability(pairs.weight)
        chosen = chance >= recipe.link
        linked = Pairs(
            pairs.left[chosen], pairs.right[chosen], pairs.weight[chosen], pairs.pattern[chosen], 0
        )
        people = regrouped(spine, recipe, new.records, linked.left, linked.right, linked.weight)
    with watch.phase("report"):
        links = _links(spine, recipe, new, pairs, chance)
    return Against(
        links, people.clusters, people.events, pairs.tried, watch.taken, spine, arrived, people, linked
    )


def _recipe_for(recipe: Recipe, files: Mapping[str, pl.DataFrame], ids: Mapping[str, str]) -> Recipe:
    """The recipe with the columns of files that it does not name: those that mean the same by their names."""
    unnamed = [name for name in files if not any(field.of(name) for field in recipe.fields)]
    fields = recipe.fields
    for name in unnamed:
        columns = {name: set(files[name].columns) - {ids[name]}}
        inferred = infer(columns, one_line=addresses.whole(files, columns))
        found = {each.name: each for each in inferred.fields}
        fields = tuple(
            replace(each, columns={**each.columns, name: found[each.name].of(name)})
            if each.name in found and found[each.name].kind == each.kind else each
            for each in fields
        )  # fmt: skip
        if not any(field.of(name) for field in fields):
            raise LinkageError(f"{name}: no column is one of the spine's fields; name its columns as theirs")
    return replace(recipe, fields=fields)


def _refuse_known(spine: Spine, new: Encoded) -> None:
    held = spine.records.filter(pl.col("source").is_in(list(new.sources)))
    if repeated := held.join(new.records, on=["source", "id"], how="semi").height:
        raise LinkageError(
            f"{', '.join(new.sources)}: {repeated:,} records are in the spine already; leave them out, or give the "
            "file another name if they are other people"
        )


def _arrived(spine: Spine, new: Encoded) -> Arrived:
    number, fresh, hashes = numbered(spine, new)
    codes = np.where(new.tables.codes >= 0, number[new.tables.codes], np.int32(-1)).astype(np.int32)
    unseen = weights_of(new, spine.recipe, spine.model, bits(spine.recipe.keep)).frequency[fresh]
    return Arrived(
        new, codes, keys_of(new, spine.recipe.blocks), together(spine.tables, new.tables, fresh),
        np.concatenate([spine.frequency, unseen]), hashes,
    )  # fmt: skip


def _neighbours(spine: Spine, keys: NDArray[np.uint64]) -> Rows:
    """Rows of the spine that share a block key with a new record."""
    near = np.zeros(len(spine.person), np.bool_)

    def mark(rule: int) -> None:
        order, held = spine.order[rule], spine.sorted_keys[rule]
        own = np.unique(keys[:, rule])
        own = own[own != 0]
        first = np.searchsorted(held, own)
        size = np.searchsorted(held, own, side="right") - first
        ends = np.cumsum(size)
        near[order[np.repeat(first - (ends - size), size) + np.arange(int(size.sum()))]] = True

    spread(mark, range(len(spine.order)))
    return np.flatnonzero(near)


def _scored(spine: Spine, recipe: Recipe, arrived: Arrived) -> Pairs:
    """Every pair of a new record with another that some blocking rule makes; no pair of two records of the spine."""
    rows, new = _neighbours(spine, arrived.keys), arrived.new
    tables = arrived.tables._replace(
        codes=np.concatenate([spine.tables.codes[rows], arrived.codes]),
        source=np.concatenate([np.zeros(len(rows), np.int16), new.tables.source + np.int16(1)]),
        apart=np.concatenate([[True], new.tables.apart]),
    )
    keys = np.concatenate([spine.keys[rows], arrived.keys])
    blocks = blocks_of(keys, recipe.blocks, 2 * recipe.largest_block)
    weights = weights_of(new, recipe, spine.model, bits(recipe.keep))._replace(frequency=arrived.frequency)
    found = score(replace(new, tables=tables), keys, blocks, weights)
    place = np.concatenate([rows, len(spine.person) + np.arange(len(arrived.codes))])
    return Pairs(place[found.left], place[found.right], found.weight, found.pattern, sum(found.new_pairs))


def _links(
    spine: Spine, recipe: Recipe, new: Encoded, pairs: Pairs, chance: NDArray[np.float64]
) -> pl.DataFrame:
    levels, _ = unpacked(pairs.pattern, len(recipe.fields))
    names = pl.Series([SCORED, *(step.name for step in recipe.passes)], dtype=pl.String)
    sides = {
        f"{column}_{side}": _of(spine.records[column], new.records[column], rows)
        for column in ("id", "source")
        for side, rows in (("l", pairs.left), ("r", pairs.right))
    }
    return pl.DataFrame(
        {**sides, "match_weight": pairs.weight, "match_probability": chance,
         "pass": names.gather(pass_of(recipe, levels))}
    )  # fmt: skip


def _of(old: pl.Series, new: pl.Series, rows: Rows) -> pl.Series:
    """Values by row of the spine's records and the new ones after them; only those rows are read."""
    known = rows < len(old)
    values = pl.concat([old.gather(rows[known]), new.gather(rows[~known] - len(old))])
    place = np.empty(len(rows), np.int64)
    place[known], place[~known] = (
        np.arange(int(known.sum())),
        int(known.sum()) + np.arange(int((~known).sum())),
    )
    return values.gather(place)
