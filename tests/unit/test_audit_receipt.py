"""A receipt proves the release of exactly these bytes, and of nothing else."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from charteroak.audit import merkle
from charteroak.audit.leaf import NO_EVENT, encode
from charteroak.audit.note import Signer, TreeHead
from charteroak.audit.receipt import RELEASED, WITHIN_PROJECT, Receipt, ReceiptRefused, verify_receipt
from charteroak.cli import main

NOTARY = Signer.new("charteroak.example/log")
AT = datetime(2027, 1, 19, 15, tzinfo=UTC)
TABLE = b"town,cte,mean\nAshford Mills,1,27400\n"


def log(name: str = RELEASED) -> list[bytes]:
    """Nine events, of which the fifth releases TABLE."""
    return [
        encode(
            index=index, previous=NO_EVENT, name=name if index == 4 else "outputs:release_request:review",
            by="ida.moss", subject="outputs.releaserequest:1", domain_at=AT, real_at=AT,
            facts={
                "number": "042-1", "files": [sha256(b"other").hexdigest(), sha256(TABLE).hexdigest()],
                **WITHIN_PROJECT,
            },
        )
        for index in range(9)
    ]  # fmt: skip


def receipt(index: int = 4, name: str = RELEASED) -> Receipt:
    leaves = log(name)
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    note = NOTARY.sign(TreeHead(NOTARY.name, len(leaves), merkle.root(hashes)).text)
    return Receipt(index, leaves[index].decode(), tuple(merkle.inclusion_proof(hashes, index)), note)


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def test_the_released_bytes_are_proven_and_the_event_is_told() -> None:
    event = verify_receipt(digest(TABLE), Receipt.from_json(receipt().to_json()), NOTARY.verifier)
    assert (event["index"], event["name"]) == (4, RELEASED)
    assert verify_receipt(digest(TABLE), receipt(), None) == event


def test_one_changed_byte_is_not_what_was_released() -> None:
    with pytest.raises(ReceiptRefused, match="not among those released"):
        verify_receipt(digest(TABLE.replace(b"27400", b"27401")), receipt(), NOTARY.verifier)


def test_a_review_that_names_the_bytes_is_no_release() -> None:
    with pytest.raises(ReceiptRefused, match="Event 3 is not a release"):
        verify_receipt(digest(TABLE), receipt(index=3), NOTARY.verifier)


def test_a_forged_event_place_or_proof_does_not_lead_to_the_root() -> None:
    genuine = receipt()
    forged = genuine.leaf.replace(digest(b"other"), digest(b"forged"))
    for bent in (
        replace(genuine, leaf=forged),
        replace(genuine, index=5),
        replace(genuine, proof=genuine.proof[:-1]),
        replace(genuine, proof=genuine.proof[::-1]),
    ):
        with pytest.raises(ReceiptRefused, match="does not lead"):
            verify_receipt(digest(TABLE), bent, NOTARY.verifier)


def test_a_stranger_s_checkpoint_is_refused_when_the_key_is_known() -> None:
    with pytest.raises(ReceiptRefused, match="Checkpoint"):
        verify_receipt(digest(TABLE), receipt(), Signer.new(NOTARY.name).verifier)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"index":"x"}', '{"index":1,"leaf":2,"proof":[],"checkpoint":""}']
)
def test_what_is_no_receipt_is_refused(text: str) -> None:
    with pytest.raises(ReceiptRefused, match="not a receipt"):
        Receipt.from_json(text)


def test_oak_receipt_verify_says_yes_and_no(tmp_path: Path) -> None:
    released, proof, key = tmp_path / "table.csv", tmp_path / "receipt.json", tmp_path / "log.vkey"
    released.write_bytes(TABLE)
    proof.write_text(receipt().to_json(), encoding="utf-8")
    key.write_text(NOTARY.verifier.vkey + "\n", encoding="utf-8")

    def oak(*more: str) -> tuple[int, str]:
        ended = CliRunner().invoke(main, ["receipt", "verify", str(released), str(proof), *more])
        return ended.exit_code, ended.output

    for given in (str(key), NOTARY.verifier.vkey):
        status, said = oak("--key", given)
        assert status == 0
        assert "Released in 042-1" in said
        assert "Event 4 of the log" in said
        assert "Differences from tables released before: not tested across projects." in said
        assert "signed by charteroak.example/log" in said
    assert "self-consistent only" in oak()[1]
    assert oak("--key", "no+such+key")[0] == 2
    released.write_bytes(TABLE + b"\n")
    assert oak("--key", str(key))[0] == 1
