"""The hub under administrators of its own: three homes, one database, one vault, and request 042 all the same."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from charteroak.adapters import clock, postgres
from charteroak.adapters.environment import Home, Process
from charteroak.demo import run
from conftest import free_port
from faults.installation import OAK, serving

pytestmark = [pytest.mark.sandbox, pytest.mark.root]
SCALE = 0.1
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


def only(*parts: str) -> list[str]:
    return [word for one in parts for word in ("--only", one)]


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
    port = free_port()
    site = installed(open_folder, "site")
    monkeypatch.setenv("CHARTEROAK_HOME", str(site.root))
    monkeypatch.setenv("CHARTEROAK_PORT", str(port))
    monkeypatch.setenv("CHARTEROAK_MODE", "demo")
    run.password(site.root)
    with ExitStack() as installations:
        installations.enter_context(serving(site, port, *only(*SITE)))
        hubs = {name: installed(open_folder, name, site) for name in HUB}
        for name, home in hubs.items():
            database = postgres.url(site, Process(name))
            installations.enter_context(serving(home, port, *only(name), DATABASE_URL=database))
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
