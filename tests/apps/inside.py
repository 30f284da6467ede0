"""The server of a session, spoken to at its own socket, as the proxy speaks to it."""

import http.client
import json
import socket
import time
import uuid
from typing import Any

from websockets.sync.client import ClientConnection, unix_connect

from charteroak.workspaces import broker
from charteroak.workspaces.models import Session


class Inside:
    """JupyterLab that is being hosted; waits until it answers."""

    def __init__(self, session: Session) -> None:
        self.socket = str(broker.socket_of(session.name))
        while not self._answers():
            session.refresh_from_db()
            assert session.status in {"starting", "running"}, session.outcome

    def _answers(self) -> bool:
        try:
            self.ask("GET", "/api/status")
        except OSError:
            time.sleep(0.05)
            return False
        return True

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        with socket.socket(socket.AF_UNIX) as opened:
            opened.connect(self.socket)
            connection = http.client.HTTPConnection("localhost")
            connection.sock = opened
            connection.request(method, path, json.dumps(body) if body is not None else None)
            answer = connection.getresponse()
            said = answer.read()
            assert answer.status < 400, said
            return json.loads(said) if said else None

    def kernel(self, name: str = "python3") -> str:
        return str(self.ask("POST", "/api/kernels", {"name": name})["id"])

    def run(self, kernel: str, code: str) -> str:
        """What a cell prints and answers, once the kernel is idle again."""
        address = f"ws://localhost/api/kernels/{kernel}/channels"
        with unix_connect(self.socket, address, max_size=None, open_timeout=120) as channel:
            return self.on(channel, code)

    @staticmethod
    def on(channel: ClientConnection, code: str) -> str:
        """The same on channels that are open already."""
        asked = uuid.uuid4().hex
        message = {
            "header": {"msg_id": asked, "msg_type": "execute_request", "username": "", "session": asked,
                       "version": "5.3"},
            "parent_header": {}, "metadata": {}, "channel": "shell", "buffers": [],
            "content": {"code": code, "silent": False, "store_history": False, "allow_stdin": False},
        }  # fmt: skip
        channel.send(json.dumps(message))
        printed: str = ""
        while True:
            said = json.loads(channel.recv())
            if said["parent_header"].get("msg_id") != asked:
                continue
            content = said["content"]
            printed += content.get("text", "") or content.get("data", {}).get("text/plain", "")
            printed += "\n".join(content.get("traceback", [])) if said["msg_type"] == "error" else ""
            if said["msg_type"] == "status" and content["execution_state"] == "idle":
                return str(printed)
