"""One chunk of the state, from its people to the rows of every file: scale is only more chunks."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from charteroak.synthetic import colleges, errors, people, schools, workforce
from charteroak.synthetic.names import Words
from charteroak.synthetic.numbers import Numbers, nine_digits, record_ids
from charteroak.synthetic.towns import DOMINATED_TOWN, REGIONS, Towns
from charteroak.synthetic.wages import Outcome, draw_outcome

_KNOWN_TO_DOL = 0.85  # of the enrolled whose outcome year is not planted
_OUTSIDE_OUTCOME_YEAR = 1 / 3  # of those without wages in it have some before or after
_MARRIED_SINCE = 0.015  # surnames that changed between college and work


@dataclass(frozen=True)
class Chunk:
    sde_matching: pl.DataFrame
    sde_analysis: pl.DataFrame
    csc_first: pl.DataFrame  # the wrong first delivery of the matching file
    csc_matching: pl.DataFrame
    csc_analysis: pl.DataFrame
    workers: pl.DataFrame
    wages: pl.DataFrame
    truth: pl.DataFrame


@dataclass(frozen=True)
class Enrolled:
    """The people in CSC's files: rows of People, with their true numbers and DOL's records."""

    rows: NDArray[np.int64]
    ssn: NDArray[np.int32]
    dol: NDArray[np.int32]
    clean: NDArray[np.bool_]


def draw_chunk(rng: np.random.Generator, place: Towns, numbers: Numbers, share: float, index: int) -> Chunk:
    """Everything about chunk `index`, of `share` times scale 1."""
    size = round(people.GRADUATES * share) + round(people.ENROLLEES * share) - round(people.LINKS * share)
    folk = people.draw_people(rng, place, share, index * size)
    schooling = schools.draw_schooling(rng, folk)
    outcome = draw_outcome(rng, folk, schooling)
    cell = outcome.people[
        (folk.town[outcome.people] == DOMINATED_TOWN) & schooling.concentrator[outcome.people]
    ]
    rows = np.concatenate([np.arange(folk.links), np.arange(folk.graduates, len(folk))])
    mine = slice(index * len(rows), (index + 1) * len(rows))
    enrolled = Enrolled(rows, numbers.ssn[mine], numbers.record[mine], np.isin(rows, cell))
    sde = record_ids("S", index * folk.graduates + 1 + rng.permutation(folk.graduates))
    csc = record_ids("C", index * len(rows) + 1 + rng.permutation(len(rows)))
    first, second, analysis, planted = _college_files(rng, folk, enrolled, csc, share)
    workers, wages, known = _wage_store(rng, folk, schooling, outcome, enrolled, cell)
    dol = pl.when(pl.Series(known)).then(pl.Series(record_ids("D", enrolled.dol)))
    truth = _truth(folk, schooling, place, outcome, sde).join(
        planted.with_columns(dol_record=dol), on="person", how="left", maintain_order="left"
    )
    return Chunk(
        sde_matching=schools.matching_file(folk, sde, place).sort("record_id"),
        sde_analysis=schools.analysis_file(folk, schooling, sde, place).sort("record_id"),
        csc_first=first.sort("record_id"),
        csc_matching=second.sort("record_id"),
        csc_analysis=analysis.sort("record_id"),
        workers=workers,
        wages=wages,
        truth=truth,
    )


def _college_files(
    rng: np.random.Generator, folk: people.People, enrolled: Enrolled, record: Words, share: float
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """CSC's first matching file, the corrected one, its analysis file, and what was planted in them."""
    rows, clean = enrolled.rows, enrolled.clean
    written = errors.Registration(
        last=folk.last[rows].copy(),
        first=folk.first[rows].copy(),
        birth=np.char.replace(folk.birth[rows].astype("U10"), "-", ""),
        race_eth=folk.race_eth[rows],
        gender=folk.gender[rows],
        has_sasid=errors.sasid_recorded(rng, folk.race_eth[rows], clean),
        clean=clean,
    )
    errors.damage(rng, written)
    recorded = clean | (rng.random(len(rows)) < errors.SSN_RECORDED)
    shared, carries = errors.share_numbers(
        rng, enrolled.ssn, recorded & ~clean, round(errors.SHARED_SSN * share)
    )
    ssn = np.where(recorded, nine_digits(shared), "")
    enrolment = colleges.draw_enrolment(rng, folk, rows)
    at_spreadsheet = enrolment.campus == colleges.SPREADSHEET_CAMPUS
    stripped, hit = errors.strip_zeros(ssn, at_spreadsheet, round(errors.ZEROS_STRIPPED * share))
    matching = colleges.matching_file(folk, rows, written, record, people.sasid(folk), ssn)
    planted = pl.DataFrame({
        "person": folk.number[rows],
        "csc_record": record,
        "ssn": nine_digits(enrolled.ssn),
        **written.damage,
        "shared_ssn": carries,
        "zeros_stripped": hit,
    })  # fmt: skip
    analysis = colleges.analysis_file(rng, enrolment, record)
    return matching.with_columns(ssn=pl.Series(stripped)), matching, analysis, planted


