"""The work folder in the clear only while somebody is in it; else one sealed archive under the project's own key.

What is on the disk in the clear is always the newest; without it, the newest snapshot is. A folder appears whole (it is
unpacked beside and renamed) and goes only once its archive is durable and on record, so that a process killed at any
step loses nothing. Who is in the folder holds a shared lock on the file beside it, which ends with the process.
"""

import fcntl
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO

from charteroak.adapters import environments, sandboxes, stores
from charteroak.adapters.environment import home
from charteroak.adapters.folder import sync
from charteroak.adapters.sandboxes import ARCHIVE
from charteroak.adapters.stores import Store
from charteroak.adapters.vault import ObjectId
from charteroak.sandbox import WORK, Limits, Mount, SandboxSpec
from charteroak.workspaces.folders import account_of, give
from charteroak.workspaces.models import Snapshot, Workspace

FULL = Limits().work  # at which a session or job is ended: it may have outgrown it by then
LARGEST = 2 * FULL  # bytes of an archive: holes in files are written out
PACKING = Limits(memory=1 << 30, processes=16, seconds=1800.0, work=2 * FULL)
# what was on the disk, and what were holes: all that was sealed can be opened
OPENING = replace(PACKING, work=PACKING.work + LARGEST)
HALF = ("work.gone", "work.opening")  # being removed, and being unpacked


class NotSealed(OSError):
    """The folder stays as it is, in the clear: the operator is told, and it is tried again."""


def folder_of(record: Workspace) -> Path:
    return home().workspaces / record.agreement.number


def in_the_clear(record: Workspace) -> bool:
    return (folder_of(record) / "work").is_dir()


@contextmanager
def opened(record: Workspace) -> Iterator[Path]:
    """The project's work folder for the length of the block, beside whoever else is in it.

    Raises OSError, VaultError, KeyUnavailable, NotStarted where the newest snapshot cannot be unpacked.
    """
    work = folder_of(record) / "work"
    work.parent.mkdir(parents=True, exist_ok=True)
    work.parent.chmod(0o711)
    with ExitStack() as stack:
        with _lock(work.parent / "opening", fcntl.LOCK_EX):  # one at a time, and not for long
            stack.enter_context(_lock(work.parent / "lock", fcntl.LOCK_SH))  # nobody seals it from here on
            if not work.is_dir():
                _unpacked(record, work)
        give(work, account_of(record.account))
        yield work


@contextmanager
def _lock(file: Path, how: int) -> Iterator[None]:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def unused(record: Workspace) -> Iterator[Path | None]:
    """The work folder that lies in the clear though nobody is in it, kept from everybody; None where there is none."""
    work = folder_of(record) / "work"
    if not work.is_dir():
        yield None
        return
    with ExitStack() as stack:
        try:
            stack.enter_context(_lock(work.parent / "lock", fcntl.LOCK_EX | fcntl.LOCK_NB))
        except BlockingIOError:
            yield None
        else:
            yield work if work.is_dir() else None


@contextmanager
def left_by_all(place: Path) -> Iterator[None]:
    """Once everybody has left the folder of a project whose workspace is closed: they are ended within seconds."""
    with _lock(place / "lock", fcntl.LOCK_EX):
        yield


@contextmanager
def shut(record: Workspace) -> Iterator[bool]:
    """Whether the folder is sealed and stays so for the length of the block."""
    place = folder_of(record)
    place.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        try:
            stack.enter_context(_lock(place / "lock", fcntl.LOCK_EX | fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield not (place / "work").is_dir()


def sweep(record: Workspace) -> None:
    """Remove what a killed process left half removed or half unpacked, unless somebody is about to come in."""
    left = [place for name in HALF if (place := folder_of(record) / name).exists()]
    if not left:
        return
    with suppress(BlockingIOError), _lock(folder_of(record) / "lock", fcntl.LOCK_EX | fcntl.LOCK_NB):
        for place in left:
            _gone(place)


def newest(record: Workspace) -> Snapshot | None:
    return record.snapshots.filter(removed_at__isnull=True).order_by("-pk").first()


def _unpacked(record: Workspace, work: Path) -> None:
    beside = work.with_name(HALF[1])
    _gone(beside)  # of a process that was killed
    beside.mkdir()
    give(beside, account_of(record.account))
    last = newest(record)
    if last is not None:
        _unpack(record, last, beside)
    beside.rename(work)
    sync(work.parent)


def _unpack(record: Workspace, last: Snapshot, into: Path) -> None:
    reading, writing = os.pipe()
    chunks = stores.vault(Store.WORK).open(ObjectId(Store.WORK, last.stored), project=record.agreement.number)

    def feed() -> None:
        with os.fdopen(writing, "wb") as stream, suppress(BrokenPipeError):
            for chunk in chunks:
                stream.write(chunk)

    with ThreadPoolExecutor(1) as beside:
        fed = beside.submit(feed)
        try:
            ended = _archive(record, into, "unpack", reading)
        finally:
            os.close(reading)
        fed.result()  # of a damaged object nothing is believed
    if ended.status != 0:
        raise NotSealed(f"Snapshot {last.pk} could not be unpacked; it is kept as it is.")


def packed(record: Workspace, work: Path) -> tuple[str, int]:
    """Seal the folder into the vault: the object's name, the archive's bytes. Raises NotSealed, VaultError."""
    project = record.agreement.number
    stores.keyring(Store.WORK).create(project, Store.WORK)  # unless it exists
    reading, writing = os.pipe()
    counted, failed = _Counted(reading), threading.Event()

    def put() -> str:
        try:
            with closing(counted):
                return stores.vault(Store.WORK).put(counted, project=project, store=Store.WORK).sha256
        except BaseException:
            failed.set()
            raise

    with ThreadPoolExecutor(1) as beside:
        sealed = beside.submit(put)
        try:
            ended = _archive(record, work, "pack", writing, failed.is_set)
        finally:
            os.close(writing)
        stored = sealed.result()
    if ended.status != 0:
        stores.vault(Store.WORK).delete(ObjectId(Store.WORK, stored))
        raise NotSealed(f"The work folder of {project} changed or could not be read while it was sealed.")
    return stored, counted.size


def _archive(
    record: Workspace, folder: Path, what: str, descriptor: int, failed: Callable[[], bool] | None = None
) -> sandboxes.Ended:
    python = environments.build(home().environments)
    mounts = (Mount(str(folder), WORK, writable=True), python.mount)
    command = ["python", "-I", "-c", ARCHIVE.read_text(encoding="utf-8"), what, str(descriptor)]
    spec = SandboxSpec(mounts, PACKING if what == "pack" else OPENING)
    return sandboxes.run(spec, command, uid=account_of(record.account), descriptors=[descriptor], stop=failed)


class _Counted(RawIOBase):
    """A pipe's bytes, counted; more than LARGEST are no work folder."""

    def __init__(self, descriptor: int) -> None:
        self.stream: BinaryIO = os.fdopen(descriptor, "rb")
        self.size = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        piece = self.stream.read(size)
        self.size += len(piece)
        if self.size > LARGEST:
            raise NotSealed("The work folder's files have more holes than content: have them removed.")
        return piece

    def close(self) -> None:
        self.stream.close()
        super().close()


def put_away(work: Path) -> None:
    """Remove the folder that a snapshot on record holds; a process killed within leaves nothing that looks whole."""
    gone = work.with_name(HALF[0])
    _gone(gone)
    work.rename(gone)
    sync(work.parent)
    _gone(gone)


def _gone(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)  # follows no link
