"""What is left of a project in the enclave at its end: sealed outputs, logs, verdicts, the work folder."""

from collections.abc import Iterator

from charteroak.adapters.environment import Process, process
from charteroak.adapters.stores import Store
from charteroak.agreements import destruction
from charteroak.agreements.destruction import Holding
from charteroak.agreements.models import Agreement, DestructionDuty
from charteroak.workspaces import actions as workspaces

WHAT = DestructionDuty.What.OUTPUTS


def _workspace_ended(record: Agreement) -> Iterator[str]:
    if process() is Process.ENCLAVE:
        yield workspaces.remove(agreement=record)


HELD = Holding("outputs", (Store.CHECK, Store.OUTBOX, Store.WORK), clear=_workspace_ended)


def destroy(agreement: int, what: str = WHAT) -> None:
    """This process's part; released bytes are public and stay."""
    destruction.destroy(agreement, what, HELD)


def order(record: Agreement) -> None:
    destruction.order(record, WHAT, HELD)


def due() -> list[DestructionDuty]:
    return destruction.due([WHAT])
