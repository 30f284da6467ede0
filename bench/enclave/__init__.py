"""The enclave: how fast a workspace opens and its pages answer, whether a kill lets bytes out; what the sandbox costs.

Real JupyterLab in the real sandbox, hosted by the enclave's own worker; the same work beside it without the proxy or
the sandbox, turn by turn in the same run. The peers' figures are quoted, with where they stand.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from bench import Row

TESTS = Path(__file__).parents[2] / "tests"


def measure() -> list[Row]:
    """A workspace, its pages, its releases and many sessions: some ten minutes."""
    with _home() as conftest:
        from bench.enclave import airlock, killed, many, sessions, site

        with site.opened(conftest) as extract:
            room, rows = sessions.measure(extract)
            rows += [*airlock.measure(room), *killed.measure(room)]
            return [*rows, *many.measure()]


def sandbox() -> list[Row]:
    """The same job bare, in bubblewrap and in gVisor: some fifteen minutes."""
    with _home():
        from bench.enclave import overhead

        return overhead.measure()


@contextmanager
def _home() -> Iterator[ModuleType]:
    """An installation of its own, as the tests make one."""
    sys.path.insert(0, str(TESTS))
    import conftest

    conftest.pytest_configure()
    try:
        yield conftest
    finally:
        conftest.pytest_unconfigure()
