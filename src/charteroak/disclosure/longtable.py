"""Long CSV, one line per cell: what `oak protect` and `oak audit-table` read."""

import csv
import io
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from charteroak.disclosure.multiway import LARGEST, TOTAL, Entry, Key, TableError

NUMBERS = ("value", "freq", "lpl", "upl", "cost")
FLAGS = ("primary", "fixed", "secondary", "suppressed")
RESULTS = ("low", "high")  # of an earlier run: not read
STATES = {"": None, "published": False, "primary": True, "secondary": True, "complementary": True,
          "suppressed": True, "rounded": False}  # fmt: skip
TAKEN = {"state", "low", "high", "value"}  # the names of results beside a cell's codes
MARKS = re.compile(
    r"|x+|\*+|\(?[cds]\)?|-+|n/?a|nan|null|none|suppressed|\.+|:|†|‡|[<≤]\s*\d+", re.IGNORECASE
)
YES, NO = {"1", "1.0", "true", "yes", "y", "x"}, {"", "0", "0.0", "false", "no", "n"}
THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")


@dataclass(frozen=True)
class LongTable:
    """The cells of a file by their codes, in its order."""

    file: str
    dimensions: tuple[str, ...]
    cells: Mapping[Key, Entry]


def decoded(content: bytes, file: str) -> str:
    """UTF-8 with or without a byte order mark, UTF-16 with one, else Windows-1252. Raises TableError."""
    if content.startswith(b"PK\x03\x04"):
        raise TableError(f"{file}: a workbook, not a CSV; save its sheet as CSV, UTF-8")
    try:
        wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise TableError(f"{file}: holds bytes that are no text; save it again as CSV, UTF-8")
    return text


def long_table(content: bytes, file: str, values: bool = True) -> LongTable:
    """Read a table: one column per dimension, `value`, and any of freq, primary, fixed, lpl, upl, cost.

    `state`, `secondary` or `suppressed` say what is hidden. Names are read without regard to case; codes are
    kept letter by letter, and any spelling of `total` is the total. Without `values`, a cell's value may be
    blank or a mark such as `x`, `*` or `<10`: it is hidden. Raises TableError: file, row, column, what to do.
    """
    rows = _rows(decoded(content, file), file)
    names, roles, places = _header(rows, file)
    cells: dict[Key, Entry] = {}
    for number, row in enumerate(rows[1:], start=2):
        if not any(text.strip() for text in row):
            continue
        if len(row) > len(names):
            raise TableError(
                f"{file}: row {number}: {len(row)} fields, but {len(names)} columns; quote commas"
            )
        key = tuple(_code(_cell(row, place)) for place in places)
        if key in cells:
            raise TableError(
                f"{file}: row {number}: the same cell as row {cells[key].row}; remove one of them"
            )
        cells[key] = _entry(row, roles, file, number, values)
    if not cells:
        raise TableError(f"{file}: no cells below the header; add one row per cell")
    return LongTable(file, tuple(names[place] for place in places), cells)


def _header(rows: list[list[str]], file: str) -> tuple[list[str], dict[str, int], list[int]]:
    """The columns' names, which of them have a role, and the places of the dimensions."""
    names = [name.strip() for name in rows[0]]
    known = {name.casefold(): place for place, name in enumerate(names)}
    if len(known) < len(names):
        raise TableError(f"{file}: row 1: two columns have the same name; rename one")
    if "value" not in known:
        raise TableError(
            f"{file}: row 1: no column is called 'value'; name the one that holds the figures so"
        )
    roles = {name: known[name] for name in (*NUMBERS, *FLAGS, *RESULTS) if name in known}
    if "state" in known and all(_cell(row, known["state"]).strip().casefold() in STATES for row in rows[1:]):
        roles["state"] = known["state"]
    places = [place for place in range(len(names)) if place not in roles.values()]
    if not places:
        raise TableError(f"{file}: row 1: no column is a dimension; add one with the cells' codes")
    if taken := TAKEN & {names[place] for place in places}:
        raise TableError(f"{file}: row 1: {min(taken)!r} is the name of a result; rename that dimension")
    return names, roles, places


