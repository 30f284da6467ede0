"""`oak sandbox`: any command in the sealed sandbox, with no database and no server."""

import re
import sys
from pathlib import Path

import click

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
@click.option("--data", type=FOLDER, help="Folder seen, read-only, as /enclave/data.")
@click.option("--work", type=FOLDER, help="Folder seen as /enclave/work, where the command starts.")
@click.option("--memory", type=Size(), default="1G", show_default=True)
@click.option("--cpus", type=click.FloatRange(0, min_open=True), default=1.0, show_default=True)
@click.option("--processes", type=click.IntRange(1), default=64, show_default=True, help="Threads count.")
@click.option("--seconds", type=click.FloatRange(0, min_open=True), default=60.0, show_default=True)
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def exec_command(
    data: Path | None,
    work: Path | None,
    memory: int,
    cpus: float,
    processes: int,
    seconds: float,
    command: tuple[str, ...],
) -> None:
    """Run COMMAND with no network and nothing of this machine but the given folders and a Python.

    Exit status: the command's own; 124 out of time; 137 out of memory; 125 the sandbox could not be built.
    """
    from charteroak.adapters import environment, environments, sandboxes
    from charteroak.sandbox import DATA, WORK, Limits, Mount, SandboxSpec

    mounts = [Mount(str(data.resolve()), DATA)] if data else []
    mounts += [Mount(str(work.resolve()), WORK, writable=True)] if work else []
    limits = Limits(memory=memory, cpus=cpus, processes=processes, seconds=seconds, output=1 << 40)
    try:
        python = environments.build(environment.home().environments)
        spec = SandboxSpec((*mounts, python.mount), limits)
        ended = sandboxes.run(
            spec, command, stdin=sys.stdin.buffer if sys.stdin else None, on_output=_pass_on
        )
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


def _pass_on(stream: str, piece: bytes) -> None:
    target = sys.stdout.buffer if stream == "stdout" else sys.stderr.buffer
    target.write(piece)
    target.flush()
