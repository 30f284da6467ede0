"""A time limit as an argument: pure code has no clock of its own."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Clock:
    """`seconds` tells the time, `until` is when to stop. Without a limit, work is bounded by its amount alone,
    and so the same input gives the same answer everywhere."""

    seconds: Callable[[], float] = lambda: 0.0
    until: float = float("inf")

    @classmethod
    def start(cls, seconds: Callable[[], float], limit: float) -> "Clock":
        return cls(seconds, seconds() + limit)

    @property
    def left(self) -> float:
        return self.until - self.seconds()

    @property
    def limited(self) -> bool:
        return self.until != float("inf")

    def share(self, part: float) -> "Clock":
        """A clock that stops when `part` (0 to 1) of what is left has passed."""
        return Clock(self.seconds, self.seconds() + part * max(self.left, 0.0)) if self.limited else self

    def less(self, seconds: float) -> "Clock":
        """A clock that stops so much earlier."""
        return Clock(self.seconds, self.until - seconds)


UNLIMITED = Clock()
