"""How a page shows what the web process holds no key for: the process that does seals it to one page view.

The web makes a key pair that lives as long as the request, asks the worker (as a job) for a view under a
random token, and opens the answer. The worker decides for itself whether the person may look. Nothing that is
stored can be read.

A page that waits has a ticket, an empty file; whoever removes it has decided. The page removes it when its patience
ends, the worker when it hands the view over: so a look is on the record only when a page was there to show it.
"""

import json
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyrage
from django.utils.translation import gettext as _

from charteroak.adapters.environment import home
from charteroak.adapters.folder import publish
from charteroak.adapters.vault import VaultError
from charteroak.policy.decision import Reason, Refused

PATIENCE = 20.0  # seconds a page waits for a worker
AGAIN = {"Retry-After": "10", "Refresh": "10"}  # of a page that could not be shown: it asks again by itself


class NotShown(Exception):
    """Nothing can be shown now; the page says why and asks again."""


def _place(token: str) -> Path:
    if not token.isalnum():
        raise ValueError("a view's token is letters and digits")
    return home().vault / "views" / token


def _ticket(token: str) -> Path:
    return _place(token).with_suffix(".waits")


def ask(defer: Callable[[str, str], object]) -> bytes:
    """What the worker seals for this view; `defer(token, recipient)` asks for it, outside any transaction.

    Raises NotShown when no worker answered.
    """
    identity = pyrage.x25519.Identity.generate()
    token = secrets.token_hex(16)
    _ticket(token).touch(mode=0o640)
    try:
        defer(token, str(identity.to_public()))
        sealed = _awaited(_place(token))
        if sealed is None and not _removed(_ticket(token)):  # it is being handed over this moment
            sealed = _awaited(_place(token))
    finally:
        _removed(_ticket(token))
    if sealed is None:
        raise NotShown(_("The process that holds the key has much to do, or is being started again."))
    return bytes(pyrage.decrypt(sealed, [identity]))


def _awaited(answer: Path) -> bytes | None:
    until = time.monotonic() + PATIENCE
    while True:
        with suppress(FileNotFoundError):
            sealed = answer.read_bytes()
            answer.unlink(missing_ok=True)
            return sealed
        if time.monotonic() >= until:
            return None
        time.sleep(0.005)


def _removed(ticket: Path) -> bool:
    """Whether this call removed it: of two at once, exactly one did."""
    try:
        ticket.unlink()
    except FileNotFoundError:
        return False
    return True


def waits(token: str) -> bool:
    """Whether a page is there; one whose process was killed leaves its ticket, which then grows too old."""
    try:
        return time.time() - _ticket(token).stat().st_mtime <= PATIENCE
    except FileNotFoundError:
        return False


def hand_over(
    token: str, recipient: str, read: Callable[[], dict[str, Any]], note: Callable[[], object]
) -> None:
    """Seal what `read` finds to the page that asked, once `note` has put the look on the record.

    Without a page that waits neither happens. The record comes first, so that nothing is seen that is not on it;
    only a process killed between the two leaves a look that nobody had.
    """
    if not waits(token):
        return
    ready = _place(token).with_suffix(".ready")  # a full disk is noticed before anything is on the record
    try:
        publish(ready, _sealed(recipient, read()), mode=0o640)
        if waits(token) and _removed(_ticket(token)):
            note()
            ready.rename(_place(token))
    except (VaultError, OSError):
        answer(token, recipient, {"away": True})
        raise
    finally:
        ready.unlink(missing_ok=True)


def answer(token: str, recipient: str, said: dict[str, Any]) -> None:
    """Tell the page that asked something that is no look at anything."""
    publish(_place(token), _sealed(recipient, said), mode=0o640)


def _sealed(recipient: str, said: dict[str, Any]) -> bytes:
    return bytes(pyrage.encrypt(json.dumps(said).encode(), [pyrage.x25519.Recipient.from_str(recipient)]))


def refusal(refused: Refused) -> dict[str, Any]:
    """The answer to a page whose reader the worker turned away, for `read` to raise there."""
    return {"refused": [[one.rule, one.message, one.mend] for one in refused.reasons]}


def read(sealed: bytes) -> dict[str, Any]:
    """What a worker answered. Raises Refused where it turned the reader away, NotShown where it could not read."""
    said: dict[str, Any] = json.loads(sealed)
    if "refused" in said:
        raise Refused(tuple(Reason(*reason) for reason in said["refused"]))
    if "away" in said:
        raise NotShown(_("The store of files cannot be read at the moment."))
    return said


def sweep(older_than: float = 120.0) -> int:
    """Remove views that no page fetched, and what killed processes left of them; how many."""
    swept = 0
    for left in (home().vault / "views").glob("*"):
        with suppress(FileNotFoundError):  # its page fetched it just now
            if time.time() - left.stat().st_mtime > older_than:
                left.unlink()
                swept += 1
    return swept
