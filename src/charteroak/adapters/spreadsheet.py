"""Tables for spreadsheet programs, which take a cell that begins like a formula for one."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain
from typing import BinaryIO

import xlsxwriter

# what Excel, LibreOffice and Google Sheets begin a formula with (OWASP, "CSV Injection"), in full width too
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
BLANK = " \xa0\u3000"


def plain(cell: object) -> object:
    """The cell, marked as text where a spreadsheet would compute it; what is no text stays as it is."""
    computed = isinstance(cell, str) and cell.lstrip(BLANK).startswith(FORMULA)
    return f"'{cell}" if computed else cell


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table as CSV (RFC 4180); every one that the site writes comes from here."""
    return "".join(lines(head, rows))


def lines(head: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """The same line by line."""
    written = io.StringIO()
    writer = csv.writer(written)
    for row in chain([head], ([plain(cell) for cell in row] for row in rows)):
        writer.writerow(row)
        yield written.getvalue()
        written.seek(0)
        written.truncate()


def workbook(head: Iterable[str], rows: Iterable[Iterable[object]], file: BinaryIO) -> None:
    """A table as a workbook (Office Open XML) with one sheet, written row by row; times in UTC, as it has no zones."""
    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "remove_timezone": True, "default_date_format": "yyyy-mm-dd",
    }  # fmt: skip
    with xlsxwriter.Workbook(file, options) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, list(head), bold)
        for at, row in enumerate(rows, start=1):
            sheet.write_row(at, 0, [_in_a_sheet(plain(cell)) for cell in row])


def _in_a_sheet(cell: object) -> object:
    return cell if cell is None or isinstance(cell, bool | int | float | date | str) else str(cell)
