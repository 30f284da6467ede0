"""Whether a file that cannot be rebuilt states a number that a table of the same submission hides."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any

from charteroak.disclosure.build import Built, value
from charteroak.disclosure.rules import label
from charteroak.disclosure.verdicts import Verdict

NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?![\w]|\.\d)")
WORD = re.compile(r"\w+")
LEAST = 3  # smaller whole numbers stand everywhere: years' parts, places, decimals
HIDE = "A table hides this figure; state a range, or “at least” the threshold, instead."


def hidden_figures(file: str, content: bytes, tables: Sequence[Built]) -> Iterator[Verdict]:
    """A `review` for each figure that equals a hidden one and stands beside one of its cell's codes.

    Beside: in the same JSON object, row of a table, or line of text. A hidden figure about everybody has no code
    and is looked for everywhere. Equal numbers may be chance, so a person decides.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return
    places = [(place, _numbers(said), set(WORD.findall(said.lower()))) for place, said in _places(file, text)]
    for table in tables:
        for codes, state in table.states.items():
            if not state:
                continue
            words = [set(WORD.findall(code.lower())) for _, code in codes]
            figures = _figures(table, codes)
            for place, numbers, said in places:
                if figures & numbers and (not words or any(word and word <= said for word in words)):
                    where = f"{place}: {table.derivation.name}[{label(codes)}]"
                    yield Verdict("hidden_figure", file, "review", where, "equal", "hidden there", HIDE)


def _figures(table: Built, codes: Any) -> set[float]:
    cell, derivation = table.evidence.cells[codes], table.derivation
    found = {float(cell.people), float(cell.n)}
    if derivation.statistic == "share":
        found.add(float(cell.total))
    whole = {figure for figure in found if figure >= LEAST}
    printed = value(cell, derivation) if derivation.measure else ""
    return whole | (
        {float(printed), float(round(float(printed))), round(float(printed), 1)} if printed else set()
    )


def _numbers(text: str) -> set[float]:
    return {float(found.replace(",", "")) for found in NUMBER.findall(text)}


def _places(file: str, text: str) -> Iterator[tuple[str, str]]:
    """What stands together, with its place: JSON objects' own values, otherwise lines."""
    if PurePath(file).suffix.lower() == ".json":
        try:
            yield from _objects(json.loads(text), "")
        except (ValueError, RecursionError):
            pass
        else:
            return
    for number, line in enumerate(text.splitlines(), 1):
        yield f"line {number}", line.replace(">", "> ").replace("<", " <")


def _objects(node: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        own = [f"{key} {one}" for key, one in node.items() if not isinstance(one, dict | list)]
        yield str(node.get("name", place)) or "the file", f"{place} {' ; '.join(own)}"
        for key, one in node.items():
            yield from _objects(one, str(key))
    elif isinstance(node, list):
        own = [str(one) for one in node if not isinstance(one, dict | list)]
        yield place or "the file", f"{place} {' ; '.join(own)}"
        for one in node:
            yield from _objects(one, place)
