"""The notary: signs the log's size and root, and never a log that contradicts what was signed before."""

import os
from pathlib import Path

from django.db import connection, transaction

from charteroak.adapters import clock
from charteroak.adapters.environment import Home, Process, home, log_name
from charteroak.audit import merkle
from charteroak.audit.models import Checkpoint, Event
from charteroak.audit.note import Signer, TreeHead, Verifier, tree_head
from charteroak.audit.queries import NotYetSigned, newest_checkpoint

LOCK = 7_236_043  # one notary at a time; writers do not wait for it


class LogDamaged(RuntimeError):
    """The log no longer begins with what was signed: nothing more is signed until people have looked."""


def signing_key(home: Home) -> Path:
    return home.keys(Process.NOTARY) / "log.skey"


def verifier_key(home: Home) -> Path:
    return home.public_keys / "log.vkey"


def make_signing_key(home: Home) -> Signer:
    """The log's key, made on first use: private part for the notary alone, public part for everyone."""
    kept = signing_key(home)
    try:
        signer = Signer.parse(kept.read_text(encoding="utf-8"))
    except FileNotFoundError:
        signer = Signer.new(log_name())
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        private = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(private, "w", encoding="utf-8") as file:
            file.write(signer.skey + "\n")
    public = verifier_key(home)
    if not public.exists():
        public.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        public.write_text(signer.verifier.vkey + "\n", encoding="utf-8")
        public.chmod(0o644)
    return signer


def sign_checkpoint() -> Checkpoint:
    """Sign the log as it stands, or return the newest checkpoint when nothing was added since.

    Raises LogDamaged when the log contradicts the newest checkpoint or itself.
    """
    signer = make_signing_key(home())
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        newest = newest_checkpoint()
        frontier = _continued(newest, signer.verifier)
        _extend(frontier)
        if newest and newest.size == frontier.size:
            return newest
        head = TreeHead(signer.name, frontier.size, frontier.root())
        return Checkpoint.objects.create(
            size=head.size,
            root=head.root,
            frontier=b"".join(frontier.hashes),
            note=signer.sign(head.text),
            signed_at=clock.real_now(),
        )


def newest_or_signed() -> Checkpoint:
    """Sign the log as it stands where this account may read the key, otherwise take the notary's newest."""
    if os.access(signing_key(home()), os.R_OK):
        return sign_checkpoint()
    newest = newest_checkpoint()
    if newest is None:
        raise NotYetSigned("The notary has signed nothing yet; start `oak serve` and try again.")
    return newest


def _continued(newest: Checkpoint | None, verifier: Verifier) -> merkle.Frontier:
    """The tree at the newest checkpoint; its frontier is believed because it hashes to the signed root."""
    if newest is None:
        return merkle.Frontier()
    head = tree_head(newest.note, verifier)
    stored = bytes(newest.frontier)
    hashes = [stored[at : at + 32] for at in range(0, len(stored), 32)]
    if len(hashes) == head.size.bit_count():
        frontier = merkle.Frontier(head.size, hashes)
        if frontier.root() == head.root:
            return frontier
    raise LogDamaged(f"The checkpoint at {head.size} events does not have the root that was signed.")


def _extend(frontier: merkle.Frontier) -> None:
    """Add the events since, hashed anew from their bytes."""
    signed = frontier.size
    if signed and not Event.objects.filter(index=signed - 1).exists():
        raise LogDamaged(f"Event {signed - 1} was signed and is gone.")
    since = Event.objects.filter(index__gte=signed).order_by("index").values_list("index", "leaf")
    for index, leaf in since.iterator(chunk_size=5_000):
        if index != frontier.size:
            raise LogDamaged(f"Event {frontier.size} is missing.")
        frontier.append(merkle.leaf_hash(bytes(leaf)))
