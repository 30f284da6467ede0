"""A receiver of news on this machine, and what the process `post` sends it."""

import json
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from apps import way
from charteroak.adapters import clock
from charteroak.site import webhooks as news
from charteroak.site.models import Webhook
from conftest import connection_as


class System:
    """A receiver on this machine: keeps what comes, answers as it is told."""

    def __init__(self) -> None:
        self.taken: list[tuple[dict[str, str], str]] = []
        self.answers = 204
        kept = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                kept.taken.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(kept.answers)
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing on the terminal of a test."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/news"

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _headers, body in self.taken]


def subscribed(username: str, url: str, agency: str | None = None) -> tuple[Webhook, str]:
    return news.create(by=way.person(username), label="Ours", url=url, agency=agency)


def sent() -> int:
    with connection_as("post"):
        return news.send_waiting()


def again() -> int:
    """The next try, however long the pause is."""
    with connection_as("post"):
        Webhook.objects.update(next_attempt_at=clock.real_now() - timedelta(seconds=1))
        return news.send_waiting()