def _wage_store(
    rng: np.random.Generator,
    folk: people.People,
    schooling: schools.Schooling,
    outcome: Outcome,
    enrolled: Enrolled,
    cell: NDArray[np.int64],
) -> tuple[pl.DataFrame, pl.DataFrame, NDArray[np.bool_]]:
    """DOL's rows about the enrolled, and which of them DOL knows."""
    rows, links = enrolled.rows, folk.links
    cents = workforce.draw_history(rng, len(rows))
    first = 4 * (folk.grad_year[:links] - folk.grad_year.min())  # the July three years later is a column
    cents[np.arange(links)[:, None], first[:, None] + np.arange(4)] = 0
    earning = cents[outcome.people]
    workforce.set_outcome_year(rng, earning, first[outcome.people], outcome.annual)
    cents[outcome.people] = earning
    known = rng.random(len(rows)) < np.where(rows < links, _OUTSIDE_OUTCOME_YEAR, _KNOWN_TO_DOL)
    known[outcome.people] = True
    cents[~known] = 0
    cluster = np.where(rows < links, schooling.cluster[np.minimum(rows, links - 1)], -1)
    work = workforce.employ(rng, cents, cluster)
    workforce.dominate(work, cell, outcome.annual[np.isin(outcome.people, cell)])
    married = ~enrolled.clean & (rng.random(len(rows)) < _MARRIED_SINCE)
    last = np.where(married, workforce.draw_workers(rng, len(rows))[0], folk.last[rows])
    record = record_ids("D", enrolled.dol)
    table = workforce.worker_table(record, nine_digits(enrolled.ssn), last, folk.first[rows])
    return table.filter(pl.Series(known)), workforce.ledger(record, work), known


def _truth(
    folk: people.People, schooling: schools.Schooling, place: Towns, outcome: Outcome, sde: Words
) -> pl.DataFrame:
    """Who everybody is. What is known of graduates only is null for others."""
    others = len(folk) - folk.graduates
    blank = [None] * others
    annual = np.full(len(folk), np.nan)
    annual[outcome.people] = outcome.annual
    return pl.DataFrame({
        "person": folk.number,
        "sde_record": [*sde.tolist(), *blank],
        "race_eth": folk.race_eth,
        "town_code": place.codes[folk.town],
        "region": np.array(REGIONS)[place.regions[folk.town]],
        "grad_year": [*folk.grad_year[: folk.graduates].tolist(), *blank],
        "cte_concentrator": [*schooling.concentrator.tolist(), *blank],
        "cte_cluster": [*np.array((*schools.CLUSTERS, None), dtype=object)[schooling.cluster], *blank],
        "twin": folk.twin,
        "annual_wage": annual,
    }).with_columns(pl.col("twin").replace(-1, None), pl.col("annual_wage").fill_nan(None))  # fmt: skip
