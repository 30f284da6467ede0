"""`oak run` and its token: it goes to the site that was named, and no further."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from charteroak.cli import asking, run

pytestmark = pytest.mark.enable_socket  # loopback only


@contextmanager
def answering(elsewhere: str = "") -> Iterator[tuple[str, list[str | None]]]:
    """A server of this machine that sends everybody elsewhere, or answers; and the tokens that came in."""
    came: list[str | None] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            came.append(self.headers["Authorization"])
            self.send_response(302 if elsewhere else 200)
            if elsewhere:
                self.send_header("Location", elsewhere)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_said: object) -> None:
            """Nobody reads it."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", came
        server.shutdown()
        thread.join()


def test_a_redirect_takes_no_token_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(asking.TOKEN, "secret")
    with ExitStack() as stack:
        stranger, stole = stack.enter_context(answering())
        site, came = stack.enter_context(answering(elsewhere=stranger))
        assert run._asked(site) == {}
    assert (came, stole) == (["Bearer secret"], [None])
