"""Everything the site's own pages say is said in Spanish too."""

import ast
import re
from collections.abc import Iterator
from gettext import GNUTranslations
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "charteroak"
CATALOG = SOURCE / "site" / "locale" / "es" / "LC_MESSAGES" / "django.mo"
PAGES = [page for room in ("site", "agencies") for page in (SOURCE / room / "templates").rglob("*.html")]
CODE = list((SOURCE / "site").glob("*.py"))


def marked_in_page(text: str) -> Iterator[str]:
    for _, words in re.findall(r"""\{% translate (["'])(.+?)\1""", text):
        yield words
    for words in re.findall(r"\{% blocktranslate[^%]*%\}(.+?)\{% endblocktranslate %\}", text):
        yield re.sub(r"\{\{ (\w+) \}\}", r"%(\1)s", words)


def marked_in_code(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
            assert isinstance(node.args[0], ast.Constant)
            yield str(node.args[0].value)


@pytest.fixture(scope="module")
def spanish() -> GNUTranslations:
    with CATALOG.open("rb") as catalog:
        return GNUTranslations(catalog)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(SOURCE)))
def test_a_page_says_everything_in_spanish(page: Path, spanish: GNUTranslations) -> None:
    said = list(marked_in_page(page.read_text(encoding="utf-8")))
    assert [words for words in said if spanish.gettext(words) == words] == []


@pytest.mark.parametrize("code", CODE, ids=lambda code: code.name)
def test_what_code_says_is_said_in_spanish(code: Path, spanish: GNUTranslations) -> None:
    said = list(marked_in_code(code.read_text(encoding="utf-8")))
    assert [words for words in said if spanish.gettext(words) == words] == []


def test_an_untranslated_sentence_is_found(spanish: GNUTranslations) -> None:
    [words] = marked_in_page('{% translate "Nobody has put this into Spanish" %}')
    assert spanish.gettext(words) == words
