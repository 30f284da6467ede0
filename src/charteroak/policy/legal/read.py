"""Reads the regimes that come with the package."""

from functools import cache
from importlib import resources

from charteroak.policy.legal.regime import Regime


@cache
def shipped() -> tuple[Regime, ...]:
    """Every regime, by the name of its file."""
    files = sorted((resources.files(__package__) / "regimes").iterdir(), key=lambda file: file.name)
    return tuple(
        Regime.from_toml(file.name.removesuffix(".toml"), file.read_text("utf-8"))
        for file in files
        if file.name.endswith(".toml")
    )
