"""Bytes on their way to a browser, piece by piece, however the server runs."""

from collections.abc import AsyncIterator, Generator, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse


def streamed(request: HttpRequest, pieces: Iterator[bytes], *, name: str, kind: str) -> StreamingHttpResponse:
    """`pieces` as the download `name` of media type `kind`, never more than a piece of it in memory.

    Under ASGI Django would read a plain iterator to its end before it sends the first byte.
    """
    under_asgi = isinstance(request, ASGIRequest)
    response = StreamingHttpResponse(_asked_for(pieces) if under_asgi else pieces, content_type=kind)
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
