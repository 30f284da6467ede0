"""Learns the model from the files without labels: u by counting and from random pairs, m by EM on blocked pairs.

Fellegi and Sunter (1969), "A theory for record linkage"; EM on counts of agreement patterns as Winkler (1988).
Chances differ by regime: at one address strangers share a surname, and holders of one number share much else, so u
is learnt anew there (a latent class for relatives, cf. Winkler 1993), while m is shared by all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from charteroak.linkage.chance import Chance, Shares, chances, pairs_within
from charteroak.linkage.encode import Encoded
from charteroak.linkage.kinds import PLACE
from charteroak.linkage.model import Model, Regime
from charteroak.linkage.recipe import Field, Kind, Recipe
from charteroak.linkage.sample import Patterns

REGIMES = ("everyone", "same household", "same number", "same household and number")
ROUNDS = 200
M_PRIOR, U_PRIOR = 20.0, 5.0
"""True and other pairs that the first guesses are worth against what the files show."""
_MOST_SHARED = {
    Kind.GIVEN_NAME: 0.04, Kind.MIDDLE_NAME: 0.1, Kind.BIRTH_DATE: 0.04, Kind.SSN: 0.02, Kind.AGENCY_ID: 0.02,
    Kind.SSN_LAST4: 0.02, Kind.SEX: 0.2, Kind.INITIAL: 0.1, Kind.FULL_NAME: 0.04, Kind.EMAIL: 0.5,
}  # fmt: skip
"""What of a field two people at one address, or with one number, share at most beyond chance: few relatives have one
given name, few are twins. Without the bound the class of relatives could turn into one of true pairs.
"""
_NAMESAKES = {Kind.BIRTH_DATE}
"""Fields in which a parent and a child of one name differ: what true pairs look like there is learnt elsewhere."""
MOVED = 0.1
"""Share of people whose place changed between two records, before the files have spoken."""
MOST_MOVED = 0.5
LEAST_SAME = 0.5
"""Share of true pairs that agree on a field to the letter, at least; of a place, two fifths of that."""
AT_HOME = 0.05
"""What a pair of one household is worth for these, against others."""
_MOST_DIFFERENT = {
    Kind.GIVEN_NAME: 0.16, Kind.INITIAL: 0.08, Kind.FAMILY_NAME: 0.2, Kind.FULL_NAME: 0.3,
    Kind.BIRTH_DATE: 0.2, Kind.SEX: 0.05,
    Kind.SSN: 0.15, Kind.AGENCY_ID: 0.15, Kind.SSN_LAST4: 0.15, Kind.ADDRESS: 0.6, Kind.CITY: 0.6, Kind.ZIP: 0.6,
}  # fmt: skip
"""How many true pairs differ in it altogether at most. One person moves, but seldom changes the given name: without
the bound, true pairs could come to mean people of one household.
"""
_MOST_DIFFERENT_OF_TWO = {Kind.GIVEN_NAME: 0.08, Kind.BIRTH_DATE: 0.05}
"""The same where there are two fields: which pairs are true does not follow from them, three are needed (Goodman 1974,
on latent classes), so more is taken for granted.
"""
_SELDOM = {"swapped": 0.1, "day_month": 0.2, "month_day": 0.2, "year": 0.2}
"""How many true pairs agree so at most. Where few names or years are in use, strangers do too, and without the bound
"true" could come to mean them.
"""


def household_field(recipe: Recipe) -> int:
    """Place of the field that makes a household, or -1."""
    names = [field.name for field in recipe.fields]
    return names.index(recipe.household) if recipe.household else -1


def identifier_field(recipe: Recipe) -> int:
    """Place of the first personal number among the fields, or -1."""
    for place, field in enumerate(recipe.fields):
        if field.kind in {Kind.SSN, Kind.AGENCY_ID}:
            return place
    return -1


@dataclass
class _Guess:
    """The parameters as they stand in one round of the EM; `u[regime][field]`. `moved` as in `Model`."""

    prior: float
    m: list[Shares]
    u: list[list[Shares]]
    moved: float

    def odds(self, patterns: Patterns, place: NDArray[np.bool_]) -> tuple[Shares, Shares]:
        """Natural logarithm of the odds of each pattern to be a true pair, and the share of those who moved among its
        true pairs. `place`: by field.
        """
        total = np.full(len(patterns.count), np.log(self.prior / (1 - self.prior)))
        here = np.zeros(len(patterns.count))
        for at, m in enumerate(self.m):
            level = patterns.levels[:, at]
            weights = np.stack(
                [np.append(np.log(m / u[at]), 0.0) for u in self.u]
            )  # -1 reads the last: missing
            if place[at]:
                here += weights[patterns.regime, level]
            else:
                total += weights[patterns.regime, level]
        if self.moved <= 0:
            return total + here, np.zeros(len(here))
        both = np.logaddexp(here + np.log(1 - self.moved), np.log(self.moved))
        return total + both, self.moved * np.exp(-both)


@dataclass(frozen=True)
class _Known:
    """What holds in every round, by field: chances of strangers, first guesses of m, the largest shares, what a
    household's pair is worth, which say where somebody lives; then the places of household and identifier, how many
    pairs there are, and how many can be true.
    """

    by_chance: Sequence[Chance]
    first: Sequence[Shares]
    shared: Sequence[float]
    most: Sequence[Shares]
    home: Shares
    place: NDArray[np.bool_]
    household: int
    identifier: int
    pairs: float
    most_true: float


def _most(field: Field, fields: int) -> Shares:
    """The largest share of true pairs that each level of the field, one of so many that are known, may have."""
    seldom = [_SELDOM.get(level.rule[0], 1.0) for level in field.levels[:-1]]
    different = _MOST_DIFFERENT if fields > 2 else _MOST_DIFFERENT | _MOST_DIFFERENT_OF_TWO
    return np.array([1.0, *seldom[1:], different.get(field.kind, 1.0)])


def _known(encoded: Encoded, recipe: Recipe, drawn: NDArray[np.int8]) -> _Known:
    first = [np.array([level.m for level in field.levels]) for field in encoded.fields]
    kinds = [field.kind for field in encoded.fields]
    place = np.array([kind in PLACE for kind in kinds])
    by_chance = chances(encoded, drawn)
    pairs = max(pairs_within(np.zeros(len(encoded.content), np.int32), encoded), 1.0)
    held = sum(chance.known > 0 for chance in by_chance)
    return _Known(
        by_chance, [shares / shares.sum() for shares in first],
        [_MOST_SHARED.get(kind, 0.98) for kind in kinds], [_most(field, held) for field in encoded.fields],
        np.array([AT_HOME if kind in _NAMESAKES else 1.0 for kind in kinds]),
        place if place.sum() > 1 else np.zeros(len(kinds), np.bool_),
        household_field(recipe), identifier_field(recipe), pairs, _most_true(encoded, by_chance, place, pairs),
    )  # fmt: skip


def _most_true(
    encoded: Encoded, by_chance: Sequence[Chance], place: NDArray[np.bool_], pairs: float
) -> float:
    """How many pairs can be true at most: no field agrees in fewer of them than LEAST_SAME."""
    found = [0.3 * pairs]
    for at, chance in enumerate(by_chance):
        if chance.known > 0 and encoded.tables.told_by[at] < 0:
            least = LEAST_SAME * (0.4 if place[at] else 1.0) * chance.known / pairs
            found.append((float(chance.level[0]) + len(encoded.content) / 10) / least)
    return min(found)


def estimate(encoded: Encoded, recipe: Recipe, drawn: NDArray[np.int8], patterns: Patterns) -> Model:
    """Fit the model by expectation-maximisation over patterns of blocked pairs; pairs outside the blocks count as
    strangers. `drawn`: levels of random pairs. Nothing is supplied: the prior is learnt too, and so is the share of
    people whose place changed, all of it at once (two fields of place at least).
    """
    known = _known(encoded, recipe, drawn)
    strangers = [chance.u(np.zeros(len(chance.level))) for chance in known.by_chance]
    related = [
        _related(a, b, min(0.6, bound))
        for a, b, bound in zip(known.first, strangers, known.shared, strict=True)
    ]
    guess = _Guess(
        min(0.3 * len(encoded.content) / known.pairs, 0.3), list(known.first), [strangers, related, related, related],
        MOVED if known.place.any() else 0.0,
    )  # fmt: skip
    for _ in range(ROUNDS):
        renewed = _maximise(guess, patterns, known)
        moved = max(float(np.abs(a - b).max()) for a, b in zip(renewed.m, guess.m, strict=True))
        settled = moved < 1e-4 and abs(np.log(renewed.prior / guess.prior)) < 1e-3
        guess = renewed
        if settled:
            break
    return _model(encoded, guess, patterns, known)


def _related(m: Shares, u: Shares, shared: float) -> Shares:
    """Chances of people who share the fact with this probability, and else are strangers."""
    mixture: Shares = shared * m + (1 - shared) * u
    return mixture


def _shared(seen: Shares, m: Shares, u: Shares, most: float) -> Shares:
    """The same, the share learnt from how often these people have the same value."""
    same = (seen[0] + U_PRIOR * most / 3 * m[0]) / (seen.sum() + U_PRIOR)
    return _related(m, u, float(np.clip((same - u[0]) / max(m[0] - u[0], 1e-6), 0.0, most)))


def _maximise(guess: _Guess, patterns: Patterns, known: _Known) -> _Guess:
    odds, gone = guess.odds(patterns, known.place)
    believed = 1 / (1 + np.exp(-odds)) * patterns.count
    others = patterns.count - believed
    m, u = [], [list[Shares]() for _ in REGIMES]
    for at, chance in enumerate(known.by_chance):
        told, size = patterns.levels[:, at] >= 0, len(chance.level)
        level = patterns.levels[told, at].astype(np.int64)
        cell = patterns.regime[told] * size + level
        apart = np.bincount(cell, others[told], minlength=size * len(REGIMES)).astype(np.float64)
        apart = apart.reshape(len(REGIMES), size)
        true = np.bincount(level, believed[told], minlength=size).astype(np.float64)
        worth = believed[told] * np.where(patterns.regime[told] == 1, known.home[at], 1.0)
        seen = np.bincount(level, worth, minlength=size).astype(np.float64)
        seen *= true.sum() / max(float(seen.sum()), 1e-9)
        if known.place[at]:
            seen = np.bincount(level, believed[told] * (1 - gone[told]), minlength=size).astype(np.float64)
        m.append(_bounded(_smooth(seen, known.first[at], M_PRIOR), known.most[at]))
        for regime, shares in enumerate(_of_others(at, known, apart, m[-1], chance.u(true))):
            u[regime].append(shares)
    all_true = min(float(believed.sum()), known.most_true)
    prior = np.clip((all_true + 0.5) / (known.pairs + 1), 1e-15, 0.999)
    return _Guess(float(prior), m, u, _moved(believed, gone, patterns, known))


def _of_others(at: int, known: _Known, apart: Shares, m: Shares, strangers: Shares) -> list[Shares]:
    """Chances of the field among pairs of two people, by regime. `apart`: regimes × levels, how many such pairs."""
    if at == known.household:
        return [strangers] * 4
    at_home = apart[1] + apart[3] if at == known.identifier else apart[1]
    home, number, both = (
        _shared(seen, m, strangers, known.shared[at]) for seen in (at_home, apart[2], apart[3])
    )
    return [strangers, home, strangers, home] if at == known.identifier else [strangers, home, number, both]


def _moved(believed: Shares, gone: Shares, patterns: Patterns, known: _Known) -> float:
    """Share of people whose place changed, among the true pairs that know a place of both records."""
    if not known.place.any():
        return 0.0
    told = (patterns.levels[:, known.place] >= 0).any(axis=1)
    true, left = float(believed[told].sum()), float((believed[told] * gone[told]).sum())
    return float(np.clip((left + M_PRIOR * MOVED) / (true + M_PRIOR), 1e-3, MOST_MOVED))


def _smooth(seen: Shares, expected: Shares, worth: float) -> Shares:
    total = seen + worth * expected
    shares: Shares = total / total.sum()
    return shares


def _bounded(shares: Shares, most: Shares) -> Shares:
    """The shares with at most this much for each level; the others grow in step."""
    over = shares > most
    if not over.any():
        return shares
    left = (1 - float(most[over].sum())) / max(float(shares[~over].sum()), 1e-9)
    bounded: Shares = np.where(over, most, shares * left)
    return bounded


def _model(encoded: Encoded, guess: _Guess, patterns: Patterns, known: _Known) -> Model:
    believed = 1 / (1 + np.exp(-guess.odds(patterns, known.place)[0])) * patterns.count
    names = [field.name for field in encoded.fields]
    m = {name: tuple(shares.tolist()) for name, shares in zip(names, guess.m, strict=True)}
    regimes = []
    for number, name in enumerate(REGIMES):
        if (number & 1 and known.household < 0) or (number & 2 and known.identifier < 0):
            continue
        here = patterns.regime == number
        count = float(patterns.count[here].sum())
        prior = guess.prior if number == 0 else float(believed[here].sum() + 0.5) / (count + 1)
        u = {each: tuple(shares.tolist()) for each, shares in zip(names, guess.u[number], strict=True)}
        regimes.append(Regime(name, prior, known.pairs if number == 0 else count, m, u))
    more = 2 * float(believed.sum()) / max(len(encoded.content), 1)
    return Model(
        guess.prior, known.pairs, {field.name: tuple(level.name for level in field.levels) for field in encoded.fields},
        tuple(regimes), _frequencies(encoded, more), guess.moved,
    )  # fmt: skip


def _frequencies(encoded: Encoded, more: float) -> Mapping[str, pl.DataFrame]:
    """How frequent each value is among people: a record's own further records (`more` of them on average) are not
    other people, so a value seen once or twice counts as one person's.
    """
    found = {}
    for field in encoded.fields:
        if field.term_frequency:
            codes = encoded.column(field.name)
            count = np.bincount(codes[codes >= 0], minlength=len(encoded.values[field.name])).astype(
                np.float64
            )
            share = np.maximum(count - more, 1.0) / max(float(count.sum()), 1.0)
            found[field.name] = pl.DataFrame({"value": encoded.values[field.name], "frequency": share})
    return found
