"""What strangers share by chance: equal values counted exactly over all pairs, other levels seen in random pairs."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from charteroak.linkage.encode import Encoded
from charteroak.linkage.hashing import factorise
from charteroak.linkage.kernel import PLACES
from charteroak.linkage.model import Model
from charteroak.machine import spread

Shares = NDArray[np.float64]


@dataclass(frozen=True)
class Chance:
    """One field over all pairs that may be linked: how many know it on both sides, how many are at each level, and
    the share below which a level cannot be told from none.
    """

    known: float
    level: Shares
    floor: Shares

    def u(self, true_level: Shares) -> Shares:
        """Shares of the levels among pairs of strangers: the pairs believed true are taken out."""
        left = np.maximum(self.level - true_level, 0.0) / max(self.known - float(true_level.sum()), 1.0)
        shares: Shares = np.maximum(left, self.floor)
        total: Shares = shares / shares.sum()
        return total


def pairs_within(groups: NDArray[np.int32], encoded: Encoded) -> float:
    """How many pairs that may be linked have the same group number (-1: none)."""
    t = encoded.tables
    total = _pairs(groups)
    for source in np.flatnonzero(t.apart):
        total -= _pairs(groups[t.source == source])
    return max(total, 0.0)


def _pairs(groups: NDArray[np.int32]) -> float:
    size = np.bincount(groups + 1)[1:].astype(np.float64)
    return float((size * (size - 1) / 2).sum())


def chances(encoded: Encoded, drawn: NDArray[np.int8]) -> list[Chance]:
    """Equal values are counted exactly over all pairs; the shares of the other levels come from the drawn pairs."""
    return spread(lambda place: _chance(encoded, drawn, place), range(len(encoded.fields)))


def _chance(encoded: Encoded, drawn: NDArray[np.int8], place: int) -> Chance:
    field = encoded.fields[place]
    codes = encoded.column(field.name)
    known = pairs_within(np.where(codes >= 0, 0, -1).astype(np.int32), encoded)
    same = pairs_within(codes, encoded)
    if (
        finer := int(encoded.tables.told_by[place])
    ) >= 0:  # where the finer field agrees, this one is not asked
        told = encoded.tables.codes[:, finer]
        both = np.where((told >= 0) & (codes >= 0), told, -1).astype(np.int32)
        known -= pairs_within(both, encoded)
        pair = both.astype(np.int64) * len(encoded.values[field.name]) + codes
        same -= pairs_within(factorise(pair.view(np.uint64), both >= 0)[0], encoded)
    levels = drawn[drawn[:, place] >= 0, place]
    seen = np.bincount(levels, minlength=len(field.levels)).astype(np.float64)
    unequal = max(float(seen[1:].sum()), 1.0)
    level = np.concatenate([[same], seen[1:] / unequal * (known - same)])
    floor = np.full(len(level), 0.5 / max(float(len(levels)), 10.0))
    floor[0] = min(floor[0], 0.5 / max(known, 10.0))
    for at, each in enumerate(field.levels):
        if each.rule[0] == "swapped":  # so few true pairs are, that none need be taken out
            floor[at] = max(_swapped(encoded, place), level[at] / max(known, 1.0), floor[0])
    return Chance(known, level, floor)


def _swapped(encoded: Encoded, place: int) -> float:
    """How likely two strangers have each other's given as family name, if nobody's names went together: far too seldom
    for a sample to say.
    """
    t, partner, records = encoded.tables, int(encoded.tables.partner[place]), len(encoded.content)
    if partner < 0:
        return 0.0
    used = [
        pl.DataFrame({"number": t.number[first : first + len(count)], "share": count / max(records, 1)})
        for first, count in (_counts(encoded, at) for at in (place, partner))
    ]
    both = used[0].join(used[1], on="number").select(pl.col("share") * pl.col("share_right"))
    return float(both.to_series().sum()) ** 2


def _counts(encoded: Encoded, place: int) -> tuple[int, NDArray[np.int64]]:
    """Number of the field's first value, and how many records have each."""
    name = encoded.fields[place].name
    codes = encoded.column(name)
    return encoded.start[name], np.bincount(codes[codes >= 0], minlength=len(encoded.values[name]))


def share_at_most(
    encoded: Encoded,
    model: Model,
    levels: NDArray[np.int8],
    packed: NDArray[np.int64],
    pattern: NDArray[np.int64],
) -> NDArray[np.float64]:
    """By pattern (`levels`: patterns × fields; `packed`, `pattern`: by pair), the share of its pairs that can be true:
    strangers agree at least as often as if their fields were independent. 1 in a household or with one number, where
    that is not known.
    """
    cases = np.maximum(np.bincount(pattern, minlength=len(levels)), 1)
    regime = np.zeros(len(levels), np.int64)
    regime[pattern] = packed // PLACES[-1]
    strangers = np.full(len(levels), model.pairs * (1 - model.prior))
    for at, field in enumerate(encoded.fields):
        known = float((encoded.tables.codes[:, at] >= 0).mean()) ** 2
        u = np.append(np.array(model.everyone.u[field.name]) * known, 1 - known)
        finer, partner = int(encoded.tables.told_by[at]), int(encoded.tables.partner[at])
        said = np.zeros(len(levels), np.bool_)  # by another field
        if finer >= 0:
            said |= levels[:, finer] == 0
        if partner >= 0:
            tests = [level.rule[0] for level in encoded.fields[partner].levels]
            said |= levels[:, partner] == (tests.index("swapped") if "swapped" in tests else len(tests))
        strangers *= np.where(said & (levels[:, at] < 0), 1.0, u[levels[:, at]])
    share: NDArray[np.float64] = np.where(regime == 0, 1 - np.minimum(strangers / cases, 1), 1.0)
    return share
