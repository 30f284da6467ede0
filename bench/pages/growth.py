"""The pages of one project as its release has 10, 100 and 1,000 files, and each of its records as many events.

Of a copy, whose records the log has told nothing of yet: the scene's own have tens of thousands of events.
"""

import statistics
from collections.abc import Iterator
from typing import Any

from bench.pages.asking import Answers, Asked, Asking

SIZES = (10, 100, 1_000)
GROWS = "10000"
Grown = dict[Asked, dict[int, tuple[float, int]]]  # → files and events → median milliseconds, most queries


def measure(at: Any, found: Grown) -> None:
    """Fills `found`, size by size."""
    from apps import crowd
    from charteroak.outputs.models import ReleaseRequest
    from conftest import owner_beside

    asking = Asking("growth", at)
    had = 0
    for size in SIZES:
        with owner_beside():
            crowd.of_files(ReleaseRequest.objects.get(number=f"{GROWS}-2"), size)
            crowd.of_history(GROWS, size - had)
        had = size
        at_size: Answers = {}
        asking.of(pages(), at_size)
        for page, answers in at_size.items():
            told = statistics.median(one.wall for one in answers), max(one.queries for one in answers)
            found.setdefault(page, {})[size] = told


def pages() -> Iterator[Asked]:
    """Every page of the scene's project that names no other record, as the copy's, for the first whom it lets in."""
    from apps import doors, measured

    for method, template in doors.matrix():
        of_it = "/001" in template and "{" not in template and not template.startswith("/register/001/001")
        if method == "GET" and of_it and measured.read(template):
            yield template.replace("/001", f"/{GROWS}"), measured.read(template)[0]
