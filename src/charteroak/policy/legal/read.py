"""Reads the regimes that come with the package."""

from functools import cache
from importlib import resources

from charteroak.policy.legal.regime import Regime


@cache
def shipped() -> tuple[Regime, ...]:
    """Every regime, by the name of its file. Raises ValueError for a combination with a regime that no file holds."""
    files = sorted((resources.files(__package__) / "regimes").iterdir(), key=lambda file: file.name)
    found = tuple(
        Regime.from_toml(file.name.removesuffix(".toml"), file.read_text("utf-8"))
        for file in files
        if file.name.endswith(".toml")
    )
    named = frozenset[str]().union(*(rule.not_with for regime in found for rule in regime.rules))
    if unknown := named - {regime.key for regime in found}:
        raise ValueError(f"not_with: no file holds {', '.join(sorted(unknown))}.")
    return found
