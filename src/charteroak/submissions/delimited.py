"""Tab-delimited files as agencies send them: read in blocks, checked row by row, never repeated in a message.

Format: P20 WIN Data Governance Manual: tab-delimited, unquoted, a header row, one row per record.
"""

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

BLOCK = 1 << 20  # bytes parsed at a time
LINE_AT_MOST = 1 << 20  # a longer line is no line: the file has no line ends
KEY = "record_id"
PERIOD = "year_quarter"  # a file that has it holds a row per record and quarter
SHOWN = 20  # groups of findings that are told
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_ ]{0,59}")  # what may be repeated of a header without being data
_OTHERS = {",": "comma", ";": "semicolon", "|": "bar"}


@dataclass(frozen=True)
class Column:
    """What a column must hold. `kind`: text, integer, number, date or code; `width`: exact characters."""

    name: str
    kind: str = "text"
    width: int | None = None
    required: bool = False
    codes: tuple[str, ...] = ()


@dataclass
class Found:
    """One cause in one column: how many rows show it, and the first, counting the header as row 1."""

    column: str
    cause: str
    cure: str
    rows: int = 0
    first_row: int | None = None


class Check:
    """Takes a file's bytes as they come, and knows at the end what speaks against it; constant memory
    but for 12 bytes per row, by which repeated records are found.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = {column.name: column for column in columns}
        self._blocks = _Blocks()
        self._header: list[str] = []
        self._found: dict[tuple[str, str], Found] = {}
        self._keys: list[pl.DataFrame] = []
        self._stopped = False
        self.rows = 0

    def feed(self, data: bytes) -> None:
        for block in self._blocks.feed(data):
            self._take(block)

    def finish(self) -> None:
        for block in self._blocks.finish():
            self._take(block)
        if not self._stopped:
            if not self.rows:
                self._note("", "holds no rows", "Send the header and at least one row.", 0, None)
            self._repeated()

    @property
    def findings(self) -> list[Found]:
        """In the header's order, then by first row; the first 20 groups."""
        place = {name: at for at, name in enumerate(self._header)}
        ordered = sorted(self._found.values(), key=lambda f: (place.get(f.column, -1), f.first_row or 0))
        return ordered[:SHOWN]

    @property
    def header(self) -> list[str]:
        return self._header

    def _take(self, block: "Block") -> None:
        if self._stopped:
            return
        if block.undecodable is not None:
            self._note("", "is not UTF-8 text", "Export it with the encoding UTF-8.", 1, block.undecodable)
        if block.endless:
            self._stop("has no line ends", "Export it as tab-delimited text, one record per line.")
            return
        lines, first_row = block.lines, block.first_row
        if not self._header:
            self._read_header(lines[0])
            lines, first_row = lines[1:], first_row + 1
        if lines and not self._stopped:
            self._check_rows(lines, first_row)

    def _read_header(self, line: str) -> None:
        names = line.split("\t")
        other = next((word for mark, word in _OTHERS.items() if line.count(mark) >= 2), None)
        if len(names) == 1 and other:
            self._stop(f"looks {other}-separated", "Export it with tabs between the columns.")
        elif KEY not in names:
            self._stop(
                f"does not begin with a header row that names {KEY}",
                f"Put the column names into row 1; the first is {KEY}.",
            )
        self._header = names
        if self._stopped:
            return
        for name in self._columns:
            if name not in names:
                self._note(name, "is missing", "Add the column under exactly this name.", 0, None)
        for at, name in enumerate(names, start=1):
            shown = name if _NAME.fullmatch(name) else f"column {at}"
            if name not in self._columns:
                cure = "Leave the column out, or amend the agreement."
                self._note(shown, "is not in the agreement for this file", cure, 0, None)
        for name in sorted({name for name in names if names.count(name) > 1}):
            self._stop("stands twice in the header", "Keep one column of each name.", name[:60])

    def _check_rows(self, lines: list[str], first_row: int) -> None:
        width = len(self._header)
        rows = pl.DataFrame({"line": lines}).with_row_index("row", offset=first_row)
        rows = rows.with_columns(width=pl.col("line").str.count_matches("\t", literal=True) + 1)
        self.rows += rows.height
        wrong = rows.filter(pl.col("width") != width)
        if wrong.height:
            cause = f"row has other than {width} columns"
            self._note("", cause, "Look for tabs or line ends within a value.", wrong.height, wrong["row"][0])
        good = _split(rows.filter(pl.col("width") == width), self._header)
        self._keys.append(good.select("row", _key(self._header)))
        tests = [
            (column.name, cause, cure, test)
            for column in (self._columns.get(name) for name in self._header)
            if column is not None
            for cause, cure, test in _tests(column)
        ]
        masks = [test.alias(str(at)) for at, (_, _, _, test) in enumerate(tests)]
        counted = good.select(
            *(mask.sum().name.suffix(" rows") for mask in masks),
            *(pl.col("row").filter(mask).min().alias(f"{at} first") for at, mask in enumerate(masks)),
        ).row(0, named=True)
        for at, (name, cause, cure, _) in enumerate(tests):
            if counted[f"{at} rows"]:
                self._note(name, cause, cure, counted[f"{at} rows"], counted[f"{at} first"])

    def _repeated(self) -> None:
        if not self._keys:
            return
        keys = pl.concat(self._keys)
        again = keys.filter(~pl.col("key").is_first_distinct())
        if again.height:
            what = "record and quarter" if PERIOD in self._header else "record"
            cure = f"Send each {what} once."
            self._note(KEY, f"repeats an earlier {what}", cure, again.height, again["row"].min())

    def _note(self, column: str, cause: str, cure: str, rows: int, first_row: object) -> None:
        found = self._found.setdefault((column, cause), Found(column, cause, cure))
        found.rows += rows
        if isinstance(first_row, int) and (found.first_row is None or first_row < found.first_row):
            found.first_row = first_row

    def _stop(self, cause: str, cure: str, column: str = "") -> None:
        """What is wrong with the whole file; what would be said of its rows is noise."""
        self._note(column, cause, cure, 0, 1)
        self._stopped = True


