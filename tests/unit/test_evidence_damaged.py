"""Evidence that is damaged, or was never any, is refused in words, wherever the damage is."""

import io
import zipfile

import pytest

from charteroak.audit.evidence import CHECKPOINT, DAMAGED, EVENTS, SUMS, EvidenceRefused, verify_evidence


def packed(sums: bytes = b"0  events.jsonl\n") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(EVENTS, b"Everybody reads this. " * 40)
        file.writestr(CHECKPOINT, b"log\n1\n")
        file.writestr(SUMS, sums)
    return out.getvalue()


def read(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        verify_evidence(file, None)


@pytest.mark.parametrize("flipped", [0x01, 0x80, 0xFF])
def test_no_damaged_byte_ends_in_anything_but_a_refusal(flipped: int) -> None:
    whole = packed()
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= flipped
        with pytest.raises((EvidenceRefused, *DAMAGED)):
            read(bytes(damaged))


def test_a_list_of_sums_that_is_no_text_is_refused() -> None:
    with pytest.raises(EvidenceRefused, match=SUMS):
        read(packed(b"\xff\xfe  events.jsonl\n"))
