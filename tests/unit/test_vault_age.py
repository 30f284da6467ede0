"""An upload is believed only when age's last check has passed; each way to be wrong has its own message."""

import errno
import io
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from obstore.store import LocalStore

from charteroak.adapters.age import (
    Altered,
    CutShort,
    NotAge,
    WrongKey,
    decrypt_stream,
    encrypt_stream,
    generate_identity,
    recipient_fingerprint,
    reencrypt,
)
from charteroak.adapters.keys import FileKeyring
from charteroak.adapters.vault import Vault

PLAIN = os.urandom(3_000_000)
BLOCK = 64 * 1024 + 16  # age's blocks


@pytest.fixture(scope="module")
def keyring(tmp_path_factory: pytest.TempPathFactory) -> FileKeyring:
    root = tmp_path_factory.mktemp("keys")
    made = FileKeyring(root / "private", root / "public")
    made.create("042", "payload")
    return made


@pytest.fixture
def vault(tmp_path: Path, keyring: FileKeyring) -> Vault:
    return Vault(LocalStore(tmp_path / "vault", mkdir=True), keyring)


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    generate_identity(tmp_path / "hub.age")
    return tmp_path / "hub.age"


def encrypted(recipient: str, plain: bytes = PLAIN) -> bytes:
    ciphertext = io.BytesIO()
    encrypt_stream([recipient], io.BytesIO(plain), ciphertext)
    return ciphertext.getvalue()


@pytest.mark.parametrize("size", [0, 1, 64 * 1024, 1 << 20, 3_000_000])
def test_an_upload_is_in_the_vault_as_the_agency_had_it(size: int, hub: Path, vault: Vault) -> None:
    upload = io.BytesIO(encrypted(generate_identity(hub), PLAIN[:size]))
    name = reencrypt(hub, upload, vault, project="042", store="payload")
    assert b"".join(vault.open(name)) == PLAIN[:size]


@pytest.mark.parametrize(
    ("damage", "error", "message"),
    [
        (lambda sound: sound[:-1000], CutShort, "ends too early, at byte"),
        (lambda sound: sound[: len(sound) - len(PLAIN) % 65536 - 16], CutShort, "ends too early, at byte"),
        (lambda sound: sound[:60], CutShort, "at byte 60"),
        (lambda sound: sound[:1_000_000] + b"\0\0\0\0" + sound[1_000_004:], Altered, "64 KiB before byte 10"),
        (lambda sound: sound[:150] + b"A" + sound[151:], Altered, "in its header"),
        (lambda _: b"sasid,ssn\n" * 1000, NotAge, "does not begin as age ciphertext"),
        (lambda _: b"", NotAge, "does not begin as age ciphertext"),
    ],
)
def test_a_bad_upload_is_refused_by_place_and_leaves_nothing_behind(
    damage: Callable[[bytes], bytes],
    error: type[Exception],
    message: str,
    hub: Path,
    vault: Vault,
    tmp_path: Path,
) -> None:
    upload = io.BytesIO(damage(encrypted(generate_identity(hub))))
    with pytest.raises(error, match=rf"{message}.*Encrypt the original again"):
        reencrypt(hub, upload, vault, project="042", store="payload")
    assert not [path for path in (tmp_path / "vault").rglob("*") if path.is_file()]


def test_bytes_after_the_last_block_are_refused(hub: Path, vault: Vault) -> None:
    upload = io.BytesIO(encrypted(generate_identity(hub), PLAIN[: 1 << 20]) + b"more")
    with pytest.raises(Altered, match="follows the file's last block"):
        reencrypt(hub, upload, vault, project="042", store="payload")


def test_a_file_for_another_hub_is_told_apart_from_a_damaged_one(
    hub: Path, vault: Vault, tmp_path: Path
) -> None:
    upload = io.BytesIO(encrypted(generate_identity(tmp_path / "other.age")))
    with pytest.raises(WrongKey, match="Compare the fingerprint"):
        reencrypt(hub, upload, vault, project="042", store="payload")


def test_a_source_that_fails_is_reported_as_itself(hub: Path, vault: Vault) -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > 1_500_000:
                raise OSError(errno.EIO, "the disk went dead")
            return super().read(size)

    with pytest.raises(OSError, match="disk went dead"):
        reencrypt(hub, Failing(encrypted(generate_identity(hub))), vault, project="042", store="payload")


def test_a_target_that_is_full_is_reported_as_itself(hub: Path) -> None:
    class Full(io.BytesIO):
        def write(self, _data: object, /) -> int:
            raise OSError(errno.ENOSPC, "no space left")

    with pytest.raises(OSError, match="no space left"):
        decrypt_stream(hub, io.BytesIO(encrypted(generate_identity(hub))), Full())


def test_a_key_that_cannot_write_ends_the_decryption_too(hub: Path, vault: Vault) -> None:
    upload = io.BytesIO(encrypted(generate_identity(hub)))
    with pytest.raises(ValueError, match="cannot name"):
        reencrypt(hub, upload, vault, project="042", store="No Such Store")


def test_the_hubs_key_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "hub.age"
    assert generate_identity(path) == generate_identity(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_fingerprint_names_one_key(tmp_path: Path) -> None:
    one, other = generate_identity(tmp_path / "one"), generate_identity(tmp_path / "other")
    assert recipient_fingerprint(one) == recipient_fingerprint(f" {one}\n")
    assert recipient_fingerprint(one) != recipient_fingerprint(other)
    assert [len(group) for group in recipient_fingerprint(one).split()] == [4] * 8


@pytest.mark.parametrize("text", ["", "age1short", "ssh-ed25519 AAAA"])
def test_what_is_no_recipient_is_refused(text: str) -> None:
    with pytest.raises(WrongKey, match="no age recipient"):
        recipient_fingerprint(text)


def test_a_spoiled_identity_is_named(tmp_path: Path) -> None:
    (tmp_path / "hub.age").write_text("nothing of use\n")
    with pytest.raises(WrongKey, match="holds no age identity"):
        decrypt_stream(tmp_path / "hub.age", io.BytesIO(b""), io.BytesIO())
