"""The scan: a file looked at inside the sandbox, beside the person keys of the extract; a package found in the mirror.

The mirror is a folder of wheels that the enclave's operator fills: what is not there cannot be asked for.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from charteroak.adapters import environments, sandboxes, stores
from charteroak.adapters.collector import CollectedFile, collect
from charteroak.adapters.environment import home
from charteroak.adapters.spill import hand_over, in_memory
from charteroak.adapters.stores import Store
from charteroak.adapters.vault import ObjectId, VaultError
from charteroak.inputs import actions
from charteroak.inputs.models import InputRequest
from charteroak.outputs.checks import ACCOUNT, JUDGED, LIMITS, PERSON
from charteroak.policy.decision import refuse
from charteroak.policy.input_request import LARGEST, Action, Kind, Status
from charteroak.sandbox import DATA, INPUT, Mount, SandboxSpec
from charteroak.workspaces.folders import account_of, mounted

ANY_PYTHON = "py3-none-any.whl"  # no code that only a machine can read


def read(record: InputRequest) -> bytes:
    """The pinned bytes, in the clear; only the enclave can. Raises VaultError where these are others."""
    project = record.workspace.agreement.number
    content = b"".join(stores.vault(Store.CHECK).open(ObjectId(Store.CHECK, record.stored), project=project))
    if hashlib.sha256(content).hexdigest() != record.sha256:
        raise VaultError(f"{record.number}: the stored bytes are not the pinned ones. Ask for the file anew.")
    return content


def scan(pk: int) -> None:
    """Look at the file and note what was found. Safe to repeat. Raises Refused, OSError, VaultError."""
    record = (
        InputRequest.objects.select_related("workspace__agreement", "workspace__extract")
        .filter(pk=pk, status=Status.SUBMITTED)
        .first()
    )
    if record is None:
        return
    actions.require(record, Action.SCAN, None)
    name, content = _fetched(record) if record.kind == Kind.PACKAGE else (record.name, read(record))
    findings = _looked_at(record, name, content)
    fresh = content if record.kind == Kind.PACKAGE else None
    actions.note_scan(pk=pk, name=name, content=fresh, findings=findings)


def _looked_at(record: InputRequest, name: str, content: bytes) -> list[dict[str, Any]]:
    python = environments.build(home().environments)
    with (
        mounted(record.workspace.extract, ACCOUNT, purpose="scan-data") as data,
        in_memory("scan-input") as folder,
    ):
        (folder / name).write_bytes(content)
        hand_over(folder, account_of(ACCOUNT))
        command = [
            "python", "-m", "charteroak.disclosure", "scan", "--data", DATA, "--person", PERSON,
            "--file", f"{INPUT}/{name}",
        ]  # fmt: skip
        mounts = (Mount(str(data), DATA), Mount(str(folder), INPUT), python.mount)
        ended = sandboxes.run(SandboxSpec(mounts, LIMITS), command, uid=account_of(ACCOUNT))
    return verdicts(ended)


def verdicts(ended: sandboxes.Ended) -> list[dict[str, Any]]:
    """What the scan printed; where it broke off, one verdict that nobody could judge the file."""
    nobody_could = [{"rule": "opaque", "verdict": "fail", "cell": "", "figure": "", "limit": "", "mend": ""}]
    if ended.status not in JUDGED or ended.output_cut:
        return nobody_could
    try:
        found: list[dict[str, Any]] = json.loads(ended.stdout)["verdicts"]
    except (
        ValueError,
        KeyError,
        TypeError,
    ):  # it broke off: Python's own status is then that of a judged file
        return nobody_could
    return found


def mirror() -> Path:
    """The folder of wheels: CHARTEROAK_PACKAGE_MIRROR, else `mirror` beside the environments."""
    return Path(os.environ.get("CHARTEROAK_PACKAGE_MIRROR") or home().root / "mirror")


def _fetched(record: InputRequest) -> tuple[str, bytes]:
    """The one wheel of that name and version in the mirror. Raises Refused."""
    name = _wheel(record.name)
    for file in collect(mirror(), [name], largest=LARGEST) if name else ():
        if isinstance(file, CollectedFile):
            return name, file.content.read(file.size)
    refuse(
        "not_in_the_mirror",
        _("The mirror of packages has no wheel of that name and version that any Python reads."),
        _("Write NAME==VERSION, and ask the enclave’s operator what the mirror has."),
    ).require()
    raise AssertionError  # require() has raised


def _wheel(asked: str) -> str:
    try:
        wanted = Requirement(asked)
    except InvalidRequirement:
        return ""
    pinned = [one.version for one in wanted.specifier if one.operator == "=="]
    for path in sorted(mirror().glob(f"*-{ANY_PYTHON}")):
        try:
            name, version, _build, _tags = parse_wheel_filename(path.name)
        except InvalidWheelFilename:
            continue
        if name == canonicalize_name(wanted.name) and [str(version)] == pinned:
            return path.name
    return ""
