"""The ASGI application that `oak serve` runs: Django, behind a limit on what anyone may send.

Django writes a body to the disk before any view or sign-in is asked, so both limits stand before Django: everybody
may send a small body, and a delivery's size is for stewards alone, signed in or with a token.
"""

import os
import re
from http import HTTPStatus
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from asgiref.sync import sync_to_async
from django.core.asgi import get_asgi_application
from django.http import parse_cookie

from charteroak.site.settling import settle

if TYPE_CHECKING:  # the settings are named below
    from charteroak.agencies.models import Person

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "charteroak.site.settings")
SMALL = 4 << 20  # bytes of everything that is not a delivery: the longest form is a clerical review
DELIVERY = re.compile(r"(/api)?/submissions/[^/]+/deliver/?")


class Limited:
    """Ends a request whose body is larger than allowed, by what it announces and while it streams in."""

    def __init__(self, application: Any, largest_upload: int) -> None:
        self._application, self._largest_upload = application, largest_upload

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        left = SMALL
        if scope["method"] == "POST" and DELIVERY.fullmatch(scope["path"]):
            signed_in, delivers = await sync_to_async(_who_sends)(_cookies(scope), _token(scope))
            if not signed_in:
                await _sign_in_first(scope, send)
                return
            left = self._largest_upload if delivers else SMALL  # for all others the view has the reasons
        if _announced(scope) > left:
            await _too_large(send)
            return

        async def counted() -> Any:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            return message if left >= 0 else {"type": "http.disconnect"}  # at which Django lets go

        await self._application(scope, counted, send)
        if left < 0:
            await _too_large(send)


def _cookies(scope: Any) -> dict[str, str]:
    said = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    return parse_cookie(said.decode("latin-1"))


def _token(scope: Any) -> str:
    """What names a token, at the interface alone."""
    said = dict(scope["headers"]).get(b"authorization", b"") if scope["path"].startswith("/api/") else b""
    return str(said.decode("latin-1"))


def _who_sends(cookies: dict[str, str], token: str) -> tuple[bool, bool]:
    """Whether this session or token is a person's, and whether that person delivers: holds a steward's office today."""
    from django.db import connections

    from charteroak.adapters import clock
    from charteroak.policy.roles import Role
    from charteroak.site import tokens

    try:
        if token.startswith("Bearer "):
            held = tokens.named_in(token)
            if held is None:
                return False, False
            person = tokens.standing_for(held) if tokens.may_use(held, writes=True, delivers=True) else None
        elif (person := _in_session(cookies)) is None:
            return False, False
        return True, person is not None and Role.DATA_STEWARD in person.roles(clock.today())
    finally:
        connections.close_all()  # this look has a context of its own, which no request's end closes


def _in_session(cookies: dict[str, str]) -> "Person | None":
    from django.conf import settings
    from django.contrib.auth import get_user
    from django.http import HttpRequest

    from charteroak.agencies.models import Person

    key = cookies.get(settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    person = get_user(request)
    return person if isinstance(person, Person) else None


def _announced(scope: Any) -> int:
    said = dict(scope["headers"]).get(b"content-length", b"0")
    return int(said) if said.isdigit() else 0


async def _too_large(send: Any) -> None:
    told = b'{"detail": "This is larger than the site takes in here; `oak doctor` names the limit for deliveries."}\n'
    await _answer(send, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, told)


async def _sign_in_first(scope: Any, send: Any) -> None:
    """A page's form goes to the sign-in and back to the deliveries; nothing of the body was read."""
    if scope["path"].startswith("/api/"):
        told = (
            b'{"detail": "Sign in or send a token of yours, then send the file. Nothing of it was read."}\n'
        )
        await _answer(send, HTTPStatus.UNAUTHORIZED, told)
        return
    back = scope["path"].rstrip("/").removesuffix("deliver")
    where = f"/accounts/login/?next={quote(back)}".encode()
    await _answer(send, HTTPStatus.SEE_OTHER, b"", (b"location", where))


async def _answer(send: Any, status: HTTPStatus, body: bytes, *more: tuple[bytes, bytes]) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _application() -> Any:
    django = get_asgi_application()
    from django.conf import settings

    from charteroak.workspaces.proxy import Sessions

    return Sessions(Limited(django, settings.CONFIG.largest_upload), settings.CONFIG.origins)


application = _application()
import_module("charteroak.site.urls")  # Django would load them with the first page
settle()
