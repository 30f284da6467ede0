"""How much risk a contributor accepts in what is published about its people."""

import json
import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

HIGHEST_IS_STRICTEST = (
    "minimum_people", "minimum_denominator", "p_percent", "top_contributors", "minimum_employers",
    "residual_degrees_of_freedom", "complementary", "quantile_people", "rounding_base", "drb_rounding",
)  # fmt: skip
LOWEST_IS_STRICTEST = ("top_share", "largest_employer")
ANSWERS = ("allowed", "review", "refused")  # from the loosest to the strictest
ANSWERED = ("zero_cells", "full_cells", "extremes", "charts", "saturated_models")
Bands = tuple[tuple[int, float], ...]  # (people from, percentage points), growing in people


@dataclass(frozen=True)
class Appetite:
    """A contributor's limits. Zero, None, False or an empty list switches a rule off.

    Counts are people, employers or degrees of freedom; shares are fractions of 1; `p_percent` is in percent.
    `wage_measures` are words: a measure whose column name contains one of them is a wage measure.
    `zero_cells` (a count of nobody), `full_cells` (everybody of a group in one category), `extremes` (maxima
    and minima), `charts` (with the table they show) and `saturated_models` are "allowed", for "review", or
    "refused". `quantile_people` must stand on each side of a quantile. `percentage_bands` are (people, points):
    of at least that many people, a percentage closer than so many points to 0 or 100 is only printed as
    "≤ points" or "≥ 100 - points". `sources` names the statute, policy or handbook behind each rule.
    """

    name: str
    minimum_people: int = 0
    minimum_denominator: int = 0
    p_percent: float | None = None
    top_contributors: int = 0
    top_share: float | None = None
    minimum_employers: int = 0
    largest_employer: float | None = None
    residual_degrees_of_freedom: int = 0
    complementary: bool = True
    zero_cells: str = "allowed"
    full_cells: str = "review"
    extremes: str = "refused"
    quantile_people: int = 0
    charts: str = "review"
    saturated_models: str = "refused"
    rounding_base: int = 0
    drb_rounding: bool = False
    percentage_bands: Bands = ()
    wage_measures: tuple[str, ...] = ("wage", "earning", "salary", "pay")
    sources: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    def __post_init__(self) -> None:
        for fault in self._faults():
            raise ValueError(f"appetite {self.name!r}: {fault}")

    def _faults(self) -> Iterator[str]:
        rules = {rule.name: rule.default for rule in fields(self)}
        if unknown := set(self.sources) - set(rules):
            yield f"sources for unknown rules {sorted(unknown)}"
        for rule, default in rules.items():
            value = getattr(self, rule)
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if isinstance(default, bool) and not isinstance(value, bool):
                yield f"{rule} is {value!r}; write true or false"
            if type(default) is int and not (type(value) is int and value >= 0):
                yield f"{rule} is {value!r}; write a whole number, 0 to switch it off"
            if default is None and value is not None and not (number and value > 0):
                yield f"{rule} is {value!r}; write a number above 0, or leave it out"
            if rule in LOWEST_IS_STRICTEST and value is not None and not 0 < value <= 1:
                yield f"{rule} is {value}; write a fraction above 0, up to 1"
            if rule in ANSWERED and value not in ANSWERS:
                yield f"{rule} is {value!r}; write {', '.join(ANSWERS)}"
        if self.top_share is not None and self.top_contributors not in (1, 2):
            yield "top_share needs top_contributors of 1 or 2"
        starts = [band[0] for band in self.percentage_bands]
        if starts != sorted(set(starts)) or any(not 0 < points <= 50 for _, points in self.percentage_bands):
            yield "percentage_bands are [people, points] with growing people and points above 0, up to 50"

    def is_wage(self, measure: str | None) -> bool:
        return measure is not None and any(word in measure.lower() for word in self.wage_measures)

    def band(self, people: int) -> float:
        """The points next to 0 and 100 that no percentage about this many people may state; 0 without a rule.

        A group smaller than the first band gets all 50: no percentage about it can be printed.
        """
        if not self.percentage_bands:
            return 0.0
        return next((points for start, points in reversed(self.percentage_bands) if people >= start), 50.0)

    @classmethod
    def from_toml(cls, text: str) -> "Appetite":
        """Read an appetite; raises ValueError naming an unknown, missing or impossible rule."""
        values: dict[str, Any] = tomllib.loads(text)
        unknown = set(values) - {rule.name for rule in fields(cls)}
        if unknown or "name" not in values:
            raise ValueError(f"appetite: unknown rules {sorted(unknown)}" if unknown else "appetite: no name")
        values["wage_measures"] = tuple(values.get("wage_measures", cls.wage_measures))
        bands = values.get("percentage_bands", ())
        try:
            values["percentage_bands"] = tuple((int(start), float(points)) for start, points in bands)
        except (TypeError, ValueError):
            raise ValueError("appetite: percentage_bands is a list of [people, points]") from None
        values["sources"] = MappingProxyType(dict(values.get("sources", {})))
        return cls(**values)

    def to_toml(self) -> str:
        lines = []
        for rule in fields(self):
            value = getattr(self, rule.name)
            if value is not None and rule.name != "sources":
                lines.append(f"{rule.name} = {json.dumps(value)}")
        lines += ["", "[sources]"] if self.sources else []
        lines += [f"{rule} = {json.dumps(source)}" for rule, source in sorted(self.sources.items())]
        return "\n".join(lines) + "\n"


def strictest(first: Appetite, *others: Appetite) -> Appetite:
    """The appetite that satisfies every contributor: rule by rule the strictest value.

    The (n,k) rule's two numbers are taken together: the wider group of contributors and the lower share. Of
    two roundings to a base the common multiple is taken, so that both are kept; of bands, for each size of
    group the widest.
    """
    appetites = (first, *others)

    def present(rule: str) -> list[Any]:
        return [value for a in appetites if (value := getattr(a, rule)) is not None]

    values: dict[str, Any] = {rule: max(present(rule), default=None) for rule in HIGHEST_IS_STRICTEST}
    values |= {rule: min(present(rule), default=None) for rule in LOWEST_IS_STRICTEST}
    values |= {rule: max(present(rule), key=ANSWERS.index) for rule in ANSWERED}
    values["rounding_base"] = math.lcm(*(base for base in present("rounding_base") if base), 1)
    if values["rounding_base"] == 1:
        values["rounding_base"] = max(present("rounding_base"))
    starts = sorted({start for a in appetites for start, _ in a.percentage_bands})
    values["percentage_bands"] = tuple((start, max(a.band(start) for a in appetites)) for start in starts)
    sources = {
        rule: "; ".join(
            dict.fromkeys(
                a.sources[rule] for a in appetites if rule in a.sources and getattr(a, rule) == value
            )
        )
        for rule, value in values.items()
    }
    return Appetite(
        name=first.name if not others else "strictest of " + ", ".join(a.name for a in appetites),
        wage_measures=tuple(dict.fromkeys(word for a in appetites for word in a.wage_measures)),
        sources=MappingProxyType({rule: source for rule, source in sources.items() if source}),
        **values,
    )
