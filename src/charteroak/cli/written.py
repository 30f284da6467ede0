"""Where a command writes: a file, whole or not at all, or standard output for `-`."""

import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

STDOUT = Path("-")
FORCE = click.option("--force", is_flag=True, help="Overwrite a file that exists.")


class Target(click.Path):
    """A file to write, or `-`; wrong folders are refused while the command line is read."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, allow_dash=True, path_type=Path)

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        path = super().convert(value, param, ctx)  # type: ignore[arg-type]  # click types its own less strictly
        assert isinstance(path, Path)  # noqa: S101 - as path_type says
        if path != STDOUT and not path.parent.is_dir():
            self.fail(f"{path.parent} is not a folder: make it first", param, ctx)
        return path


def spare(target: Path, *, force: bool) -> None:
    """Refuse a file that exists, unless it may be overwritten; a device or a pipe is no file."""
    if target != STDOUT and target.is_file() and not force:
        raise click.ClickException(f"{target} exists. Choose another name, or overwrite it with --force.")


@contextmanager
def written(target: Path) -> Iterator[BinaryIO]:
    """What is written in the block appears as `target` at its end; nothing does when the block fails."""
    if target == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        if target.exists() and not target.is_file():  # a device or a pipe: there is nothing to replace
            with target.open("wb") as file:
                yield file
            return
        partial = target.with_name(f".{target.name}.{secrets.token_hex(8)}.partial")
        try:
            with partial.open("xb") as file:
                yield file
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise click.ClickException(f"{target} was not written: {error.strerror or error}") from None
