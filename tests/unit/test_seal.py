"""A sealed file: the notary's key over every byte; whoever changes one breaks it."""

import pytest

from charteroak.adapters import pdf, seal
from charteroak.adapters.environment import Process, home
from charteroak.adapters.keys import KeyUnavailable
from printed import faults

PAGE = (
    '<html lang="en"><head><title>Agreement</title></head><body><h1>Agreement</h1><p>Words.</p></body></html>'
)


@pytest.fixture(scope="module")
def plain() -> bytes:
    return pdf.made_from(PAGE)


@pytest.fixture(scope="module")
def sealed(plain: bytes) -> bytes:
    return seal.sealed(plain, reason="Signed by every party")


def test_the_seal_holds_and_says_whose_it_is(sealed: bytes) -> None:
    found = seal.read(sealed)
    assert found is not None
    assert found.holds
    assert "DataLinkCT" in found.by
    assert len(found.fingerprint) == 64
    assert found.at is not None


def test_the_pages_are_the_same_bytes_and_meet_the_same_standard(plain: bytes, sealed: bytes) -> None:
    assert sealed.startswith(plain), "sealed by adding, not by writing anew"
    assert faults(sealed) == []


@pytest.mark.parametrize("at", [200, 0.5])
def test_a_changed_byte_breaks_it(sealed: bytes, at: float) -> None:
    place = int(at if at > 1 else len(sealed) * at)
    bent = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
    found = seal.read(bent)
    assert found is None or found.broken


def test_something_added_after_the_seal_breaks_it(sealed: bytes) -> None:
    found = seal.read(sealed + b"\n% added\n")
    assert found is None or found.broken


def test_a_notary_that_died_between_key_and_certificate_goes_on_with_the_same_key(
    plain: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("CHARTEROAK_HOME", str(tmp_path))
    (home().keys(Process.NOTARY)).mkdir(parents=True)
    (home().public_keys / Process.NOTARY).mkdir(parents=True)
    seal.create()
    key = seal._key_file().read_bytes()
    seal.certificate_file().unlink()
    seal.create()
    assert seal._key_file().read_bytes() == key
    found = seal.read(seal.sealed(plain, reason="Signed by every party"))
    assert found is not None
    assert found.holds


def test_another_key_is_not_this_installations(
    sealed: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("CHARTEROAK_HOME", str(tmp_path))
    (home().keys(Process.NOTARY)).mkdir(parents=True)
    (home().public_keys / Process.NOTARY).mkdir(parents=True)
    seal.create()
    found = seal.read(sealed)
    assert found is not None
    assert found.broken


def test_a_file_without_a_seal_says_so(plain: bytes) -> None:
    assert seal.read(plain) is None
    assert seal.read(b"no file") is None


def test_who_cannot_read_the_key_cannot_seal(
    plain: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("CHARTEROAK_HOME", str(tmp_path))
    with pytest.raises(KeyUnavailable, match="Only the notary"):
        seal.sealed(plain, reason="x")
