"""What linkage learnt from the files: Fellegi-Sunter parameters per field and level, by regime."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log2

import polars as pl


@dataclass(frozen=True)
class Regime:
    """Pairs of one circumstance, which have chances of their own: two strangers seldom share a surname, two
    people at one address mostly do.

    `prior` is the share of true pairs among the regime's pairs; `pairs` how many pairs it was learnt from;
    `m[field]` and `u[field]` the shares of each level among true and among other pairs, in the field's order
    of levels; a level that cannot occur in the regime has m = u.
    """

    name: str
    prior: float
    pairs: float
    m: Mapping[str, tuple[float, ...]]
    u: Mapping[str, tuple[float, ...]]

    def weights(self, field: str) -> tuple[float, ...]:
        """Bits that each level of the field adds to the match weight: log2(m / u)."""
        return tuple(log2(m / u) for m, u in zip(self.m[field], self.u[field], strict=True))


@dataclass(frozen=True)
class Model:
    """Parameters of one linkage (Fellegi and Sunter 1969).

    `prior`: share of true pairs among all pairs that may be linked; `pairs`: how many such pairs there are.
    `levels[field]`: names of the levels. `regimes`: the first is "everyone". `term_frequencies[field]`: a
    frame of `value` (standard form) and `frequency` (share of the records that hold one), for each field
    whose weight depends on the value. `moved`: share of true pairs whose place says no more than chance, for the fields
    of `kinds.PLACE` change together when somebody moves; 0 where each field is weighed by itself.
    """

    prior: float
    pairs: float
    levels: Mapping[str, tuple[str, ...]]
    regimes: tuple[Regime, ...]
    term_frequencies: Mapping[str, pl.DataFrame]
    moved: float = 0.0

    @property
    def everyone(self) -> Regime:
        return self.regimes[0]

    def regime(self, name: str) -> Regime:
        """The regime of this name. Raises KeyError when the recipe has none such."""
        return {each.name: each for each in self.regimes}[name]
