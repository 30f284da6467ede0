"""The figures as rows, and every address's own as a page."""

import statistics
from collections.abc import Mapping

from bench import Aimed, Row
from bench.pages.asking import Asked, Took
from bench.pages.growth import SIZES, Grown

TARGET = 150  # milliseconds
SLOWEST = 15
FEW, MANY = SIZES[0], SIZES[-1]


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def rows(
    pages: Mapping[Asked, list[Took]],
    files: Mapping[Asked, list[Took]],
    grown: Grown,
    first: Mapping[Asked, float],
    left: int,
) -> list[Row]:
    return [*_pages(pages, left), *_first(first), *_files(files), *_growth(grown)]


def _pages(pages: Mapping[Asked, list[Took]], left: int) -> list[Row]:
    if not pages:
        return []
    middles = {page: statistics.median(one.wall for one in answers) for page, answers in pages.items()}
    ends = {page: p95([one.wall for one in answers]) for page, answers in pages.items()}
    processor = [p95([one.cpu for one in answers]) for answers in pages.values()]
    slowest = sorted(ends, key=lambda page: -ends[page])[:SLOWEST]
    goal = f"≤ {TARGET}"
    return [
        ("addresses that are pages", len({address for address, _ in pages}), "pages"),
        ("pages × readers", len(pages), "pages"),
        Aimed("pages × readers that the time did not reach", left, "pages", "0"),
        ("server time, median of all pages' p50", statistics.median(middles.values()), "ms"),
        Aimed("server time, p95 of all pages' p95", p95(list(ends.values())), "ms", goal),
        Aimed("pages × readers whose own p95 is above 150 ms", sum(ms > TARGET for ms in ends.values()), "pages", "0"),
        ("processor time of this process, p95, median of all", statistics.median(processor), "ms"),
        ("processor time of this process, p95, the most of any", max(processor), "ms"),
        ("queries of the page that has most", max(one.queries for of in pages.values() for one in of), "queries"),
        *(
            Aimed(f"{address} for {actor}, {share}", of[address, actor], "ms", said)
            for address, actor in slowest
            for share, of, said in (("p50", middles, ""), ("p95", ends, goal))
        ),
    ]  # fmt: skip


def _first(first: Mapping[Asked, float]) -> list[Row]:
    """What is worked out or loaded when an address is asked for the first time since the start: not counted above."""
    slowest = sorted(first, key=lambda page: -first[page])[:3]
    return [
        (f"{address} for {actor}, the very first answer, not counted above", first[address, actor], "ms")
        for address, actor in slowest
    ]


def _files(files: Mapping[Asked, list[Took]]) -> list[Row]:
    """Whole lists as files, of thousands of rows: the median and the slowest, which no page waits for."""
    if not files:
        return []
    medians = {file: statistics.median([one.wall for one in answers]) for file, answers in files.items()}
    slowest = max(medians, key=lambda file: medians[file])
    return [
        ("whole lists as files", len(medians), "files"),
        ("a whole list as a file, p50", statistics.median(medians.values()), "ms"),
        (f"the slowest: {slowest[0]} for {slowest[1]}", medians[slowest], "ms"),
    ]


def _growth(grown: Grown) -> list[Row]:
    """The pages that grow most, and how all do."""
    whole = {page: by_size for page, by_size in grown.items() if FEW in by_size and MANY in by_size}
    if not whole:
        return []
    times = {page: by_size[MANY][0] / by_size[FEW][0] for page, by_size in whole.items()}
    more = [page for page, by_size in whole.items() if by_size[MANY][1] > by_size[FEW][1]]
    most = sorted(times, key=lambda page: -times[page])[:5]
    return [
        ("pages of one project, as it grows", len(whole), "pages"),
        Aimed(f"pages with more queries at {MANY:,} files and events than at {FEW}", len(more), "pages", "0"),
        *(
            (
                f"{address} for {actor} at {MANY:,}; {_queries(whole[address, actor])}",
                whole[address, actor][MANY][1],
                "queries",
            )
            for address, actor in more
        ),
        Aimed(
            f"{MANY:,} beside {FEW}, p50, median of all", statistics.median(times.values()), "times", "flat"
        ),
        *(
            Aimed(f"{address}: {size:,} files and events, p50", by_size, "ms", goal)
            for address, actor in most
            for size, (by_size, _) in whole[address, actor].items()
            for goal in (f"≤ {TARGET}" if size == MANY else "",)
        ),
    ]


def _queries(by_size: dict[int, tuple[float, int]]) -> str:
    """How many there were before: a page with nothing to show yet asks for less than one with lines."""
    return ", ".join(f"{queries} at {size:,}" for size, (_, queries) in by_size.items() if size != MANY)


COLUMNS = "Address", "Reader", "p50 ms", "p95 ms", "Processor p95 ms", "Queries", "Answers"
HEAD = f"| {' | '.join(COLUMNS)} |\n|---|---|---:|---:|---:|---:|---:|"


def page(
    pages: Mapping[Asked, list[Took]],
    files: Mapping[Asked, list[Took]],
    apart: Mapping[str, str],
    left: Mapping[str, int],
    on: str,
) -> str:
    """Everything that was asked for, the slowest first, and what was not, with the reason; `on` which machine."""
    return (
        "# How long each page takes\n\nWritten by `.venv/bin/python -m bench pages --write docs/benchmarks.md`, where"
        f" the figures of all stand.\n\n{on}\n\n## Pages\n\n{_table(pages, left['pages'])}\n\n"
        f"## Whole lists as files\n\n{_table(files, left['files'])}\n\n"
        "## Not measured\n\n| Address | Why |\n|---|---|\n"
        + "\n".join(f"| `{address}` | {why} |" for address, why in apart.items())
        + "\n"
    )


def _table(took: Mapping[Asked, list[Took]], left: int) -> str:
    ends = {page: p95([one.wall for one in answers]) for page, answers in took.items()}
    lines = [
        f"| `{address}` | {actor} | {statistics.median(one.wall for one in took[address, actor]):,.1f} | {end:,.1f} |"
        f" {p95([one.cpu for one in took[address, actor]]):,.1f} | {max(one.queries for one in took[address, actor])} |"
        f" {len(took[address, actor])} |"
        for (address, actor), end in sorted(ends.items(), key=lambda one: -one[1])
    ]
    reached = f"{len(took):,} asked for" + (f"; the time did not reach {left:,} more." if left else ".")
    return "\n".join([reached, "", HEAD, *lines])
