"""The work folder at rest: sealed when nobody is in it, whole again for the next, and lost at no step."""

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from apps.hub_way import NUMBER, AsProcess
from apps.outputs_way import ran
from charteroak.adapters import stores
from charteroak.adapters.environment import home
from charteroak.adapters.stores import Store
from charteroak.adapters.vault import ObjectId, VaultError
from charteroak.audit.models import Event
from charteroak.workspaces import sealing, snapshots, tasks
from charteroak.workspaces.models import Snapshot, Workspace

pytestmark = pytest.mark.usefixtures("on_the_day")

SECRET = b"what the researcher wrote"
WRITES = f"""
import os, pathlib
work = pathlib.Path("/enclave/work")
(work / "notes" / "deep").mkdir(parents=True)
(work / "notes" / "deep" / "a.txt").write_bytes(bytes.fromhex("{SECRET.hex()}"))
(work / "link").symlink_to("notes/deep/a.txt")
(work / "away").symlink_to("/etc/passwd")
os.link(work / "notes" / "deep" / "a.txt", work / "twin")
(work / "run.sh").write_text("#!/bin/sh"); (work / "run.sh").chmod(0o750)
(work / "shut").write_text("mine alone"); (work / "shut").chmod(0)
(work / "closed").mkdir(); (work / "closed" / "in.txt").write_text("in"); (work / "closed").chmod(0)
os.mkfifo(work / "pipe")
"""
LOOKS = f"""
import os, pathlib, stat
work = pathlib.Path("/enclave/work")
for name in ("shut", "closed"):
    assert stat.S_IMODE((work / name).lstat().st_mode) == 0, name
    (work / name).chmod(0o700)
seen = {{
    "text": (work / "notes/deep/a.txt").read_bytes().hex(), "link": os.readlink(work / "link"),
    "away": os.readlink(work / "away"), "twin": (work / "twin").samefile(work / "notes/deep/a.txt"),
    "run": oct((work / "run.sh").stat().st_mode & 0o777), "shut": (work / "shut").read_text(),
    "in": (work / "closed/in.txt").read_text(), "pipe": stat.S_ISFIFO((work / "pipe").lstat().st_mode),
}}
assert seen == {{
    "text": "{SECRET.hex()}", "link": "notes/deep/a.txt", "away": "/etc/passwd", "twin": True,
    "run": "0o750", "shut": "mine alone", "in": "in", "pipe": True,
}}, seen
"""


def folder() -> Path:
    return home().workspaces / NUMBER


def written(room: Workspace, as_process: AsProcess, text: bytes = SECRET) -> None:
    """Somebody has been in the folder, and left."""
    with as_process("enclave"), sealing.opened(room) as work:
        (work / "a.txt").write_bytes(text)


def sealed(as_process: AsProcess) -> None:
    with as_process("enclave"):
        tasks.seal(0)


def read(room: Workspace, as_process: AsProcess) -> bytes:
    with as_process("enclave"), sealing.opened(room) as work:
        return (work / "a.txt").read_bytes()


def in_the_clear() -> list[Path]:
    return [
        path
        for path in home().root.rglob("*")
        if path.is_file() and not path.is_symlink() and SECRET in path.read_bytes()
    ]


def test_nothing_lies_in_the_clear_when_nobody_is_in_it_and_all_of_it_comes_back(
    room: Workspace, as_process: AsProcess
) -> None:
    job = ran(as_process, room, WRITES)
    assert job.status == "succeeded", job.outcome
    assert in_the_clear()
    sealed(as_process)
    assert not (folder() / "work").exists()
    assert not in_the_clear()
    job = ran(as_process, room, LOOKS)
    assert job.status == "succeeded", job.outcome
    assert Event.objects.filter(name="workspaces:snapshot:seal", by="enclave").count() == 1


def test_no_other_process_can_open_what_is_sealed(room: Workspace, as_process: AsProcess) -> None:
    written(room, as_process)
    sealed(as_process)
    made = Snapshot.objects.get()
    for process in ("web", "outputs", "extractor"):
        with as_process(process), pytest.raises(Exception, match="key"):
            b"".join(stores.vault(Store.WORK).open(ObjectId(Store.WORK, made.stored)))


def test_while_somebody_is_in_it_nobody_seals_it_and_others_come_in(
    room: Workspace, as_process: AsProcess
) -> None:
    with as_process("enclave"):
        with sealing.opened(room) as first:
            (first / "a.txt").write_bytes(b"one")
            with sealing.opened(room) as second:
                assert (second / "a.txt").read_bytes() == b"one"
            snapshots.seal_unused()
            assert first.is_dir()
        snapshots.seal_unused()
        assert not first.exists()


