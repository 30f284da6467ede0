"""The linkage plan that stewards agree to: which files are linked by which recipe, and what a person decides."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from charteroak.linkage import toml
from charteroak.linkage.recipe import LinkageError, Recipe

_SETTINGS, _STEP = ("name", "review", "margin"), ("left", "right", "scored")


@dataclass(frozen=True)
class Step:
    """Two files linked by one recipe, which names both in every field.

    A pair that meets one of the recipe's passes is linked by it. `scored` names the pass of all other pairs, which
    their weight decides; without it (empty) only the passes link.
    """

    left: str
    right: str
    scored: str
    recipe: Recipe

    @property
    def files(self) -> tuple[str, str]:
        return self.left, self.right

    @property
    def name(self) -> str:
        return f"{self.left}-{self.right}"


@dataclass(frozen=True)
class Plan:
    """Everything that decides a link run apart from the files: one digest, one set of rules.

    From the recipe's `link` up a scored pair is linked; from `review` (a probability) up to there a person decides,
    as on a pair that meets a pass but stays below `review`. `margin` (bits) is how much better than its best rival
    a pair must be where a file holds nobody twice.
    """

    name: str
    review: float
    margin: float
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        if not self.steps:
            raise LinkageError(f"plan {self.name}: links no files; give it a step")
        for step in self.steps:
            if not 0 < step.recipe.keep <= self.review <= step.recipe.link:
                raise LinkageError(
                    f"plan {self.name}, step {step.name}: needs keep <= review <= link; set them as probabilities"
                )
            if not (step.scored or step.recipe.passes):
                raise LinkageError(
                    f"plan {self.name}, step {step.name}: links nothing; give it a pass or name what is scored"
                )
            for field in step.recipe.fields:
                if not all(field.of(file) for file in step.files):
                    raise LinkageError(
                        f"plan {self.name}, step {step.name}: {field.name!r} is not a field of both files; map it"
                    )

    @property
    def files(self) -> tuple[str, ...]:
        """Every file, in the order in which the steps first name it."""
        return tuple(dict.fromkeys(file for step in self.steps for file in step.files))

    @property
    def one_per_person(self) -> frozenset[str]:
        """The files that hold nobody twice."""
        return frozenset(file for step in self.steps for file in step.recipe.one_per_person)

    def columns(self) -> dict[str, set[str]]:
        """The columns that the plan reads, by file."""
        found: dict[str, set[str]] = {file: set() for file in self.files}
        for step in self.steps:
            for field in step.recipe.fields:
                for file in step.files:
                    found[file].update(field.of(file))
        return found

    @classmethod
    def from_toml(cls, text: str) -> "Plan":
        """Read a plan. Raises LinkageError naming what is missing, unknown or contradictory."""
        return toml.read(text, _plan)

    def to_toml(self) -> str:
        """The canonical text: `from_toml` of it gives an equal plan."""
        lines = [f"{name} = {toml.written(getattr(self, name))}" for name in _SETTINGS]
        for step in self.steps:
            lines += ["", "[[steps]]", *(f"{name} = {toml.written(getattr(step, name))}" for name in _STEP)]
            lines += toml.lines(step.recipe, "steps.")
        return "\n".join(lines) + "\n"

    def digest(self) -> str:
        """SHA-256 of the canonical text, in hexadecimal."""
        return hashlib.sha256(self.to_toml().encode()).hexdigest()


def _plan(table: Mapping[str, Any]) -> Plan:
    if unknown := set(table) - {*_SETTINGS, "steps"}:
        raise LinkageError(f"plan: unknown entries {', '.join(sorted(unknown))}; remove or rename them")
    steps = []
    for entry in table["steps"]:
        recipe = toml.recipe_of({name: each for name, each in entry.items() if name not in _STEP})
        steps.append(Step(str(entry["left"]), str(entry["right"]), str(entry["scored"]), recipe))
    return Plan(str(table["name"]), float(table["review"]), float(table["margin"]), tuple(steps))
