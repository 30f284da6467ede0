"""Which pairs are tried: records that share the key of a blocking rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from charteroak.linkage.encode import Encoded
from charteroak.linkage.hashing import (
    FIRST,
    PARTS,
    WHOLE,
    by_key,
    part_hashes,
    part_number,
    rule_keys,
    written_hashes,
)  # fmt: skip
from charteroak.linkage.recipe import Kind, LinkageError, Recipe
from charteroak.machine import spread

Rule = tuple[str, ...]
_AS_WRITTEN = {Kind.TEXT, Kind.DATE_AS_WRITTEN, Kind.NUMBER_AS_WRITTEN}
_NAMES = {Kind.GIVEN_NAME, Kind.FAMILY_NAME}


@dataclass(frozen=True)
class RuleBlocks:
    """One rule's blocks. `keyed`: records with a complete key. `order`: records of the blocks kept, sorted by key, and
    `start` of each block in it (blocks + 1). `pairs` in these blocks; blocks and pairs that the cap skipped.
    """

    rule: Rule
    keyed: NDArray[np.int32]
    order: NDArray[np.int32]
    start: NDArray[np.int64]
    pairs: int
    skipped_blocks: int
    skipped_pairs: int

    @property
    def records(self) -> int:
        return len(self.keyed)


def keys_of(encoded: Encoded, rules: Sequence[Rule]) -> NDArray[np.uint64]:
    """Block keys: records × rules, 0 where a part of the rule is missing.

    Raises LinkageError for a part that no field has. The key of a rule does not depend on the order of its names:
    given and family name written in each other's place fall into one block.
    """
    table = np.zeros((len(encoded.tables.codes), len(rules)), np.uint64)
    keys = list(dict.fromkeys(key for rule in rules for key in rule))
    known = dict(zip(keys, spread(lambda key: _hashes(encoded, key), keys), strict=True))

    def fill(column: int) -> None:
        table[:, column] = _keys(encoded, rules[column], known)

    spread(fill, range(len(rules)))
    return table


def _hashes(encoded: Encoded, key: str) -> NDArray[np.uint64]:
    """Hash of what a key takes of each value of its field."""
    name, _, part = key.partition(":")
    number, field = part_number(part), next(each for each in encoded.fields if each.name == name)
    if number is None:
        raise LinkageError(f"blocking key {key}: no part {part!r}; use {', '.join(PARTS)[2:]}")
    first, count = encoded.start[name], len(encoded.values[name])
    texts = encoded.tables.chars, encoded.tables.offset, first, first + count
    if field.kind in _AS_WRITTEN and (number == WHOLE or number >= FIRST):
        return written_hashes(*texts, max(number - FIRST, 0))
    return part_hashes(*texts, number)


def _keys(encoded: Encoded, rule: Rule, known: Mapping[str, NDArray[np.uint64]]) -> NDArray[np.uint64]:
    places, salts, parts, shift = [], [], [], []
    names = [field.name for field in encoded.fields]
    at = 0
    for key in rule:
        name, _, part = key.partition(":")
        places.append(names.index(name))
        named, number = encoded.fields[places[-1]].kind in _NAMES, part_number(part) or 0
        salts.append(number if named else 10_000 * (places[-1] + 1) + number)
        parts.append(known[key])
        shift.append(at - encoded.start[name])
        at += len(known[key])
    return rule_keys(
        encoded.tables.codes, np.array(places, np.int64), np.array(salts, np.uint64), np.concatenate(parts),
        np.array(shift, np.int64),
    )  # fmt: skip


def block(keys: NDArray[np.uint64], column: int, rule: Rule, largest: int) -> RuleBlocks:
    """Sort the records by the rule's key. Blocks of more than `largest` records are skipped and counted; their keys
    are set to 0, so that a later rule may still try those pairs.
    """
    own, order = by_key(keys[:, column])
    start = np.concatenate([[0], np.flatnonzero(own[1:] != own[:-1]) + 1, [len(own)]]).astype(np.int64)
    size = np.diff(start)
    large = size > largest
    if large.any():
        keys[order[np.repeat(large, size)], column] = 0
    used = (size > 1) & ~large
    pairs = size * (size - 1) // 2
    return RuleBlocks(
        rule, order, order[np.repeat(used, size)], np.concatenate([[0], np.cumsum(size[used])]).astype(np.int64),
        int(pairs[used].sum()), int(large.sum()), int(pairs[large].sum()),
    )  # fmt: skip


def blocked(encoded: Encoded, recipe: Recipe) -> tuple[NDArray[np.uint64], list[RuleBlocks]]:
    """Block keys (records × rules, 0 = none) and the sorted blocks of each rule."""
    keys = keys_of(encoded, recipe.blocks)
    return keys, blocks_of(keys, recipe.blocks, recipe.largest_block)


def blocks_of(keys: NDArray[np.uint64], rules: Sequence[Rule], largest: int) -> list[RuleBlocks]:
    """The sorted blocks of each rule; see `block`."""
    return spread(lambda at: block(keys, at, rules[at], largest), range(len(rules)))
