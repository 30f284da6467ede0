"""The invented map: towns in five regions, some so small that their numbers must be suppressed."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

REGIONS = ("North Valley", "Capital Bend", "Quarry Hills", "East Shore", "West Ridge")
TOWNS_AT_SCALE_ONE = 24
TOWNS_AT_FULL_SCALE = 169
FULL_SCALE = TOWNS_AT_FULL_SCALE / TOWNS_AT_SCALE_ONE
TINY_SHARE = 0.0025  # of the people, at scale 1: six or seven earners, so under a threshold of ten
DOMINATED_TOWN = 11  # where one employer pays most of what CTE concentrators earn

_BEGINNINGS = (
    "Alder", "Thistle", "Larch", "Quill", "Heron", "Copper", "Juniper", "Tansy", "Plover", "Cinder", "Sorrel",
    "Marl", "Bracken",
)  # fmt: skip
_ENDINGS = (
    "mere", "combe", "fold", "haven", "hithe", "stead", "moor", "holt", "wick", "dale", "gate", "barrow",
    "cross",
)  # fmt: skip


@dataclass(frozen=True)
class Towns:
    codes: NDArray[np.str_]
    names: NDArray[np.str_]
    regions: NDArray[np.int64]  # index into REGIONS
    shares: NDArray[np.float64]  # of the people; sums to one

    def table(self) -> pl.DataFrame:
        """The town to region crosswalk, one row per town."""
        regions = np.array(REGIONS)[self.regions]
        return pl.DataFrame({"town_code": self.codes, "town": self.names, "region": regions})


def towns(scale: float) -> Towns:
    """24 towns up to scale 1, 169 from full scale; a fifth of them hold a handful of people each."""
    count = min(TOWNS_AT_FULL_SCALE, round(TOWNS_AT_SCALE_ONE * max(scale, 1.0)))
    order = np.arange(count)
    # Stepping through the endings faster than the beginnings gives 169 different names in a mixed order.
    names = [_BEGINNINGS[i % 13] + _ENDINGS[(i + i // 13) % 13] for i in order]
    tiny = order >= count - count // 5
    shares = np.where(tiny, TINY_SHARE / max(scale, 1.0), 0.0)
    large = 1.0 / (order[~tiny] + 3.0) ** 0.8
    shares[~tiny] = large / large.sum() * (1.0 - shares.sum())
    codes = np.array([f"{i + 1:03d}" for i in order])
    return Towns(codes, np.array(names), region_of(order), shares)


def region_of(town: NDArray[np.int64]) -> NDArray[np.int64]:
    """Towns go round the regions, so that every region has large and tiny ones."""
    return town % len(REGIONS)
