"""What each agency writes down about people: whom it knows, what it leaves out, how it errs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bench.linkage.people import Region
from bench.linkage.vocabulary import Text, nickname

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
JUNK_SSNS = ("000-00-0000", "111-11-1111", "999-99-9999", "123-45-6789")
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Agency:
    """`ages` are served with probability `share`; `gaps` are shares of the records."""

    ages: tuple[int, int]
    share: float
    current: float  # how often it holds the later name and address of a person who changed them
    gaps: Mapping[str, float]
    twice: float = 0.03  # people it holds twice


AGENCIES = {
    "education": Agency(
        (3, 26), 0.85, 0.6,
        {"ssn": 0.85, "middle_name": 0.4, "suffix": 0.6, "street": 0.03, "dob": 0.004, "sex": 0.01},
    ),
    "labor": Agency(
        (16, 72), 0.74, 0.7,
        {"ssn": 0.02, "dob": 0.35, "street": 0.4, "zip": 0.3, "middle_name": 0.5, "suffix": 0.8, "sex": 0.5},
    ),
    "health": Agency(
        (0, 99), 0.5, 0.8,
        {"ssn": 0.45, "middle_name": 0.3, "suffix": 0.5, "street": 0.05, "dob": 0.01, "sex": 0.02},
    ),
    "vehicles": Agency((16, 99), 0.66, 0.5, {"ssn": 0.3, "middle_name": 0.1, "suffix": 0.2, "street": 0.01}),
}  # fmt: skip
NEWCOMERS = Agency(
    (0, 99), 1.0, 0.9,
    {"ssn": 0.5, "middle_name": 0.3, "suffix": 0.5, "street": 0.08, "dob": 0.03, "sex": 0.05}, twice=0.0,
)  # fmt: skip


def members(agency: Agency, people: Region, rng: np.random.Generator) -> Rows:
    """Rows of the people the agency holds, some of them twice."""
    ages = people.ages
    held = np.flatnonzero(
        (ages >= agency.ages[0]) & (ages <= agency.ages[1]) & (rng.random(len(ages)) < agency.share)
    )
    again = held[rng.random(len(held)) < agency.twice]
    return rng.permutation(np.concatenate([held, again]))


def records(agency: Agency, people: Region, rows: Rows, rng: np.random.Generator) -> pl.DataFrame:
    """One record for each row, with the agency's gaps and errors; `person` is the truth."""
    count = len(rows)
    late = (rng.random(count) < agency.current).astype(np.int64)

    def at(both: tuple[Text, Text]) -> Text:
        return np.where(late == 1, both[1][rows], both[0][rows])

    columns: dict[str, Text] = {
        "first_name": people.first[rows].copy(),
        "middle_name": people.middle[rows].copy(),
        "last_name": at(people.last),
        "suffix": people.suffix[rows].copy(),
        "dob": np.datetime_as_string(people.born[rows], unit="D").astype(object),
        "sex": people.sex[rows].copy(),
        "ssn": people.ssn[rows].copy(),
        "street": at(people.street),
        "city": at(people.city),
        "zip": at(people.zip),
    }
    _err(columns, people, rows, rng)
    for name, share in agency.gaps.items():
        lost = rng.random(count) < share
        columns[name][lost] = None
        if name == "zip":
            columns["city"][lost] = None
    return pl.DataFrame(
        {"person": people.person[rows], **{name: list(values) for name, values in columns.items()}},
        schema={"person": pl.Int64} | dict.fromkeys(columns, pl.String),
    )


def _err(columns: dict[str, Text], people: Region, rows: Rows, rng: np.random.Generator) -> None:
    """Slips of hand and habit, in place."""
    first, last, dob, social = (columns[name] for name in ("first_name", "last_name", "dob", "ssn"))

    def some(share: float) -> Rows:
        return np.flatnonzero(rng.random(len(rows)) < share)

    def change(values: Text, share: float, slip: Callable[[str, np.random.Generator], str]) -> None:
        for row in some(share):
            if values[row]:
                values[row] = slip(values[row], rng)

    change(first, 0.05, nickname)
    change(columns["middle_name"], 0.35, lambda name, _: name[0])
    for name, share in (("first_name", 0.018), ("last_name", 0.018), ("middle_name", 0.01), ("street", 0.04)):
        change(columns[name], share, typo)
    change(last, 0.003, lambda name, _: name.split("-")[0])
    change(dob, 0.007, digit)
    change(dob, 0.005, lambda day, _: f"{day[:5]}{day[8:]}-{day[5:7]}" if day[8:] <= "12" else day)
    change(social, 0.008, digit)
    swapped = some(0.004)
    first[swapped], last[swapped] = last[swapped].copy(), first[swapped].copy()
    for values, junk, share in (
        (social, JUNK_SSNS, 0.004), (dob, ("1900-01-01", "1901-01-01"), 0.002),
        (first, ("UNKNOWN", "BABY BOY", "BABY GIRL"), 0.002),
    ):  # fmt: skip
        chosen = some(share)
        values[chosen] = rng.choice(np.array(junk, dtype=object), size=len(chosen))
    parent = people.parent[rows]
    young = np.flatnonzero((parent >= 0) & (people.ages[rows] < 19) & (rng.random(len(rows)) < 0.03))
    social[young] = people.ssn[parent[young]]


def typo(word: str, rng: np.random.Generator) -> str:
    """One letter changed, dropped, added or exchanged with its neighbour."""
    at, kind = int(rng.integers(len(word))), int(rng.integers(4))
    if kind == 3 and at + 1 < len(word):
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    letter = "" if kind == 1 and len(word) > 2 else LETTERS[int(rng.integers(26))]
    return word[:at] + letter + word[at if kind == 2 else at + 1 :]


def digit(text: str, rng: np.random.Generator) -> str:
    """One digit replaced; a date may become impossible, as in life."""
    places = [place for place, letter in enumerate(text) if letter.isdigit()]
    at = places[int(rng.integers(len(places)))]
    return f"{text[:at]}{rng.integers(10)}{text[at + 1 :]}"
