"""Whatever a researcher leaves in the work folder, the collector takes regular files of that folder only."""

import os
import socket
from pathlib import Path

import pytest

from charteroak.adapters.collector import CollectedFile, RefusedFile, collect


@pytest.fixture
def work(tmp_path: Path) -> Path:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("secret", encoding="utf-8")
    folder = tmp_path / "work"
    (folder / "tables").mkdir(parents=True)
    (folder / "tables" / "a.csv").write_text("x\n1\n", encoding="utf-8")
    return folder


def reason(work: Path, name: str, **options: int) -> str:
    (one,) = collect(work, [name], **options)
    assert isinstance(one, RefusedFile)
    return one.reason


def test_a_regular_file_is_taken_and_closed_afterwards(work: Path) -> None:
    kept = []
    for one in collect(work):
        assert isinstance(one, CollectedFile)
        assert (one.name, one.size, one.content.read()) == ("tables/a.csv", 4, b"x\n1\n")
        kept.append(one)
    assert [one.content.closed for one in kept] == [True]


def test_a_folder_already_open_serves_as_well(work: Path) -> None:
    descriptor = os.open(work, os.O_RDONLY)
    try:
        assert [one.name for one in collect(descriptor)] == ["tables/a.csv"]
    finally:
        os.close(descriptor)


@pytest.mark.parametrize(
    "name", ["../outside/secret", "/etc/passwd", "tables/../../outside/secret", "/proc/self/exe"]
)
def test_a_name_that_leads_outside_is_refused(work: Path, name: str) -> None:
    assert "without following links" in reason(work, name)


def test_a_link_is_refused_wherever_it_points(work: Path) -> None:
    (work / "file").symlink_to("../outside/secret")
    (work / "inside").symlink_to("tables/a.csv")
    (work / "folder").symlink_to("../outside")
    (work / "process").symlink_to("/proc/self/root/etc/passwd")
    for name in ("file", "inside", "folder/secret", "process"):
        assert "without following links" in reason(work, name)
    assert {one.name for one in collect(work) if isinstance(one, CollectedFile)} == {"tables/a.csv"}


def test_a_second_name_of_a_file_is_refused(work: Path) -> None:
    (work / "twin").hardlink_to(work.parent / "outside" / "secret")
    assert reason(work, "twin") == "the file has a second name"


def test_a_pipe_is_refused_without_waiting_for_a_writer(work: Path) -> None:
    os.mkfifo(work / "pipe")
    assert reason(work, "pipe") == "not a regular file"


def test_a_socket_and_a_folder_are_refused(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(work)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("door")
        assert "without following links" in reason(work, "door")
    assert reason(work, "tables") == "not a regular file"


def test_a_file_above_the_size_is_refused(work: Path) -> None:
    assert reason(work, "tables/a.csv", largest=3) == "4 bytes, more than the 3 permitted"


def test_a_missing_file_is_refused_by_name(work: Path) -> None:
    assert "No such file" in reason(work, "nothing.csv")


def test_a_work_folder_that_is_itself_a_link_is_not_entered(work: Path) -> None:
    (work.parent / "alias").symlink_to(work)
    with pytest.raises(OSError, match="alias"):
        list(collect(work.parent / "alias"))


def test_folders_too_deep_are_listed_and_not_descended_into(work: Path) -> None:
    deep = work.joinpath(*(["d"] * 40))
    deep.mkdir(parents=True)
    (deep / "buried.csv").write_text("x", encoding="utf-8")
    found = {one.name: one for one in collect(work)}
    assert not any(name.endswith("buried.csv") for name in found)
    assert isinstance(found["/".join(["d"] * 17)], RefusedFile)
