"""Who may write to a store and who may read it is decided by which half of its key they hold."""

import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from charteroak.adapters.keys import FileKeyring, KeyMismatch, KeyUnavailable, key_name

DATA_KEY = bytes(range(32))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one key pair, made once: generating RSA keys is slow."""
    root = tmp_path_factory.mktemp("keys")
    FileKeyring(root / "private", root / "public").create("042", "identity")
    return root


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may spoil."""
    for folder in ("private", "public"):
        (tmp_path / folder).mkdir(mode=0o700)
        for file in (made / folder).iterdir():
            copied = tmp_path / folder / file.name
            copied.write_bytes(file.read_bytes())
            copied.chmod(stat.S_IMODE(file.stat().st_mode))
    return tmp_path


def keyring(root: Path, backups_kept: timedelta = timedelta(0)) -> FileKeyring:
    return FileKeyring(root / "private", root / "public", backups_kept=backups_kept)


def test_whoever_holds_the_public_half_wraps_and_only_the_owner_unwraps(root: Path) -> None:
    writer = FileKeyring(root / "nothing", root / "public")
    wrapped = writer.wrap("042", "identity", DATA_KEY)
    assert keyring(root).unwrap(wrapped) == DATA_KEY
    assert not writer.exists("042", "identity")
    with pytest.raises(KeyUnavailable, match=r"read store 'identity' of project '042'.*another process's"):
        writer.unwrap(wrapped)


def test_private_keys_are_closed_to_others_and_left_out_of_backups(made: Path) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in made.rglob("*")}
    assert modes["private"] == 0o700
    assert stat.S_IMODE((made / "private" / "042--identity.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE((made / "public" / "042--identity.pem").stat().st_mode) == 0o644
    assert (
        (made / "private" / "CACHEDIR.TAG")
        .read_bytes()
        .startswith(b"Signature: 8a477f597d28d172789f06886806bc55")
    )
    assert b"PRIVATE" not in (made / "public" / "042--identity.pem").read_bytes()


def test_a_folder_that_is_closed_to_this_process_holds_no_key_for_it(tmp_path: Path) -> None:
    keys = FileKeyring(tmp_path / "file" / "private", tmp_path)
    (tmp_path / "file").write_text("no folder at all")
    assert not keys.exists("042", "identity")


def test_making_a_key_again_keeps_the_one_there_is(root: Path) -> None:
    wrapped = keyring(root).wrap("042", "identity", DATA_KEY)
    assert keyring(root).create("042", "identity") == wrapped.key_id
    assert keyring(root).unwrap(wrapped) == DATA_KEY


def test_a_making_that_was_interrupted_is_completed_by_the_next(root: Path) -> None:
    before = keyring(root).wrap("042", "identity", DATA_KEY).key_id
    (root / "public" / "042--identity.pem").unlink()
    assert keyring(root).create("042", "identity") == before
    assert keyring(root).wrap("042", "identity", DATA_KEY).key_id == before


def test_two_processes_making_a_key_at_once_end_up_with_one(tmp_path: Path) -> None:
    ids: list[str] = []
    makers = [
        threading.Thread(target=lambda: ids.append(keyring(tmp_path).create("042", "payload")))
        for _ in range(2)
    ]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert len(ids) == 2
    assert set(ids) == {keyring(tmp_path).wrap("042", "payload", DATA_KEY).key_id}
    assert sorted(path.name for path in (tmp_path / "private").iterdir()) == [
        "042--payload.pem",
        "CACHEDIR.TAG",
    ]


def test_a_destroyed_key_neither_reads_nor_writes(root: Path) -> None:
    wrapped = keyring(root).wrap("042", "identity", DATA_KEY)
    before = datetime.now(UTC)
    certificate = keyring(root).destroy("042", "identity")
    assert certificate.key_ids == (wrapped.key_id,)
    assert certificate.restorable_until is None
    assert before <= certificate.at <= datetime.now(UTC)
    with pytest.raises(KeyUnavailable):
        keyring(root).unwrap(wrapped)
    with pytest.raises(KeyUnavailable, match="write to store 'identity'"):
        keyring(root).wrap("042", "identity", DATA_KEY)


def test_destruction_overwrites_the_key_even_where_another_name_leads_to_it(root: Path) -> None:
    private = root / "private" / "042--identity.pem"
    secret = private.read_bytes()
    (root / "kept").hardlink_to(private)
    keyring(root).destroy("042", "identity")
    kept = (root / "kept").read_bytes()
    assert len(kept) == len(secret)
    assert b"PRIVATE KEY" not in kept


def test_a_destruction_that_was_interrupted_is_completed_by_the_next(root: Path) -> None:
    key_id = keyring(root).wrap("042", "identity", DATA_KEY).key_id
    (root / "private" / "042--identity.pem").write_bytes(b"overwritten, then the power went")
    assert keyring(root).destroy("042", "identity").key_ids == (key_id,)
    assert keyring(root).destroy("042", "identity").key_ids == ()
    assert not keyring(root).exists("042", "identity")


def test_a_key_that_backups_may_hold_is_sealed_until_they_are_gone(root: Path) -> None:
    certificate = keyring(root, backups_kept=timedelta(days=35)).destroy("042", "identity")
    assert certificate.restorable_until == certificate.at + timedelta(days=35)


def test_a_key_made_anew_does_not_pass_for_the_old_one(root: Path) -> None:
    wrapped = keyring(root).wrap("042", "identity", DATA_KEY)
    keyring(root).destroy("042", "identity")
    keyring(root).create("042", "identity")
    with pytest.raises(KeyMismatch, match=wrapped.key_id):
        keyring(root).unwrap(wrapped)


def test_an_altered_key_opens_rightly_or_is_refused(root: Path) -> None:
    """It is not proved anew at every look; whatever was altered, it never opens to something else."""
    wrapped = keyring(root).wrap("042", "identity", DATA_KEY)
    (file,) = (root / "private").glob("*.pem")
    made = file.read_bytes()
    refused = 0
    for place in range(0, len(made), 16):
        altered = bytearray(made)
        altered[place] = ord("A") if altered[place] != ord("A") else ord("B")
        file.write_bytes(altered)
        try:
            assert keyring(root).unwrap(wrapped) == DATA_KEY
        except KeyMismatch:
            refused += 1
    assert refused


@pytest.mark.parametrize("name", ["", "..", "a/b", "A", "a--b", "-a", "a_b", "a\n"])
def test_a_name_that_could_lead_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot name a project or store"):
        key_name(name, "identity")
    with pytest.raises(ValueError, match="cannot name a project or store"):
        key_name("042", name)


def test_different_pairs_of_names_never_share_a_key() -> None:
    assert key_name("a-b", "c") != key_name("a", "b-c")
