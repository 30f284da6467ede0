"""What listens on this machine for bytes that a browser should not send: every address is the loopback's own."""

import http.server
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Canary:
    """What has arrived: paths asked for, packets."""

    http: str = ""
    udp: int = 0
    paths: set[str] = field(default_factory=set)
    packets: int = 0


@contextmanager
def listening() -> Iterator[Canary]:
    canary = Canary()

    class Answer(http.server.BaseHTTPRequestHandler):
        def _note(self) -> None:
            asked = self.path.strip("/").partition("?")[0]
            canary.paths.add(asked)
            self.send_response(
                200 if asked == "open" else 204
            )  # a page without policies, to try everything from
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = do_OPTIONS = do_HEAD = _note  # noqa: N815 - as http.server wants them

        def log_message(self, format: str, *args: object) -> None:
            pass

    with (
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
    ):
        udp.bind(("127.0.0.1", 0))
        canary.http = f"http://127.0.0.1:{server.server_port}"
        canary.udp = udp.getsockname()[1]
        over = threading.Event()

        def packets() -> None:
            udp.settimeout(0.2)
            while not over.is_set():
                try:
                    udp.recvfrom(2048)
                    canary.packets += 1
                except TimeoutError:
                    continue

        threads = [threading.Thread(target=work) for work in (server.serve_forever, packets)]
        for thread in threads:
            thread.start()
        try:
            yield canary
        finally:
            over.set()
            server.shutdown()
            for thread in threads:
                thread.join()