def frames(chunks: Iterable[bytes]) -> Iterator[pl.DataFrame]:
    """A file that passed its check, in frames of text columns; a blank is null."""
    blocks, header = _Blocks(), list[str]()

    def frame(block: Block) -> pl.DataFrame:
        lines = block.lines
        if not header:
            header.extend(lines[0].split("\t"))
            lines = lines[1:]
        split = _split(pl.DataFrame({"line": lines}, schema={"line": pl.String}), header)
        return split.select(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in header)

    for chunk in chunks:
        yield from map(frame, blocks.feed(chunk))
    yield from map(frame, blocks.finish())


def whole(chunks: Iterable[bytes]) -> pl.DataFrame:
    """The same as one frame."""
    return pl.concat(list(frames(chunks)))


@dataclass
class Block:
    """Whole lines, and the number of the first of them."""

    lines: list[str] = field(default_factory=list)
    first_row: int = 1
    undecodable: int | None = None  # the row that is not UTF-8
    endless: bool = False


class _Blocks:
    """Cuts bytes into blocks of whole lines."""

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._row = 1

    def feed(self, data: bytes) -> Iterator[Block]:
        self._waiting += data
        if len(self._waiting) < BLOCK:
            return
        end = self._waiting.rfind(b"\n") + 1
        if end:
            block, self._waiting = bytes(self._waiting[:end]), self._waiting[end:]
            yield self._block(block)
        elif len(self._waiting) > LINE_AT_MOST:
            self._waiting.clear()
            yield Block(endless=True)

    def finish(self) -> Iterator[Block]:
        if self._waiting:
            yield self._block(bytes(self._waiting))
            self._waiting.clear()

    def _block(self, data: bytes) -> Block:
        if self._row == 1:
            data = data.removeprefix(codecs.BOM_UTF8)
        undecodable = None
        try:
            text = data.decode()
        except UnicodeDecodeError as wrong:
            undecodable = self._row + data.count(b"\n", 0, wrong.start)
            text = data.decode(errors="replace")
        lines = [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]
        block = Block(lines, self._row, undecodable)
        self._row += len(lines)
        return block


def _split(rows: pl.DataFrame, header: Sequence[str]) -> pl.DataFrame:
    parts = pl.col("line").str.split_exact("\t", len(header) - 1).struct.rename_fields(list(header))
    others = [name for name in rows.columns if name == "row"]
    return rows.select(*others, parts.alias("line")).unnest("line")


def _key(header: Sequence[str]) -> pl.Expr:
    """64 bits of hash: two of ten million records share one with a chance of 3 in a million."""
    names = [KEY, PERIOD] if PERIOD in header else [KEY]
    return pl.concat_str(names, separator="\t").hash(seed=0).alias("key")


def _tests(column: Column) -> Iterator[tuple[str, str, pl.Expr]]:
    """Cause, cure, and the rows that show it. Each filled value shows at most one cause."""
    value = pl.col(column.name)
    quoted = value.str.starts_with('"') & value.str.ends_with('"') & (value.str.len_chars() > 1)
    filled = (value != "") & ~quoted
    yield "stands in quotation marks", "Export without quotation marks.", quoted
    if column.required or column.name == KEY:
        yield "is blank", "Every row needs a value.", value == ""
    if column.kind == "date":
        day = value.str.contains(r"^\d{8}$") & value.str.to_date("%Y%m%d", strict=False).is_not_null()
        yield "is no date", "Write YYYYMMDD as text, as in 20030214.", filled & ~day
    elif column.kind == "code":
        known = f"Use {', '.join(column.codes)}." if len(column.codes) < 15 else "Use the dictionary's codes."
        yield "is no code of the dictionary", known, filled & ~value.is_in(column.codes)
    elif column.kind in _PATTERNS:
        pattern, cause = _PATTERNS[column.kind]
        yield cause, "Write digits only, with a point before decimals.", filled & ~value.str.contains(pattern)
    elif column.width is not None:
        yield from _width_tests(column.width, value, filled & (value.str.len_chars() != column.width))


_PATTERNS: Mapping[str, tuple[str, str]] = {
    "integer": (r"^-?\d+$", "is no whole number"),
    "number": (r"^-?\d+(\.\d+)?$", "is no number"),
}


def _width_tests(width: int, value: pl.Expr, wrong: pl.Expr) -> Iterator[tuple[str, str, pl.Expr]]:
    as_text = "Export the column as text."
    power = value.str.contains(r"^\d(\.\d+)?E\+?\d+$")
    short = value.str.contains(r"^\d+$") & (value.str.len_chars() < width)
    yield "leading zeros lost", as_text, wrong & short
    yield "was turned into a power of ten", as_text, wrong & power
    cure = f"Write exactly {width} characters."
    yield f"is not {width} characters long", cure, wrong & ~short & ~power
