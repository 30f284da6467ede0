"""The damage that registration desks do to names, dates and numbers, planted at known rates."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from charteroak.synthetic import names
from charteroak.synthetic.names import Words

RATES = {
    "typo": 0.04,
    "nickname": 0.03,
    "swapped_names": 0.01,
    "surname_changed": 0.02,
    "hyphen_lost": 0.12,  # of double surnames
    "wrong_birth_year": 0.01,
    "birth_date_missing": 0.04,
}
SHARED_SSN = 25  # people whose record carries someone else's number, at scale 1
ZEROS_STRIPPED = 411  # rows of CSC's first delivery, at scale 1
SSN_RECORDED = 0.92
SASID_RECORDED = 0.72
_SASID_RECORDED_HISPANIC = 0.50
_HAND_ENTERED = 2.5  # how much likelier damage is where no SASID came over from the school
_LETTERS = np.array(list("aeiourstnlmdc"))


@dataclass
class Registration:
    """The identifiers as a college wrote them down, one row per enrolled person of the chunk."""

    last: Words
    first: Words
    birth: Words  # YYYYMMDD
    race_eth: Words
    gender: Words
    has_sasid: NDArray[np.bool_]
    clean: NDArray[np.bool_]  # rows that must stay as they are
    damage: dict[str, NDArray[np.bool_]] = field(default_factory=dict)


Weights = NDArray[np.bool_ | np.floating]
Harm = Callable[[np.random.Generator, Registration, int], None]


def sasid_recorded(rng: np.random.Generator, race_eth: Words, clean: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which records carry a SASID: 72 % overall, fewer of the Hispanic students'."""
    hispanic = race_eth == "H"
    share = hispanic.mean()
    others = (SASID_RECORDED - share * _SASID_RECORDED_HISPANIC) / (1.0 - share)
    return clean | (rng.random(len(race_eth)) < np.where(hispanic, _SASID_RECORDED_HISPANIC, others))


def damage(rng: np.random.Generator, rows: Registration) -> None:
    """Plant every kind of error at its exact rate, more often on records entered by hand."""
    double = np.char.find(rows.last, "-") > 0
    known = np.isin(rows.first, list(names.NICKNAMES))
    women = np.where(rows.gender == "F", 4.0, 1.0)
    anyone = np.ones(len(rows.last))
    plan: list[tuple[str, Weights, float, Harm]] = [
        ("hyphen_lost", double, float(double.sum()), _lose_hyphen),
        ("surname_changed", women * ~double, len(double), _change_surname),
        ("nickname", known, len(double), _shorten),
        ("typo", anyone, len(double), _mistype),
        ("swapped_names", anyone, len(double), _swap),
        ("wrong_birth_year", anyone, len(double), _shift_year),
        ("birth_date_missing", ~rows.has_sasid, len(double), _blank_birth),
    ]  # fmt: skip
    for kind, weight, base, apply in plan:
        chosen = _choose(rng, rows, weight, round(RATES[kind] * base))
        for row in chosen:
            apply(rng, rows, int(row))
        rows.damage[kind] = np.isin(np.arange(len(double)), chosen)


def _choose(rng: np.random.Generator, rows: Registration, weight: Weights, count: int) -> NDArray[np.int64]:
    """Draw rows by weight, records entered by hand more often, clean ones never."""
    odds = weight * np.where(rows.has_sasid, 1.0, _HAND_ENTERED) * ~rows.clean
    size = min(count, int(np.count_nonzero(odds)))
    return rng.choice(len(odds), size=size, replace=False, p=odds / odds.sum())


def _lose_hyphen(rng: np.random.Generator, rows: Registration, row: int) -> None:
    one, two = rows.last[row].split("-", 1)
    forms = [one + two.lower(), f"{one} {two}", one, two]
    rows.last[row] = rng.choice(forms, p=[0.35, 0.15, 0.35, 0.15])


def _change_surname(rng: np.random.Generator, rows: Registration, row: int) -> None:
    rows.last[row] = names.surnames(rng, rows.race_eth[row : row + 1])[0].split("-")[0]


def _shorten(_: np.random.Generator, rows: Registration, row: int) -> None:
    rows.first[row] = names.NICKNAMES[rows.first[row]]


def _mistype(rng: np.random.Generator, rows: Registration, row: int) -> None:
    words = rows.last if rng.random() < 0.6 else rows.first
    word, at = str(words[row]), int(rng.integers(1, max(2, len(words[row]) - 1)))
    letter = str(rng.choice(_LETTERS))
    forms = [
        word[:at] + letter + word[at + 1 :],
        word[:at] + word[at + 1 :],
        word[:at] + letter + word[at:],
        word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
    ]
    changed = [form for form in forms if form != word]
    words[row] = rng.choice(changed)


def _swap(_: np.random.Generator, rows: Registration, row: int) -> None:
    rows.last[row], rows.first[row] = rows.first[row], rows.last[row]


def _shift_year(rng: np.random.Generator, rows: Registration, row: int) -> None:
    year = int(rows.birth[row][:4] or 2000) + int(rng.choice([-10, -1, 1, 2]))
    rows.birth[row] = f"{year}{rows.birth[row][4:]}"


def _blank_birth(_: np.random.Generator, rows: Registration, row: int) -> None:
    rows.birth[row] = ""


def share_numbers(
    rng: np.random.Generator, ssn: NDArray[np.int32], eligible: NDArray[np.bool_], count: int
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Let `count` records carry another eligible record's number; returns the numbers and who carries."""
    drawn = rng.choice(np.flatnonzero(eligible), size=2 * count, replace=False)
    carriers, owners = drawn[:count], drawn[count:]
    shared = ssn.copy()
    shared[carriers] = ssn[owners]
    return shared, np.isin(np.arange(len(ssn)), carriers)


def strip_zeros(ssn: Words, first: NDArray[np.bool_], count: int) -> tuple[Words, NDArray[np.bool_]]:
    """What a spreadsheet does to text that looks like a number: `count` rows lose their leading zeros.

    Rows where `first` holds (one college's, which opened its part of the file) lose them before others do.
    """
    order = np.argsort(~first, kind="stable")
    hit = order[ssn[order] != ""][:count]
    stripped = ssn.copy()
    stripped[hit] = np.char.lstrip(ssn[hit], "0")
    return stripped, np.isin(np.arange(len(ssn)), hit)
