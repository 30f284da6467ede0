"""A delivery's body is read for signed-in stewards alone: everybody else is answered before its first byte."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from apps import way
from apps.hub_way import DAY
from charteroak.adapters import clock
from charteroak.agencies import actions as agencies
from charteroak.site import tokens
from charteroak.site.asgi import SMALL, application
from charteroak.site.models import Token

PAGE, API = "/submissions/042/deliver/", "/api/submissions/042/deliver"
PART = b"x" * (SMALL // 4)


@pytest.fixture(scope="module")
def people(database_of_the_file: None) -> Iterator[None]:
    with way.day(DAY):
        way.load()
        yield


def cookie_of(username: str) -> bytes:
    client = Client()
    client.force_login(way.person(username))
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}".encode()


class Sending:
    """A browser that streams parts without announcing their size, and counts those that were taken."""

    def __init__(
        self, path: str, cookie: bytes = b"", parts: int = 8, announced: int | None = None, token: str = ""
    ) -> None:
        self.taken, self.answers, self._parts = 0, list[Any](), parts
        headers = [(b"host", b"localhost"), (b"content-type", b"multipart/form-data; boundary=b")]
        headers += [(b"cookie", cookie)] if cookie else []
        headers += [(b"authorization", f"Bearer {token}".encode())] if token else []
        headers += [(b"content-length", str(announced).encode())] if announced is not None else []
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": path,
            "raw_path": path.encode(), "query_string": b"", "headers": headers, "scheme": "http",
            "server": ("localhost", 80), "client": ("127.0.0.1", 1), "root_path": "",
        }  # fmt: skip
        asyncio.run(application(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        if self.taken == self._parts:
            await asyncio.Event().wait()  # as a connection that stays open
        self.taken += 1
        return {"type": "http.request", "body": PART, "more_body": self.taken < self._parts}

    async def _send(self, message: Any) -> None:
        self.answers.append(message)

    @property
    def status(self) -> int:
        return int(self.answers[0]["status"])

    @property
    def location(self) -> bytes:
        headers: dict[bytes, bytes] = dict(self.answers[0]["headers"])
        return headers.get(b"location", b"")


@pytest.mark.parametrize("path", [PAGE, API])
@pytest.mark.parametrize("cookie", [b"", b"sessionid=forged", b"sessionid=" + b"a" * 32, b"=;;,\xff"])
def test_a_visitor_is_sent_to_the_sign_in_before_a_byte_is_read(
    people: None, path: str, cookie: bytes
) -> None:
    sending = Sending(path, cookie)
    assert sending.taken == 0
    if path == API:
        assert sending.status == 401
    else:
        assert (sending.status, sending.location) == (303, b"/accounts/login/?next=/submissions/042/")


def test_a_closed_account_is_a_visitor(people: None) -> None:
    cookie = cookie_of("lou.grant")
    agencies.close_account(person=way.person("lou.grant").pk, by=way.person("sam.reyes"))
    assert (Sending(API, cookie).status, Sending(API, cookie).taken) == (401, 0)


def test_who_is_no_steward_sends_no_more_than_any_form(people: None) -> None:
    sending = Sending(PAGE, cookie_of("maya.ortiz"))
    assert (sending.status, sending.taken) == (413, 5)
    assert Sending(PAGE, cookie_of("maya.ortiz"), announced=SMALL + 1).taken == 0


def test_a_steward_sends_up_to_the_limit_of_deliveries(people: None) -> None:
    sending = Sending(PAGE, cookie_of("ben.cole"))
    assert (sending.status, sending.taken) == (403, 8)  # all taken in; it bears no form's token
    announced = Sending(PAGE, cookie_of("ben.cole"), announced=settings.CONFIG.largest_upload + 1)
    assert (announced.status, announced.taken) == (413, 0)


def token_of(username: str, agency: str | None = None, reads_only: bool = False) -> tuple[Token, str]:
    return tokens.create(
        by=way.person(username), label="Mine", agency=agency, last_day=clock.today() + timedelta(days=9),
        reads_only=reads_only, second_factor=True,
    )  # fmt: skip


def test_a_steward_s_program_sends_with_a_token_as_the_steward_does(people: None) -> None:
    held, words = token_of("ben.cole", "SDE")
    sending = Sending(API, token=words)
    assert (sending.status, sending.taken) == (422, 8), "all taken in; there is no file in it"
    assert (Sending(PAGE, token=words).status, Sending(PAGE, token=words).taken) == (303, 0), "no page's form"
    tokens.revoke(pk=held.pk, by=way.person("ben.cole"))
    assert (Sending(API, token=words).status, Sending(API, token=words).taken) == (413, 5)
    reading = Sending(API, token=token_of("ben.cole", reads_only=True)[1], announced=SMALL + 1)
    assert (reading.status, reading.taken) == (413, 0)
    stranger = Sending(API, token=token_of("maya.ortiz")[1])
    assert (stranger.status, stranger.taken) == (413, 5)


def test_a_token_that_is_none_opens_nothing_whoever_is_signed_in(people: None) -> None:
    sending = Sending(API, cookie_of("ben.cole"), token="oak_forged")
    assert (sending.status, sending.taken) == (401, 0)


def test_an_address_that_only_resembles_a_delivery_has_the_limit_of_any_form(people: None) -> None:
    steward = cookie_of("ben.cole")
    for path in (
        "/submissions/042/deliver/x",
        "/submissions//deliver/",
        "/submissions/a/b/deliver/",
        "/deliver/",
    ):
        assert (Sending(path, steward).status, Sending(path, steward).taken) == (413, 5), path
