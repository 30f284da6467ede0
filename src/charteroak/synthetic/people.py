"""The invented people: who they are, where they grew up, and whom the two school agencies know."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from charteroak.synthetic import names
from charteroak.synthetic.names import Words
from charteroak.synthetic.towns import Towns

GRADUATES = 15_200  # SDE's rows at scale 1
ENROLLEES = 5_600  # CSC's rows at scale 1
LINKS = 3_300  # people in both, at scale 1
TWIN_PAIRS = 40
RACE_ETH = ("A", "B", "H", "I", "M", "P", "W")
_RACE_SHARES = (0.055, 0.125, 0.26, 0.005, 0.045, 0.005, 0.505)
YEARS = (2019, 2020, 2021, 2022)


@dataclass
class People:
    """One chunk, in this order: in both files, then SDE's only, then CSC's only."""

    links: int
    graduates: int
    number: NDArray[np.int64]  # the person, over all chunks
    last: Words
    first: Words
    middle: Words
    birth: NDArray[np.datetime64]
    gender: Words
    race_eth: Words
    town: NDArray[np.int64]
    school: NDArray[np.int64]
    grad_year: NDArray[np.int64]
    twin: NDArray[np.int64]  # the pair, or -1

    def __len__(self) -> int:
        return len(self.number)


def draw_people(rng: np.random.Generator, towns: Towns, share: float, offset: int) -> People:
    """The people of one chunk: `share` of scale 1, numbered from `offset`."""
    links, graduates = round(LINKS * share), round(GRADUATES * share)
    count = graduates + round(ENROLLEES * share) - links
    gender = rng.choice(["F", "M", "U"], size=count, p=[0.505, 0.485, 0.01])
    race_eth = rng.choice(RACE_ETH, size=count, p=_RACE_SHARES)
    grad_year = rng.choice(YEARS, size=count)
    # Most are born between the September and August that make them 18 at graduation; some are a year older.
    born = (grad_year - 19 - (rng.random(count) < 0.06)).astype("U4").astype("datetime64[Y]")
    days = (243 + rng.integers(0, 365, size=count)).astype("timedelta64[D]")
    people = People(
        links=links,
        graduates=graduates,
        number=np.arange(offset, offset + count),
        last=names.surnames(rng, race_eth),
        first=names.given_names(rng, race_eth, gender),
        middle=names.middle_initials(rng, count),
        birth=born.astype("datetime64[D]") + days,
        gender=gender,
        race_eth=race_eth,
        town=rng.choice(len(towns.codes), size=count, p=towns.shares),
        school=rng.integers(1, 4, size=count),
        grad_year=grad_year,
        twin=np.full(count, -1),
    )
    _make_twins(rng, people, round(TWIN_PAIRS * share))
    return people


def _make_twins(rng: np.random.Generator, people: People, pairs: int) -> None:
    """Same surname, birth date, town and school; other given name. In half of the pairs only one enrols."""
    elder = rng.choice(people.links // 2, size=pairs, replace=False)
    enrolled = people.links // 2 + rng.choice(people.links - people.links // 2, size=pairs, replace=False)
    stayed = people.links + rng.choice(people.graduates - people.links, size=pairs, replace=False)
    younger = np.where(np.arange(pairs) % 2 == 0, enrolled, stayed)
    for field in (people.last, people.birth, people.race_eth, people.town, people.school, people.grad_year):
        field[younger] = field[elder]
    people.first[younger] = names.given_names(rng, people.race_eth[younger], people.gender[younger])
    same = younger[people.first[younger] == people.first[elder]]
    people.first[same] = np.where(people.first[same] == "Jordan", "Casey", "Jordan")
    people.twin[elder] = people.twin[younger] = people.number[elder]


def digits(number: NDArray[np.int64], step: int, low: int, high: int) -> NDArray[np.int64]:
    """Scatter person numbers over [low, high), none twice: `step` shares no factor with high - low."""
    scattered: NDArray[np.int64] = low + (number + 1) * step % (high - low)
    return scattered


def sasid(people: People) -> Words:
    """SDE's student number: ten digits, the first not zero."""
    return digits(people.number, 6_364_136_221, 10**9, 10**10).astype("U10")
