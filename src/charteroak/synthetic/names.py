"""Invented people's names: frequency-skewed, of several origins, with double surnames and nicknames."""

import numpy as np
from numpy.typing import NDArray

from charteroak.synthetic import read

Words = NDArray[np.str_]

_LISTS = read.name_lists()
NICKNAMES: dict[str, str] = _LISTS["nicknames"]
_COMPOSED = [
    beginning + ending
    for ending in _LISTS["composed"]["endings"].split()
    for beginning in _LISTS["composed"]["beginnings"].split()
]
_SURNAMES = {
    origin: words.split() + _COMPOSED[: _LISTS["composed"]["used_by"].get(origin, 0)]
    for origin, words in _LISTS["surnames"].items()
}
_GIVEN = {
    sex: {origin: words.split() for origin, words in lists.items()} for sex, lists in _LISTS["given"].items()
}

# Surname origins by race/ethnicity code: M draws from the four largest, and no group is of one origin only.
_ORIGINS = {
    "A": {"A": 0.95, "W": 0.05},
    "B": {"B": 0.92, "H": 0.03, "W": 0.05},
    "H": {"H": 0.96, "W": 0.04},
    "I": {"I": 0.8, "W": 0.2},
    "M": {"W": 0.4, "B": 0.25, "H": 0.2, "A": 0.15},
    "P": {"P": 0.8, "W": 0.2},
    "W": {"W": 0.97, "H": 0.02, "A": 0.01},
}
_DOUBLE_SURNAME = {"H": 0.45}
_DOUBLE_OTHERWISE = 0.03


def _skewed(rng: np.random.Generator, words: list[str], count: int) -> Words:
    """A Zipf-like draw: the first names of a list are many times as frequent as the last."""
    weights = 1.0 / (np.arange(len(words)) + 6.0) ** 0.9
    return rng.choice(np.array(words), size=count, p=weights / weights.sum())


def surnames(rng: np.random.Generator, race_eth: Words) -> Words:
    """One surname per person; nearly half of the Hispanic ones are double, joined by a hyphen."""
    names = np.empty(len(race_eth), dtype="U32")
    for code, origins in _ORIGINS.items():
        rows = np.flatnonzero(race_eth == code)
        origin = rng.choice(list(origins), size=len(rows), p=list(origins.values()))
        for pool in origins:
            here = rows[origin == pool]
            first, second = _skewed(rng, _SURNAMES[pool], len(here)), _skewed(rng, _SURNAMES[pool], len(here))
            double = rng.random(len(here)) < _DOUBLE_SURNAME.get(pool, _DOUBLE_OTHERWISE)
            joined = np.char.add(np.char.add(first, "-"), second)
            names[here] = np.where(double & (first != second), joined, first)
    return names


def given_names(rng: np.random.Generator, race_eth: Words, gender: Words) -> Words:
    """One given name per person; whose gender is recorded as U draws from either list."""
    listed = np.where(gender == "U", rng.choice(["F", "M"], size=len(gender)), gender)
    names = np.empty(len(race_eth), dtype="U16")
    for sex, pools in _GIVEN.items():
        for code in _ORIGINS:
            rows = np.flatnonzero((race_eth == code) & (listed == sex))
            names[rows] = _skewed(rng, pools.get(code, pools["W"]), len(rows))
    return names


def middle_initials(rng: np.random.Generator, count: int) -> Words:
    """An initial for three people in five, otherwise nothing."""
    letters = rng.choice(np.array(list("AMJLERSCDGNPKTB")), size=count)
    return np.where(rng.random(count) < 0.6, letters, "")
