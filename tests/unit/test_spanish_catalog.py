"""Everything the site says is said in Spanish too: pages, forms, choices, statuses and reasons to refuse."""

import ast
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import django
import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from charteroak.policy import legal
from charteroak.policy.legal.evaluate import UNKNOWN

SOURCE = Path(__file__).parents[2] / "src" / "charteroak"
CATALOGS = sorted(SOURCE.glob("*/locale/es/LC_MESSAGES/django.po"))
ROOMS = sorted(folder.name for folder in SOURCE.iterdir() if (folder / "__init__.py").exists())
MARKS = {"_": None, "_t": None, "noop": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2)}
REASONS = {"Sentence": 0, "Reason": 1, "refuse": 1}  # a call, and where its sentences begin


def marked(text: str) -> Iterator[str]:
    for _, said, _, _ in extract("python", BytesIO(text.encode()), keywords=MARKS):
        yield said if isinstance(said, str) else said[0]


def marked_in_page(text: str) -> Iterator[str]:
    yield from marked(f"({templatize(text)})")
    yield from re.findall(r'\{% status "(.+?)" %\}', text)


def marked_in_code(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    yield from marked(text)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REASONS:
            for given in node.args[REASONS[node.func.id] :]:
                assert not isinstance(given, ast.JoinedStr), f"{path}:{given.lineno}: make it a Sentence"
                if isinstance(given, ast.Constant) and given.value:
                    yield str(given.value)
        if isinstance(node, ast.ClassDef):
            bases = {ast.unparse(base) for base in node.bases}
            if "models.TextChoices" in bases or ("StrEnum" in bases and path.parent.name == "policy"):
                yield from (label(line.value) for line in node.body if isinstance(line, ast.Assign))


def label(value: ast.expr) -> str:
    """Of a choice: its label where it has one, else its value in words."""
    words = value.elts[1] if isinstance(value, ast.Tuple) else value
    assert isinstance(words, ast.Constant)
    return str(words.value).replace("_", " ")


def messages() -> Iterator[tuple[Path, Message]]:
    for path in CATALOGS:
        with path.open("rb") as file:
            yield from ((path, message) for message in read_po(file, locale="es") if message.id)


def singular(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


SPANISH = {singular(message) for _, message in messages()}


@pytest.mark.parametrize("room", ROOMS)
def test_a_page_says_everything_in_spanish(room: str) -> None:
    for page in (SOURCE / room).glob("templates/**/*.html"):
        assert sorted(set(marked_in_page(page.read_text(encoding="utf-8"))) - SPANISH) == [], page


@pytest.mark.parametrize("room", ROOMS)
def test_what_code_says_is_said_in_spanish(room: str) -> None:
    for code in (SOURCE / room).rglob("*.py"):
        if code.parent.name != "migrations":
            assert sorted(set(marked_in_code(code)) - SPANISH) == [], code


def test_what_the_law_asks_is_said_in_spanish() -> None:
    said = {text for regime in legal.shipped() for rule in regime.rules for text in (rule.says, rule.mend)}
    said |= {regime.name for regime in legal.shipped()} | {UNKNOWN.says, UNKNOWN.mend, UNKNOWN.law}
    said |= {named for regime in legal.shipped() for rule in regime.rules for named in rule.exceptions}
    assert sorted(said - SPANISH - {""}) == []


@pytest.mark.parametrize("catalog", CATALOGS, ids=lambda path: path.parents[3].name)
def test_a_translation_is_there_and_keeps_its_placeholders(catalog: Path) -> None:
    for message in (message for path, message in messages() if path == catalog):
        assert not message.fuzzy, message.id
        english = [message.id] if isinstance(message.id, str) else list(message.id)
        spanish = [message.string] if isinstance(message.string, str) else list(message.string or [])
        assert all(spanish), message.id
        assert list(map(placeholders, spanish)) == list(map(placeholders, english)), message.id


def placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)[sd]|%[sd]|\{\w+\}", text))


def test_no_sentence_is_translated_twice() -> None:
    said = [(message.context, singular(message)) for _, message in messages()]
    assert sorted({words for words in said if said.count(words) > 1}) == []


def test_no_word_of_ours_takes_the_place_of_one_of_the_frameworks() -> None:
    """May is a month: whoever puts the verb into Spanish under the same word puts it into every date."""
    with (Path(django.__path__[0]) / "conf/locale/es/LC_MESSAGES/django.po").open("rb") as file:
        theirs = {message.id: message.string for message in read_po(file, locale="es") if not message.context}
    ours = [(message.id, message.string) for _, message in messages() if not message.context]
    assert [(said, as_) for said, as_ in ours if theirs.get(said, as_) not in ("", as_)] == []


def test_an_untranslated_sentence_is_found() -> None:
    plural = "{% blocktranslate count n=n %}One is new{% plural %}{{ n }} are new{% endblocktranslate %}"
    page = '{% translate "Nobody has put this into Spanish" %}' + plural
    assert set(marked_in_page(page)) - SPANISH == {"Nobody has put this into Spanish", "One is new"}
