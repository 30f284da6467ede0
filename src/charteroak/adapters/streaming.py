"""Bytes on their way to a browser, piece by piece, however the server runs."""

from collections.abc import AsyncIterator, Generator, Iterator
from typing import BinaryIO

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

PIECE = 1 << 18  # bytes of a file that are in memory at a time


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """A whole file from its beginning, piece by piece; closed after the last."""
    with file:
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def streamed(
    request: HttpRequest, content: Iterator[bytes], *, name: str, kind: str
) -> StreamingHttpResponse:
    """`content` as the download `name` of media type `kind`, never more than a piece of it in memory.

    Under ASGI Django would read a plain iterator to its end before it sends the first byte.
    """
    under_asgi = isinstance(request, ASGIRequest)
    response = StreamingHttpResponse(_asked_for(content) if under_asgi else content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


async def _asked_for(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    try:
        while (piece := await sync_to_async(lambda: next(pieces, None))()) is not None:
            yield piece
    finally:  # also when the reader goes away half-way
        if isinstance(pieces, Generator):
            await sync_to_async(pieces.close)()
