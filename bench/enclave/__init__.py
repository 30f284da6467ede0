"""The enclave: how fast a workspace opens and its pages answer, what the sandbox costs, whether a kill lets bytes out.

Real JupyterLab in the real sandbox, hosted by the enclave's own worker; the same work beside it without the proxy or
the sandbox, turn by turn in the same run. The peers' figures are quoted, with where they stand.
"""

import sys
from pathlib import Path

from bench import Row

TESTS = Path(__file__).parents[2] / "tests"


def measure() -> list[Row]:
    sys.path.insert(0, str(TESTS))
    import conftest

    conftest.pytest_configure()
    try:
        from bench.enclave import airlock, killed, many, overhead, sessions, site

        with site.opened(conftest) as extract:
            room, rows = sessions.measure(extract)
            rows += [*airlock.measure(room), *killed.measure(room)]
            return [*rows, *many.measure(), *overhead.measure()]
    finally:
        conftest.pytest_unconfigure()
