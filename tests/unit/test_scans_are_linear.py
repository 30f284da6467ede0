"""No expression that reads an untrusted file does more than its share of work, whatever is in the file.

Counted, not timed: each expression of `disclosure` is run by a matcher that tries what Python's own tries, in the same
order, and counts its steps. Twice the text may cost twice the steps.
"""

import importlib
import inspect
import itertools
import pkgutil
import re
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from re import _parser  # type: ignore[attr-defined] # the tree that Python's own matcher is compiled from
from typing import Any

import pytest

from charteroak import disclosure
from charteroak.disclosure.identifiers import identifiers, person_keys
from charteroak.disclosure.incoming import incoming

UNITS = (
    "a", "1", " ", ",", "1,", "a.", "@", "a@", "@a.", "-", "'", "''", "[", "]", "%", "aggfunc ", "555-55-",
)  # fmt: skip
BEFORE = ("", "1", "a@", "<", "a[", "'", "aggfunc")
AFTER = ("", "x", "!")


@dataclass
class Matcher:
    """Backtracks as Python's does; `steps` is how often it looked at the text."""

    text: str
    steps: int = 0

    def ends(self, tree: Any, at: int, then: Callable[[int], int | None], place: int = 0) -> int | None:
        """Where a match of `tree` from `place` on, followed by `then`, ends; None where there is none."""
        if place == len(tree):
            return then(at)
        name, said = str(tree[place][0]), tree[place][1]
        self.steps += 1

        def following(end: int) -> int | None:
            return self.ends(tree, end, then, place + 1)

        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            return self._repeated(name, said, at, following)
        if name == "SUBPATTERN":
            return self.ends(said[3], at, following)
        if name == "BRANCH":
            return next((end for one in said[1] if (end := self.ends(one, at, following)) is not None), None)
        if name in ("ASSERT", "ASSERT_NOT"):
            start = at if said[0] > 0 else at - said[1].getwidth()[0]
            held = start >= 0 and self.ends(said[1], start, lambda end: end) is not None
            return following(at) if held == (name == "ASSERT") else None
        if name == "AT":
            assert str(said) == "AT_BOUNDARY", said
            return following(at) if self._word(at - 1) != self._word(at) else None
        return following(at + 1) if at < len(self.text) and self._is(name, said, self.text[at]) else None

    def _repeated(self, name: str, said: Any, at: int, following: Callable[[int], int | None]) -> int | None:
        """Without recursion over the text: every place where the repeat may stop, then each from last or first."""
        least, most, inner = said
        stops, here = [at], at
        while len(stops) <= int(most):
            if name == "MIN_REPEAT" and len(stops) > least and (end := following(here)) is not None:
                return end
            self.steps += 1
            further = self.ends(inner, here, lambda end: end)
            if further is None or further == here:
                break
            here = further
            stops.append(here)
        if name == "POSSESSIVE_REPEAT":
            return following(here) if len(stops) > least else None
        tried = reversed(stops[int(least) :]) if name == "MAX_REPEAT" else iter(stops[int(least) :])
        return next((end for stop in tried if (end := following(stop)) is not None), None)

    def _word(self, at: int) -> bool:
        return 0 <= at < len(self.text) and re.match(r"\w", self.text[at]) is not None

    def _is(self, name: str, said: Any, char: str) -> bool:
        if name == "IN":
            negated = str(said[0][0]) == "NEGATE"
            return (
                any(self._is(str(one), value, char) for one, value in said if str(one) != "NEGATE") != negated
            )
        if name == "RANGE":
            return bool(said[0] <= ord(char) <= said[1])
        if name == "CATEGORY":
            kind = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}[str(said).split("_")[-1]]
            return (re.match(kind, char) is not None) != ("NOT" in str(said))
        if name == "ANY":
            return char != "\n"
        return bool(ord(char) == said) == (name == "LITERAL")


def searched(expression: "re.Pattern[str]", text: str) -> tuple[list[tuple[int, int]], int]:
    """What `finditer` finds, and the steps that it took."""
    tree, matcher, found, at = _parser.parse(expression.pattern, expression.flags), Matcher(text), [], 0
    while at <= len(text):
        end = matcher.ends(tree, at, lambda end: end)
        if end is not None:
            found.append((at, end))
        at = end if end is not None and end > at else at + 1
    return found, matcher.steps


