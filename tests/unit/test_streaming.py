"""Downloads reach a browser piece by piece under ASGI, without Django's reading all of them ahead."""

import asyncio
import warnings
from collections.abc import Iterator

from django.test import AsyncRequestFactory, RequestFactory

from charteroak.adapters.streaming import streamed

asked: list[str] = []


def pieces() -> Iterator[bytes]:
    asked.clear()
    try:
        for piece in (b"one ", b"two ", b"three"):
            asked.append("piece")
            yield piece
    finally:
        asked.append("closed")


def test_under_asgi_each_piece_is_made_when_it_is_sent() -> None:
    response = streamed(AsyncRequestFactory().get("/"), pieces(), name="log.jsonl", kind="application/jsonl")

    async def read() -> list[bytes]:
        sent = []
        async for piece in response:
            sent.append(piece)
            assert asked == ["piece"] * len(sent)
        return sent

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert asyncio.run(read()) == [b"one ", b"two ", b"three"]
    assert asked[-1] == "closed"


def test_without_asgi_the_same_bytes_come() -> None:
    response = streamed(RequestFactory().get("/"), pieces(), name="a.csv", kind="text/csv; charset=utf-8")
    assert response.getvalue() == b"one two three"
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="a.csv"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
