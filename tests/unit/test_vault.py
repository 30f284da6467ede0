"""What goes into the vault comes out unchanged or not at all, and is readable on the disk to nobody."""

import hashlib
import io
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from obstore.store import LocalStore, MemoryStore

from charteroak.adapters.keys import FileKeyring, KeyMismatch, KeyUnavailable
from charteroak.adapters.sealed import CHUNK, HEADER_AT_MOST, SEALED_CHUNK, Header
from charteroak.adapters.vault import ObjectDamaged, ObjectId, ObjectMissing, Vault, VaultError

MARK = b"000123456\tRivera-Lopez\tAna\n"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="module")
def keyring(keys: Path) -> FileKeyring:
    made = FileKeyring(keys / "private", keys / "public")
    made.create("042", "identity")
    made.create("042", "payload")
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "vault"


@pytest.fixture
def vault(folder: Path, keyring: FileKeyring) -> Vault:
    return Vault(LocalStore(folder, mkdir=True), keyring)


def put(vault: Vault, plain: bytes, store: str = "identity") -> ObjectId:
    return vault.put(io.BytesIO(plain), project="042", store=store)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
@pytest.mark.parametrize("where", ["folder", "elsewhere"])
def test_every_length_comes_back_as_it_went_in(
    size: int, where: str, vault: Vault, keyring: FileKeyring
) -> None:
    chosen = vault if where == "folder" else Vault(MemoryStore(), keyring)
    plain = os.urandom(size)
    name = put(chosen, plain)
    assert b"".join(chosen.open(name)) == plain
    assert chosen.exists(name)


def test_a_reader_that_gives_little_at_a_time_is_read_to_its_end(vault: Vault) -> None:
    class Trickle(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 0, 7_001))

    plain = os.urandom(CHUNK + 99)
    name = vault.put(Trickle(plain), project="042", store="identity")
    assert b"".join(vault.open(name)) == plain


def test_an_object_is_named_by_the_hash_of_what_is_stored(vault: Vault, folder: Path) -> None:
    name = put(vault, MARK)
    stored = (folder / name.path).read_bytes()
    assert hashlib.sha256(stored).hexdigest() == name.sha256
    assert ObjectId.parse(str(name)) == name
    assert files(folder) == [folder / name.path]


def test_another_project_s_object_is_not_opened(vault: Vault, tmp_path: Path) -> None:
    name = put(vault, MARK)
    assert b"".join(vault.open(name, project="042")) == MARK
    with pytest.raises(ObjectDamaged, match="not of project 043"):
        b"".join(vault.open(name, project="043"))
    with pytest.raises(ObjectDamaged):
        vault.get_to(name, tmp_path / "there", project="043")
    assert not (tmp_path / "there").exists()


def test_the_same_file_twice_is_two_objects_under_two_keys(vault: Vault) -> None:
    assert put(vault, MARK) != put(vault, MARK)


def test_no_plaintext_is_on_the_disk(vault: Vault, folder: Path) -> None:
    put(vault, MARK * 50_000)
    assert files(folder)
    assert not [path for path in files(folder) if MARK[:12] in path.read_bytes()]


