"""A PDF file as its readers and their machines judge it."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf


def faults(content: bytes) -> list[str]:
    """What speaks against PDF/UA-1 and WCAG 2.2 by outloud's rules (the Matterhorn protocol), warnings included."""
    from outloud import check

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "it.pdf"
        path.write_bytes(content)
        result = check(str(path))
    assert result.error is None, result.error
    return [
        f"{one.rule}: {one.message} ({one.evidence})"
        for one in result.findings
        if one.severity in ("error", "warning")
    ]


@dataclass
class Printed:
    """What the file says of itself, read by another library than the one that wrote it."""

    language: str
    title: str
    shows_title: bool
    ua: str
    marked: bool
    tags: list[str] = field(default_factory=list)  # in reading order
    pages: int = 0
    fonts: set[str] = field(default_factory=set)  # embedded ones


def read(content: bytes) -> Printed:
    with pikepdf.open(BytesIO(content)) as pdf:
        with pdf.open_metadata() as metadata:
            ua, title = metadata.get("pdfuaid:part"), metadata.get("dc:title")
        root = pdf.Root
        return Printed(
            language=str(root.Lang),
            title=str(title),
            shows_title=bool(root.ViewerPreferences.DisplayDocTitle),
            ua=str(ua),
            marked=bool(root.MarkInfo.Marked),
            tags=list(_tags(root.StructTreeRoot.K)),
            pages=len(pdf.pages),
            fonts={
                str(one.FontName)
                for one in pdf.objects
                if isinstance(one, pikepdf.Dictionary)
                and one.get("/Type") == "/FontDescriptor"
                and ("/FontFile2" in one or "/FontFile3" in one)
            },
        )


def _tags(element: Any) -> Iterator[str]:
    if isinstance(element, pikepdf.Array):
        for one in element:
            yield from _tags(one)
    elif isinstance(element, pikepdf.Dictionary) and "/S" in element:
        yield str(element.S).removeprefix("/")
        if "/K" in element:
            yield from _tags(element.K)


def text(content: bytes) -> str:
    """Everything that stands there, as one line; running heads and feet left out, so that sentences stay whole."""
    import pymupdf  # comes with the checker

    with pymupdf.Document(stream=content) as document:  # type: ignore[no-untyped-call] # untyped
        inside = []
        for page in document:
            left, top, right, bottom = page.rect
            inside.append(page.get_text(clip=(left, top + 60, right, bottom - 55)))
        return " ".join(" ".join(inside).split())
