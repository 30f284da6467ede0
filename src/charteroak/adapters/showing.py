"""How a page shows what the web process holds no key for: the process that does seals it to one page view.

The web makes a key pair that lives as long as the request, asks the worker (as a job) for a view under a
random token, and opens the answer. The worker decides for itself whether the person may look. Nothing that is
stored can be read.
"""

import json
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyrage

from charteroak.adapters.environment import home
from charteroak.adapters.folder import publish
from charteroak.policy.decision import Reason, Refused

PATIENCE = 20.0  # seconds a page waits for a worker


class NotShown(Exception):
    """The worker did not answer in time; the page says so and offers to try again."""


def _place(token: str) -> Path:
    if not token.isalnum():
        raise ValueError("a view's token is letters and digits")
    return home().vault / "views" / token


def ask(defer: Callable[[str, str], object]) -> bytes:
    """What the worker seals for this view; `defer(token, recipient)` asks for it, outside any transaction.

    Raises NotShown when no worker answered.
    """
    identity = pyrage.x25519.Identity.generate()
    token = secrets.token_hex(16)
    defer(token, str(identity.to_public()))
    answer, until = _place(token), time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            sealed = answer.read_bytes()
        except FileNotFoundError:
            time.sleep(0.02)
            continue
        answer.unlink(missing_ok=True)
        return bytes(pyrage.decrypt(sealed, [identity]))
    raise NotShown("The worker that holds the key did not answer. Try again in a moment.")


def answer(token: str, recipient: str, content: bytes) -> None:
    """Seal `content` to the page that asked."""
    key = pyrage.x25519.Recipient.from_str(recipient)
    place = _place(token)
    publish(place, pyrage.encrypt(content, [key]), mode=0o640)


def refusal(refused: Refused) -> bytes:
    """The answer to a page whose reader the worker turned away, for `read` to raise there."""
    return json.dumps({"refused": [[one.rule, one.message, one.mend] for one in refused.reasons]}).encode()


def read(sealed: bytes) -> dict[str, Any]:
    """What a worker answered. Raises Refused where it turned the reader away."""
    said: dict[str, Any] = json.loads(sealed)
    if "refused" in said:
        raise Refused(tuple(Reason(*reason) for reason in said["refused"]))
    return said


def sweep(older_than: float = 120.0) -> int:
    """Remove views that no page fetched, and halves of them that a killed worker left; how many."""
    swept = 0
    for left in (home().vault / "views").glob("*"):
        with suppress(FileNotFoundError):  # its page fetched it just now
            if time.time() - left.stat().st_mtime > older_than:
                left.unlink()
                swept += 1
    return swept
