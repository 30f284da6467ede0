"""Signed notes and checkpoints: other people's notes open, ours open elsewhere, and nothing bent does."""

import pytest

from charteroak.audit.note import NoteRefused, Signer, TreeHead, Verifier, split, tree_head

# the example of Go's golang.org/x/mod/sumdb/note
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJ"
    "nAM=\n"
)
# the example of C2SP's tlog-checkpoint
C2SP_CHECKPOINT = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9"
    "nTo+zyWE+xeMcTOAYQ8=\n"
)
LOG = Signer.new("charteroak.example/log")
HEAD = TreeHead("charteroak.example/log", 3, bytes(range(32)))


def test_a_note_signed_by_other_software_opens() -> None:
    verifier = Verifier.parse(GO_KEY)
    assert verifier.vkey == GO_KEY
    assert verifier.open(GO_NOTE).startswith("If you think cryptography")


def test_a_checkpoint_of_another_log_reads() -> None:
    head = tree_head(C2SP_CHECKPOINT, None)
    assert (head.origin, head.size) == ("example.com/behind-the-sofa", 20852163)
    assert head.root.hex().startswith("0ac5186a91863e8e")


def test_a_signed_checkpoint_opens_with_the_log_s_key() -> None:
    assert tree_head(LOG.sign(HEAD.text), LOG.verifier) == HEAD


def test_keys_survive_being_written_down() -> None:
    assert Verifier.parse(LOG.verifier.vkey) == LOG.verifier
    assert Signer.parse(LOG.skey + "\n").skey == LOG.skey


def test_a_changed_text_a_changed_key_and_a_stranger_s_signature_are_refused() -> None:
    note = LOG.sign(HEAD.text)
    with pytest.raises(NoteRefused, match="does not fit"):
        LOG.verifier.open(note.replace("\n3\n", "\n2\n"))
    with pytest.raises(NoteRefused, match="no signature by"):
        Signer.new(LOG.name).verifier.open(note)


def test_signatures_by_unknown_keys_are_passed_over() -> None:
    note = LOG.sign(HEAD.text)
    witness = Signer.new("witness.example").sign(HEAD.text).rpartition("\n\n")[2]
    assert tree_head(note + witness, LOG.verifier) == HEAD


def test_a_checkpoint_of_another_name_is_refused_even_when_well_signed() -> None:
    elsewhere = TreeHead("elsewhere.example", 3, HEAD.root)
    with pytest.raises(NoteRefused, match=r"log elsewhere\.example"):
        tree_head(LOG.sign(elsewhere.text), LOG.verifier)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        "na me+00000000+AQ==",
        GO_KEY.replace("c74f20a3", "c74f20a4"),
        GO_KEY[:-4],
        GO_KEY.replace("ARpc", "AhpC"),
        GO_KEY + "é",
    ],
)
def test_a_damaged_public_key_is_refused(vkey: str) -> None:
    with pytest.raises(NoteRefused):
        Verifier.parse(vkey)


@pytest.mark.parametrize(
    "skey",
    ["", LOG.skey[:-6], LOG.skey.replace("PRIVATE", "PUBLIC"), "PRIVATE+KEY+a+b+AQ=="],
    ids=["empty", "cut", "called public", "too short"],
)
def test_a_damaged_private_key_is_refused(skey: str) -> None:
    with pytest.raises(NoteRefused):
        Signer.parse(skey)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n\n— a\n",
        "text\n\n- a AAAAAAAA\n",
        "text\n\n— a AAAAAAAA",
        "text\n\n— a !\n",
    ],
)
def test_what_is_no_signed_note_is_refused(note: str) -> None:
    with pytest.raises(NoteRefused):
        split(note)


@pytest.mark.parametrize(
    "text",
    [
        "log\n3\n",
        "log\n03\nAAAA\n",
        "log\n-3\nAAAA\n",
        "log\n3\nAAAA\n",
        "\n3\n" + "A" * 43 + "=\n",
        "log\n" + "9" * 5_000 + "\n" + "A" * 43 + "=\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteRefused):
        TreeHead.parse(text)


def test_a_text_without_its_last_newline_is_not_signed() -> None:
    with pytest.raises(NoteRefused, match="newline"):
        LOG.sign("log")
