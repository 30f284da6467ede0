"""Evidence of a million records beside one bare pass of Polars and of DuckDB, and beside ACRO's mean table."""

import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from bench import Row
from charteroak.disclosure.cells import cell_evidence

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / ".venv-bench-disclosure" / "bin" / "python"
ROWS, TOWNS, GROUPS = 1_000_000, 20, 50
ROUNDS = 7  # the best of them, in turn: other work shares the machine
BARE = (
    "SELECT town, grp, count(wage), sum(wage), max(wage), max(wage, 2), count(*) FILTER (wage < 0) "
    "FROM records GROUP BY ALL"
)


def measure() -> list[Row]:
    """All of them on the same records, in memory, in turn. The bare passes do not know how many people there are."""
    chance = np.random.default_rng(4)
    frame = pl.DataFrame({
        "person": chance.permutation(ROWS), "town": chance.integers(0, TOWNS, ROWS),
        "grp": chance.integers(0, GROUPS, ROWS), "wage": chance.lognormal(10, 1, ROWS),
    })  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="charteroak-bench-") as folder:
        file = Path(folder) / "records.parquet"
        frame.write_parquet(file)
        connection = duckdb.connect()
        connection.execute(f"CREATE TABLE records AS SELECT * FROM '{file}'")  # noqa: S608 - our own file
        wage = pl.col("wage")
        steps: dict[str, Callable[[], object]] = {
            "polars": lambda: frame.lazy().group_by("town", "grp").agg(
                n=wage.count(), total=wage.sum(), most=wage.max(), top=wage.top_k(2), below=(wage < 0).sum()
            ).collect(),
            "duckdb": lambda: connection.execute(BARE).fetchall(),
            "ours": lambda: cell_evidence(frame.lazy(), person="person", by=["town", "grp"], measure="wage"),
        }  # fmt: skip
        best = dict.fromkeys(steps, float("inf"))
        for _ in range(ROUNDS):
            for name, step in steps.items():
                started = time.perf_counter()
                step()
                best[name] = min(best[name], time.perf_counter() - started)
        connection.close()
        frame.select("town", "grp", "wage").write_csv(file.with_suffix(".csv"))
        acro = _acro(file.with_suffix(".csv"))
    faster = min(best["polars"], best["duckdb"])
    rows: list[Row] = [
        ("bare Polars pass: n, sum, max, top two, negatives", best["polars"], "s"),
        ("bare DuckDB pass: the same", best["duckdb"], "s"),
        ("full evidence, with distinct people (target 0.5)", best["ours"], "s"),
        ("full evidence / bare Polars pass (target 2)", best["ours"] / best["polars"], "ratio"),
        ("full evidence / the faster bare pass", best["ours"] / faster, "ratio"),
    ]
    if acro is not None:
        rows += [
            ("ACRO 1.0.2, mean table, one call", acro, "s"),
            ("ACRO / full evidence", acro / best["ours"], "ratio"),
        ]
    return rows


def _acro(file: Path) -> float | None:
    """Seconds of ACRO's own call in its own environment; None where that is not installed."""
    if not PEERS.exists():
        return None
    script = Path(__file__).with_name("acro_peer.py")
    done = subprocess.run(
        [PEERS, script, file], stdout=subprocess.PIPE, text=True, check=True, cwd=file.parent
    )
    return float(done.stdout.split()[-1])
