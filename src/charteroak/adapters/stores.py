"""Which store of the vault holds what, which process alone can open it, and how a process reaches it."""

import os
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from obstore.store import LocalStore, ObjectStore, from_url

from charteroak.adapters import age
from charteroak.adapters.environment import Home, Process, home, process
from charteroak.adapters.keys import Destroyed, FileKeyring, Keyring
from charteroak.adapters.vault import Vault

ABANDONED = timedelta(hours=1)  # since a half-written object last grew
ACCOUNTS_GROUP = 64100  # the group that the platform's accounts share when they are apart


class Store(StrEnum):
    INCOMING = "incoming"  # age ciphertext as delivered; opened with the hub's age keys only
    IDENTITY = "identity"  # matching files, finder lists' numbers, pairs
    PAYLOAD = "payload"  # analysis files
    CROSSWALK = "crosswalk"  # record → the project's pseudonym
    EXTRACT = "extract"  # what a workspace mounts; evidence for the airlock's checks
    CHECK = "check"  # what the airlock hands the enclave: outputs to rebuild, inputs to scan and to mount
    WORK = "work"  # work folders while nobody is in them
    OUTBOX = "outbox"  # what jobs left: outputs, logs, check results
    RELEASED = "released"  # public bytes, as released
    ATTACHMENT = (
        "attachment"  # papers of data requests, as they came: about studies, never about the people studied
    )


# Whoever holds the private key of a store is the only one who can open it; everyone may write to it.
OPENED_BY: dict[Store, Process] = {
    Store.IDENTITY: Process.LINKER,
    Store.PAYLOAD: Process.EXTRACTOR,
    Store.CROSSWALK: Process.EXTRACTOR,
    Store.EXTRACT: Process.ENCLAVE,
    Store.CHECK: Process.ENCLAVE,
    Store.WORK: Process.ENCLAVE,
    Store.OUTBOX: Process.OUTPUTS,
}

# The hub's two age keys: the linker alone opens matching files, the extractor alone analysis files.
HUB_KEYS: dict[str, Process] = {"matching": Process.LINKER, "analysis": Process.EXTRACTOR}


def objects(at: Home) -> ObjectStore:
    """The vault's folder, or the blob container named by CHARTEROAK_VAULT_URL."""
    url = os.environ.get("CHARTEROAK_VAULT_URL")
    if url:
        return from_url(url)
    at.vault.mkdir(parents=True, exist_ok=True)
    return LocalStore(at.vault)


def keyring(store: Store) -> Keyring:
    """The keys of one store: public half of its owner, private half only where this process is the owner."""
    here, owner = home(), OPENED_BY.get(store, process())
    vault_url = os.environ.get("CHARTEROAK_KEY_VAULT_URL")
    if vault_url:
        from azure.identity import DefaultAzureCredential

        from charteroak.adapters.key_vault import KeyVaultKeyring

        return KeyVaultKeyring(vault_url, DefaultAzureCredential())
    return FileKeyring(here.keys(process()), here.public_keys / owner)


def vault(store: Store) -> Vault:
    """The vault as this process sees one store."""
    return Vault(
        objects(home()), keyring(store), gid=ACCOUNTS_GROUP if os.geteuid() == 0 or _apart() else None
    )


def sweep() -> int:
    """Remove what killed processes left half written, in every store; how many. For each start, and hourly."""
    return vault(Store.INCOMING).sweep(datetime.now(UTC) - ABANDONED)


def _apart() -> bool:
    """Whether this process runs under one of the platform's own accounts."""
    return ACCOUNTS_GROUP in os.getgroups() or os.getegid() == ACCOUNTS_GROUP


def owned_stores() -> list[Store]:
    return [store for store, owner in OPENED_BY.items() if owner is process()]


def create_project_keys(project: str) -> dict[str, str]:
    """A key pair for each store that this process opens; store → key id. Safe to repeat."""
    return {store.value: keyring(store).create(project, store) for store in owned_stores()}


def destroy_project_keys(project: str, stores: list[Store]) -> dict[str, Destroyed]:
    """Destroy this process's keys: what they sealed cannot be opened again."""
    return {
        store.value: keyring(store).destroy(project, store)
        for store in stores
        if OPENED_BY[store] is process()
    }


def hub_identity(kind: str) -> Path:
    """The private age key for files of `kind` (matching, analysis); made at first use by its process."""
    return home().keys(HUB_KEYS[kind]) / f"hub.{kind}.age"


def publish_hub_key(kind: str) -> str:
    """Make the hub's age key unless it exists, and publish its recipient. For the process that owns it."""
    private = hub_identity(kind)
    recipient = age.generate_identity(private)
    public = hub_recipient_file(kind)
    public.parent.mkdir(parents=True, exist_ok=True)
    if not public.exists() or public.read_text(encoding="ascii").strip() != recipient:
        public.write_text(recipient + "\n", encoding="ascii")
        public.chmod(0o644)
    return recipient


def hub_recipient_file(kind: str) -> Path:
    return home().public_keys / HUB_KEYS[kind] / f"hub.{kind}.recipient"


def hub_recipient(kind: str) -> str:
    """The age recipient for files of `kind`. Raises FileNotFoundError before the hub made its key."""
    return hub_recipient_file(kind).read_text(encoding="ascii").strip()
