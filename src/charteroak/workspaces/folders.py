"""A project's folders: the extract decrypted into memory, the work folder that stays, the outbox."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from charteroak.adapters import stores
from charteroak.adapters.spill import hand_over, in_memory
from charteroak.adapters.stores import Store
from charteroak.adapters.vault import ObjectId
from charteroak.hub.models import Extract
from charteroak.workspaces.modes import EVIDENCE


@contextmanager
def mounted(
    extract: Extract, account: int, *, evidence: bool = False, purpose: str = "data"
) -> Iterator[Path]:
    """The extract's tables, decrypted into memory for `account` to read, for the length of the block.

    The airlock's checks alone see its evidence.
    """
    opened = stores.vault(Store.EXTRACT)
    with in_memory(f"{purpose}-{account}") as folder:
        for table, stored in extract.stored.items():
            if evidence or table != EVIDENCE:
                opened.get_to(
                    ObjectId(Store.EXTRACT, stored),
                    folder / f"{table}.parquet",
                    project=extract.link_run.agreement.number,
                )
        hand_over(folder, account_of(account))
        yield folder


def account_of(account: int) -> int | None:
    """The project's own account where this process can give it one."""
    return account if os.geteuid() == 0 else None


def give(folder: Path, uid: int | None) -> None:
    folder.chmod(0o700)
    if uid is not None:
        os.chown(folder, uid, uid)


def empty_outbox(work: Path, uid: int | None) -> None:
    outbox = work / "outbox"
    if outbox.is_symlink() or outbox.is_file():
        outbox.unlink()
    elif outbox.exists():
        shutil.rmtree(outbox)  # follows no link
    outbox.mkdir()
    give(outbox, uid)


@contextmanager
def empty_work(account: int) -> Iterator[Path]:
    with in_memory(f"work-{account}") as folder:
        give(folder, account_of(account))
        yield folder
