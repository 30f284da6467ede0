"""`oak sandbox`: any command in the sealed sandbox, with no database and no server."""

import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from charteroak.sandbox import Mount

UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
NOT_BUILT = 125  # as docker and env say "it never ran"


class Size(click.ParamType[int]):
    """Bytes, with K, M, G or T for powers of 1024."""

    name = "size"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        match = re.fullmatch(r"(\d+(?:\.\d+)?)([KMGT]?)(?:i?B)?", str(value).strip(), re.IGNORECASE)
        if match is None:
            self.fail(f"{value!r} is not a size: write for example 512M or 1G", param, ctx)
        return int(float(match[1]) * UNITS[match[2].upper()])


FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def sandbox() -> None:
    """Run a command in the sealed sandbox."""


@sandbox.command("exec", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option("--data", type=FOLDER, help="Folder seen, read-only, as /enclave/data; default: an empty one.")
@click.option(
    "--work",
    type=FOLDER,
    help="Folder seen as /enclave/work, where the command starts; default: an empty one that is removed.",
)
@click.option("--memory", type=Size(), default="1G", show_default=True)
@click.option("--cpus", type=click.FloatRange(0, min_open=True), default=1.0, show_default=True)
@click.option("--processes", type=click.IntRange(1), default=64, show_default=True, help="Threads count.")
@click.option(
    "--isolator",
    type=click.Choice(["bubblewrap", "gvisor"]),
    default="bubblewrap",
    show_default=True,
    help="gvisor: a kernel of its own, stricter and slower; needs root.",
)
@click.option("--seconds", type=click.FloatRange(0, min_open=True), default=60.0, show_default=True)
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def exec_command(
    data: Path | None,
    work: Path | None,
    memory: int,
    cpus: float,
    processes: int,
    isolator: str,
    seconds: float,
    command: tuple[str, ...],
) -> None:
    """Run COMMAND with no network and nothing of this machine but the given folders and a Python.

    Exit status: the command's own; 124 out of time; 137 out of memory; 125 the sandbox could not be built.

    Needs no installation: outside one, the Python is built on first use and kept in $XDG_CACHE_HOME or ~/.cache, in
    charteroak-UID (about 600 MB; may be deleted at any time).
    """
    from charteroak.adapters import environments, sandboxes
    from charteroak.sandbox import Isolator, Limits, SandboxSpec

    limits = Limits(memory=memory, cpus=cpus, processes=processes, seconds=seconds, output=1 << 40)
    try:
        python = environments.build(environments.folder_here())
        with _mounts(data, work) as mounts:
            spec = SandboxSpec((*mounts, python.mount), limits, isolator=Isolator(isolator))
            given = sys.stdin.buffer if sys.stdin else None
            ended = sandboxes.run(spec, command, stdin=given, on_output=_pass_on)
    except (sandboxes.LimitsNotEnforced, sandboxes.NotStarted, OSError) as error:
        click.echo(f"oak sandbox: {error}", err=True)
        sys.exit(NOT_BUILT)
    for happened, message in (
        (ended.timed_out, f"stopped after {seconds:g} seconds (--seconds)"),
        (ended.out_of_memory, f"stopped for using more than {memory >> 20} MiB of memory (--memory)"),
        (ended.work_full, "stopped: the work folder is full"),
    ):
        if happened:
            click.echo(f"oak sandbox: {message}", err=True)
    sys.exit(ended.status)


@sandbox.command(
    "manifest", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False}
)
@click.option("--namespace", required=True, help="Of the project: nothing enters or leaves it.")
@click.option("--name", default="run", show_default=True, help="Of the pod.")
@click.option("--image", help="By digest, name@sha256:…, with the research environment in it.")
@click.option("--data", metavar="CLAIM", help="Volume claim seen, read-only, as /enclave/data.")
@click.option("--work", metavar="CLAIM", help="Volume claim seen as /enclave/work, where the command starts.")
@click.option("--runtime-class", default="gvisor", show_default=True)
@click.option("--memory", type=Size(), default="1G", show_default=True)
@click.option("--cpus", type=click.FloatRange(0, min_open=True), default=1.0, show_default=True)
@click.option("--seconds", type=click.FloatRange(0, min_open=True), default=60.0, show_default=True)
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def manifest_command(
    namespace: str,
    name: str,
    image: str,
    data: str | None,
    work: str | None,
    runtime_class: str,
    memory: int,
    cpus: float,
    seconds: float,
    command: tuple[str, ...],
) -> None:
    """Print the Kubernetes objects that run COMMAND in the same sandbox, for `kubectl apply -f -`.

    What no pod can say for itself is printed beside them, for who runs the cluster; the system-call profile comes from
    `oak sandbox profile`.
    """
    from charteroak.sandbox import DATA, WORK, Limits, Mount, SandboxSpec, kubernetes

    claims = {f"/claims/{claim}": claim for claim in (data, work) if claim}
    mounts = [Mount(f"/claims/{data}", DATA)] if data else []
    mounts += [Mount(f"/claims/{work}", WORK, writable=True)] if work else []
    try:
        spec = SandboxSpec(tuple(mounts), Limits(memory=memory, cpus=cpus, seconds=seconds))
        objects = kubernetes.manifests(
            spec, command, name=name, namespace=namespace, image=image or "", claims=claims,
            runtime_class=runtime_class,
        )  # fmt: skip
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    click.echo(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}, indent=2))
    for line in kubernetes.NODES:
        click.echo(f"the cluster must hold: {line}", err=True)


@sandbox.command("profile")
def profile_command() -> None:
    """Print the system-call profile that each node keeps below its kubelet's seccomp folder."""
    from charteroak.sandbox import kubernetes

    click.echo(json.dumps(kubernetes.seccomp_profile(), indent=2))
    click.echo(f"keep it as {kubernetes.PROFILE}", err=True)


@contextmanager
def _mounts(data: Path | None, work: Path | None) -> "Iterator[tuple[Mount, Mount]]":
    """The two folders that every script may count on; those that are not given are empty, and gone afterwards."""
    from charteroak.adapters.sandboxes import STRANGER
    from charteroak.sandbox import DATA, WORK, Mount

    with tempfile.TemporaryDirectory(prefix="oak-sandbox-") as temporary:
        for name in ("data", "work"):
            made = Path(temporary) / name
            made.mkdir()
            if os.geteuid() == 0:  # the account that a run has then
                os.chown(made, STRANGER, STRANGER)
        yield (
            Mount(str(data.resolve() if data else Path(temporary) / "data"), DATA),
            Mount(str(work.resolve() if work else Path(temporary) / "work"), WORK, writable=True),
        )


def _pass_on(stream: str, piece: bytes) -> None:
    target = sys.stdout.buffer if stream == "stdout" else sys.stderr.buffer
    target.write(piece)
    target.flush()
