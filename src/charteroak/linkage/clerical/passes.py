"""Runs the recipe's passes over compared pairs: exact keys first, then weights on the residue."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from charteroak.linkage.clerical.blocking import Rows
from charteroak.linkage.clerical.compare import MISSING, Levels
from charteroak.linkage.clerical.estimate import probability
from charteroak.linkage.clerical.recipe import LEVELS, ExactPass, Field, Pass, Recipe, ScoredPass

Chosen = NDArray[np.bool_]


def steps(recipe: Recipe, left: str, right: str) -> list[Pass]:
    """The passes that link these two files, exact ones first."""
    return [step for step in recipe.passes if (step.left, step.right) == (left, right)]


def blocking_rules(passes: Sequence[Pass]) -> list[tuple[str, ...]]:
    """The keys under which these passes look for pairs."""
    return [rule for step in passes for rule in step.rules]


@dataclass
class Proposals:
    """The candidate pairs of two files, and what each pass in turn proposes for them ("" = nothing)."""

    recipe: Recipe
    fields: tuple[Field, ...]
    rows: tuple[Rows, Rows]
    levels: Levels
    weight: NDArray[np.float64]

    def __post_init__(self) -> None:
        self.pass_name, self.proposed, self.grounds = (
            np.full(len(self.weight), "", object) for _ in range(3)
        )

    def run(self, step: Pass) -> None:
        if isinstance(step, ExactPass):
            self._exact(step)
        else:
            self._scored(step)

    def listed(self, sides: tuple[pl.DataFrame, pl.DataFrame]) -> pl.DataFrame:
        """The pairs that some pass said something about, with their record ids from the two `sides`."""
        kept = self.proposed != ""
        texts = {
            "left_id": sides[0]["record_id"].gather(self.rows[0][kept]),
            "right_id": sides[1]["record_id"].gather(self.rows[1][kept]),
            **{name: pl.Series(list(getattr(self, name)[kept]), dtype=pl.String)
               for name in ("pass_name", "proposed", "grounds")},
        }  # fmt: skip
        weight = self.weight[kept]
        return pl.DataFrame({**texts, "weight": weight, "probability": probability(weight)})

    def _exact(self, step: ExactPass) -> None:
        """Equal keys link; where the fields as a whole speak against it, a clerk decides instead."""
        keys = np.logical_and.reduce([self._agree(key, "same") for key in step.keys])
        keys &= (self.proposed == "") & ~self._taken(step)
        enough = np.logical_and.reduce([keys, *(self._agree(*needed) for needed in step.agree.items())])
        doubtful = probability(self.weight) < self.recipe.review
        self._put(keys & ~enough, step, "rejected", f"too little agreement on {', '.join(step.agree)}")
        self._put(enough & ~doubtful, step, "accepted", "the keys agree")
        self._put(enough & doubtful, step, "review", "the keys agree, the other fields do not")

    def _scored(self, step: ScoredPass) -> None:
        chance = probability(self.weight)
        residue = (self.proposed == "") & ~self._taken(step)
        self._put(residue & (chance >= self.recipe.review), step, "review", "between the thresholds")
        self._put(residue & (chance >= self.recipe.accept), step, "accepted", "above the threshold")

    def _agree(self, field: str, worst: str) -> Chosen:
        place = [held.name for held in self.fields].index(field)
        level = list(LEVELS[self.fields[place].kind]).index(worst)
        agreed: Chosen = (self.levels[:, place] != MISSING) & (self.levels[:, place] <= level)
        return agreed

    def _taken(self, step: Pass) -> Chosen:
        """Pairs in which a record is already linked to a file that holds its person only once."""
        accepted = self.proposed == "accepted"
        taken = np.zeros(len(accepted), dtype=np.bool_)
        for rows, other in zip(self.rows, (step.right, step.left), strict=True):
            if other in self.recipe.one_per_person:
                taken |= np.isin(rows, rows[accepted])
        return taken

    def _put(self, chosen: Chosen, step: Pass, proposed: str, grounds: str) -> None:
        self.pass_name[chosen], self.proposed[chosen], self.grounds[chosen] = step.name, proposed, grounds
