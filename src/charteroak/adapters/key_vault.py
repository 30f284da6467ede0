"""Key-encryption keys that never leave Azure Key Vault: it logs every use, and deletes in two steps."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.keyvault.keys import KeyClient
from azure.keyvault.keys.crypto import CryptographyClient, KeyWrapAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa

from charteroak.adapters.keys import (
    KEY_BITS,
    OAEP_256,
    Destroyed,
    KeyMismatch,
    KeyUnavailable,
    Wrapped,
    key_name,
)

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from azure.keyvault.keys import KeyVaultKey


class KeyVaultKeyring:
    """FileKeyring's promises, kept by the key vault at `vault_url`; a key's id is its address with version.

    Writers need the permission keys/get, readers unwrapKey too, the owner create and delete.
    `options` go to Azure's clients (transport, retries, certificates).
    """

    def __init__(self, vault_url: str, credential: "TokenCredential", **options: Any) -> None:
        self._vault_url = vault_url.rstrip("/")
        self._credential = credential
        self._options = options
        self._keys = KeyClient(self._vault_url, credential, **options)

    def create(self, project: str, store: str) -> str:
        """Make the key unless it exists; returns the id. KeyUnavailable until an old one is purged."""
        if not self.exists(project, store):
            name = key_name(project, store)
            try:
                self._keys.create_rsa_key(name, size=KEY_BITS, key_operations=["wrapKey", "unwrapKey"])
            except ResourceExistsError:
                raise KeyUnavailable(
                    f"Key {name} was deleted from {self._vault_url}, not yet purged; name the project anew."
                ) from None
        return self._id(self._key(project, store))

    def exists(self, project: str, store: str) -> bool:
        try:
            self._key(project, store)
        except KeyUnavailable:
            return False
        return True

    def public(self, project: str, store: str) -> rsa.RSAPublicKey:
        """The key to write with. Raises KeyUnavailable when there is none."""
        return self._public(self._key(project, store))

    def wrap(self, project: str, store: str, data_key: bytes) -> Wrapped:
        """Seal `data_key` (32 bytes) here, with the public key alone. Raises KeyUnavailable."""
        key = self._key(project, store)
        return Wrapped(project, store, self._id(key), self._public(key).encrypt(data_key, OAEP_256))

    def unwrap(self, wrapped: Wrapped) -> bytes:
        """The data key, opened inside the key vault. Raises KeyUnavailable, KeyMismatch."""
        address = f"{self._vault_url}/keys/{key_name(wrapped.project, wrapped.store)}/"
        if not wrapped.key_id.startswith(address):  # never send a token where an object's header points
            raise KeyMismatch(f"Sealed with key {wrapped.key_id}, which is not below {address}.")
        client = CryptographyClient(wrapped.key_id, self._credential, **self._options)
        try:
            return client.unwrap_key(KeyWrapAlgorithm.rsa_oaep_256, wrapped.sealed).key
        except HttpResponseError as error:
            if error.status_code == 400:
                raise KeyMismatch(f"The data key sealed with {wrapped.key_id} was altered.") from None
            raise self._unavailable(wrapped.project, wrapped.store, error) from None

    def destroy(self, project: str, store: str) -> Destroyed:
        """Delete the key: sealed until its purge date, destroyed when it is no longer listed as deleted."""
        name = key_name(project, store)
        how = (
            "Deleted from Azure Key Vault. A backup of the key taken by its administrators would restore it."
        )
        try:
            poller = self._keys.begin_delete_key(name)
            poller.wait()
            deleted = poller.result()
        except ResourceNotFoundError:
            try:
                deleted = self._keys.get_deleted_key(name)
            except ResourceNotFoundError:
                return Destroyed(datetime.now(UTC), (), None, how)
        return Destroyed(datetime.now(UTC), (self._id(deleted),), deleted.scheduled_purge_date, how)

    def _key(self, project: str, store: str) -> "KeyVaultKey":
        try:
            return self._keys.get_key(key_name(project, store))
        except HttpResponseError as error:
            raise self._unavailable(project, store, error) from None

    def _unavailable(self, project: str, store: str, error: HttpResponseError) -> KeyUnavailable:
        if error.status_code not in (403, 404):
            raise error
        reason = (
            "it was never made, or is deleted" if error.status_code == 404 else "this process may not use it"
        )
        return KeyUnavailable(f"No key {key_name(project, store)} in {self._vault_url}: {reason}.")

    @staticmethod
    def _id(key: "KeyVaultKey") -> str:
        return str(key.id)

    @staticmethod
    def _public(key: "KeyVaultKey") -> rsa.RSAPublicKey:
        exponent, modulus = key.key.e, key.key.n  # type: ignore[attr-defined] # set by the key's own type
        return rsa.RSAPublicNumbers(int.from_bytes(exponent), int.from_bytes(modulus)).public_key()
