"""Tables for spreadsheet programs, which take a cell that begins like a formula for one."""

import csv
import io
from collections.abc import Iterable

# what Excel, LibreOffice and Google Sheets begin a formula with (OWASP, "CSV Injection"), in full width too
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
BLANK = " \xa0\u3000"


def plain(cell: object) -> object:
    """The cell, marked as text where a spreadsheet would compute it; what is no text stays as it is."""
    computed = isinstance(cell, str) and cell.lstrip(BLANK).startswith(FORMULA)
    return f"'{cell}" if computed else cell


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table as CSV (RFC 4180); every one that the site writes comes from here."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(head)
    writer.writerows([plain(cell) for cell in row] for row in rows)
    return written.getvalue()
