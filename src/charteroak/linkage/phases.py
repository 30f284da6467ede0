"""How long each part of a linkage takes, by a stopwatch that the caller brings."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


def no_clock() -> float:
    """A stopwatch that always shows 0: a pure package has no clock of its own."""
    return 0.0


@dataclass
class Phases:
    """Measures each phase with the caller's stopwatch, and tells them when it begins."""

    seconds: Callable[[], float] = no_clock
    begins: Callable[[str], None] = lambda _: None
    taken: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        self.begins(name)
        start = self.seconds()
        yield
        self.taken[name] = self.taken.get(name, 0.0) + self.seconds() - start