def cut_off(monkeypatch: pytest.MonkeyPatch, where: object, name: str, *, after: bool) -> None:
    """As if the process were killed before or after this step."""
    step: Callable[..., object] = getattr(where, name)

    def killed(*args: object, **kwargs: object) -> object:
        if after:
            step(*args, **kwargs)
        raise KeyboardInterrupt

    monkeypatch.setattr(where, name, killed)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("where", "name"),
    [
        (sealing, "packed"),
        (snapshots, "_note"),
        (sealing, "put_away"),
        (Path, "rename"),
        (shutil, "rmtree"),
    ],
    ids=["packing", "noting", "putting away", "renaming", "removing"],
)
def test_a_seal_that_is_cut_off_at_any_step_loses_nothing(
    room: Workspace,
    as_process: AsProcess,
    monkeypatch: pytest.MonkeyPatch,
    where: object,
    name: str,
    after: bool,
) -> None:
    written(room, as_process)
    with monkeypatch.context() as patched:
        cut_off(patched, where, name, after=after)
        with pytest.raises(KeyboardInterrupt):
            sealed(as_process)
    assert read(room, as_process) == SECRET
    sealed(as_process)
    assert not (folder() / "work").exists()
    assert read(room, as_process) == SECRET


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("where", "name"), [(sealing, "_unpack"), (Path, "rename")], ids=["unpacking", "renaming"]
)
def test_an_opening_that_is_cut_off_at_any_step_loses_nothing(
    room: Workspace,
    as_process: AsProcess,
    monkeypatch: pytest.MonkeyPatch,
    where: object,
    name: str,
    after: bool,
) -> None:
    written(room, as_process)
    sealed(as_process)
    with monkeypatch.context() as patched:
        cut_off(patched, where, name, after=after)
        with pytest.raises(KeyboardInterrupt):
            read(room, as_process)
    assert read(room, as_process) == SECRET


def test_a_damaged_snapshot_is_never_taken_for_the_folder(room: Workspace, as_process: AsProcess) -> None:
    written(room, as_process)
    sealed(as_process)
    (file,) = (path for path in (home().vault / "work").rglob(Snapshot.objects.get().stored))
    whole = file.read_bytes()
    file.chmod(0o600)
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(VaultError):
        read(room, as_process)
    assert not (folder() / "work").exists()
    file.write_bytes(whole)
    assert read(room, as_process) == SECRET


def test_a_folder_that_cannot_be_sealed_stays_and_is_told_of(
    room: Workspace, as_process: AsProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(room, as_process)
    monkeypatch.setattr(sealing, "LARGEST", 10)  # as files with more holes than content
    with pytest.raises(ExceptionGroup):
        sealed(as_process)
    assert read(room, as_process) == SECRET
    assert not Snapshot.objects.exists()


def test_older_snapshots_go_from_the_record_and_the_vault(room: Workspace, as_process: AsProcess) -> None:
    for number in range(snapshots.KEPT + 2):
        written(room, as_process, f"{number}".encode())
        sealed(as_process)
    left = [one for one in Snapshot.objects.all() if one.removed_at is None]
    assert len(left) == snapshots.KEPT
    with as_process("enclave"):
        there = [
            one.removed_at is None
            for one in Snapshot.objects.all()
            if stores.vault(Store.WORK).exists(ObjectId(Store.WORK, one.stored))
        ]
    assert there == [True] * snapshots.KEPT
    assert read(room, as_process) == f"{snapshots.KEPT + 1}".encode()


def test_the_folder_belongs_to_its_project_alone(room: Workspace, as_process: AsProcess) -> None:
    written(room, as_process)
    sealed(as_process)
    read(room, as_process)
    facts = (folder() / "work").stat()
    assert stat.S_IMODE(facts.st_mode) == 0o700
    assert facts.st_uid == (room.account if os.geteuid() == 0 else os.geteuid())


@pytest.mark.parametrize("mode", [0o300, 0o100])
def test_a_folder_that_was_closed_to_listing_is_sealed_with_all_that_lies_in_it(
    room: Workspace, as_process: AsProcess, mode: int
) -> None:
    written(room, as_process)
    (folder() / "work").chmod(mode)
    sealed(as_process)
    assert read(room, as_process) == SECRET
