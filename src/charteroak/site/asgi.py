"""The ASGI application that `oak serve` runs: Django, behind a limit on what anyone may send."""

import os
import re
from http import HTTPStatus
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "charteroak.site.settings")
SMALL = 4 << 20  # bytes of everything that is not a delivery: the longest form is a clerical review
DELIVERY = re.compile(r"(/api)?/submissions/[^/]+/deliver/?")


class Limited:
    """Ends a request whose body is larger than allowed, by what it announces and while it streams in.

    Django writes a body to the disk before any view or sign-in is asked, so the limit stands before Django.
    """

    def __init__(self, application: Any, largest_upload: int) -> None:
        self._application, self._largest_upload = application, largest_upload

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        left = self._largest_upload if DELIVERY.fullmatch(scope["path"]) else SMALL
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


def _announced(scope: Any) -> int:
    said = dict(scope["headers"]).get(b"content-length", b"0")
    return int(said) if said.isdigit() else 0


async def _too_large(send: Any) -> None:
    body = b'{"detail": "This is larger than the site takes in here; `oak doctor` names the limit for deliveries."}\n'
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _application() -> Limited:
    django = get_asgi_application()
    from django.conf import settings

    return Limited(django, settings.CONFIG.largest_upload)


application = _application()