def parents(content: bytes, file: str) -> dict[str, str]:
    """A hierarchy: two columns, each code and the code above it. Raises TableError."""
    found: dict[str, str] = {}
    for number, row in enumerate(_rows(decoded(content, file), file), start=1):
        fields = [text.strip() for text in row]
        if not any(fields) or (number == 1 and [f.casefold() for f in fields[:2]] == ["code", "parent"]):
            continue
        if len(row) != 2:
            raise TableError(
                f"{file}: row {number}: {len(row)} fields; write a code and its parent: code,parent"
            )
        code, parent = _code(row[0]), _code(row[1]) if fields[1] else TOTAL
        if code in (TOTAL, parent):
            if code == parent or not fields[1]:
                continue
            raise TableError(f"{file}: row {number}: {TOTAL!r} has nothing above it; remove the row")
        if found.setdefault(code, parent) != parent:
            raise TableError(f"{file}: row {number}: {code!r} has two parents; keep one")
    return found


def _rows(text: str, file: str) -> list[list[str]]:
    """Fields by row; the delimiter is the one of comma, semicolon and tab that the header uses most."""
    header = text.lstrip("\r\n").partition("\n")[0]
    if not header.strip():
        raise TableError(f"{file}: empty; give a CSV with a header row")
    delimiter = max(",;\t", key=header.count)
    try:
        return list(
            csv.reader(io.StringIO(text.lstrip("\r\n"), newline=""), delimiter=delimiter, strict=True)
        )
    except csv.Error as error:
        raise TableError(f"{file}: not a CSV: {error}; save it again as CSV, UTF-8") from None


def _cell(row: list[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _code(text: str) -> str:
    return TOTAL if text.strip().casefold() == TOTAL.casefold() else text


def _entry(row: list[str], roles: Mapping[str, int], file: str, number: int, values: bool) -> Entry:
    where = f"{file}: row {number}"
    texts = {name: _cell(row, place).strip() for name, place in roles.items()}
    hidden = bool(MARKS.fullmatch(texts["value"])) and not values
    figures = {
        name: None if (name != "value" and not texts.get(name)) or (name == "value" and hidden)
        else _number(texts[name], f"{where}, column {name!r}")
        for name in NUMBERS
    }  # fmt: skip
    for name in ("freq", "lpl", "upl", "cost"):
        figure = figures[name]
        if figure is not None and figure < 0:
            raise TableError(f"{where}, column {name!r}: {texts[name]} is negative; give 0 or more")
    flags = {name: _flag(texts[name], f"{where}, column {name!r}") for name in FLAGS if name in texts}
    state = texts.get("state", "").casefold()
    primary = flags.get(
        "primary", state == "primary" if state in ("published", "primary", "secondary") else None
    )
    suppressed = (
        hidden or bool(STATES.get(state)) or any(flags.get(n) for n in ("primary", "secondary", "suppressed"))
    )
    return Entry(
        figures["value"], figures["freq"], primary, bool(flags.get("fixed")), figures["lpl"], figures["upl"],
        figures["cost"], suppressed if not values or roles.keys() & {"state", "secondary", "suppressed"} else None,
        number,
    )  # fmt: skip


def _number(text: str, where: str) -> float:
    plain = text.replace(",", "") if THOUSANDS.fullmatch(text) else text
    try:
        number = float(plain)
    except ValueError:
        what = "empty" if not text else "not a number"
        raise TableError(f"{where}: {what}; write a figure such as 1234.5, without unit or comma") from None
    if not math.isfinite(number):
        raise TableError(f"{where}: not finite; write a figure such as 1234.5")
    if abs(number) > LARGEST:
        raise TableError(f"{where}: too large to add up exactly; write it in thousands or millions")
    return number


def _flag(text: str, where: str) -> bool:
    if text.casefold() in YES | NO | {"primary", "secondary", "complementary"}:
        return text.casefold() not in NO
    raise TableError(f"{where}: neither 0 nor 1; write 1 for yes and 0 for no")
