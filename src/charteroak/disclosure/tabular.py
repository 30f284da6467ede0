"""Tables as grids of text, from CSV, Parquet, XLSX and JSON."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import polars as pl

from charteroak.disclosure.unusable import Unusable

DELIMITERS = ",;\t|"
SUFFIXES = (".csv", ".tsv", ".parquet", ".xlsx", ".json")


@dataclass(frozen=True)
class Grid:
    """A header and rows of text; `first` is the number of the first row in its file, `sheet` a workbook's."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    first: int = 2
    sheet: str = ""


def grids(file: str, content: bytes) -> list[Grid]:
    """The tables of a file, by the end of its name. Raises Unusable."""
    suffix = PurePath(file).suffix.lower()
    if suffix not in SUFFIXES:
        raise Unusable(f"this kind of file is not read: give one of {', '.join(SUFFIXES)}", file=file)
    readers = {".parquet": _parquet, ".xlsx": _xlsx, ".json": _json}
    found = readers.get(suffix, _csv)(file, content)
    for grid in found:
        if not grid.header or len(set(grid.header)) != len(grid.header):
            raise Unusable(
                "give every column a name of its own in the first row", file=file, row=grid.first - 1
            )
        for number, row in enumerate(grid.rows, grid.first):
            if len(row) != len(grid.header):
                raise Unusable(
                    f"{len(row)} fields for {len(grid.header)} columns: quote fields with commas",
                    file=file, row=number,
                )  # fmt: skip
    return [grid for grid in found if grid.rows]


def text_of(file: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise Unusable("not UTF-8: export it as UTF-8", file=file, row=row) from None


def _csv(file: str, content: bytes) -> list[Grid]:
    text = text_of(file, content)
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    try:
        read = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]
    except csv.Error as error:
        raise Unusable(f"not readable as CSV ({error}): export it again", file=file) from None
    if not read:
        raise Unusable("the file is empty: give a table with a header", file=file)
    header = tuple(column.strip() for column in read[0])
    return [Grid(header, tuple(tuple(field.strip() for field in row) for row in read[1:]))]


def _parquet(file: str, content: bytes) -> list[Grid]:
    try:
        return [_grid(pl.read_parquet(io.BytesIO(content)))]
    except (pl.exceptions.PolarsError, OSError):
        raise Unusable("not readable as Parquet: write it again", file=file) from None


def _xlsx(file: str, content: bytes) -> list[Grid]:
    """Every sheet, hidden ones too; what a workbook can hide besides its cells is refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as workbook:
            parts = workbook.namelist()
    except zipfile.BadZipFile:
        raise Unusable("not readable as XLSX: save it again", file=file) from None
    hidden = ("pivotCache", "externalLinks", "comments", "vbaProject", "embeddings", "media/", "customXml")
    if any(word in part for part in parts for word in hidden):
        raise Unusable(
            "the workbook holds pivot caches, comments, links, macros or objects, which may hold records: "
            "save the cells alone as a new workbook",
            file=file,
        )
    try:
        sheets = pl.read_excel(io.BytesIO(content), sheet_id=0, engine="calamine", infer_schema_length=0)
    except Exception as error:
        raise Unusable(f"not readable as XLSX ({type(error).__name__}): save it again", file=file) from None
    return [_grid(frame, sheet) for sheet, frame in sheets.items() if frame.width]


def _grid(frame: pl.DataFrame, sheet: str = "") -> Grid:
    text = frame.select(
        (
            pl.col(column).dt.to_string("iso")
            if isinstance(dtype, pl.Datetime)
            else pl.col(column).cast(pl.String)
        )
        for column, dtype in frame.schema.items()
    ).fill_null("")
    header = tuple(column.strip() for column in frame.columns)
    return Grid(header, tuple(tuple(field.strip() for field in row) for row in text.iter_rows()), 2, sheet)


def document(file: str, content: bytes) -> Any:
    """A JSON file's value. Raises Unusable."""
    try:
        return json.loads(text_of(file, content))
    except json.JSONDecodeError as error:
        raise Unusable("not JSON here: write it again", file=file, row=error.lineno) from None
    except RecursionError:
        raise Unusable("nested too deeply to be a table", file=file) from None


def _json(file: str, content: bytes) -> list[Grid]:
    """A list of objects, pandas' `split` ({"columns", "data"}), or its default ({column: {row: value}})."""
    value = document(file, content)
    if (
        isinstance(value, dict)
        and isinstance(value.get("data"), list)
        and isinstance(value.get("columns"), list)
    ):
        header, rows = value["columns"], value["data"]
        if isinstance(value.get("index"), list) and len(value["index"]) == len(rows):
            header, rows = (
                ["", *header],
                [[label, *row] for label, row in zip(value["index"], rows, strict=True)],
            )
    elif isinstance(value, dict) and value and all(isinstance(column, dict) for column in value.values()):
        labels = list(dict.fromkeys(label for column in value.values() for label in column))
        header = ["", *value]
        rows = [[label, *(column.get(label) for column in value.values())] for label in labels]
    elif isinstance(value, list) and value and all(isinstance(row, Mapping) for row in value):
        header = list(dict.fromkeys(column for row in value for column in row))
        rows = [[row.get(column) for column in header] for row in value]
    else:
        raise Unusable(
            'not a table: write a list of objects such as [{"town": "A", "people": 12}]', file=file
        )
    texts = tuple(tuple(_text(field) for field in row) for row in rows)
    return [Grid(tuple(str(column).strip() for column in header), texts, first=1)]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | dict):
        return json.dumps(value)
    return str(value).strip()
