"""Whatever a verdict of `disclosure` says has its words in `outputs/verdict_words.py`, which have their Spanish."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from charteroak.outputs.verdict_words import WORDS

DISCLOSURE = Path(__file__).parents[2] / "src" / "charteroak" / "disclosure"
BEFORE = {"Verdict": 4, "answered": 4}  # rule, table, outcome and cell come first
PARTS = {"figure", "limit", "mend"}


def texts(node: ast.expr) -> Iterator[str]:
    """What an expression may say; a value in it is a number in braces."""
    match node:
        case ast.Constant(value=str(said)):
            yield said
        case ast.JoinedStr(values=values):
            places = iter(range(len(values)))
            yield "".join(
                str(one.value) if isinstance(one, ast.Constant) else f"{{{next(places)}}}" for one in values
            )
        case ast.IfExp(body=body, orelse=orelse):
            yield from [*texts(body), *texts(orelse)]
        case ast.BoolOp(values=values) | ast.Dict(values=values) | ast.Tuple(elts=values):
            for value in values:
                yield from texts(value)
        case ast.Call(args=args) if ast.unparse(node.func) == "Verdict":
            for arg in args:
                yield from texts(arg)


def names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def said_in(tree: ast.Module) -> set[str]:
    """Texts in the calls that make verdicts, and those of the names used there, wherever these get their values."""
    given: list[ast.expr] = []
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        kind = ast.unparse(call.func)
        if kind in BEFORE:
            given += [*call.args[BEFORE[kind] :], *(k.value for k in call.keywords if k.arg in PARTS)]
    found = {text for one in given for text in texts(one)}
    wanted = set().union(*map(names, given))
    assigned = [node for node in ast.walk(tree) if isinstance(node, ast.Assign)]
    for _ in range(3):  # a name may be made of others
        for node in assigned:
            if names(ast.Tuple(node.targets)) & wanted:
                found |= set(texts(node.value))
                if isinstance(node.value, ast.JoinedStr | ast.IfExp):
                    wanted |= names(node.value)
    return {text for text in found if any(letter.isalpha() for letter in text)}


def in_code(text: str) -> bool:
    """A name of the code or the data, which is no language, or a sign that every language has."""
    return text == "R² {0}" or (" " not in text and (text.islower() or "_" in text))


@pytest.mark.parametrize("path", sorted(DISCLOSURE.glob("*.py")), ids=lambda path: path.stem)
def test_what_a_verdict_says_can_be_said_in_the_readers_language(path: Path) -> None:
    said = said_in(ast.parse(path.read_text(encoding="utf-8")))
    assert sorted(text for text in said if text not in WORDS and not in_code(text)) == []


def test_the_calls_are_found() -> None:
    tree = ast.parse('MEND = "Mend it."\nyield_ = Verdict("r", t, "fail", c, f"{n} rows", limit, mend=MEND)')
    assert said_in(tree) == {"{0} rows", "Mend it."}
