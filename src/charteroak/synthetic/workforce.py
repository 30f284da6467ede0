"""DOL's own store: who was paid what by which employer, quarter by quarter, for the whole state."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from charteroak.synthetic import names
from charteroak.synthetic.names import Words
from charteroak.synthetic.people import RACE_ETH
from charteroak.synthetic.schools import CLUSTERS

QUARTERS = [f"{2022 + at // 4}Q{at % 4 + 1}" for at in range(2, 18)]  # 2022Q3–2026Q2
SECOND_JOB = 0.12  # of the quarters with wages
DOMINANT_SHARE = 0.82  # of one cell's wages, paid by one employer
_INDUSTRIES = {  # four-digit NAICS and its share of first jobs
    "7225": 12, "4451": 7, "6221": 7, "6231": 6, "5617": 5, "6211": 5, "4441": 4, "4521": 5,
    "5613": 7, "4931": 5, "6216": 4, "6244": 4, "8121": 3, "4481": 3, "7211": 3, "2382": 4,
    "3364": 2, "3327": 3, "5221": 2, "5241": 2, "5415": 3, "4841": 2, "8111": 3, "6111": 3,
    "5413": 2, "1114": 1, "5418": 1, "2362": 2, "7139": 2, "5511": 2,
}  # fmt: skip
_NAICS = np.array(list(_INDUSTRIES))
_NAICS_SHARES = np.array(list(_INDUSTRIES.values())) / sum(_INDUSTRIES.values())
_DOORS = {  # industries to which a cluster leads more often
    "Agriculture": "1114 5617", "Architecture": "2362 5413 2382", "Business": "5511 5613",
    "Education": "6111 6244",
    "Finance": "5221 5241", "Health": "6221 6231 6211 6216", "Hospitality": "7225 7211", "IT": "5415 5511",
    "Manufacturing": "3364 3327", "Marketing": "5418 4481", "STEM": "5413 5415",
    "Transportation": "4841 8111 4931",
}  # fmt: skip
_THROUGH_THE_DOOR = 0.4
_EMPLOYERS = 98  # per industry, numbered from 0; the dominant one stands beyond them
_DOMINANT = int(np.flatnonzero(_NAICS == "3364")[0]) * 100 + 99


@dataclass
class Employment:
    """A row per person, a column per quarter. Employers are numbered 100 * industry + place in it."""

    cents: NDArray[np.int64]  # all wages of the quarter; 0 = none
    main: NDArray[np.int64]
    second: NDArray[np.int64]
    second_cents: NDArray[np.int64]  # the part of `cents` that the second employer paid


def draw_history(rng: np.random.Generator, count: int) -> NDArray[np.int64]:
    """Wages in cents by quarter: about seven and a half quarters of sixteen, at least one."""
    attached = rng.beta(1.3, 1.5, size=(count, 1))
    present = rng.random((count, len(QUARTERS))) < attached
    present[np.arange(count), rng.integers(0, len(QUARTERS), size=count)] |= ~present.any(axis=1)
    level = rng.lognormal(np.log(6_800.0), 0.5, size=(count, 1))
    wages = level * (0.75 + 0.5 * rng.random((count, len(QUARTERS))))
    return np.where(present, np.round(wages * 100.0), 0.0).astype(np.int64)


def set_outcome_year(
    rng: np.random.Generator, cents: NDArray[np.int64], first: NDArray[np.int64], annual: NDArray[np.float64]
) -> None:
    """Spread each person's `annual` dollars over the four quarters from `first`; a quarter may stay empty."""
    weights = rng.gamma(8.0, size=(len(annual), 4)) * (rng.random((len(annual), 4)) < 0.93)
    weights[weights.sum(axis=1) == 0.0] = 1.0
    total = np.round(annual * 100.0).astype(np.int64)
    parts = np.floor(weights / weights.sum(axis=1, keepdims=True) * total[:, None]).astype(np.int64)
    parts[np.arange(len(parts)), weights.argmax(axis=1)] += total - parts.sum(axis=1)
    cents[np.arange(len(parts))[:, None], first[:, None] + np.arange(4)] = parts


