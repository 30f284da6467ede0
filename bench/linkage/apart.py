"""Runs one engine on one task in a process of its own and reads what it left."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from bench.linkage.tasks import Task

ROOT = Path(__file__).resolve().parents[2]
OURS, PEERS = ROOT / ".venv" / "bin" / "python", ROOT / ".venv-bench" / "bin" / "python"
ENGINES = {"splink": (PEERS, "bench.linkage.peer"), "charteroak": (OURS, "bench.linkage.ours")}


def data(folder: Path, name: str, seed: int = 1) -> list[Path]:
    """The files of a set, made on first use. Newcomers are not of the pool."""
    ended = _run(PEERS, "bench.linkage.prepare", folder, name, "--seed", seed)
    if not ended.stdout.strip():
        raise FileNotFoundError(ended.stderr.strip().splitlines()[-1])
    place = Path(ended.stdout.strip().splitlines()[-1])
    return [path for path in sorted(place.glob("*.parquet")) if path.stem != "newcomers"]


def measured(engine: str, task: Task, files: list[Path], work: Path) -> dict[str, Any]:
    """Cost and accuracy of the engine on the task, in one dictionary."""
    out = work / engine / task.name.replace(" ", "_").replace(",", "")
    out.mkdir(parents=True, exist_ok=True)
    spec = out / "task.json"
    spec.write_text(json.dumps({**task.plain(), "files": [str(path) for path in files]}), encoding="utf-8")
    python, module = ENGINES[engine]
    _run(python, module, spec, out)
    _run(OURS, "bench.linkage.judge", spec, out)
    return {**json.loads((out / "cost.json").read_text()), **json.loads((out / "accuracy.json").read_text())}


def predicted(engine: str, task: Task, files: list[Path], model: Path, work: Path) -> dict[str, Any]:
    """Cost of the engine with a Splink model's weights, and where its pairs are (`links`)."""
    out = work / f"{engine}-predicts"
    out.mkdir(parents=True, exist_ok=True)
    spec = out / "task.json"
    spec.write_text(json.dumps({**task.plain(), "files": [str(path) for path in files]}), encoding="utf-8")
    python, module = ENGINES[engine]
    _run(python, module, spec, out, model)
    return {**json.loads((out / "cost.json").read_text()), "links": out / "links.parquet"}


def _run(python: Path, module: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    ended = subprocess.run(
        [python, "-W", "ignore", "-m", module, *map(str, arguments)],
        cwd=ROOT, capture_output=True, text=True, check=False, env=dict(os.environ),
    )  # fmt: skip
    if ended.returncode:
        raise RuntimeError(f"{module} {arguments} ended with {ended.returncode}:\n{ended.stderr[-3000:]}")
    return ended