def altered(stored: bytes, how: str) -> bytes:
    head = len(Header.decoded(stored[:HEADER_AT_MOST])[1])
    chunks = [stored[at : at + SEALED_CHUNK] for at in range(head, len(stored), SEALED_CHUNK)]
    flip = {"first": head + 5, "second": head + SEALED_CHUNK + 5, "tag": len(stored) - 1, "store": head - 3}
    if how in flip:
        at = flip[how]
        return stored[:at] + bytes([stored[at] ^ 1]) + stored[at + 1 :]
    return {
        "swapped": stored[:head] + chunks[1] + chunks[0] + chunks[2],
        "cut between": stored[:head] + chunks[0] + chunks[1],
        "cut within": stored[:-10],
        "continued": stored + chunks[2],
        "only header": stored[:head],
        "no header": stored[head:],
        "empty": b"",
    }[how]


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("first", "chunk 0 was altered"),
        ("second", "chunk 1 was altered"),
        ("tag", "chunk 2 was altered or cut short"),
        ("store", "it belongs to store"),
        ("swapped", "chunk 0 was altered"),
        ("cut between", "ends too early, after chunk 1"),
        ("cut within", "chunk 2 was altered or cut short"),
        ("continued", "chunk 2 was altered"),
        ("only header", "chunk 0 was altered or cut short"),
        ("no header", "does not begin with a vault header"),
        ("empty", "does not begin with a vault header"),
    ],
)
def test_a_damaged_object_is_refused_by_place_and_leaves_no_file(
    how: str, message: str, vault: Vault, folder: Path, tmp_path: Path
) -> None:
    name = put(vault, os.urandom(2 * CHUNK + 1000))
    stored = folder / name.path
    stored.write_bytes(altered(stored.read_bytes(), how))
    with pytest.raises(ObjectDamaged, match=rf"{name}.*{message}.*Restore"):
        vault.get_to(name, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["vault"]


def test_an_object_that_a_writer_sealed_in_anothers_place_is_refused(vault: Vault, folder: Path) -> None:
    meant, planted = put(vault, b"what was meant"), put(vault, b"what an insider with the public key made")
    (folder / planted.path).replace(folder / meant.path)
    chunks = vault.open(meant)
    with pytest.raises(ObjectDamaged, match="another object was put in its place"):
        next(chunks)


def test_an_object_moved_to_another_store_is_refused(vault: Vault, folder: Path) -> None:
    name = put(vault, MARK, store="payload")
    moved = ObjectId("identity", name.sha256)
    (folder / moved.path).parent.mkdir(parents=True)
    (folder / name.path).rename(folder / moved.path)
    with pytest.raises(ObjectDamaged, match="belongs to store 'payload'"):
        vault.open(moved)


@pytest.mark.usefixtures("keyring")
def test_a_process_with_public_keys_only_writes_and_cannot_read(folder: Path, keys: Path) -> None:
    web = Vault(LocalStore(folder, mkdir=True), FileKeyring(keys / "none", keys / "public"))
    name = put(web, MARK)
    with pytest.raises(KeyUnavailable):
        web.open(name)


def test_destroying_the_key_destroys_the_objects_of_that_store_only(folder: Path, tmp_path: Path) -> None:
    keys = FileKeyring(tmp_path / "private", tmp_path / "public")
    for store in ("identity", "payload"):
        keys.create("042", store)
    vault = Vault(LocalStore(folder, mkdir=True), keys)
    gone, kept = put(vault, MARK), put(vault, MARK, store="payload")
    keys.destroy("042", "identity")
    with pytest.raises(KeyUnavailable, match="destroyed and its objects with it"):
        vault.open(gone)
    keys.create("042", "identity")
    with pytest.raises(KeyMismatch):
        vault.open(gone)
    assert b"".join(vault.open(kept)) == MARK


def test_what_a_sender_encrypted_is_kept_byte_for_byte_and_once(vault: Vault, folder: Path) -> None:
    sent = os.urandom(2 * CHUNK + 5)
    name = vault.put_ciphertext(io.BytesIO(sent), store="inbox")
    assert vault.put_ciphertext(io.BytesIO(sent), store="inbox") == name
    assert name.sha256 == hashlib.sha256(sent).hexdigest()
    assert b"".join(vault.open_ciphertext(name)) == sent
    assert files(folder) == [folder / name.path]


def test_a_quarantined_upload_that_changed_is_refused_before_its_end(vault: Vault, folder: Path) -> None:
    name = vault.put_ciphertext(io.BytesIO(os.urandom(CHUNK + 5)), store="inbox")
    with (folder / name.path).open("ab") as file:
        file.write(b"more")
    chunks = vault.open_ciphertext(name)
    assert len(next(chunks)) == CHUNK
    with pytest.raises(ObjectDamaged, match="hash is not its name"):
        next(chunks)


def test_an_empty_upload_is_refused(vault: Vault, folder: Path) -> None:
    with pytest.raises(VaultError, match="the file is empty"):
        vault.put_ciphertext(io.BytesIO(), store="inbox")
    assert not files(folder)


def test_a_source_that_fails_midway_leaves_nothing(vault: Vault, folder: Path) -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > 9 * CHUNK:
                raise OSError("the line went dead")
            return super().read(size)

    with pytest.raises(OSError, match="line went dead"):
        vault.put(Failing(bytes(20 * CHUNK)), project="042", store="identity")
    assert not files(folder)


def test_a_missing_object_is_named_and_deleting_it_again_is_no_error(vault: Vault) -> None:
    name = put(vault, MARK)
    vault.delete(name)
    vault.delete(name)
    assert not vault.exists(name)
    with pytest.raises(ObjectMissing, match=str(name)):
        vault.open(name)


@pytest.mark.parametrize("name", ["", "identity", "identity/abc", "../../etc/passwd", "a/b/" + "0" * 64])
def test_what_is_no_objects_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no object's name"):
        ObjectId.parse(name)


@pytest.fixture(params=[0o000, 0o022, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize("shared", [True, False])
def test_accounts_share_a_folder_by_its_group_whatever_the_umask(
    shared: bool, folder: Path, keyring: FileKeyring
) -> None:
    folder.mkdir(mode=0o700)
    gid = os.getgid() if shared else None
    name = put(Vault(LocalStore(folder), keyring, gid=gid), MARK)
    file = folder / name.path
    assert stat.S_IMODE(file.stat().st_mode) == (0o640 if shared else 0o600)
    for parent in (file.parent, file.parent.parent, folder / "identity" / "staging"):
        assert stat.S_IMODE(parent.stat().st_mode) == (0o2770 if shared else 0o700)
        assert parent.stat().st_gid == os.getgid()


def test_a_sweep_removes_what_was_left_and_spares_puts_under_way(vault: Vault, folder: Path) -> None:
    name = put(vault, MARK)
    started = datetime.now(UTC)
    left, under_way = (folder / "identity" / "staging" / part for part in ("left#1", "under-way#1"))
    for path, age in ((left, timedelta(minutes=1)), (under_way, -timedelta(minutes=1))):
        path.write_bytes(b"ciphertext")
        os.utime(path, times=((started - age).timestamp(),) * 2)
    assert vault.sweep(started) == 1
    assert not left.exists()
    assert under_way.exists()
    assert vault.exists(name)


def test_a_sweep_of_a_container_spares_objects(keyring: FileKeyring) -> None:
    container = MemoryStore()
    vault = Vault(container, keyring)
    name = put(vault, MARK)
    container.put("identity/staging/left", b"ciphertext")
    assert vault.sweep(datetime.now(UTC) + timedelta(minutes=1)) == 1
    assert vault.exists(name)
