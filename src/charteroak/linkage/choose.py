"""Chooses blocking rules for an inferred recipe: most true pairs found for the pairs that may be tried."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from charteroak.linkage.blocks import Rule, blocks_of, keys_of
from charteroak.linkage.encode import Encoded, subset
from charteroak.linkage.hashing import mixed
from charteroak.linkage.recipe import Field, Kind
from charteroak.machine import compiled

COUNTED = 60_000
"""Records on which the cost of a rule is counted; a rule's pairs grow with the square of the records."""
IMAGINED = 4_000
"""True pairs imagined to see which rules find them."""
MOST_RULES = 20
LEAST_GAIN = 3e-4
_PARTS: Mapping[Kind, tuple[str, ...]] = {
    Kind.GIVEN_NAME: ("", "sound", "start"), Kind.FAMILY_NAME: ("", "sound", "start"),
    Kind.BIRTH_DATE: ("", "year", "month_day"), Kind.ZIP: ("", "prefix3"), Kind.SSN: ("", "last4"),
        Kind.FUZZY: ("", "start"),
    Kind.SEX: (), Kind.SUFFIX: (), Kind.STATE: (), Kind.NUMBER: (), Kind.MIDDLE_NAME: ("",),
}  # fmt: skip
_SURVIVES = {
    "": 0.0,
    "sound": 0.55,
    "start": 0.6,
    "initial": 0.85,
    "year": 0.6,
    "month_day": 0.4,
    "last4": 0.6,
    "prefix3": 0.7,
}
"""How often a part still agrees where the whole does not; a coarse guess, it only ranks rules."""
_ALONE = {Kind.SSN, Kind.AGENCY_ID, Kind.EMAIL, Kind.PHONE}
"""Numbers whose holders, like people at one address, are always compared: what strangers share there is learnt."""
_MOVES = {Kind.ADDRESS, Kind.ZIP, Kind.CITY, Kind.PHONE, Kind.STATE}
MOVERS = 0.15


def candidates(fields: Sequence[Field]) -> Iterator[Rule]:
    """Each telling field alone, every two parts of different fields, and names with initials and birth date."""
    atoms = [
        [f"{field.name}:{part}".removesuffix(":") for part in _PARTS.get(field.kind, ("",))]
        for field in fields
    ]
    for own in atoms:
        yield from ((atom,) for atom in own)
    for one, other in combinations(atoms, 2):
        yield from product(one, other)
    named = {field.kind: field.name for field in fields}
    if {Kind.GIVEN_NAME, Kind.FAMILY_NAME} <= set(named):
        given, family = named[Kind.GIVEN_NAME], named[Kind.FAMILY_NAME]
        third = [atom for own, field in zip(atoms, fields,
            strict=True) if field.kind not in {Kind.GIVEN_NAME, Kind.FAMILY_NAME} for atom in own]  # fmt: skip
        for atom in third:
            yield (f"{given}:initial", f"{family}:initial", atom)
            yield (f"{given}:start", f"{family}:sound", atom)
            yield (given, family, atom)


def budget(records: int) -> int:
    """Pairs that may be tried: plenty for small files, a dozen for each record of large ones."""
    return max(12 * records, min(150 * records, 8_000_000))


def choose(encoded: Encoded, largest: int, household: str | None) -> tuple[Rule, ...]:
    """Rules that together find most of the true pairs within the budget, the best value first.

    How often a field agrees among true pairs is taken from the levels' expected shares and from the values missing
    in these files; which pairs a rule makes is counted. Greedy maximum coverage (Nemhauser and others 1978).
    """
    rules = list(dict.fromkeys(candidates(encoded.fields)))
    always = {(field.name,) for field in encoded.fields if field.kind in _ALONE or field.name == household}
    caught = _caught(encoded, rules)
    cost = _costs(encoded, rules, largest)
    records = len(encoded.content)
    chosen = [place for place, rule in enumerate(rules) if rule in always and cost[place] < np.inf]
    left = float(budget(records)) - float(cost[chosen].sum())
    open_pairs = ~caught[chosen].any(axis=0)
    while len(chosen) < MOST_RULES:
        gain = (caught & open_pairs).mean(axis=1)
        gain[(cost > left) | (gain < LEAST_GAIN)] = 0
        gain[chosen] = 0
        if not gain.any():
            break
        best = int(np.argmax(gain / (cost + 0.3 * records)))
        chosen.append(best)
        left -= cost[best]
        open_pairs &= ~caught[best]
    return tuple(rules[place] for place in chosen)


@compiled
def _chance(size: int, salt: int) -> NDArray[np.float64]:
    """Numbers evenly spread over 0 to 1, the same every time."""
    found = np.empty(size)
    for at in range(size):
        found[at] = (mixed(np.uint64(at * 4096 + salt)) >> np.uint64(11)) / 2.0**53
    return found


def _caught(encoded: Encoded, rules: Sequence[Rule]) -> NDArray[np.bool_]:
    """Which imagined true pairs each rule finds: rules × pairs."""
    agrees: dict[str, NDArray[np.bool_]] = {}
    moved = _chance(IMAGINED, 1) < MOVERS
    for place, field in enumerate(encoded.fields):
        share = float((encoded.tables.codes[:, place] >= 0).mean())
        known = _chance(IMAGINED, 16 * place + 2) < share**2
        same = _chance(IMAGINED, 16 * place + 3) < field.levels[0].m
        if field.kind in _MOVES:
            same &= ~moved
        for salt, (part, survives) in enumerate(_SURVIVES.items()):
            close = _chance(IMAGINED, 16 * place + 4 + salt) < survives
            agrees[f"{field.name}:{part}".removesuffix(":")] = known & (same | close)
    return np.array([np.logical_and.reduce([agrees[key] for key in rule]) for rule in rules])


def _costs(encoded: Encoded, rules: Sequence[Rule], largest: int) -> NDArray[np.float64]:
    """Pairs that each rule would make of all records."""
    records = len(encoded.content)
    if records > COUNTED:
        order = np.argsort(encoded.content, kind="stable")[:: records // COUNTED]
        encoded = subset(encoded, np.sort(order))
    part = len(encoded.content) / records
    keys = keys_of(encoded, rules)
    blocks = blocks_of(keys, rules, max(2, int(largest * part)))
    skipped = np.array([each.skipped_pairs > each.pairs for each in blocks])
    cost = np.array([each.pairs for each in blocks], float) / part**2
    return np.where(skipped, np.inf, cost + 0.0)
