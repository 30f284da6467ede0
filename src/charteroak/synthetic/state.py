"""Generates the synthetic state of request 042: agency files, their crosswalks, and the truth kept apart."""

import math
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from charteroak.synthetic import errors, numbers, people, read, wages, workforce, write
from charteroak.synthetic.chunk import Chunk, draw_chunk
from charteroak.synthetic.colleges import campus_table, crosswalk_race_eth
from charteroak.synthetic.numbers import Numbers
from charteroak.synthetic.towns import towns

AGENCIES = ("SDE", "CSC", "DOL")
FIRST_DELIVERY, CORRECTED = "11_02_2026", "11_03_2026"
_SMALLEST, _LARGEST = 0.02, 60.0  # a few people per cluster; six digits in a record id
_WORKERS_AT_ONCE = 30_000
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class State:
    """Where the state lies and how many rows each file has, by path below the folder."""

    folder: Path
    request: str
    rows: Mapping[str, int]


def generate(
    folder: Path,
    *,
    seed: int = 42,
    scale: float = 1.0,
    request: str = "042",
    progress: Progress | None = None,
) -> State:
    """Write the whole state below `folder`; the same seed and scale give the same bytes.

    Scale 1 is 15,200 graduates and 5,600 enrollees, 3,300 of them the same people; larger scales are further
    chunks of that size, so memory stays that of scale 1. DOL's workforce always fills a third of
    `ssn_block()`. `progress` hears a stage and the fraction done, 0 to 1. `truth/` and `DOL/` are closed to
    other users. Raises ValueError where scale is outside 0.02–60.
    """
    if not _SMALLEST <= scale <= _LARGEST:
        raise ValueError(f"scale {scale} is outside {_SMALLEST}–{_LARGEST}: choose one inside.")
    tell = progress or _silent
    shuffling, workforce_seed, chunk_seed = np.random.SeedSequence(seed).spawn(3)
    drawn = numbers.shuffle_numbers(np.random.default_rng(shuffling))
    write.make_folders(folder, shared=("SDE", "CSC", "crosswalks", "catalog"), private=("DOL", "truth"))
    for place, name in (("DOL", "workers"), ("DOL", "wages"), ("truth", "truth")):
        write.clear_parts(folder / place, name)
    rows = _write_students(folder, request, scale, drawn, chunk_seed, tell)
    _write_workforce(folder, rows, drawn, workforce_seed, tell)
    write.join_parts(folder / "truth", "truth")
    write.write_text(folder / "truth" / "truth.toml", _planted(scale, rows))
    write.write_csv(folder / "crosswalks" / "town_region.csv", towns(scale).table())
    write.write_csv(folder / "crosswalks" / "race_eth.csv", crosswalk_race_eth())
    write.write_csv(folder / "crosswalks" / "campus.csv", campus_table())
    for agency in AGENCIES:
        write.write_text(folder / "catalog" / f"{agency}.toml", read.dictionary(agency))
    tell("synthetic state", 1.0)
    return State(folder, request, rows)


def _silent(_stage: str, _fraction: float) -> None:
    """For callers who watch no progress."""


def _write_students(
    folder: Path, request: str, scale: float, drawn: Numbers, seed: np.random.SeedSequence, tell: Progress
) -> dict[str, int]:
    """The students' files and DOL's rows about them, chunk by chunk; returns the rows written by path."""
    chunks = math.ceil(scale)
    place = towns(scale)
    names = {
        "sde_matching": f"SDE/SDE.{request}.{FIRST_DELIVERY}.matching",
        "sde_analysis": f"SDE/SDE.{request}.{FIRST_DELIVERY}.analytical",
        "csc_first": f"CSC/CSC.{request}.{FIRST_DELIVERY}.matching",
        "csc_matching": f"CSC/CSC.{request}.{CORRECTED}.matching",
        "csc_analysis": f"CSC/CSC.{request}.{FIRST_DELIVERY}.analytical",
    }
    with ExitStack() as stack:
        files = {part: stack.enter_context(write.TabFile(folder / name)) for part, name in names.items()}
        known = 0
        for index, child in enumerate(seed.spawn(chunks)):
            tell("students", index / chunks)
            chunk: Chunk = draw_chunk(np.random.default_rng(child), place, drawn, scale / chunks, index)
            for part, file in files.items():
                file.append(getattr(chunk, part))
            write.write_parts(folder / "DOL", "workers", index, chunk.workers)
            write.write_parts(folder / "DOL", "wages", index, chunk.wages)
            write.write_parts(folder / "truth", "truth", index, chunk.truth)
            known += chunk.workers.height
    return {names[part]: file.rows for part, file in files.items()} | {"DOL/workers": known}


def _write_workforce(
    folder: Path, rows: dict[str, int], drawn: Numbers, seed: np.random.SeedSequence, tell: Progress
) -> None:
    """Everybody else who works in the state, until a third of the block is known to DOL."""
    low, high = numbers.ssn_block()
    count = round((high - low + 1) * numbers.WORKFORCE_SHARE) - rows["DOL/workers"]
    taken = rows[next(name for name in rows if name.startswith("CSC"))]
    starts = range(taken, taken + max(count, 0), _WORKERS_AT_ONCE)
    for index, (start, child) in enumerate(zip(starts, seed.spawn(len(starts)), strict=True)):
        tell("workforce", index / len(starts))
        rng = np.random.default_rng(child)
        mine = slice(start, min(start + _WORKERS_AT_ONCE, taken + count))
        record, ssn = numbers.record_ids("D", drawn.record[mine]), numbers.nine_digits(drawn.ssn[mine])
        last, first = workforce.draw_workers(rng, len(ssn))
        cents = workforce.draw_history(rng, len(ssn))
        work = workforce.employ(rng, cents, np.full(len(ssn), -1))
        # Numbered far behind the students' parts, so that the two never share a name.
        write.write_parts(
            folder / "DOL", "workers", 1000 + index, workforce.worker_table(record, ssn, last, first)
        )
        write.write_parts(folder / "DOL", "wages", 1000 + index, workforce.ledger(record, work))
        rows["DOL/workers"] += len(ssn)


def _planted(scale: float, rows: Mapping[str, int]) -> str:
    """The planted figures as TOML: what a perfect study of a perfect linkage would find."""
    chunks = math.ceil(scale)
    figures: dict[str, float] = {
        "scale": scale,
        "links": chunks * round(people.LINKS * scale / chunks),
        "twin_pairs": chunks * round(people.TWIN_PAIRS * scale / chunks),
        "shared_ssns": chunks * round(errors.SHARED_SSN * scale / chunks),
        "zeros_stripped": chunks * round(errors.ZEROS_STRIPPED * scale / chunks),
        "raw_premium": wages.RAW_PREMIUM,
        "adjusted_premium": wages.ADJUSTED_PREMIUM,
        "mean_wage": wages.MEAN,
        "without_wages": wages.WITHOUT_WAGES,
        "dominant_employer_share": workforce.DOMINANT_SHARE,
    }
    lines = [f"{name} = {value}" for name, value in figures.items()]
    effects = [f"{cluster} = {value}" for cluster, value in wages.PLANTED_CLUSTERS.items()]
    damage = [f"{kind} = {rate}" for kind, rate in errors.RATES.items()]
    files = [f'"{name}" = {count}' for name, count in rows.items()]
    sections = [lines, ["[cluster_premium]", *effects], ["[error_rates]", *damage], ["[rows]", *files]]
    return "\n\n".join("\n".join(section) for section in sections) + "\n"
