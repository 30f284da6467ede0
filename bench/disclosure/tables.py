"""Suppression and its audit on tables of the published sizes, beside pytauargus on the same tables."""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import Row
from bench.disclosure.generate import MINIMUM, Instance, instances
from charteroak.disclosure import pivots
from charteroak.disclosure.audit import audit
from charteroak.disclosure.clock import Clock
from charteroak.disclosure.multiway import Entry, Protectable, Rule, cube, protectable
from charteroak.disclosure.suppress import suppress

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / ".venv-bench-disclosure" / "bin" / "python"
PEER_LIMIT = 120  # seconds: its own time limit does not stop it
LARGE = 5000  # cells: OPT does not get beyond its first bounds there
LIMIT = 10.0  # seconds for ours, and 3 per thousand cells above


def measure() -> list[Row]:
    """Cost of the secondary cells, its bound, seconds, and what the audit finds, instance by instance."""
    with tempfile.TemporaryDirectory(prefix="charteroak-bench-") as folder:
        return [row for instance in instances() for row in compared(instance, Path(folder))]


def compared(instance: Instance, folder: Path) -> list[Row]:
    """Ours and the peer's, each in a process of its own, one after the other.

    Large tables: ours once more within the seconds that the peer's MOD took.
    """
    entries = {key: Entry(float(value)) for key, value in instance.cells.items()}
    system = protectable(cube(instance.dimensions, entries, instance.parents), Rule(MINIMUM))
    usual = max(LIMIT, 3 * len(system.cube.keys) / 1000)
    ours = by_ours(instance, usual)
    name = f"{instance.name}, {len(system.cube.keys):,} cells, {len(system.primary)} primary"
    rows: list[Row] = [
        (f"{name}: cost", ours["cost"], "value"),
        (f"{instance.name}: gap to the proven bound", 100 * ours["gap"], "%"),
        (f"{instance.name}: seconds", ours["seconds"], "s"),
        (f"{instance.name}: seconds of one core", ours["cpu"], "s"),
        (f"{instance.name}: audit of all hidden cells", ours["audit"], "s"),
        (f"{instance.name}: unprotected cells (target 0)", ours["unprotected"], "cells"),
    ]
    place = folder / "instance.json"
    place.write_text(json.dumps(plain(instance, system)), encoding="utf-8")
    large = len(system.cube.keys) > LARGE
    for method in ("MOD",) if large else ("MOD", "OPT"):
        script = ROOT / "bench" / "disclosure" / "peer.py"
        peer = apart([str(PEERS), str(script), str(place), method], PEER_LIMIT, folder)
        if peer is None:
            rows.append((f"{instance.name}: pytauargus {method} failed, or was stopped after",
                         float(PEER_LIMIT), "s"))  # fmt: skip
            continue
        rows += judged(instance, system, method, peer, ours)
        if large:
            hasty = by_ours(instance, peer["seconds"])
            rows += [
                (f"{instance.name}: ours within the seconds of {method}: cost", hasty["cost"], "value"),
                (f"{instance.name}: ours within the seconds of {method}: seconds", hasty["seconds"], "s"),
                (f"{instance.name}: ours within the seconds of {method}: unprotected cells (target 0)",
                 hasty["unprotected"], "cells"),
            ]  # fmt: skip
    return rows


def by_ours(instance: Instance, limit: float) -> dict[str, Any]:
    found = apart([sys.executable, "-m", "bench.disclosure.tables", instance.name, str(limit)], PEER_LIMIT)
    assert found is not None, f"{instance.name}: ours did not end"
    return found


def judged(
    instance: Instance, system: Protectable, method: str, peer: dict[str, Any], ours: dict[str, Any]
) -> list[Row]:
    """The peer's pattern by the same audit and the same prices."""
    places = {key: place for place, key in enumerate(system.cube.keys)}
    hidden = system.primary | {places[tuple(key)] for key in peer["secondary"]}
    bare = sum(not interval.safe for interval in audit(system.table, hidden))
    cost = float(system.table.cost[sorted(hidden - system.primary)].sum())
    peer_name = f"{instance.name}: pytauargus {method}"
    return [
        (f"{peer_name}: cost", cost, "value"),
        (f"{peer_name}: ours / its cost", ours["cost"] / cost if cost else 1.0, "ratio"),
        (f"{peer_name}: seconds", peer["seconds"], "s"),
        (f"{peer_name}: seconds of one core", peer["cpu"], "s"),
        (f"{peer_name}: unprotected cells by our audit", float(bare), "cells"),
    ]


def apart(command: list[str], limit: float, where: Path = ROOT) -> dict[str, Any] | None:
    """What a process prints last as JSON; None when it had to be stopped or failed.

    The peer leaves its logs where it runs.
    """
    try:
        ended = subprocess.run(command, cwd=where, capture_output=True, text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return None
    if ended.returncode:
        print(f"{command[-1]}: {ended.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    found: dict[str, Any] = json.loads(ended.stdout.strip().splitlines()[-1])
    return found


def plain(instance: Instance, system: Protectable) -> dict[str, Any]:
    table = system.table
    return {
        "dimensions": instance.dimensions,
        "parents": instance.parents,
        "cells": [
            {
                "key": key, "value": int(table.values[place]), "primary": place in system.primary,
                "lpl": float(table.below[place]), "upl": float(table.above[place]),
            }
            for place, key in enumerate(system.cube.keys)
        ],
    }  # fmt: skip


def main(name: str, limit: float) -> None:
    """One instance, measured in this process: median of three where it is quick."""
    instance = next(one for one in instances() if one.name == name)
    entries = {key: Entry(float(value)) for key, value in instance.cells.items()}
    system = protectable(cube(instance.dimensions, entries, instance.parents), Rule(MINIMUM))
    table = system.table
    pivots.load()  # as the peer's engine is loaded before its clock starts
    taken: list[float] = []
    used = time.process_time()
    while not taken or (len(taken) < 3 and sum(taken) < 2):
        started = time.perf_counter()
        pattern = suppress(table, system.primary, Clock.start(time.perf_counter, 0.97 * limit))
        taken.append(time.perf_counter() - started)
    used = (time.process_time() - used) / len(taken)
    started = time.perf_counter()
    intervals = audit(table, pattern.units, everything=True)
    secondary = float(table.cost[sorted(pattern.secondary)].sum())
    given = pattern.cost - secondary
    print(json.dumps({
        "cost": secondary,
        "gap": (secondary - (pattern.bound - given)) / secondary if secondary else 0.0,
        "seconds": statistics.median(taken),
        "cpu": used,
        "audit": time.perf_counter() - started,
        "unprotected": float(sum(not interval.safe for interval in intervals)),
    }))  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
