"""Writes the synthetic state: agency files as the agencies send them, and the truth apart from them."""

from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import polars as pl

MARK = """SYNTHETIC

Every person, number, town and wage in this folder is invented by a program.
Social security numbers come from area 000, which was never issued to anybody.
"""


class TabFile:
    """A delivery in the agencies' format, written chunk by chunk: tab-delimited, unquoted, a header row."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows = 0
        self._file: BinaryIO = path.open("wb")

    def append(self, frame: pl.DataFrame) -> None:
        header = self._file.tell() == 0
        frame.write_csv(
            self._file, separator="\t", include_header=header, quote_style="never", line_terminator="\n"
        )
        self.rows += frame.height

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def make_folders(folder: Path, *, private: tuple[str, ...], shared: tuple[str, ...]) -> None:
    """Make the state's folders, each with its mark; private ones are closed to everybody but the owner."""
    for name in (*shared, *private):
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name).chmod(0o700 if name in private else 0o755)
        mark(folder / name)
    mark(folder)


def mark(folder: Path) -> None:
    (folder / "SYNTHETIC.txt").write_text(MARK, encoding="utf-8")


def write_parts(folder: Path, name: str, part: int, frame: pl.DataFrame) -> None:
    """One part of a table that is never whole in memory."""
    (folder / name).mkdir(exist_ok=True)
    frame.write_parquet(folder / name / f"{part:04d}.parquet", statistics=False)


def clear_parts(folder: Path, name: str) -> None:
    """Remove the parts of an earlier run, which may have had more of them."""
    for path in (folder / name).glob("*.parquet"):
        path.unlink()


def join_parts(folder: Path, name: str) -> None:
    """Make one parquet file of a table's parts, in order, without holding it in memory."""
    parts = sorted((folder / name).glob("*.parquet"))
    pl.scan_parquet(parts).sink_parquet(folder / f"{name}.parquet")
    clear_parts(folder, name)
    (folder / name).rmdir()


def write_csv(path: Path, frame: pl.DataFrame) -> None:
    frame.write_csv(path, line_terminator="\n")


def write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
