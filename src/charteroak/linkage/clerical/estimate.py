"""Learns from the files how often each level of agreement occurs among true pairs and by chance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from charteroak.linkage.clerical.compare import MISSING, Levels, compare
from charteroak.linkage.clerical.recipe import LEVELS, Field

RANDOM_PAIRS = 200_000
ROUNDS = 100
PRIOR_PAIRS = 10.0
"""How many true pairs the expected shares of LEVELS are worth against what the files show."""
Shares = NDArray[np.float64]


@dataclass(frozen=True)
class Model:
    """Fellegi-Sunter parameters of one pair of files.

    `prior` is the share of all left × right pairs that are one person; `m[field]` and `u[field]` are the
    shares of each level (in LEVELS order) among true and among chance pairs.
    """

    prior: float
    m: dict[str, tuple[float, ...]]
    u: dict[str, tuple[float, ...]]

    def prior_bits(self) -> float:
        return float(np.log2(self.prior / (1 - self.prior)))

    def weights(self, field: str) -> Shares:
        """Bits that each level adds to the match weight: log2(m / u)."""
        bits: Shares = np.log2(np.array(self.m[field]) / np.array(self.u[field]))
        return bits


def weigh(model: Model, levels: Levels, fields: Sequence[Field]) -> Shares:
    """Match weight of each pair in bits, prior included; a missing field adds nothing."""
    total = np.full(len(levels), model.prior_bits())
    for place, field in enumerate(fields):
        column = levels[:, place]
        total += np.where(column == MISSING, 0.0, model.weights(field.name)[column])
    return total


def probability(weight: Shares) -> Shares:
    return 1.0 / (1.0 + np.exp2(-weight))


@dataclass(frozen=True)
class Chance:
    """One field over all pairs: how many know it, how many have it the same, the other levels' shares."""

    known: float
    same: float
    otherwise: Shares

    def u(self, true_known: float, true_same: float) -> Shares:
        """Shares of the levels by chance, once the pairs believed true are taken out (half a pair stays)."""
        same = max(self.same - true_same, 0.5) / max(self.known - true_known, 1.0)
        same = min(same, 0.999)
        return np.concatenate([[same], self.otherwise * (1 - same)])


def chance(
    left: pl.DataFrame, right: pl.DataFrame, fields: Sequence[Field], rng: np.random.Generator
) -> list[Chance]:
    """Equal values counted exactly over all pairs; the other levels from up to RANDOM_PAIRS drawn pairs."""
    size = min(RANDOM_PAIRS, left.height * right.height)
    drawn = (rng.integers(left.height, size=size), rng.integers(right.height, size=size))
    levels = compare(left, right, drawn, fields)
    found = []
    for place, field in enumerate(fields):
        counts = np.bincount(levels[levels[:, place] > 0, place], minlength=len(LEVELS[field.kind]))[1:] + 0.5
        sides = [
            side.select(value=pl.col(field.name).str.replace_all(" ", ""))
            .drop_nulls()
            .group_by("value")
            .len()
            for side in (left, right)
        ]
        both = (
            sides[0].join(sides[1], on="value").select(pl.col("len").cast(pl.Float64).dot("len_right")).item()
        )
        known = float(sides[0]["len"].sum()) * float(sides[1]["len"].sum())
        found.append(Chance(known, float(both or 0.0), counts / counts.sum()))
    return found


def estimate(
    left: pl.DataFrame,
    right: pl.DataFrame,
    levels: Levels,
    fields: Sequence[Field],
    rng: np.random.Generator,
) -> Model:
    """Fit the model by expectation-maximisation over the candidate pairs' patterns of agreement.

    Pairs outside the candidates are taken as chance pairs, so `prior` refers to all pairs. m is learned, u
    comes from chance pairs and has the pairs believed true taken out, which matters for identifiers, where
    nearly every equal pair is a true one. Method: Fellegi and Sunter (1969); EM as in Winkler (1988), with
    Dirichlet smoothing. Where a file is empty nothing can be learnt, and every weight is that of LEVELS.
    """
    expected = {field.name: np.array(list(LEVELS[field.kind].values())) for field in fields}
    m = {name: shares / shares.sum() for name, shares in expected.items()}
    if not (left.height and right.height):
        return Model(0.5, _plain(m), _plain(m))
    by_chance = chance(left, right, fields, rng)
    patterns, counts = np.unique(levels, axis=0, return_counts=True)
    every = float(left.height) * float(right.height)
    model = Model(
        0.25 * min(left.height, right.height) / every, _plain(m),
        _plain({field.name: by.u(0.0, 0.0) for field, by in zip(fields, by_chance, strict=True)}),
    )  # fmt: skip
    for _ in range(ROUNDS):
        believed = probability(weigh(model, patterns, fields)) * counts
        renewed = _maximise(believed, patterns, fields, by_chance, every)
        settled = abs(np.log(renewed.prior / model.prior)) < 1e-4
        model = renewed
        if settled:
            break
    return model


def _maximise(
    believed: Shares, patterns: Levels, fields: Sequence[Field], by_chance: Sequence[Chance], every: float
) -> Model:
    m, u = {}, {}
    for place, field in enumerate(fields):
        known = patterns[:, place] != MISSING
        expected = np.array(list(LEVELS[field.kind].values()))
        tally = np.bincount(patterns[known, place], weights=believed[known], minlength=len(expected))
        smoothed = tally + PRIOR_PAIRS * expected / expected.sum()
        m[field.name] = smoothed / smoothed.sum()
        u[field.name] = by_chance[place].u(float(tally.sum()), float(tally[0]))
    return Model(max(float(believed.sum()), 1.0) / (every + 1.0), _plain(m), _plain(u))


def _plain(shares: dict[str, Shares]) -> dict[str, tuple[float, ...]]:
    return {name: tuple(float(share) for share in values) for name, values in shares.items()}
