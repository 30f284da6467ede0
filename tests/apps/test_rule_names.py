"""A page calls a disclosure rule by what it looks at, never by its short name alone."""

import ast
from pathlib import Path

from charteroak import disclosure
from charteroak.disclosure.rules import MENDS
from charteroak.outputs.rule_names import NAMES, findings, in_words


def rules_of_the_program() -> set[str]:
    found = set(MENDS)
    for path in Path(disclosure.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Verdict":
                found |= {str(a.value) for a in node.args[:1] if isinstance(a, ast.Constant)}
    return found


def test_every_rule_that_speaks_has_words() -> None:
    assert len(rules_of_the_program()) > 25
    assert rules_of_the_program() - set(NAMES) == set()


def test_the_checks_summary_is_said_in_words_outcome_by_outcome() -> None:
    assert findings("review: full cell; pass: frequency, same bytes") == [
        ("For a person:", ["groups in which everybody is alike"]),
        ("Passed:", ["people behind each figure", "the same table when built again"]),
    ]
    assert findings("") == []
    assert findings("The airlock could not judge this file.") == [
        ("The airlock could not judge this file.", [])
    ]


def test_a_rule_without_words_keeps_its_name() -> None:
    assert in_words("brand_new") == "brand new"
