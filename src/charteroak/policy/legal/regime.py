"""A body of law as its file gives it: rules, each with its source, and what each makes the platform do."""

import re
import tomllib
from dataclasses import dataclass, fields
from typing import Any

from charteroak.policy.sentence import Sentence


@dataclass(frozen=True)
class Element:
    """A column as the law sees it; `tags` name its laws as the dictionary spells them."""

    agency: str
    tags: frozenset[str] = frozenset()
    use: str = "study"  # linking, study or evidence
    sensitivity: str = "plain"


def tags_in(written: str) -> frozenset[str]:
    """The laws that a dictionary names for one column; several are parted by semicolons."""
    return frozenset(tag for tag, _nation in _parted(written))


def nations_in(written: str) -> dict[str, str]:
    """Each nation that a dictionary names for one column, by its tag: "Tribal: Mohegan Tribe"."""
    return {nation: tag for tag, nation in _parted(written) if nation}


def _parted(written: str) -> list[tuple[str, str]]:
    parts = (re.split(r"\s*:\s*", part, maxsplit=1) for part in re.split(r"\s*;\s*", written.strip()) if part)
    return [(tag, " ".join("".join(nation).split())) for tag, *nation in parts]


@dataclass(frozen=True)
class Rule:
    """One rule of law: what it says, where, and what follows; what is not said follows not.

    `verified`: counsel has read the source; otherwise pages mark the rule. `uses` and `sensitivities` narrow the
    elements that it binds. `not_with` names regimes, by their files, whose elements may not stand beside its own in one
    request, agreement or extract. `clauses` are the kinds of clause that an agreement must have. Days are counted from
    the confirmed match (`identifiers_…`) and from a breach.
    """

    regime: str  # the name of its file
    law: str  # the regime's name
    name: str
    says: str
    source: str
    verified: bool
    mend: str = ""
    uses: frozenset[str] = frozenset()
    sensitivities: frozenset[str] = frozenset()
    clauses: frozenset[str] = frozenset()
    exceptions: frozenset[str] = frozenset()  # one of them must be named
    appetite: str = ""  # disclosure rules that outputs obey
    state_employees_only: bool = False
    refused: bool = False
    not_with: frozenset[str] = frozenset()
    likely_denied: bool = False
    lifted_by_consent: bool = False
    identifiers_days: int | None = None
    identifiers_business_days: int | None = None
    breach_notice_days: int | None = None

    @property
    def key(self) -> str:
        """As a signed agreement names it: ui_wages.employers_confidential."""
        return f"{self.regime}.{self.name}"

    @property
    def told(self) -> Sentence:
        """The rule with its source, and with the mark where counsel has yet to confirm it."""
        if self.verified:
            return Sentence("{says} Source: {source}.", says=Sentence(self.says), source=self.source)
        return Sentence(
            "{says} Source: {source} (to be confirmed by counsel).",
            says=Sentence(self.says),
            source=self.source,
        )

    def binds(self, element: Element) -> bool:
        """Whether it binds this element, once its regime does."""
        return (not self.uses or element.use in self.uses) and (
            not self.sensitivities or element.sensitivity in self.sensitivities
        )


@dataclass(frozen=True)
class Regime:
    """One body of law, and what it binds: elements tagged with it, an agency's elements, or every request."""

    key: str
    name: str
    rules: tuple[Rule, ...]
    tags: frozenset[str] = frozenset()
    agencies: frozenset[str] = frozenset()
    binds_everyone: bool = False

    @property
    def verified(self) -> bool:
        return all(rule.verified for rule in self.rules)

    def binds(self, element: Element) -> bool:
        return self.binds_everyone or bool(self.tags & element.tags) or element.agency in self.agencies

    @classmethod
    def from_toml(cls, key: str, text: str) -> "Regime":
        """Raises ValueError, naming regime and rule, for a rule without a source or with something unknown in it."""
        given = tomllib.loads(text)
        rules = tuple(_rule(key, given["name"], one) for one in given.pop("rules"))
        if len({rule.name for rule in rules}) < len(rules):
            raise ValueError(f"{key}: two rules have one name.")
        return cls(key, rules=rules, **_frozen(given))


def _rule(regime: str, law: str, given: dict[str, Any]) -> Rule:
    where = f"{regime}, rule {given.get('name', '?')}"
    unknown = set(given) - {field.name for field in fields(Rule)}
    if unknown:
        raise ValueError(f"{where}: nothing is called {', '.join(sorted(unknown))}.")
    missing = [name for name in ("name", "says", "source", "verified") if given.get(name) in (None, "")]
    if missing:
        raise ValueError(f"{where}: say its {', '.join(missing)}.")
    return Rule(regime=regime, law=law, **_frozen(given))


def _frozen(given: dict[str, Any]) -> dict[str, Any]:
    return {name: frozenset(value) if isinstance(value, list) else value for name, value in given.items()}
