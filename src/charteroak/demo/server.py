"""Starts the site for the demo as anyone would, with `oak serve`, and waits until it answers."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import httpx

from charteroak.adapters.environment import Home
from charteroak.demo.page import Stopped

PATIENCE = 300.0  # seconds until the site must answer


def oak(*arguments: str) -> None:
    """Run an `oak` command as an operator would. Raises Stopped with what it said."""
    ended = subprocess.run([*_oak(), *arguments], check=False, capture_output=True, text=True)
    if ended.returncode:
        raise Stopped(f"oak {' '.join(arguments)}: {ended.stderr.strip() or ended.stdout.strip()}")


def _oak() -> list[str]:
    return [sys.executable, "-c", "from charteroak.cli import main; main()"]


@contextmanager
def serving(home: Path, port: int) -> Iterator[str]:
    """The site's address while it runs; it is stopped at the end, unless somebody served it already."""
    site = f"http://localhost:{port}"
    if is_ours(home, port):
        yield site
        return
    _refuse_taken(port)
    log = home / "run" / "logs" / "serve.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as written:
        server = subprocess.Popen(
            [*_oak(), "serve"],
            stdout=written,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "CHARTEROAK_HOME": str(home), "CHARTEROAK_PORT": str(port)},
        )
    try:
        _wait(site, server, log)
        yield site
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait(site: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    until = monotonic() + PATIENCE
    while _health(site) is None:
        if server.poll() is not None or monotonic() > until:
            said = log.read_text(errors="replace").strip().splitlines()[-8:]
            raise Stopped("The site did not start.\n    " + "\n    ".join(said))
        sleep(0.1)


def is_ours(home: Path, port: int) -> bool:
    """Whether what answers on that port is the site of the installation in that home."""
    answer = _health(f"http://localhost:{port}")
    told = answer.headers.get("Charteroak-Installation") if answer is not None else None
    return told is not None and told == Home(home).installation


def _health(site: str) -> httpx.Response | None:
    """A site's good answer, or None."""
    try:
        answer = httpx.get(f"{site}/healthz", timeout=2)
    except httpx.TransportError:
        return None
    return answer if answer.status_code == httpx.codes.OK else None


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) != 0:
            return
    raise Stopped(
        f"Port {port} is taken by another installation's site or another program. Choose a free one: "
        f"CHARTEROAK_PORT={port + 1} make demo (or: oak demo --port {port + 1})."
    )
