"""A new table of 160 cells scored against 24 released ones of 100,000 people; no peer does it."""

import time

import numpy as np
from numpy.typing import NDArray

from bench import Row
from charteroak.disclosure.ledger import Caps, Ledger
from charteroak.disclosure.released import Cell, Released

PEOPLE, TABLES, THRESHOLD, ROUNDS = 100_000, 24, 10, 5
SIZES = (2, 4, 5, 8, 10, 16, 20)  # of the attributes
NEW = (3, 6)  # 8 × 20 cells
AT_ONCE = Caps(seconds=0.0)  # T0 and T1 alone


def measure() -> list[Row]:
    """T0 and T1, the synchronous gate, on an honest table and on one that drops three people; best of several."""
    chance = np.random.default_rng(7)
    keys = np.unique(chance.integers(0, 2**62, PEOPLE + 1000).astype(np.uint64))[:PEOPLE]
    columns = [chance.integers(0, size, PEOPLE) for size in SIZES]
    pairs = [(a, b) for a in range(len(SIZES)) for b in range(a + 1, len(SIZES))]

    def table(
        name: str, first: int, second: int, kept: NDArray[np.bool_], *, totals: bool = True
    ) -> Released:
        classes = (columns[first] * SIZES[second] + columns[second])[kept].astype(np.int32)
        grid = np.arange(SIZES[first] * SIZES[second]).reshape(SIZES[first], SIZES[second])
        cells = [Cell(f"{place}", (int(place),)) for place in grid.ravel()]
        if totals:
            lines = [*grid, *grid.T, grid.ravel()]
            cells += [Cell(f"total {at}", tuple(map(int, line))) for at, line in enumerate(lines)]
        return Released(name, keys[kept], classes, tuple(cells))

    everybody = np.ones(PEOPLE, dtype=bool)
    history = []
    for number in range(TABLES):
        kept = everybody if number % 2 else columns[chance.integers(len(SIZES))] != 0
        history.append(table(f"t{number}", *pairs[chance.integers(len(pairs))], kept))
    ledger = Ledger.of([table("same", *NEW, everybody), *history[1:]])
    rows: list[Row] = []
    for name, kept in (
        ("honest, half filtered", columns[0] != 0),
        ("less three people", np.arange(PEOPLE) > 2),
    ):
        new = table("new", *NEW, kept, totals=False)
        best, found = float("inf"), 0
        for _ in range(ROUNDS):
            started = time.perf_counter()
            found = len(ledger.score([new], THRESHOLD, AT_ONCE).found)
            best = min(best, time.perf_counter() - started)
        rows += [
            (f"{name}: T0 and T1, 160 cells (target 0.3)", best, "s"),
            (f"{name}: cells found", float(found), "cells"),
        ]
    new = table("new", *NEW, columns[0] != 0, totals=False)
    started = time.process_time()
    answer = ledger.score([new], THRESHOLD)
    rows += [
        ("honest, half filtered: all three tiers, processor", time.process_time() - started, "s"),
        ("honest, half filtered: earlier tables proven, of 24", float(answer.proven), "tables"),
    ]
    return rows
