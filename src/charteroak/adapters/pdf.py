"""Every PDF file of the platform: a page of HTML becomes a tagged file by PDF/UA-1, without asking any network.

A room writes a template that extends `paper.html` and answers `pdf.answer("room/thing.html", shown, "thing.pdf")`.
What is needed for the standard beyond WeasyPrint's own: every header cell says which way it heads, every link
prints. The author's part is what `paper.html` cannot know: headings in order, tables with captions, `alt` on pictures.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import as_file, files
from mimetypes import guess_type
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.template.loader import render_to_string

if TYPE_CHECKING:
    import pydyf
    from weasyprint import Document

FONTS = files("charteroak") / "site/static"
KEPT = 64  # files of each process, a few tens of kilobytes each
PRINTED = 4  # the annotation flag "Print", ISO 32000-1 table 165


class NotOfThisHouse(Exception):
    """A document asked for something that is not among the site's own files."""


def written(template: str, shown: Mapping[str, Any]) -> bytes:
    """The file that a template (extending `paper.html`) makes, in the language that is active."""
    return _kept(render_to_string(template, dict(shown)))


@lru_cache(maxsize=KEPT)
def _kept(html: str) -> bytes:
    """A file that is asked for again and says the same is not made again."""
    return made_from(html)


def answer(template: str, shown: Mapping[str, Any], name: str) -> HttpResponse:
    """The same as the answer to a request, shown in the browser and kept under `name`."""
    return file(written(template, shown), name)


def file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def made_from(html: str) -> bytes:
    """One whole page of HTML, with `lang` and `<title>`, as PDF/UA-1 (ISO 14289-1).

    The same HTML makes the same bytes with the same versions of fonts and libraries.
    Raises NotOfThisHouse when it names a picture, style or font from elsewhere.
    """
    from weasyprint import HTML  # half a second, which only those who write a file should wait for
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    with as_file(FONTS) as root:

        class OwnFilesOnly(URLFetcher):  # type: ignore[misc] # untyped
            def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:  # noqa: ARG002 - WeasyPrint's own signature
                try:
                    kind = guess_type(url)[0] or "application/octet-stream"
                    return URLFetcherResponse(url, _own(root, url), {"Content-Type": kind})
                except (OSError, ValueError) as missing:
                    raise FatalURLFetchingError(str(missing)) from missing

        try:
            return bytes(
                HTML(string=html, base_url=f"{root.as_uri()}/", url_fetcher=OwnFilesOnly()).write_pdf(
                    pdf_variant="pdf/ua-1", finisher=_finish
                )
            )
        except FatalURLFetchingError as elsewhere:
            raise NotOfThisHouse(str(elsewhere)) from elsewhere


def _own(root: Path, url: str) -> bytes:
    """A file below the site's static folder. Raises ValueError for any other address."""
    from urllib.parse import unquote, urlsplit

    parts = urlsplit(url)
    path = Path(unquote(parts.path)).resolve()
    if parts.scheme != "file" or not path.is_relative_to(root.resolve()):
        raise ValueError(f"A PDF file takes pictures and styles from the site's own folder only, not {url}.")
    return path.read_bytes()


def _finish(_document: "Document", pdf: "pydyf.PDF") -> None:
    objects = {one.number: one for one in pdf.objects if hasattr(one, "number")}
    for one in pdf.objects:
        if not isinstance(one, dict):
            continue
        if one.get("S") == "/TH":
            _scope(one, objects)
        if one.get("Subtype") == "/Link":
            one["F"] = PRINTED
    _running_apart(objects)


def _scope(cell: dict[str, Any], objects: dict[int, Any]) -> None:
    """A header cell heads its column within the table's head, its row elsewhere (ISO 14289-1, 7.5)."""
    import pydyf

    row = objects[_number(cell["P"])]
    in_head = objects[_number(row["P"])]["S"] == "/THead"
    attributes = cell.get("A") or pydyf.Dictionary({"O": "/Table"})
    attributes["Scope"] = "/Column" if in_head else "/Row"
    cell["A"] = attributes


def _running_apart(objects: dict[int, Any]) -> None:
    """What runs along the edge of every page is no part of the document (7.8): artifacts, not tagged content.

    WeasyPrint marks it like content and links it to nothing; by that it is found.
    """
    dictionaries = [one for one in objects.values() if isinstance(one, dict)]
    root = next(one for one in dictionaries if one.get("Type") == "/StructTreeRoot")
    linked = set(_below(root, objects))
    by_page = iter(objects[_number(root["ParentTree"])]["Nums"][1::2])
    for page in (one for one in dictionaries if one.get("Type") == "/Page"):
        owners, stream = next(by_page), objects[_number(page["Contents"])].stream
        for mcid, owner in enumerate(owners):
            if _number(owner) not in linked:
                at = stream.index({"MCID": mcid})
                stream[at - 1 : at + 2] = ["/Artifact", b"BMC"]
                owners[mcid] = "null"


def _below(element: dict[str, Any], objects: dict[int, Any]) -> Iterator[int]:
    for kid in element.get("K", ()):
        if isinstance(kid, bytes):
            yield _number(kid)
            yield from _below(objects[_number(kid)], objects)


def _number(reference: bytes) -> int:
    """Of the object that b"12 0 R" refers to."""
    return int(reference.split()[0])
