"""Figures of the platform, each beside its target, printed with the machine they were taken on."""

from typing import NamedTuple


class Aimed(NamedTuple):
    """A figure with its goal and what the peers reach, by whose word."""

    figure: str
    value: float
    unit: str
    goal: str
    peers: str = ""


Row = tuple[str, float, str] | Aimed  # figure, value, unit
