"""`python -m bench.linkage [task…] [--data FOLDER] [--write FILE]`: both engines on each task, and the table of it."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.__main__ import machine, placed
from bench.linkage.apart import ENGINES, PEERS, data, measured
from bench.linkage.tasks import TASKS

DEFAULT = [name for name in TASKS if "10 M" not in name]
HEAD = (
    "Task", "Engine", "Wall s", "CPU s", "Peak MB", "Pairs listed", "Best F1", "F1 at default", "Precision", "Recall",
    "Cluster F1",
)  # fmt: skip


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench.linkage", description=__doc__)
    asked.add_argument(
        "tasks", nargs="*", metavar="task", help=f"{'; '.join(TASKS)}. All but 10 M unless named"
    )
    asked.add_argument(
        "--data", type=Path, default=Path("var") / "bench-linkage", help="where the data sets are kept"
    )
    asked.add_argument("--seed", type=int, default=1, help="of the simulated and generated sets")
    asked.add_argument("--engine", choices=ENGINES, action="append", help="both unless named")
    asked.add_argument("--write", type=Path, metavar="FILE", help="also keep the table in this page")
    given = asked.parse_args()
    if unknown := set(given.tasks) - set(TASKS):
        asked.error(f"no task is called {', '.join(sorted(unknown))}")
    before, rows, results = machine(), [], []
    for name in given.tasks or DEFAULT:
        task = TASKS[name]
        try:
            files = data(given.data.resolve(), task.data, given.seed)
        except FileNotFoundError as absent:
            print(f"{name}: left out, {absent}", file=sys.stderr)
            continue
        with tempfile.TemporaryDirectory(prefix="charteroak-bench-") as work:
            found = {engine: measured(engine, task, files, Path(work)) for engine in given.engine or ENGINES}
        rows += [line(name, engine, figures) for engine, figures in found.items()]
        if len(found) == 2:
            rows.append(ratio(name, found["splink"], found["charteroak"]))
        results.append({"task": name, **found})
        print("\n".join(rows[-3:]), flush=True)
    rule = "|".join(["---", "---", *["---:"] * (len(HEAD) - 2)])
    load = f"Load after: {os.getloadavg()[0]:.1f}. Seed {given.seed}."
    page = "\n".join([before + "\n" + peers(), load, "", f"| {' | '.join(HEAD)} |", f"|{rule}|", *rows])
    print(json.dumps(results), file=sys.stderr)
    if given.write:
        given.write.write_text(
            placed(given.write.read_text(encoding="utf-8"), "linkage", page), encoding="utf-8"
        )


def line(task: str, engine: str, of: dict[str, Any]) -> str:
    accuracy = (of[name] for name in ("best_f1", "f1", "precision", "recall", "cluster_f1"))
    cells = (
        task, engine, f"{of['wall']:.2f}", f"{of['cpu']:.2f}", f"{of['peak_mb']:,.0f}", f"{of['pairs']:,}",
        *(f"{value:.4f}" for value in accuracy),
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def ratio(task: str, peer: dict[str, Any], own: dict[str, Any]) -> str:
    times = (f"**{peer[name] / own[name]:.1f} ×**" for name in ("wall", "cpu", "peak_mb"))
    return f"| {' | '.join((task, 'splink / charteroak', *times, *[''] * 6))} |"


def peers() -> str:
    """Versions of what runs in the peers' environment."""
    program = (
        "from importlib.metadata import version as v; import platform; "
        "print('Peers: Python', platform.python_version() + ',', "
        "', '.join(f'{n} {v(n)}' for n in ('splink', 'duckdb', 'pseudopeople', 'recordlinkage')) + '.')"
    )
    return subprocess.run([PEERS, "-c", program], capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    main()
