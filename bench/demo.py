"""Request 042 in a home of its own: the first run does everything, the second finds it done."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import Row

OAK = [sys.executable, "-c", "from charteroak.cli import main; main()"]


def measure() -> list[Row]:
    """Seconds of two runs of `DEMO_SERVE=0 oak demo`, and of each stage of the first."""
    with tempfile.TemporaryDirectory(prefix="charteroak-bench-") as folder:
        first, stages = run(Path(folder))
        second, _ = run(Path(folder))
    return [
        ("first run, packages installed", first, "s"),
        ("of it, request 042 (target 60)", sum(stages.values()), "s"),
        ("second run (target 25)", second, "s"),
        *((f"stage: {name}", seconds, "s") for name, seconds in stages.items()),
    ]


def run(home: Path) -> tuple[float, dict[str, float]]:
    """Seconds until the command has ended, and by stage as its summary says. Fails when the demo does."""
    summary = home / "summary.json"
    environment = os.environ | {
        "CHARTEROAK_HOME": str(home),
        "CHARTEROAK_PORT": str(free_port()),  # never a site that happens to run on this machine
        "DEMO_SERVE": "0",
    }
    started = time.perf_counter()
    subprocess.run([*OAK, "demo", "--json", str(summary)], check=True, env=environment)
    seconds = time.perf_counter() - started
    said = json.loads(summary.read_text(encoding="utf-8"))
    return seconds, {stage["name"]: float(stage["seconds"]) for stage in said["stages"]}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
