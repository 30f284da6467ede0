"""What the channels share: a token, and what both ends know of each other beforehand."""

import json
import sys
from collections.abc import Callable
from typing import Any

TOLD: dict[str, Any] = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
TOKEN = "1011001011100101"
NUMBER = 11  # what is sent where only a count can be


class Channel:
    """`ready` at the receiver, `send` at the sender, `receive` at the receiver: "" or zeros where nothing came.

    `other` is the process of the other end, by the host's number.
    What must stay open until it was received is kept in `held`.
    """

    def __init__(self) -> None:
        self.held: list[Any] = []
        self.other = 0

    def ready(self) -> None:
        """Before anything is sent."""

    def send(self) -> None:
        raise NotImplementedError

    def receive(self) -> str:
        raise NotImplementedError


Made = dict[str, Callable[[], Channel]]
