"""Linear programs side by side: the solver runs outside the interpreter's lock.

How work is shared out depends on the work alone, never on the machine, so that the answer is the same everywhere.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Asked = TypeVar("Asked")
Found = TypeVar("Found")
MANY = 40  # of one component: from here on its halves are asked side by side


def halves(by_label: Mapping[int, list[Asked]]) -> list[tuple[int, list[Asked]]]:
    """What is asked of each component; of one with many, every other one apart."""
    return [
        (label, half)
        for label, together in by_label.items()
        for half in ([together] if len(together) < MANY else [together[::2], together[1::2]])
    ]


def side_by_side(
    work: Callable[[int, list[Asked]], Found], parts: Sequence[tuple[int, list[Asked]]]
) -> Iterator[Found]:
    """In order; in two threads where there is much to ask."""
    if max((len(together) for _, together in parts), default=0) < MANY // 2:
        yield from (work(*part) for part in parts)
        return
    with ThreadPoolExecutor(2) as pool:
        yield from pool.map(work, *zip(*parts, strict=True))