def employ(rng: np.random.Generator, cents: NDArray[np.int64], cluster: NDArray[np.int64]) -> Employment:
    """Give every quarter with wages an employer, and some a second one; `cluster` -1 leads nowhere."""
    count, quarters = cents.shape
    jobs = np.stack([_draw_employers(rng, cluster) for _ in range(3)])
    change = rng.integers(1, 2 * quarters, size=(count, 1))  # half of the people change once
    main = np.where(np.arange(quarters) < change, jobs[0][:, None], jobs[1][:, None])
    second = np.where(jobs[2] == jobs[0], jobs[1], jobs[2])[:, None].repeat(quarters, axis=1)
    moonlights = (rng.random(cents.shape) < SECOND_JOB) & (second != main)
    part = np.round(cents * (0.1 + 0.35 * rng.random(cents.shape))).astype(np.int64)
    return Employment(cents, main, second, np.where(moonlights, part, 0))


def _draw_employers(rng: np.random.Generator, cluster: NDArray[np.int64]) -> NDArray[np.int64]:
    industry = rng.choice(len(_NAICS), size=len(cluster), p=_NAICS_SHARES)
    through = rng.random(len(cluster)) < _THROUGH_THE_DOOR
    for at, name in enumerate(CLUSTERS):
        rows = np.flatnonzero((cluster == at) & through)
        doors = np.flatnonzero(np.isin(_NAICS, _DOORS[name].split()))
        industry[rows] = rng.choice(doors, size=len(rows))
    number = np.floor(_EMPLOYERS * rng.random(len(cluster)) ** 2).astype(np.int64)
    return industry * 100 + number


def dominate(work: Employment, cell: NDArray[np.int64], annual: NDArray[np.float64]) -> None:
    """Let one employer pay 82 % of what the people of `cell` earn in their outcome years (`annual`)."""
    left = DOMINANT_SHARE * float(annual.sum())
    for person, wage in zip(cell, annual, strict=True):
        part = min(1.0, left / wage)
        left -= part * wage
        if part >= 0.5:
            work.main[person] = _DOMINANT
            work.second_cents[person] = np.round(work.cents[person] * (1.0 - part))
        else:
            work.second[person] = _DOMINANT
            work.second_cents[person] = np.round(work.cents[person] * part)


def ledger(record: Words, work: Employment) -> pl.DataFrame:
    """The wage store's rows: one per person, quarter and employer, in cents."""
    first, second = work.cents - work.second_cents, work.second_cents
    parts = []
    for paid, employer in ((first, work.main), (second, work.second)):
        person, quarter = np.nonzero(paid)
        employers = employer[person, quarter]
        parts.append(
            pl.DataFrame({
                "record_id": pl.Series(record).gather(person),
                "year_quarter": pl.Series(QUARTERS).gather(quarter),
                "employer": employers.astype(np.int32),
                "naics4": pl.Series(_NAICS).gather(employers // 100),
                "cents": paid[person, quarter].astype(np.int64),
            })
        )  # fmt: skip
    return pl.concat(parts)


def worker_table(record: Words, ssn: Words, last: Words, first: Words) -> pl.DataFrame:
    """DOL's people: it knows a number, a surname and an initial, and no birth date."""
    initial = np.array(first).astype("U1")
    return pl.DataFrame({"record_id": record, "ssn": ssn, "last_name": last, "first_initial": initial})


def draw_workers(rng: np.random.Generator, count: int) -> tuple[Words, Words]:
    """Surnames and given names of workers whom no school agency has sent."""
    race_eth = rng.choice(RACE_ETH, size=count)
    return names.surnames(rng, race_eth), names.given_names(rng, race_eth, rng.choice(["F", "M"], size=count))
