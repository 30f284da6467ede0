"""`oak demo` that is interrupted, or finds another site where its own should be."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

OAK = [sys.executable, "-c", "from charteroak.cli import main; main()", "demo"]


class AnotherSite(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Charteroak-Installation", "0" * 32)
        self.end_headers()
        self.wfile.write(b"ok\n")

    def log_message(self, *said: object) -> None:
        pass


@pytest.fixture
def taken() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), AnotherSite)
    threading.Thread(target=server.serve_forever).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def environment(home: Path, port: int) -> dict[str, str]:
    return os.environ | {
        "CHARTEROAK_HOME": str(home),
        "CHARTEROAK_MODE": "demo",
        "CHARTEROAK_PORT": str(port),
    }


def test_another_installations_site_is_not_taken_for_its_own(taken: int, tmp_path: Path) -> None:
    summary = tmp_path / "summary.json"
    command = [*OAK, "--no-serve", "--json", str(summary)]
    ended = subprocess.run(
        command, env=environment(tmp_path / "home", taken), capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert f"Port {taken} is taken by another installation's site" in ended.stderr
    assert f"CHARTEROAK_PORT={taken + 1} make demo" in ended.stderr
    assert json.loads(summary.read_text())["failed"]["reason"] in ended.stderr
    assert not (tmp_path / "home" / "keys").exists()


@pytest.mark.parametrize(("sent", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_demo_does_not_end_as_if_it_were_done(
    sent: signal.Signals, status: int, tmp_path: Path
) -> None:
    summary = tmp_path / "summary.json"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(
        [*OAK, "--serve", "--json", str(summary)],
        env=environment(tmp_path, port), stderr=subprocess.PIPE, text=True,
    ) as demo:  # fmt: skip
        assert demo.stderr is not None
        assert demo.stderr.readline().startswith("Starting")
        while demo.poll() is None and not (tmp_path / "run" / "logs" / "serve.log").exists():
            time.sleep(0.02)
        demo.send_signal(sent)
        assert "Interrupted. Run it again to go on." in demo.stderr.read()
    assert demo.returncode == status
    assert json.loads(summary.read_text())["failed"] == {"stage": "Start", "reason": "interrupted"}
