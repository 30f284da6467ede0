"""What the hub destroys on the clock: identifiers with their crosswalk, analysis files, the extract."""

from collections.abc import Callable, Iterable, Iterator

from charteroak.adapters.environment import process
from charteroak.adapters.stores import HUB_KEYS, Store
from charteroak.adapters.vault import ObjectId
from charteroak.agreements import destruction
from charteroak.agreements.destruction import Holding
from charteroak.agreements.models import Agreement, DestructionDuty
from charteroak.hub import queries
from charteroak.policy import extract as extract_rules
from charteroak.policy.delivery import FileKind
from charteroak.policy.roles import Role
from charteroak.submissions import actions as submissions

What = DestructionDuty.What


def _as_sent(kind: FileKind) -> Callable[[Agreement], Iterator[ObjectId]]:
    """The ciphertexts that this process's age key opens."""

    def found(record: Agreement) -> Iterator[ObjectId]:
        if HUB_KEYS[kind] is not process():
            return
        for sent in record.deliveries.filter(kind=kind):
            yield ObjectId(Store.INCOMING, sent.ciphertext)
        if kind is FileKind.MATCHING:
            for asked in record.finder_lists.exclude(ciphertext=""):
                yield ObjectId(Store.INCOMING, asked.ciphertext)

    return found


def _noted(kind: FileKind) -> Callable[[Agreement], Iterable[str]]:
    """The deliveries' own records say that their files are gone."""

    def note(record: Agreement) -> Iterable[str]:
        if HUB_KEYS[kind] is process():
            for sent in record.deliveries.filter(kind=kind).exclude(status="quarantined"):
                submissions.destroy(pk=sent.pk, by=process())
        return ()

    return note


def _extract_destroyed(agreement: Agreement) -> None:
    record = queries.extract_of(agreement)
    if record is None or record.status == extract_rules.Status.ORDERED:
        return  # never built
    rules, status = extract_rules.LIFECYCLE, extract_rules.Status(record.status)
    facts = queries.extract_facts(record)
    rules.may(status, extract_rules.Action.DESTROY, {Role.SYSTEM}, facts).require()
    record.status = rules.after(status, extract_rules.Action.DESTROY)
    record.save()


HELD: dict[str, Holding] = {
    What.IDENTIFIERS: Holding(
        "hub", (Store.IDENTITY, Store.CROSSWALK), _as_sent(FileKind.MATCHING), _noted(FileKind.MATCHING)
    ),
    What.PAYLOAD: Holding(
        "hub", (Store.PAYLOAD,), _as_sent(FileKind.ANALYSIS), _noted(FileKind.ANALYSIS)
    ),
    What.EXTRACT: Holding("hub", (Store.EXTRACT,), completed=_extract_destroyed),
}  # fmt: skip


def order(record: Agreement, what: str) -> None:
    destruction.order(record, what, HELD[what])


def destroy(agreement: int, what: str) -> None:
    destruction.destroy(agreement, what, HELD[what])


def due() -> list[DestructionDuty]:
    return destruction.due(HELD)
