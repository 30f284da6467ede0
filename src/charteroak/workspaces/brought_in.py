"""What came in through the airlock, as a job or a session sees it: pinned bytes, read-only, packages importable."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.utils.translation import gettext as _

from charteroak.adapters import stores
from charteroak.adapters.spill import hand_over, in_memory
from charteroak.adapters.stores import Store
from charteroak.adapters.vault import ObjectId
from charteroak.policy.decision import refuse
from charteroak.sandbox import INPUT, Mount
from charteroak.workspaces.folders import account_of
from charteroak.workspaces.models import Input, Job, Workspace

PACKAGE = ".whl"


def present(record: Workspace) -> list[Input]:
    return list(record.inputs.filter(removed_at__isnull=True))


def for_job(job: Job) -> list[Input]:
    """What is there today; for a job that repeats another, what that one had."""
    if job.repeats is None:
        return present(job.workspace)
    had: dict[str, str] = job.repeats.manifest.get("inputs", {})
    found = {(one.name, one.sha256): one for one in job.workspace.inputs.all()}
    return [found[pinned] for pinned in sorted(had.items())]


def hashes(found: Sequence[Input]) -> dict[str, str]:
    """For a manifest: name → SHA-256."""
    return {one.name: one.sha256 for one in found}


@contextmanager
def mounted(found: Sequence[Input], account: int, *, purpose: str) -> Iterator[tuple[Mount, ...]]:
    """The mount of these files, decrypted into memory for the length of the block; none where there are none.

    Raises Refused where the stored bytes are not those that were accepted.
    """
    if not found:
        yield ()
        return
    with in_memory(f"{purpose}-{account}") as folder:
        for one in found:
            place = folder / one.name
            stores.vault(Store.CHECK).get_to(
                ObjectId(Store.CHECK, one.stored), place, project=one.workspace.agreement.number
            )
            with place.open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != one.sha256:
                    refuse("bytes_differ", _("What was stored is not what a checker accepted.")).require()
        hand_over(folder, account_of(account))
        yield (Mount(str(folder), INPUT),)


def variables(found: Sequence[Input]) -> dict[str, str]:
    """What makes accepted packages importable: Python reads a wheel as it lies."""
    packages = [f"{INPUT}/{one.name}" for one in found if one.name.endswith(PACKAGE)]
    return {"PYTHONPATH": ":".join(packages)} if packages else {}
