"""The enclave's machine: what its worker says it has."""

from django.db import transaction

from charteroak.audit import actions as audit
from charteroak.workspaces.actions.workspace import ENCLAVE
from charteroak.workspaces.models import Enclave


@transaction.atomic
def tell(*, strict_tier: bool, accounts_apart: bool, pixels: bool) -> None:
    """Note what the machine has that runs jobs and sessions; the log has it whenever that changes."""
    said = {"strict_tier": strict_tier, "accounts_apart": accounts_apart, "pixels": pixels}
    if Enclave.objects.select_for_update().filter(**said).exists():
        return
    record, _made = Enclave.objects.update_or_create(pk=1, defaults=said)
    audit.record(
        "workspaces:enclave:tell", by=ENCLAVE, subject=record, has=[name for name in said if said[name]]
    )
