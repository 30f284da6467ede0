"""Azure's own client, driven against a key vault on this machine that answers as Azure's does."""

import base64
import json
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme
from azure.core.credentials import AccessToken
from cryptography.hazmat.primitives.asymmetric import rsa

from charteroak.adapters.key_vault import KeyVaultKeyring
from charteroak.adapters.keys import OAEP_256, KeyMismatch, KeyUnavailable, Wrapped

pytestmark = pytest.mark.enable_socket  # loopback only
DATA_KEY = bytes(range(32))
PURGED_AFTER = timedelta(days=90)


def b64(number: bytes) -> str:
    return base64.urlsafe_b64encode(number).rstrip(b"=").decode()


class KeyVault(ThreadingHTTPServer):
    """Create, get, unwrap, delete and get-deleted of RSA keys, behind TLS and the bearer challenge."""

    def __init__(self, certificate: trustme.LeafCert) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.url = f"https://localhost:{self.server_port}"
        self.keys: dict[str, rsa.RSAPrivateKey] = {}
        self.deleted: dict[str, tuple[rsa.RSAPrivateKey, datetime]] = {}
        self.forbidden = False
        self.calls: list[str] = []

    def bundle(self, name: str, key: rsa.RSAPrivateKey) -> dict[str, Any]:
        numbers = key.public_key().public_numbers()
        web_key = {"kid": f"{self.url}/keys/{name}/1", "kty": "RSA", "e": b64(numbers.e.to_bytes(3))}
        return {"key": {**web_key, "n": b64(numbers.n.to_bytes(384))}, "attributes": {"enabled": True}}

    def gone(self, name: str) -> dict[str, Any]:
        key, at = self.deleted[name]
        dates = {
            "deletedDate": int(at.timestamp()),
            "scheduledPurgeDate": int((at + PURGED_AFTER).timestamp()),
        }
        return {**self.bundle(name, key), "recoveryId": f"{self.url}/deletedkeys/{name}", **dates}


class Answer(BaseHTTPRequestHandler):
    server: KeyVault
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *arguments: object) -> None:
        pass

    def reply(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(
            body if status == 200 else {"error": {"code": str(status), "message": "no"}}
        ).encode()
        self.send_response(status)
        if status == 401:
            self.send_header(
                "WWW-Authenticate",
                'Bearer authorization="https://localhost/tenant", resource="https://localhost"',
            )
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def handle_any(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        if not self.headers.get("Authorization"):
            return self.reply(401, {})
        kind, name, *rest = self.path.partition("?")[0].strip("/").split("/")
        vault, step = self.server, rest[-1] if rest else ""
        vault.calls.append(f"{self.command} {kind} {step}".strip())
        if kind == "deletedkeys":
            return self.reply(200, vault.gone(name)) if name in vault.deleted else self.reply(404, {})
        if step == "create":
            if name in vault.deleted:
                return self.reply(409, {})
            vault.keys[name] = rsa.generate_private_key(65537, body["key_size"])
        if name not in vault.keys:
            return self.reply(404, {})
        if step == "unwrapkey":
            return self.unwrap(name, body)
        if self.command == "DELETE":
            vault.deleted[name] = (vault.keys.pop(name), datetime.now(UTC))
            return self.reply(200, vault.gone(name))
        return self.reply(200, vault.bundle(name, vault.keys[name]))

    do_GET = do_POST = do_DELETE = handle_any  # noqa: N815 - the base class looks for these names

    def unwrap(self, name: str, body: dict[str, str]) -> None:
        if self.server.forbidden:
            return self.reply(403, {})
        assert body["alg"] == "RSA-OAEP-256"
        sealed = base64.urlsafe_b64decode(body["value"] + "==")
        try:
            plain = self.server.keys[name].decrypt(sealed, OAEP_256)
        except ValueError:
            return self.reply(400, {})
        return self.reply(200, {"kid": f"{self.server.url}/keys/{name}/1", "value": b64(plain)})


class Signed:
    """A credential whose token nobody else would accept."""

    def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
        return AccessToken("token", int(time.time()) + 3600)


@pytest.fixture
def azure(tmp_path: Path) -> Iterator[KeyVault]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    server = KeyVault(authority.issue_cert("localhost"))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def keyring(azure: KeyVault, tmp_path: Path) -> KeyVaultKeyring:
    # the challenge names this machine, not vault.azure.net: only this test may skip comparing them
    return KeyVaultKeyring(
        azure.url,
        Signed(),
        connection_verify=str(tmp_path / "ca.pem"),
        verify_challenge_resource=False,
        retry_total=0,
    )


def test_wrapping_stays_here_and_unwrapping_is_asked_of_azure(
    azure: KeyVault, keyring: KeyVaultKeyring
) -> None:
    key_id = keyring.create("042", "identity")
    assert key_id == f"{azure.url}/keys/042--identity/1"
    wrapped = keyring.wrap("042", "identity", DATA_KEY)
    assert not [call for call in azure.calls if "unwrap" in call or "wrapkey" in call]
    assert keyring.unwrap(wrapped) == DATA_KEY
    assert azure.calls[-1] == "POST keys unwrapkey"


def test_making_a_key_again_keeps_the_one_there_is(azure: KeyVault, keyring: KeyVaultKeyring) -> None:
    assert keyring.create("042", "identity") == keyring.create("042", "identity")
    assert azure.calls.count("POST keys create") == 1


def test_a_deleted_key_is_sealed_until_azure_purges_it_and_destroyed_after(
    azure: KeyVault, keyring: KeyVaultKeyring
) -> None:
    keyring.create("042", "identity")
    wrapped = keyring.wrap("042", "identity", DATA_KEY)
    certificate = keyring.destroy("042", "identity")
    assert certificate.key_ids == (wrapped.key_id,)
    assert certificate.restorable_until is not None
    assert abs(certificate.restorable_until - certificate.at - PURGED_AFTER) < timedelta(minutes=1)
    assert keyring.destroy("042", "identity").restorable_until == certificate.restorable_until
    with pytest.raises(KeyUnavailable, match="never made, or is deleted"):
        keyring.unwrap(wrapped)
    with pytest.raises(KeyUnavailable, match="not yet purged"):
        keyring.create("042", "identity")
    azure.deleted.clear()
    assert keyring.destroy("042", "identity").restorable_until is None


def test_a_process_without_the_permission_is_told_so(azure: KeyVault, keyring: KeyVaultKeyring) -> None:
    keyring.create("042", "identity")
    wrapped = keyring.wrap("042", "identity", DATA_KEY)
    azure.forbidden = True
    with pytest.raises(KeyUnavailable, match="may not use it"):
        keyring.unwrap(wrapped)


def test_an_altered_data_key_is_refused(keyring: KeyVaultKeyring) -> None:
    wrapped = Wrapped("042", "identity", keyring.create("042", "identity"), bytes(384))
    with pytest.raises(KeyMismatch, match="altered"):
        keyring.unwrap(wrapped)


def test_no_token_goes_where_an_objects_header_points(azure: KeyVault, keyring: KeyVaultKeyring) -> None:
    with pytest.raises(KeyMismatch, match="not below"):
        keyring.unwrap(
            Wrapped("042", "identity", "https://elsewhere.example/keys/042--identity/1", bytes(384))
        )
    assert azure.calls == []
