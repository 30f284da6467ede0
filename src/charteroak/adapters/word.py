"""Numbered sections as a Word file, and back again with whatever people did to it in Word.

A section's heading and its notes are content controls that Word does not let anybody change; so are the words of a
locked one. What another program lets through is found on the way back: nothing of a file is dropped in silence.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from docx import Document
from docx.document import Document as DocumentType
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LARGEST = 5_000_000  # bytes as sent; an agreement has fifty thousand
LARGEST_UNPACKED = 60_000_000
HEADING, NOTE = "Heading 2", "Quote"
MARKS = b"<charteroak"
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
GONE = {qn("w:del"), qn("w:moveFrom")}
NOT_WORDS = {
    qn("w:drawing"): "picture", qn("w:pict"): "picture", qn("w:object"): "object", qn("w:tbl"): "table",
    qn("w:footnoteReference"): "footnote", qn("w:endnoteReference"): "endnote", qn("m:oMath"): "formula",
}  # fmt: skip
SIGNS = {qn("w:tab"): " ", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}


class NotReadable(Exception):
    """No Word file (.docx) that can be opened, or one too large to be an agreement."""


@dataclass
class Section:
    """`notes` are shown below the words and are nobody's to edit; `comments` are the margin's, name and text."""

    heading: str
    text: str = ""
    notes: list[str] = field(default_factory=list)
    locked: bool = False
    comments: list[str] = field(default_factory=list)
    not_words: list[str] = field(default_factory=list)  # "table", "picture" …: found on the way back


@dataclass
class Returned:
    front: list[str]  # paragraphs above the first heading
    sections: list[Section]
    marks: dict[str, Any]  # what `write` was given to remember


def write(
    title: str, front: list[str], sections: list[Section], marks: dict[str, Any], language: str
) -> bytes:
    """A Word file. `marks` travel inside, unseen; `language` is a tag such as en-US. XML has no control characters:
    a space stands in their place.
    """
    title, front = plain(title), [plain(paragraph) for paragraph in front]
    sections = [
        replace(
            one,
            heading=plain(one.heading),
            text=plain(one.text),
            notes=[plain(note) for note in one.notes],
        )
        for one in sections
    ]
    document = Document()
    document.core_properties.title, document.core_properties.language = title, language
    document.core_properties.author = document.core_properties.comments = ""
    document.add_heading(title, 1)
    for paragraph in front:
        document.add_paragraph(paragraph)
    for section in sections:
        heading = document.add_paragraph(section.heading, style=HEADING)
        _control(section.heading, [heading], "sdtContentLocked")
        words = [document.add_paragraph(part) for part in section.text.split("\n")]
        _control(section.heading, words, "sdtContentLocked" if section.locked else "sdtLocked")
        notes = [document.add_paragraph(note, style=NOTE) for note in section.notes]
        _control(section.heading, notes, "sdtContentLocked")
    _remember(document, marks)
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def plain(text: str) -> str:
    """The words as a Word file can hold them: a space for each character that XML cannot."""
    return CONTROL.sub(" ", text)


def _control(name: str, paragraphs: list[Paragraph], lock: str) -> None:
    """Put paragraphs into one content control: it cannot be deleted, nor changed when the lock says so."""
    if not paragraphs:
        return
    control, properties, content = (OxmlElement(f"w:{part}") for part in ("sdt", "sdtPr", "sdtContent"))
    for tag, value in (("alias", name[:64]), ("lock", lock)):
        element = OxmlElement(f"w:{tag}")
        element.set(qn("w:val"), value)
        properties.append(element)
    control.append(properties)
    control.append(content)
    paragraphs[0]._p.addprevious(control)
    for paragraph in paragraphs:
        content.append(paragraph._p)


def _remember(document: DocumentType, marks: dict[str, Any]) -> None:
    kept = f"<charteroak><![CDATA[{json.dumps(marks, sort_keys=True)}]]></charteroak>".encode()
    part = Part(PackURI("/customXml/charteroak.xml"), CONTENT_TYPE.XML, kept, document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_XML)


def read(content: bytes) -> Returned:
    """The file as it reads with every tracked change accepted. Raises NotReadable."""
    if len(content) > LARGEST:
        raise NotReadable
    try:
        return _read(content)
    except NotReadable:
        raise
    except Exception as broken:  # whatever a damaged file makes zipfile, lxml, json or python-docx say
        raise NotReadable from broken


def _read(content: bytes) -> Returned:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(one.file_size for one in packed.infolist()) > LARGEST_UNPACKED:
            raise NotReadable
    document = Document(io.BytesIO(content))
    returned = Returned([], [], _marks(document))
    comments = {comment.comment_id: f"{comment.author}: {comment.text}" for comment in document.comments}
    joined = False  # the mark between two paragraphs was deleted
    for element in document.element.body.iter(qn("w:p")):
        paragraph = Paragraph(element, document._body)
        text, style = _text(element), paragraph.style.name if paragraph.style is not None else ""
        if style == HEADING and text.strip():
            returned.sections.append(Section(text.strip()))
            continue
        if not returned.sections:
            returned.front += [text] if text.strip() and style != "Heading 1" else []
            continue
        section = returned.sections[-1]
        section.comments += _comments(element, comments)
        section.not_words += _not_words(element)
        if style == NOTE:
            section.notes += [text] if text.strip() else []
        elif text.strip():
            section.text += ("" if joined or not section.text else "\n") + text
        mark = element.find(f"{qn('w:pPr')}/{qn('w:rPr')}/{qn('w:del')}")
        joined = mark is not None
    return returned


def _marks(document: DocumentType) -> dict[str, Any]:
    for relation in document.part.rels.values():
        if relation.is_external or not relation.target_part.partname.startswith("/customXml/"):
            continue
        blob = relation.target_part.blob
        start, end = blob.find(b"{"), blob.rfind(b"}")
        if MARKS in blob and 0 <= start < end:
            found = json.loads(_unescaped(blob[start : end + 1].decode("utf-8", "replace")))
            return found if isinstance(found, dict) else {}
    return {}


def _unescaped(text: str) -> str:
    """A program that writes the part anew may write text where CDATA stood."""
    return text.replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _text(paragraph: Any) -> str:
    """What stands there: insertions are words, deletions are none."""
    return "".join(_pieces(paragraph))


def _pieces(element: Any) -> Iterator[str]:
    for child in element:
        if child.tag in GONE:
            continue
        if child.tag == qn("w:t"):
            yield child.text or ""
        elif child.tag in SIGNS and element.tag == qn("w:r"):
            yield SIGNS[child.tag]
        elif child.tag != qn("w:pPr"):
            yield from _pieces(child)


def _comments(paragraph: Any, comments: dict[int, str]) -> list[str]:
    found = (int(one.get(qn("w:id"))) for one in paragraph.iter(qn("w:commentReference")))
    return [comments[number] for number in found if number in comments]


def _not_words(paragraph: Any) -> list[str]:
    found = {NOT_WORDS[one.tag] for one in paragraph.iter() if one.tag in NOT_WORDS}
    found |= {NOT_WORDS[one.tag] for one in paragraph.iterancestors() if one.tag in NOT_WORDS}
    return sorted(found)
