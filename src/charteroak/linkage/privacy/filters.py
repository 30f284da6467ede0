"""Encodes records as keyed Bloom filters (cryptographic longterm keys), on the agency's own machine."""

import hashlib
import hmac
import unicodedata
from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from charteroak.linkage.privacy.schema import Feature, Schema, Tokens, to_toml
from charteroak.linkage.recipe import LinkageError

SHORTEST_KEY = 32
"""Bytes: as many as HMAC-SHA-256 gives."""
Bits = NDArray[np.uint8]
_SOUNDS = {
    letter: digit for letters, digit in
    (("BFPV", "1"), ("CGJKQSXZ", "2"), ("DT", "3"), ("L", "4"), ("MN", "5"), ("R", "6")) for letter in letters
}  # fmt: skip


def encode(
    records: pl.DataFrame, schema: Schema, key: bytes, *, id_column: str = "record_id"
) -> pl.DataFrame:
    """What the agency sends instead of names: `id`, `clk` (bytes), and `block_0`, `block_1`, … (8 bytes or null).

    `records`: one row a person, the schema's columns as text or dates; a missing value sets no bit and joins no
    block. `key`: at least SHORTEST_KEY secret bytes, shared by the agencies and never given to the hub. The same
    records, schema and key give the same bytes. Raises LinkageError for a short key, an absent column, or ids that
    are missing or used twice.

    Method: record-level Bloom filters (Schnell, Bachteler and Reiher 2011), HMAC-SHA-256 with a key for each
    field, XOR folding (Schnell and Borgs 2016), permanent randomised response (BLIP; Alaggan, Gambs and
    Kermarrec 2012). What they withstand, and what not, is in docs/linkage/privacy.md.
    """
    if len(key) < SHORTEST_KEY:
        raise LinkageError(f"the key has {len(key)} bytes; use at least {SHORTEST_KEY} random ones")
    if absent := [name for name in (id_column, *schema.columns) if name not in records.columns]:
        raise LinkageError(f"no column {', '.join(absent)} in the file; add it or change the schema")
    ids = records[id_column].cast(pl.String)
    if ids.null_count() or ids.n_unique() < len(ids):
        raise LinkageError(
            f"column {id_column} has missing or repeated values; give each record an id of its own"
        )
    # the schema is part of the key: filters made under different schemas must not look comparable
    root = _derived(key, b"charteroak clk", to_toml(schema).encode())
    plain = {name: _plain(records[name]) for name in schema.columns}
    salts = [(value or "")[:4] for value in plain[schema.salt]] if schema.salt else None
    bits = np.zeros((len(ids), schema.length), dtype=np.uint8)
    for feature in schema.features:
        _set_bits(bits, feature, plain[feature.column], salts, root)
    for _ in range(schema.folds):
        bits = bits[:, : bits.shape[1] // 2] ^ bits[:, bits.shape[1] // 2 :]
    filters = [row.tobytes() for row in np.packbits(_flipped(bits, schema.flip, root), axis=1)]
    return pl.DataFrame(
        {"id": ids, "clk": pl.Series(filters, dtype=pl.Binary)}
        | {f"block_{at}": _block(rule, at, plain, root) for at, rule in enumerate(schema.blocks)}
    )


def _derived(key: bytes, *parts: bytes) -> bytes:
    """A key or number of its own for these parts. Each part's length goes in: (ab, c) is not (a, bc)."""
    return hmac.new(key, b"".join(len(part).to_bytes(4) + part for part in parts), hashlib.sha256).digest()


def _plain(column: pl.Series) -> list[str | None]:
    """Capital letters and digits only, without accents; nothing left is missing."""
    distinct = column.cast(pl.String).unique().drop_nulls()
    known: dict[str | None, str | None] = {None: None}
    for text in distinct:
        letters = unicodedata.normalize("NFKD", text).upper()
        known[text] = "".join(letter for letter in letters if letter.isalnum()) or None
    return [known[text] for text in column.cast(pl.String)]


def tokens(value: str, how: Tokens) -> list[str]:
    """The parts by which a value is compared. A bigram's second occurrence is a token of its own."""
    if how is Tokens.WHOLE:
        return [value]
    if how is Tokens.DIGITS:
        return [f"{place}{letter}" for place, letter in enumerate(value)]
    padded = f" {value} "
    pairs = [padded[at : at + 2] for at in range(len(padded) - 1)]
    return [f"{pair}{pairs[:at].count(pair)}" for at, pair in enumerate(pairs)]


def _set_bits(
    bits: Bits, feature: Feature, values: list[str | None], salts: list[str] | None, root: bytes
) -> None:
    """Set the feature's bits in every record that has a value; each distinct (salt, token) is hashed once."""
    length = bits.shape[1]
    own = _derived(root, b"feature", feature.column.encode())
    places: dict[tuple[str, str], NDArray[np.int64]] = {}
    of_value: dict[tuple[str, str], NDArray[np.int64]] = {}
    for row, value in enumerate(values):
        if value is None:
            continue
        salt = salts[row] if salts else ""
        if (salt, value) not in of_value:
            cut = tokens(value, feature.tokens)
            each, more = divmod(feature.bits, len(cut))
            found = []
            for at, token in enumerate(cut):
                if (salt, token) not in places:
                    places[salt, token] = _places(own, salt, token, length, -(-feature.bits // 2))
                found.append(places[salt, token][: each + (at < more)])
            of_value[salt, value] = np.concatenate(found)
        bits[row, of_value[salt, value]] = 1


def _places(key: bytes, salt: str, token: str, length: int, count: int) -> NDArray[np.int64]:
    """`count` places for a token, all drawn from HMAC output: double hashing would tie them to each other."""
    count = max(count, 1)
    seed = _derived(key, salt.encode(), token.encode())
    stream = hashlib.shake_256(seed).digest(4 * count)
    return (np.frombuffer(stream, dtype=">u4") & (length - 1)).astype(np.int64)


def _flipped(bits: Bits, flip: float, root: bytes) -> Bits:
    """Turn over each bit with probability `flip`, the same ones for the same filter: asking twice tells no more."""
    if not flip:
        return bits
    own, limit = _derived(root, b"flip"), round(flip * 65536)
    out = bits.copy()
    for row in out:
        stream = hashlib.shake_256(_derived(own, row.tobytes())).digest(2 * len(row))
        row ^= (np.frombuffer(stream, dtype=">u2") < limit).astype(np.uint8)
    return out


def _block(rule: tuple[str, ...], at: int, plain: dict[str, list[str | None]], root: bytes) -> pl.Series:
    """Keyed hash of what the rule compares, 8 bytes; null where a part is missing."""
    parts = []
    for name in rule:
        column, _, part = name.partition(":")
        if part and part != "sound" and not part.isdigit():
            raise LinkageError(f"schema: {name!r} is no blocking key; use column, column:n or column:sound")
        cut = _cut(part)
        parts.append([None if value is None else cut(value) for value in plain[column]])
    own, known = _derived(root, b"block", str(at).encode()), dict[tuple[str, ...], bytes]()
    hashes: list[bytes | None] = []
    for values in zip(*parts, strict=True):
        complete = tuple(value for value in values if value)
        if len(complete) < len(values):
            hashes.append(None)
            continue
        if complete not in known:
            known[complete] = _derived(own, *(value.encode() for value in complete))[:8]
        hashes.append(known[complete])
    return pl.Series(hashes, dtype=pl.Binary)


def _cut(part: str) -> Callable[[str], str]:
    if part == "sound":
        return soundex
    return (lambda value: value[: int(part)]) if part else (lambda value: value)


def soundex(value: str) -> str:
    """The American Soundex code of 1918 (National Archives): a letter and three digits; '' without letters."""
    letters = [letter for letter in value if "A" <= letter <= "Z"]
    if not letters:
        return ""
    code, last = letters[0], _SOUNDS.get(letters[0], "")
    for letter in letters[1:]:
        digit = _SOUNDS.get(letter, "")
        if digit and digit != last:
            code += digit
        if letter not in "HW":
            last = digit
    return (code + "000")[:4]
