"""A time limit as an argument: pure code has no clock of its own."""

from collections.abc import Callable
from dataclasses import dataclass


def untold() -> float:
    return 0.0


@dataclass(frozen=True)
class Clock:
    """`seconds` tells the time, `until` is when to stop. Without a limit, work is bounded by its amount alone,
    and so the same input gives the same answer everywhere."""

    seconds: Callable[[], float] = untold
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

    def later(self, seconds: float) -> "Clock":
        """A clock that stops so much later; one without a limit where nobody tells the time."""
        return Clock() if self.seconds is untold else self.less(-seconds)

    def less(self, seconds: float) -> "Clock":
        """A clock that stops so much earlier."""
        return Clock(self.seconds, self.until - seconds)


UNLIMITED = Clock()
