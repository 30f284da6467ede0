"""Seeded tables of counts of the sizes that the literature uses, as the long CSV that `oak protect` reads."""

import csv
import io
import itertools
from dataclasses import dataclass

import numpy as np

MINIMUM = 10  # counts from 1 to 9 are primary; their interval must reach from one less to nine more


@dataclass(frozen=True)
class Instance:
    """A table's inner cells with, per dimension, the parent of each code (flat where empty)."""

    name: str
    dimensions: tuple[str, ...]
    cells: dict[tuple[str, ...], int]
    parents: dict[str, dict[str, str]]

    def to_csv(self) -> str:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([*self.dimensions, "value"])
        writer.writerows([*key, value] for key, value in self.cells.items())
        return text.getvalue()

    def hierarchy(self, dimension: str) -> str:
        lines = [f"{code},{parent}" for code, parent in self.parents[dimension].items()]
        return "\n".join(["code,parent", *lines]) + "\n"


def counts(name: str, sizes: tuple[int, ...], seed: int, mean: float, spread: float = 0.7,
           levels: tuple[int, ...] = ()) -> Instance:  # fmt: skip
    """Counts with log-normal margins. `levels` gives the groups of a dimension's codes (0: flat)."""
    chance = np.random.default_rng(seed)
    margins = [chance.lognormal(0, spread, size) for size in sizes]
    rate = mean * np.ones(sizes)
    for axis, margin in enumerate(margins):
        rate *= (margin / margin.mean()).reshape([-1 if a == axis else 1 for a in range(len(sizes))])
    values = chance.poisson(rate * chance.gamma(2.0, 0.5, sizes))
    names = tuple("abcdef"[: len(sizes)])
    codes = [[f"{n}{place:03d}" for place in range(size)] for n, size in zip(names, sizes, strict=True)]
    parents = {
        n: {code: f"{n.upper()}{place * groups // size:02d}" for place, code in enumerate(codes[axis])}
        for axis, (n, size, groups) in enumerate(zip(names, sizes, levels or (0,) * len(sizes), strict=True))
        if groups
    }
    cells = {
        tuple(codes[axis][p] for axis, p in enumerate(place)): int(values[place])
        for place in itertools.product(*map(range, sizes))
    }
    return Instance(name, names, cells, parents)


def instances() -> list[Instance]:
    """The shapes of the published comparison, smallest first."""
    return [
        *(counts(f"10×10 ({seed})", (10, 10), seed, 100) for seed in (1, 2, 3)),
        *(counts(f"20×50 ({seed})", (20, 50), seed, 110) for seed in (1, 2)),
        *(counts(f"30×16, 3 levels each ({seed})", (30, 16), seed, 150, levels=(6, 4)) for seed in (1, 2)),
        *(counts(f"10×10×10 ({seed})", (10, 10, 10), seed, 45, 0.5) for seed in (1, 2)),
        counts("120 (3 levels)×20 (3 levels)×2 (1)", (120, 20, 2), 1, 260, levels=(20, 5, 0)),
        counts("120 (3 levels)×20 (3 levels)×2 (2)", (120, 20, 2), 2, 260, levels=(20, 5, 0)),
        counts("120 (3 levels)×20 (3 levels)×2 (3)", (120, 20, 2), 3, 200, levels=(15, 4, 0)),
        counts("60 (3 levels)×30 (3 levels)×3", (60, 30, 3), 4, 150, levels=(12, 6, 0)),
        counts("150 (3 levels)×18 (3 levels)×2", (150, 18, 2), 5, 400, levels=(25, 6, 0)),
    ]