def read(expression: "re.Pattern[str]", text: str, *, whole: bool) -> tuple[int | None, int]:
    """Where `match`, or `fullmatch` of the `whole` text, ends, and the steps that it took."""
    tree, matcher = _parser.parse(expression.pattern, expression.flags), Matcher(text)
    end = matcher.ends(tree, 0, lambda end: end if end == len(text) or not whole else None)
    return end, matcher.steps


def expressions() -> Iterator[tuple[str, "re.Pattern[str]", str]]:
    """Of every module its expressions: name, expression, and how it is used."""
    for one in pkgutil.iter_modules(disclosure.__path__, "charteroak.disclosure."):
        if one.name.endswith("__main__"):
            continue
        module = importlib.import_module(one.name)
        source = inspect.getsource(module)
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern) and f"{name} = re.compile" in source:
                uses = set(re.findall(rf"\b{name}\.(\w+)\(", source)) or {"fullmatch"}
                use = "finditer" if uses & {"findall", "finditer", "search", "sub", "split"} else uses.pop()
                yield f"{one.name.split('.')[-1]}.{name}", value, use


EVERY = list(expressions())


def test_the_expressions_are_found() -> None:
    assert {"identifiers.EMAIL", "identifiers.PHONE", "stated.BETWEEN"} <= {name for name, _, _ in EVERY}
    assert len(EVERY) >= 15


@pytest.mark.parametrize(("name", "expression", "use"), EVERY, ids=[name for name, _, _ in EVERY])
def test_twice_the_text_is_at_most_twice_the_work(name: str, expression: "re.Pattern[str]", use: str) -> None:
    for before, unit, after in itertools.product(BEFORE, UNITS, AFTER):
        short, long = (steps(expression, use, before + unit * times + after) for times in (16, 32))
        assert long <= 2.3 * short + 40, (name, before, unit, after, short, long)


def steps(expression: "re.Pattern[str]", use: str, text: str) -> int:
    """Of one use of the expression; what the count's own matcher finds must be what Python finds."""
    if use == "finditer":
        found, took = searched(expression, text)
        assert found == [one.span() for one in expression.finditer(text)], text
        return took
    end, took = read(expression, text, whole=use == "fullmatch")
    match = getattr(expression, use)(text)
    assert end == (match.end() if match else None), text
    return took


def test_the_count_notices_an_expression_that_begins_anywhere_in_a_word() -> None:
    """As the one for e-mail addresses once did: from each letter to the end of the word."""
    once = re.compile(r"[\w.+-]+@[\w-]+")
    (_, short), (_, long) = searched(once, "a" * 40), searched(once, "a" * 80)
    assert long > 3.5 * short


def test_one_word_of_two_megabytes_is_scanned_to_its_end() -> None:
    for word in ("a", "a.", "1", "@", "-"):
        identifiers("notes.txt", word * (2_000_000 // len(word)))
    [found] = incoming("notes.txt", b"a" * 2_000_000 + b"@example.org")
    assert (found.rule, found.figure) == ("email", "1")


def test_a_key_is_found_inside_a_word_of_two_megabytes_with_work_that_grows_as_the_word() -> None:
    key = "0123456789abcdef" * 2

    class Counted(frozenset[str]):
        """People, and how many pieces of the text were held against them."""

        held = 0

        def __and__(self, other: Set[object]) -> frozenset[str]:
            Counted.held += len(other)
            return frozenset.__and__(self, other)

    took = []
    for length in (1_000, 2_000):
        Counted.held = 0
        word = "".join(f"{number:x}" for number in range(length))
        assert person_keys(word[:length] + key + "x", Counted({key})) == {key}
        took.append(Counted.held)
    assert took[1] <= 2.3 * took[0]
    assert person_keys("a" * 2_000_000 + key + "b", {key}) == {key}
    assert person_keys("a" * 2_000_000, {key, "a" * 8}) == set(), "a short key is a word or nothing"
