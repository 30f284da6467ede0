"""How much risk a contributor accepts in what is published about its people."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

HIGHEST_IS_STRICTEST = (
    "minimum_people",
    "minimum_denominator",
    "p_percent",
    "top_contributors",
    "minimum_employers",
    "residual_degrees_of_freedom",
    "complementary",
)
LOWEST_IS_STRICTEST = ("top_share", "largest_employer")
EXPLANATIONS = {
    "minimum_people": "A figure about 1 to {below} people is suppressed.",
    "minimum_denominator": "A share with fewer than {value} people in its denominator is suppressed.",
    "p_percent": "A total is suppressed when the second largest contributor could estimate "
    "the largest one's value to within {value:g} %.",
    "top_contributors": "The {value} largest contributors of a total are looked at together.",
    "top_share": "A total is suppressed when those largest contributors hold more than {value:.0%} of it.",
    "minimum_employers": "A wage figure that rests on fewer than {value} employers is suppressed.",
    "largest_employer": "A wage figure is suppressed when one employer pays {value:.0%} of it or more.",
    "residual_degrees_of_freedom": "A model with fewer than {value} residual degrees of freedom is refused.",
    "complementary": "Further figures are suppressed so that no suppressed one can be recovered "
    "from totals or from another table.",
}


@dataclass(frozen=True)
class Appetite:
    """A contributor's limits. Zero, None or False switches a rule off.

    Counts are people, employers or degrees of freedom; shares are fractions of 1; `p_percent` is in percent.
    `wage_measures` are words: a measure whose column name contains one of them is a wage measure.
    `sources` names the statute, policy or handbook behind each rule.
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
    wage_measures: tuple[str, ...] = ("wage", "earning", "salary", "pay")
    sources: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    def __post_init__(self) -> None:
        unknown = set(self.sources) - {rule.name for rule in fields(self)}
        if unknown:
            raise ValueError(f"appetite {self.name!r}: sources for unknown rules {sorted(unknown)}")
        for share in LOWEST_IS_STRICTEST:
            value = getattr(self, share)
            if value is not None and not 0 < value <= 1:
                raise ValueError(
                    f"appetite {self.name!r}: {share} is {value}; write a fraction above 0, up to 1"
                )
        if self.top_share is not None and self.top_contributors not in (1, 2):
            raise ValueError(f"appetite {self.name!r}: top_share needs top_contributors of 1 or 2")

    def is_wage(self, measure: str | None) -> bool:
        return measure is not None and any(word in measure.lower() for word in self.wage_measures)

    @classmethod
    def from_toml(cls, text: str) -> "Appetite":
        """Read an appetite; raises ValueError naming an unknown or missing rule."""
        values: dict[str, Any] = tomllib.loads(text)
        unknown = set(values) - {rule.name for rule in fields(cls)}
        if unknown or "name" not in values:
            raise ValueError(f"appetite: unknown rules {sorted(unknown)}" if unknown else "appetite: no name")
        values["wage_measures"] = tuple(values.get("wage_measures", cls.wage_measures))
        values["sources"] = MappingProxyType(dict(values.get("sources", {})))
        return cls(**values)

    def to_toml(self) -> str:
        lines = []
        for rule in fields(self):
            value = getattr(self, rule.name)
            if value is not None and rule.name != "sources":
                value = list(value) if isinstance(value, tuple) else value
                lines.append(f"{rule.name} = {json.dumps(value)}")
        lines += ["", "[sources]"] if self.sources else []
        lines += [f"{rule} = {json.dumps(source)}" for rule, source in sorted(self.sources.items())]
        return "\n".join(lines) + "\n"

    def explain(self) -> str:
        """The appetite as sentences for a reader without statistics, each with its source."""
        lines = [f"Risk appetite: {self.name}"]
        for rule, sentence in EXPLANATIONS.items():
            value = getattr(self, rule)
            if value:
                below = value - 1 if rule == "minimum_people" else ""
                source = f" (source: {self.sources[rule]})" if rule in self.sources else ""
                lines.append("- " + sentence.format(value=value, below=below) + source)
        return "\n".join(lines) + "\n"


def strictest(first: Appetite, *others: Appetite) -> Appetite:
    """The appetite that satisfies every contributor: rule by rule the strictest value.

    The (n,k) rule's two numbers are taken together: the wider group of contributors and the lower share.
    """
    appetites = (first, *others)

    def highest(rule: str) -> Any:
        return max((value for a in appetites if (value := getattr(a, rule)) is not None), default=None)

    def lowest(rule: str) -> float | None:
        return min((value for a in appetites if (value := getattr(a, rule)) is not None), default=None)

    values: dict[str, Any] = {rule: highest(rule) for rule in HIGHEST_IS_STRICTEST}
    values |= {rule: lowest(rule) for rule in LOWEST_IS_STRICTEST}
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
