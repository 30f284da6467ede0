"""Compares encoded records at the hub: Dice similarity of filters, within blocks, on all cores."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from charteroak.linkage.privacy.popcount import count_bits, scan
from charteroak.linkage.recipe import LinkageError

Words = NDArray[np.uint64]
Rows = NDArray[np.int64]
Scores = NDArray[np.float64]
PART = 1 << 22
"""Comparisons in one piece of work."""


@dataclass(frozen=True)
class Matched:
    """`links`: id_l, id_r, `similarity` (Dice, 0 to 1), from the most alike down. `compared`: pairs of filters."""

    links: pl.DataFrame
    compared: int


def match(
    left: pl.DataFrame,
    right: pl.DataFrame,
    *,
    threshold: float = 0.7,
    one_to_one: bool = True,
    blocked: bool = True,
    threads: int = 2,
) -> Matched:
    """Pairs of `left` × `right` (frames of `encode`, same schema and key) whose filters are at least so alike.

    Similarity is Dice's 2|a∧b| / (|a| + |b|). `threshold`: what is enough depends on the schema: strangers'
    folded filters share about as many bits as they are dense. `one_to_one`: a record is linked once at most,
    the most alike pairs first. `blocked`: compare only pairs that share a block; otherwise every pair. Pairs
    under several rules are compared once. Raises LinkageError when the frames were not encoded alike.
    """
    if not 0 < threshold <= 1:
        raise LinkageError("threshold must be above 0 and at most 1")
    rules = [name for name in left.columns if name.startswith("block_")]
    if rules != [name for name in right.columns if name.startswith("block_")] or (blocked and not rules):
        raise LinkageError(
            "the files were encoded under different schemas, or without blocks; encode them alike"
        )
    sides = _words(left["clk"]), _words(right["clk"])
    if sides[0].shape[1] != sides[1].shape[1]:
        raise LinkageError("the filters differ in length: encode both files under one schema")
    everything = np.zeros((left.height, 1), np.int64), np.zeros((right.height, 1), np.int64)
    scanner = _Scanner(sides, _keys(left, right, rules) if blocked else everything, threshold)
    found, compared = [], 0
    with ThreadPoolExecutor(threads) as pool:
        for rule in range(scanner.keys[0].shape[1]):
            orders, runs = _runs(scanner.keys[0][:, rule], scanner.keys[1][:, rule])
            pieces = np.array_split(runs, min(len(runs), threads * 8) or 1)
            for pairs, scores, tried in pool.map(partial(scanner.scan, rule, orders), pieces):
                found.append((pairs, scores))
                compared += tried
    return Matched(_links(left["id"], right["id"], found, one_to_one=one_to_one), compared)


class _Scanner:
    """Both sides' filters and blocks, ready to be walked piece by piece."""

    def __init__(self, sides: tuple[Words, Words], keys: tuple[Rows, Rows], threshold: float) -> None:
        self.sides, self.keys, self.threshold = sides, keys, threshold
        self.ones = count_bits(sides[0]), count_bits(sides[1])

    def scan(self, rule: int, orders: tuple[Rows, Rows], runs: Rows) -> tuple[Rows, Scores, int]:
        """The pairs of these runs that are alike enough, their similarity, and how many were compared."""
        room = 1 << 14
        while True:
            pairs, scores = np.empty((room, 2), np.int64), np.empty(room, np.float64)
            hits, tried = scan(
                runs, *orders, *self.sides, *self.ones, *self.keys, rule, self.threshold, pairs, scores
            )
            if hits <= room:
                return pairs[:hits], scores[:hits], tried
            room = hits


def _words(filters: pl.Series) -> Words:
    """Filters as rows of 64-bit words. Raises LinkageError when they are not all of one length."""
    lengths = set(filters.bin.size("b").to_list())
    if len(lengths) > 1 or None in lengths or any(size % 8 for size in lengths):
        raise LinkageError("the filters differ in length or are missing: encode the file again")
    width = int(next(iter(lengths), 8)) // 8
    return np.frombuffer(b"".join(filters), dtype=np.uint64).reshape(len(filters), width)


def _keys(left: pl.DataFrame, right: pl.DataFrame, rules: list[str]) -> tuple[Rows, Rows]:
    """Blocks as numbers, the same on both sides; a missing one is -1."""
    columns = []
    for name in rules:
        both = pl.concat([left[name], right[name]])
        number = both.rank("dense").cast(pl.Int64).fill_null(-1).to_numpy()
        columns.append(number)
    whole = np.stack(columns, axis=1)
    return np.ascontiguousarray(whole[: left.height]), np.ascontiguousarray(whole[left.height :])


def _runs(left: Rows, right: Rows) -> tuple[tuple[Rows, Rows], Rows]:
    """Rows of each side ordered by block, and for each shared block where it begins and ends in either."""
    orders = np.argsort(left, kind="stable"), np.argsort(right, kind="stable")
    sorted_left, sorted_right = left[orders[0]], right[orders[1]]
    shared = np.intersect1d(sorted_left, sorted_right)
    shared = shared[shared >= 0]
    bounds = [
        np.searchsorted(side, shared, where)
        for side in (sorted_left, sorted_right)
        for where in ("left", "right")
    ]
    runs = [
        (begin, min(begin + step, l1), r0, r1)
        for l0, l1, r0, r1 in zip(*(bound.tolist() for bound in bounds), strict=True)
        for step in (max(1, PART // max(r1 - r0, 1)),)
        for begin in range(l0, l1, step)
    ]
    return orders, np.array(runs, dtype=np.int64).reshape(-1, 4)


def _links(
    left: pl.Series, right: pl.Series, found: Iterable[tuple[Rows, Scores]], *, one_to_one: bool
) -> pl.DataFrame:
    pieces = list(found)
    pairs = np.concatenate([rows for rows, _ in pieces] or [np.empty((0, 2), np.int64)])
    scores = np.concatenate([values for _, values in pieces] or [np.empty(0)])
    links = pl.DataFrame(
        {"id_l": left.gather(pairs[:, 0]), "id_r": right.gather(pairs[:, 1]), "similarity": scores}
    ).sort("similarity", "id_l", "id_r", descending=[True, False, False])
    return links.filter(_best(links)) if one_to_one else links


def _best(links: pl.DataFrame) -> pl.Series:
    """From the most alike pair down, keep a pair whose records are both still free."""
    taken: tuple[set[str], set[str]] = set(), set()
    kept = []
    for one, other in links.select("id_l", "id_r").iter_rows():
        free = one not in taken[0] and other not in taken[1]
        kept.append(free)
        if free:
            taken[0].add(one)
            taken[1].add(other)
    return pl.Series(kept, dtype=pl.Boolean)
