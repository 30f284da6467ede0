"""A file's way in: asked by the project, scanned by the enclave, read by a checker."""

from pathlib import Path

from apps.hub_way import AsProcess
from apps.outputs_way import MAYA
from apps.way import person
from charteroak.inputs import actions, tasks
from charteroak.inputs.models import InputRequest
from charteroak.policy.input_request import Kind
from charteroak.workspaces.models import Workspace

CODES = b"code,label\nW,White\nH,Hispanic\n"
PURPOSE = "The State's own list of codes, public, to label the tables."


def asked(
    room: Workspace, name: str = "codes.csv", content: bytes = CODES, kind: Kind = Kind.CODE_LIST
) -> InputRequest:
    return actions.submit(
        workspace=room.pk, by=person(MAYA), kind=kind, file_name=name, content=content, purpose=PURPOSE
    )


def scanned(as_process: AsProcess, record: InputRequest) -> InputRequest:
    with as_process("enclave"):
        tasks.look_through(record.pk)
    record.refresh_from_db()
    return record


def accepted(as_process: AsProcess, record: InputRequest) -> InputRequest:
    scanned(as_process, record)
    actions.accept(pk=record.pk, by=person("ida.moss"), sha256=record.sha256)
    record.refresh_from_db()
    return record


def put_into_mirror(folder: Path, *names: str) -> None:
    """Wheels of these names, each with a module that says what it is."""
    import zipfile

    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        module = name.partition("-")[0]
        with zipfile.ZipFile(folder / name, "w") as wheel:
            wheel.writestr(f"{module}.py", f"NAME = {name!r}\n")
            wheel.writestr(f"{module}-1.0.dist-info/METADATA", f"Name: {module}\n")
