"""`oak serve --governance-only`: no process that opens a store runs, and no key of one is made."""

import http.client
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from charteroak.adapters.environment import Home, Process
from conftest import free_port
from faults.installation import OAK, serving


@pytest.fixture
def home() -> Iterator[Home]:
    root = Path(tempfile.mkdtemp(prefix="charteroak-governs-"))  # short: the database's socket lies in it
    root.chmod(0o755)
    yield Home(root)
    shutil.rmtree(root, ignore_errors=True)


def answered(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    found = answer.status, answer.read().decode()
    connection.close()
    return found


def test_only_web_notary_and_post_run_and_no_store_gets_a_key(home: Home) -> None:
    port = free_port()
    with serving(home, port, "--governance-only"):
        running = {path.stem for path in home.run.glob("*.pid")} - {"supervisor", "postmaster"}
        assert running == {"web", "notary", "post"}
        assert answered(port, "/healthz")[0] == 200
        assert answered(port, "/register/")[0] == 200
        public = {path.name for path in home.public_keys.rglob("*") if path.is_file()}
        assert public == {"log.vkey", "news.recipient"}
        for opener in (Process.LINKER, Process.EXTRACTOR, Process.ENCLAVE, Process.OUTPUTS):
            held = list(home.keys(opener).glob("hub.*")) + list(home.keys(opener).glob("*.pem"))
            assert not held, f"a private key of {opener}"
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
