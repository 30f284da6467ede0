"""One region of the synthetic state: people in households, with what they were called and where they lived, twice."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.linkage.identifiers import ssn
from bench.linkage.vocabulary import STREET_TYPES, Text, census

Numbers = NDArray[np.int64]
SIZES = (0.22, 0.28, 0.18, 0.18, 0.09, 0.04, 0.01)
REGION = 155_000
"""People in one region; larger states are several."""
TODAY = 2025


@dataclass(frozen=True)
class Region:
    """Columns over people. `last` and the address parts come as (earlier, later): equal for most people."""

    person: Numbers
    first: Text
    middle: Text
    last: tuple[Text, Text]
    suffix: Text
    sex: Text
    born: NDArray[np.datetime64]
    ssn: Text
    parent: Numbers  # row of the household's head for a child, else -1
    street: tuple[Text, Text]
    city: tuple[Text, Text]
    zip: tuple[Text, Text]

    @property
    def ages(self) -> Numbers:
        years = self.born.astype("datetime64[Y]").astype(np.int64) + 1970
        return TODAY - years


def region(number: int, size: int, rng: np.random.Generator) -> Region:
    """`size` people of region `number`; their ids and SSNs are unlike those of every other region."""
    sizes = rng.choice(np.arange(1, 8), size=size, p=SIZES)
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), size)) + 1]
    home = np.repeat(np.arange(len(sizes)), sizes)[:size]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    place = np.arange(size) - starts[home]
    head = starts[home]
    couple = (rng.random(len(sizes)) < 0.8)[home]
    spouse = (place == 1) & couple
    child = (place > 0) & ~spouse
    born = _births(place, head, spouse, child, rng)
    female = rng.random(size) < 0.5
    female[spouse] = ~female[head[spouse]]
    first = np.where(female, census("female").draw(size, rng), census("male").draw(size, rng))
    middle = np.where(female, census("female").draw(size, rng), census("male").draw(size, rng))
    middle[rng.random(size) < 0.15] = None
    suffix = np.full(size, None, dtype=object)
    junior = child & ~female & ~female[head] & (rng.random(size) < 0.04)
    first[junior], suffix[junior] = first[head[junior]], "JR"
    middle[junior] = middle[head[junior]]
    suffix[head[junior]] = np.where(rng.random(int(junior.sum())) < 0.5, "SR", None)
    earlier, later = _surnames(home, spouse, child, female, rng)
    person = number * 1_000_000 + np.arange(size)
    old, new = _addresses(number, len(sizes), rng), _addresses(number, size, rng)
    moved = (rng.random(len(sizes)) < 0.12)[home]
    alone = ~moved & (rng.random(size) < 0.06)
    # a household that moves does so together, to its head's new address
    to = np.where(moved, head, np.arange(size))
    both = [
        (before[home], np.where(moved | alone, after[to], before[home]))
        for before, after in zip(old, new, strict=True)
    ]
    return Region(
        person, first, middle, (earlier, later), suffix, np.where(female, "F", "M").astype(object), born,
        ssn(person), np.where(child, head, -1), both[0], both[1], both[2],
    )  # fmt: skip


def _births(
    place: Numbers,
    head: Numbers,
    spouse: NDArray[np.bool_],
    child: NDArray[np.bool_],
    rng: np.random.Generator,
) -> NDArray[np.datetime64]:
    """Spouses a few years apart, children a generation younger, three in a hundred later children twins."""
    size = len(place)
    ages = rng.integers(22, 86, size=size)
    ages = np.where(spouse, np.clip(ages[head] + rng.integers(-6, 7, size=size), 18, 95), ages)
    ages = np.where(child, np.maximum(ages[head] - rng.integers(19, 42, size=size), 0), ages)
    born = np.datetime64(f"{TODAY}-01-01") - ages * 365 - rng.integers(0, 365, size=size)
    twins = np.flatnonzero(child & (place > 1) & (rng.random(size) < 0.03))
    twins = twins[child[twins - 1]]
    born[twins] = born[twins - 1]
    return born


def _surnames(
    home: Numbers,
    spouse: NDArray[np.bool_],
    child: NDArray[np.bool_],
    female: NDArray[np.bool_],
    rng: np.random.Generator,
) -> tuple[Text, Text]:
    """What people were called first and are called now."""
    size = len(home)
    own, shared = census("last").draw(size, rng), census("last").draw(int(home[-1]) + 1, rng)
    same = np.where(spouse, rng.random(size) < 0.75, ~child | (rng.random(size) < 0.88))
    later = np.where(same, shared[home], own)
    doubled = child & (rng.random(size) < 0.04)
    later[doubled] = later[doubled] + "-" + own[doubled]
    # those who took a spouse's name had another before; some women of the other households did, too
    married = (spouse & same & female & (rng.random(size) < 0.35)) | (
        female & ~child & (rng.random(size) < 0.04)
    )
    return np.where(married, own, later), later


def _addresses(number: int, count: int, rng: np.random.Generator) -> tuple[Text, Text, Text]:
    """Street with number (and apartment), town and ZIP: nine ZIPs a region, popular street names everywhere."""
    town = rng.integers(0, 9, size=count)
    streets = census("last").words[:400].copy()
    streets[:8] = ("MAIN", "MAPLE", "OAK", "PARK", "ELM", "CHURCH", "WASHINGTON", "HIGH")
    name = streets[np.minimum((rng.pareto(1.1, size=count) * 8).astype(int), 399)]
    kind = np.array(STREET_TYPES, dtype=object)[rng.integers(0, len(STREET_TYPES), size=count)]
    house = rng.integers(1, 600, size=count).astype(str).astype(object)
    flat = rng.random(count) < 0.2
    house[flat] = (10 * rng.integers(1, 30, size=int(flat.sum()))).astype(str).astype(object)
    street = house + " " + name + " " + kind
    street[flat] = (
        street[flat] + " APT " + rng.integers(1, 40, size=int(flat.sum())).astype(str).astype(object)
    )
    towns = census("last").words[1000 + 9 * number :][:9] + "VILLE"
    zips = np.array([f"{6001 + 9 * number + place:05d}" for place in range(9)], dtype=object)
    return street, towns[town], zips[town]
