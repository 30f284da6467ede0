"""Where `oak sandbox` keeps its Python: the installation's folder, or the account's own cache, never this folder."""

from pathlib import Path

import pytest

from charteroak.adapters.environments import folder_here


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.delenv("CHARTEROAK_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return here


def test_without_an_installation_it_is_the_accounts_own_closed_cache(elsewhere: Path) -> None:
    folder = folder_here()
    assert folder.is_relative_to(elsewhere.parent / "cache")
    assert folder.parent.stat().st_mode & 0o777 == 0o700
    assert list(elsewhere.iterdir()) == []
    assert folder_here() == folder


def test_beside_an_installation_its_own_are_used(elsewhere: Path) -> None:
    (elsewhere / "var" / "keys").mkdir(parents=True)
    (elsewhere / "var" / "environments").mkdir()
    assert folder_here() == elsewhere / "var" / "environments"


def test_a_cache_that_others_may_enter_is_refused() -> None:
    folder_here().parent.chmod(0o755)
    with pytest.raises(OSError, match="set XDG_CACHE_HOME"):
        folder_here()
