"""`oak serve --governance-only`: no process that opens a store runs, and no key of one is made."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from charteroak.adapters.environment import Home

OAK = [sys.executable, "-c", "from charteroak.cli import main; main()"]


@contextmanager
def serving(home: Home, port: int) -> Iterator[None]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CHARTEROAK_")}
    told = kept | {"CHARTEROAK_HOME": str(home.root), "CHARTEROAK_MODE": "demo"}
    log = home.root / "serve.log"
    with log.open("w", encoding="utf-8") as said:
        served = subprocess.Popen(
            [*OAK, "serve", "--governance-only", "--port", str(port)], env=told, stderr=said
        )
        try:
            while "Ready:" not in log.read_text(encoding="utf-8"):
                assert served.poll() is None, log.read_text(encoding="utf-8")
                time.sleep(0.2)
            yield
        finally:
            served.terminate()
            served.wait()


@pytest.fixture
def home() -> Iterator[Home]:
    root = Path(tempfile.mkdtemp(prefix="charteroak-governs-"))  # short: the database's socket lies in it
    root.chmod(0o755)
    yield Home(root)
    shutil.rmtree(root, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answered(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    found = answer.status, answer.read().decode()
    connection.close()
    return found


def test_only_web_notary_and_post_run_and_no_store_gets_a_key(home: Home) -> None:
    port = free_port()
    with serving(home, port):
        running = {path.stem for path in home.run.glob("*.pid")} - {"supervisor", "postmaster"}
        assert running == {"web", "notary", "post"}
        assert answered(port, "/healthz")[0] == 200
        assert answered(port, "/register/")[0] == 200
        public = {path.name for path in home.public_keys.rglob("*") if path.is_file()}
        assert public == {"log.vkey"}
    assert not list(home.run.glob("*.pid"))


def test_a_process_that_opens_a_store_cannot_be_asked_for(home: Home) -> None:
    told = {**os.environ, "CHARTEROAK_HOME": str(home.root)}
    ended = subprocess.run(
        [*OAK, "serve", "--governance-only", "--only", "linker"],
        env=told,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "web, notary, post" in ended.stderr
