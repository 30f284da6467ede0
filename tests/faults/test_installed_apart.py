"""The hub under administrators of its own: three homes, one database, one vault, and request 042 all the same."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from charteroak.adapters import clock, postgres
from charteroak.adapters.environment import Home, Process
from charteroak.demo import run

pytestmark = [pytest.mark.sandbox, pytest.mark.root]
SCALE = 0.1
OAK = [sys.executable, "-c", "from charteroak.cli import main; main()"]
SITE = ("web", "enclave", "outputs", "notary", "post")
HUB = ("linker", "extractor")


def installed(root: Path, name: str, beside: Home | None = None) -> Home:
    """A home of its own; of the site's it sees the vault, the public keys and the demo's clock."""
    home = Home(root / name)
    for folder in (home.root / "keys", home.run):
        folder.mkdir(parents=True)
    if beside is not None:
        home.vault.symlink_to(beside.vault)
        home.public_keys.symlink_to(beside.public_keys)
        home.clock.symlink_to(beside.clock)
    return home


@contextmanager
def serving(home: Home, port: int, *only: str, database: str = "") -> Iterator[None]:
    """`oak serve --only …` in that home until the block ends."""
    kept = {name: value for name, value in os.environ.items() if name != "CHARTEROAK_PROCESS"}
    told = kept | {"CHARTEROAK_HOME": str(home.root), "CHARTEROAK_PORT": str(port), "CHARTEROAK_MODE": "demo"}
    if database:
        told["DATABASE_URL"] = database
    log = home.root / "serve.log"
    with log.open("w", encoding="utf-8") as said:
        served = subprocess.Popen(
            [*OAK, "serve", *(word for one in only for word in ("--only", one))], env=told, stderr=said
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
def open_folder() -> Iterator[Path]:
    """One that every account may enter: a home below a closed folder is served in a view that shows no other home."""
    folder = Path(tempfile.mkdtemp(prefix="charteroak-apart-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_request_042_goes_the_whole_way_with_the_hub_installed_apart(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    site = installed(open_folder, "site")
    monkeypatch.setenv("CHARTEROAK_HOME", str(site.root))
    monkeypatch.setenv("CHARTEROAK_PORT", str(port))
    monkeypatch.setenv("CHARTEROAK_MODE", "demo")
    run.password(site.root)
    with ExitStack() as installations:
        installations.enter_context(serving(site, port, *SITE))
        hubs = {name: installed(open_folder, name, site) for name in HUB}
        for name, home in hubs.items():
            database = postgres.url(site, Process(name))
            installations.enter_context(serving(home, port, name, database=database))
        one = run.play(f"http://localhost:{port}", site.root, scale=SCALE, new=False)
        run.act(one)
        assert run.summary(one)["release"] == "042-1"
        keys = {
            name: sorted(path.name for path in home.keys(Process(name)).glob("hub.*"))
            for name, home in hubs.items()
        }
        assert keys == {"linker": ["hub.matching.age"], "extractor": ["hub.analysis.age"]}
        for home in (site, *hubs.values()):
            for name in HUB:
                if home is not hubs.get(name):
                    assert not list(home.keys(Process(name)).glob("hub.*"))
                    assert not list(home.keys(Process(name)).glob("*.pem"))
    clock.reset()


def test_a_worker_alone_says_where_its_database_must_be(tmp_path: Path) -> None:
    told = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}
    ended = subprocess.run(
        [*OAK, "serve", "--only", "linker"], capture_output=True, text=True, check=False,
        env=told | {"CHARTEROAK_HOME": str(tmp_path)},
    )  # fmt: skip
    assert ended.returncode == 1
    assert "set DATABASE_URL" in ended.stderr
    wrong = subprocess.run(
        [*OAK, "serve", "--only", "cook"], capture_output=True, text=True, check=False, env=told
    )
    assert wrong.returncode == 1
    assert "not cook" in wrong.stderr
