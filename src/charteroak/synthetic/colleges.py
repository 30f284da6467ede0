"""What the college system knows of its students: a first term, a campus, credits and awards."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from charteroak.synthetic.errors import Registration
from charteroak.synthetic.names import Words
from charteroak.synthetic.people import People, digits
from charteroak.synthetic.schools import yes_no
from charteroak.synthetic.towns import REGIONS, region_of

CAMPUSES = (
    "Alder Point", "Bellhaven", "Capital Bend", "Drumlin", "East Shore", "Fernwick",
    "Granite Hollow", "Harborlight", "Ironworks", "Juniper Hill", "Kestrel", "Lantern Street",
)  # fmt: skip
RECODED_ON = "2023-07-01"
SPREADSHEET_CAMPUS = 1  # the college that opened its part of the matching file in a spreadsheet
AWARDS = ("none", "C1", "C2", "AA", "AS")
_AWARD_SHARES = (0.66, 0.09, 0.04, 0.09, 0.12)
_PROGRAMS = (
    "24.0101", "52.0201", "51.3801", "11.0101", "43.0103", "15.0805", "13.1210", "12.0503", "52.0302",
    "50.0409", "47.0604", "51.0801", "19.0709",
)  # fmt: skip
_LAST_TERM = 10  # 2024SP, counted in half years from 2019FA


@dataclass(frozen=True)
class Enrolment:
    term: NDArray[np.int64]  # half years since 2019FA
    campus: NDArray[np.int64]


def draw_enrolment(rng: np.random.Generator, people: People, enrolled: NDArray[np.int64]) -> Enrolment:
    """Graduates begin within twelve months of graduation, everybody else at any time; mostly near home."""
    autumn = 2 * (people.grad_year[enrolled] - 2019)
    graduate = enrolled < people.graduates
    term = np.where(
        graduate,
        autumn + (rng.random(len(enrolled)) < 0.2),
        rng.integers(0, _LAST_TERM, size=len(enrolled)),
    )
    region = region_of(people.town[enrolled])
    near = region + len(REGIONS) * rng.integers(0, 2, size=len(enrolled))
    away = rng.integers(0, len(CAMPUSES), size=len(enrolled))
    return Enrolment(term=term, campus=np.where(rng.random(len(enrolled)) < 0.8, near, away))


def term_code(term: NDArray[np.int64]) -> Words:
    """2019FA, 2020SP, 2020FA, …"""
    year = (2019 + (term + 1) // 2).astype("U4")
    return np.char.add(year, np.where(term % 2 == 0, "FA", "SP"))


def campus_code(campus: NDArray[np.int64], term: NDArray[np.int64]) -> Words:
    """C01–C12 until 30 June 2023, then U101–U112: terms from 2023FA on carry the new code."""
    return np.array([f"U{101 + c}" if t >= 8 else f"C{c + 1:02d}" for c, t in zip(campus, term, strict=True)])


def campus_table() -> pl.DataFrame:
    """The campus crosswalk: every campus twice, once for each side of the change of codes."""
    rows = []
    for at, name in enumerate(CAMPUSES):
        rows.append((f"C{at + 1:02d}", name, "2019-07-01", "2023-06-30", f"U{101 + at}"))
        rows.append((f"U{101 + at}", name, RECODED_ON, "", f"U{101 + at}"))
    columns = ["campus_code", "campus", "valid_from", "valid_to", "current_code"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def matching_file(
    people: People,
    enrolled: NDArray[np.int64],
    written: Registration,
    record: Words,
    sasid: Words,
    ssn: Words,
) -> pl.DataFrame:
    """CSC's identifiers, as its registration desks wrote them."""
    banner = digits(people.number[enrolled], 38_196_601, 0, 10**8)
    return pl.DataFrame({
        "record_id": record,
        "banner_id": [f"@{number:08d}" for number in banner],
        "sasid": np.where(written.has_sasid, sasid[enrolled], ""),
        "ssn": ssn,
        "last": written.last,
        "first": written.first,
        "middle": np.where(enrolled % 3 == 0, "", people.middle[enrolled]),
        "dob": written.birth,
        "gender": written.gender,
    })  # fmt: skip


def analysis_file(rng: np.random.Generator, enrolment: Enrolment, record: Words) -> pl.DataFrame:
    """What CSC contributes to the study."""
    count = len(record)
    attempted = rng.integers(1, 22, size=count) * 3
    award = rng.choice(AWARDS, size=count, p=_AWARD_SHARES)
    attempted = np.where(award == "none", attempted, np.maximum(attempted, 30))
    passed = np.where(award == "none", rng.beta(4, 1.5, size=count), 1.0)
    years = 2020 + (enrolment.term + 1) // 2 + rng.integers(0, 3, size=count)
    return pl.DataFrame({
        "record_id": record,
        "first_term": term_code(enrolment.term),
        "campus": campus_code(enrolment.campus, enrolment.term),
        "program_cip": rng.choice(_PROGRAMS, size=count),
        "full_time": yes_no(rng.random(count) < 0.36),
        "credits_attempted": attempted,
        "credits_earned": np.floor(attempted * passed / 3).astype(np.int64) * 3,
        "dev_math": yes_no(rng.random(count) < 0.3),
        "award_type": award,
        "award_date": np.where(award == "none", "", np.char.add(years.astype("U4"), "0531")),
    })  # fmt: skip


def crosswalk_race_eth() -> pl.DataFrame:
    """SDE's seven codes against CSC's nine; nonresident and unknown stay unknown, never guessed."""
    rows = [
        ("A", "AS", "Asian"), ("B", "BL", "Black or African American"), ("H", "HI", "Hispanic or Latino"),
        ("I", "AI", "American Indian or Alaska Native"), ("M", "TW", "Two or more races"),
        ("P", "NH", "Native Hawaiian or other Pacific Islander"), ("W", "WH", "White"),
        ("unknown", "NR", "U.S. nonresident"), ("unknown", "UN", "Race and ethnicity unknown"),
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=["sde_code", "csc_code", "label"], orient="row")
