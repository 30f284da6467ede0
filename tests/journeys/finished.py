"""A demo that has run to its end and still serves its site, and the commands typed beside it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from conftest import free_port

OAK = [sys.executable, "-c", "from charteroak.cli import main; main()"]


@dataclass(frozen=True)
class Finished:
    """Request 042, released, in a home of its own."""

    home: Path
    site: str
    environment: dict[str, str]
    said: bytes  # the demo's standard output
    progress: str  # its standard error, until it was ready

    def oak(self, *words: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*OAK, *map(str, words)], env=self.environment, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, check=False,
        )  # fmt: skip

    def fetch(self, path: str, into: Path) -> Path:
        """What an anonymous visitor downloads."""
        answer = httpx.get(self.site + path, timeout=120)
        assert answer.status_code == 200, answer.text
        into.write_bytes(answer.content)
        return into


@contextmanager
def finished_demo(home: Path) -> Iterator[Finished]:
    """Runs `oak demo` on a fifth of the small state; stops its site at the end."""
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CHARTEROAK_")}
    environment = kept | {"CHARTEROAK_HOME": str(home), "CHARTEROAK_PORT": str(port)}
    command = [*OAK, "demo", "--scale", "0.2", "--serve", "--json", "-"]
    written = home / "summary.json"
    with (
        written.open("wb") as summary,
        subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=summary,
            stderr=subprocess.PIPE,
            text=True,
        ) as demo,
    ):
        assert demo.stderr is not None
        progress = ""
        for line in demo.stderr:
            progress += line
            if line.startswith("Ready"):
                break
        else:
            raise AssertionError(f"The demo did not finish:\n{progress}")
        try:
            yield Finished(home, f"http://localhost:{port}", environment, written.read_bytes(), progress)
        finally:
            demo.send_signal(signal.SIGTERM)
            demo.stderr.read()  # what it still says finds a reader
    assert demo.returncode == 0, "a demo that was finished and only served was not interrupted"
