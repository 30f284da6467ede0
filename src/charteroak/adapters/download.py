"""A table as the file that a reader asks for: CSV or workbook, written row by row and sent in pieces."""

import tempfile
from collections.abc import Iterable

from django.http import HttpRequest, HttpResponseBase

from charteroak.adapters import spreadsheet
from charteroak.adapters.streaming import pieces, streamed

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def download(
    request: HttpRequest, head: Iterable[str], rows: Iterable[Iterable[object]], *, name: str, kind: str
) -> HttpResponseBase:
    """The rows as `name` with the ending `kind`, one of KINDS."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it has been read
    if kind == "xlsx":
        spreadsheet.workbook(head, rows, file)
    else:
        for line in spreadsheet.lines(head, rows):
            file.write(line.encode())
    return streamed(request, pieces(file), name=f"{name}.{kind}", kind=KINDS[kind])
