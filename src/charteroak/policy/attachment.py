"""Papers that go with a data request: what each is, and which files are taken."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from charteroak.policy.decision import ALLOWED, Decision, Reason, refuse
from charteroak.policy.sentence import Sentence


class Kind(StrEnum):
    REVIEW_BOARD = "review_board_determination"
    SUPPORT = "letter_of_support"
    PROTOCOL = "study_protocol"
    CONSENT = "consent_form"
    NATION = "nation_consent"  # comes with the consent that it proves, never alone
    OTHER = "other_paper"


@dataclass(frozen=True)
class Type:
    """A type of file: how it is served, and the bytes it begins with."""

    media: str
    begins: bytes


LARGEST = 3 << 20  # bytes; a scanned letter of ten pages has fewer
MOST = 20  # papers of one request
LONGEST_NAME = 120  # characters
TYPES = {
    "pdf": Type("application/pdf", b"%PDF-"),
    "docx": Type("application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK\x03\x04"),
    "png": Type("image/png", b"\x89PNG\r\n\x1a\n"),
    "jpg": Type("image/jpeg", b"\xff\xd8\xff"),
    "jpeg": Type("image/jpeg", b"\xff\xd8\xff"),
}
NAME = re.compile(r"\w[\w .()-]*\.([A-Za-z]+)")


def type_of(name: str) -> Type | None:
    """By the end of its name; None for a name or type that is not taken."""
    found = NAME.fullmatch(name)
    return TYPES.get(found[1].lower()) if found and len(name) <= LONGEST_NAME else None


def comes_with_its_consent(kind: Kind) -> Decision:
    """Whether applicants may attach or take out a paper of this kind: a nation's letter stays with its consent."""
    if kind != Kind.NATION:
        return ALLOWED
    return refuse(
        "comes_with_its_consent",
        "A nation’s letter is neither attached nor taken out on its own.",
        "The policy office puts it on record with the nation’s consent.",
    )


def may_be_taken(name: str, content: bytes, held: Collection[str]) -> Decision:
    """Whether a file of this name and content may join the papers whose names are `held`; every reason why not."""
    known = type_of(name)
    reasons: list[Reason] = []
    if known is None:
        types = tuple(sorted(TYPES))
        said = Sentence(
            "A paper’s name has letters, figures, spaces, dots and hyphens, and ends in one of: {types}.",
            types=types,
        )
        reasons.append(Reason("type_not_taken", said, "Save it as a PDF file, or rename it."))
    elif not content.startswith(known.begins):
        reasons.append(
            Reason(
                "content_differs",
                "The file’s content is not what its name says.",
                "Save it anew from the program that made it.",
            )
        )
    elif b"vbaProject" in content and known is TYPES["docx"]:
        reasons.append(
            Reason("holds_a_program", "The file holds macros.", "Save it as .docx without macros.")
        )
    if len(content) > LARGEST:
        said = Sentence("A paper has at most {size} MB.", size=LARGEST >> 20)
        reasons.append(Reason("too_large", said, "Scan it in grey, or split it."))
    if name in held:
        said = Sentence("A paper of this name is here already: {name}.", name=name)
        reasons.append(Reason("name_taken", said, "Take the earlier one out first, or rename this one."))
    if len(held) >= MOST:
        said = Sentence("A request has at most {most} papers.", most=MOST)
        reasons.append(Reason("too_many_papers", said, "Join some of them into one file."))
    return Decision(tuple(reasons))
