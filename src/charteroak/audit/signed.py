"""The log as the notary signed it: what an event read from the database is held against before it is believed."""

from threading import Lock

from charteroak.adapters.environment import home
from charteroak.audit import merkle
from charteroak.audit.checkpoint import verifier_key
from charteroak.audit.models import Event
from charteroak.audit.note import NoteRefused, TreeHead, Verifier, tree_head
from charteroak.audit.queries import NotYetSigned, newest_checkpoint
from charteroak.policy.sentence import Sentence

WIDTH = 32  # bytes of a hash


class LogAltered(RuntimeError):
    """The database holds something else than the notary signed; says what, as a Sentence."""


class SignedLog:
    """The hash of every event that the newest checkpoint covers, once they have made its signed root.

    Kept between questions and only ever continued: a new checkpoint costs the events since the last one.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._start_anew()

    def _start_anew(self) -> None:
        self._hashes, self._frontier = bytearray(), merkle.Frontier()

    def newest(self) -> TreeHead:
        """The newest checkpoint, its signature checked and its root made from the hashes in the database.

        Raises NotYetSigned where there is none, LogAltered where signature or root do not fit.
        """
        checkpoint = newest_checkpoint()
        if checkpoint is None:
            raise NotYetSigned(
                Sentence(
                    "signed checkpoint: the notary has signed nothing yet; it signs within seconds of `oak serve`"
                )
            )
        try:
            head = tree_head(checkpoint.note, _verifier())
        except NoteRefused as refused:
            raise LogAltered(Sentence("the newest checkpoint: {why}", why=str(refused))) from refused
        with self._lock:
            if not self._made(head):
                self._start_anew()  # what was kept may be of another log, as after a restored backup
                if not self._made(head):
                    self._start_anew()
                    raise LogAltered(
                        Sentence(
                            "the log: its {size} events do not make the root that the notary signed; "
                            "`oak audit export` and `oak audit verify` name the event",
                            size=head.size,
                        )
                    )
        return head

    def _made(self, head: TreeHead) -> bool:
        if self._frontier.size > head.size:
            return False
        since = Event.objects.filter(index__gte=self._frontier.size, index__lt=head.size).order_by("index")
        for hashed in since.values_list("leaf_hash", flat=True).iterator(chunk_size=20_000):
            self._hashes += bytes(hashed)
            self._frontier.append(bytes(hashed))
        return (self._frontier.size, self._frontier.root()) == (head.size, head.root)

    def check(self, event: Event, head: TreeHead) -> None:
        """Whether this event's bytes are the signed ones; raises LogAltered, NotYetSigned for a younger event."""
        if event.index >= head.size:
            raise NotYetSigned(
                Sentence(
                    "signed checkpoint: the notary has not signed event {index} yet; it signs within seconds",
                    index=event.index,
                )
            )
        with self._lock:
            signed = bytes(self._hashes[event.index * WIDTH : (event.index + 1) * WIDTH])
        if merkle.leaf_hash(bytes(event.leaf)) != signed:
            raise LogAltered(
                Sentence(
                    "event {index} ({name}) as it was signed: it was altered since",
                    index=event.index,
                    name=event.name,
                )
            )


def _verifier() -> Verifier:
    try:
        return Verifier.parse(verifier_key(home()).read_text(encoding="utf-8"))
    except FileNotFoundError as missing:
        raise NotYetSigned(
            "This installation has no public key of the log yet; start `oak serve`."
        ) from missing


LOG = SignedLog()
