"""What a clerk needs to decide the doubtful pairs of a run, noted once while the files are at hand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from charteroak.linkage.encode import Encoded
from charteroak.linkage.explain import steps
from charteroak.linkage.linkage import Linkage
from charteroak.linkage.review.run import LinkRun

LIKELY = {"same", "nickname", "slip", "close", "initial", "swapped"}
"""Levels of a given name that speak for one person."""
EQUAL = 1e-6
"""Bits by which two weights may differ and still be as good."""
Found = tuple[Linkage, Encoded, pl.DataFrame]
"""One step's linkage, what it was made of, and its pairs with their `row` in its links."""


def evidence(run: LinkRun, files: Mapping[str, pl.DataFrame], found: Sequence[Found]) -> LinkRun:
    """The run with its `evidence`: for each doubtful pair, in the order of review, plain values for a page.

    They hold personal data: show them to a clerk only. Keys: number (from 1), pair_id, left and right (file,
    record_id), pass_name, status, reason, probability, weight, prior (bits), `rivals`: numbers of the pairs that
    claim one of its records, `alike`: a hint that it is one person and no rival as good, and `fields`: for each its
    name, kind, the values as delivered (`left`, `right`), in standard form (`left_standard`, `right_standard`),
    `level` of agreement or "missing", and `weight` in bits; last what rare values add. Prior and weights add up to
    the pair's weight.
    """
    listed = run.doubtful()
    pairs = {pair["pair_id"]: pair for pair in run.pairs.filter(status="review").iter_rows(named=True)}
    fields = {pair: shown for each in found for pair, shown in _fields(each, files, set(pairs)).items()}
    rivals = _rivals(pairs, listed)
    noted = []
    for number, pair in enumerate(listed, start=1):
        best = max((pairs[listed[rival - 1]]["weight"] for rival in rivals[number]), default=-float("inf"))
        noted.append(_noted(pairs[pair], number, rivals[number], best, fields[pair]))
    return replace(run, evidence=tuple(noted))


def _noted(
    pair: Mapping[str, Any], number: int, rivals: list[int], best: float, fields: list[dict[str, Any]]
) -> dict[str, Any]:
    prior, *told = fields
    return {
        "number": number,
        "pair_id": pair["pair_id"],
        **{
            side: {"file": pair[f"{side}_file"], "record_id": pair[f"{side}_id"]}
            for side in ("left", "right")
        },
        **{key: pair[key] for key in ("pass_name", "status", "reason", "probability", "weight")},
        "prior": prior["weight"],
        "fields": told,
        "rivals": rivals,
        "alike": pair["weight"] - best > EQUAL and _likely(told),
    }


def _fields(
    found: Found, files: Mapping[str, pl.DataFrame], wanted: set[str]
) -> dict[str, list[dict[str, Any]]]:
    """By pair_id, the steps towards its weight with the values beside them."""
    linkage, encoded, pairs = found
    chosen = pairs.filter(pl.col("pair_id").is_in(wanted))
    place = {record: row for row, record in enumerate(encoded.records.select("source", "id").iter_rows())}
    standard = {field.name: encoded.standard(field.name) for field in encoded.fields}
    raw = {file: _delivered(files[file], linkage, file) for file in encoded.sources}
    kinds = {field.name: field.kind.value for field in encoded.fields}
    shown = {}
    for pair in chosen.iter_rows(named=True):
        sides = {side: (pair[f"{side}_file"], pair[f"{side}_id"]) for side in ("left", "right")}
        shown[pair["pair_id"]] = [
            {
                "field": name, "kind": kinds.get(name, ""), "level": level, "weight": bits,
                **{side: raw[file][record].get(name) for side, (file, record) in sides.items()},
                **{f"{side}_standard": standard[name][place[record]] if name in standard else None
                   for side, record in sides.items()},
            }
            for name, level, bits in steps(linkage, pair["row"])
        ]  # fmt: skip
    return shown


def _delivered(frame: pl.DataFrame, linkage: Linkage, file: str) -> dict[str, dict[str, str | None]]:
    """By record id, the fields as the file has them."""
    columns = {
        field.name: pl.concat_str(field.of(file), separator=" ", ignore_nulls=True)
        if len(field.of(file)) > 1
        else pl.col(field.of(file)[0]).cast(pl.String)
        for field in linkage.recipe.fields
    }
    rows = frame.select(pl.col("record_id").cast(pl.String).alias("record id"), **columns)
    return {row.pop("record id"): row for row in rows.iter_rows(named=True)}


def _likely(fields: Sequence[Mapping[str, Any]]) -> bool:
    """Whether given name and birth date speak for one person."""
    levels = {field["field"]: field["level"] for field in fields}
    return levels.get("given_name") in LIKELY and levels.get("birth_date", "missing") != "different"


def _rivals(pairs: Mapping[str, Mapping[str, Any]], listed: Sequence[str]) -> dict[int, list[int]]:
    """By pair number, the other doubtful pairs that claim one of its records."""
    claims: dict[tuple[str, str], list[int]] = {}
    records = {}
    for number, name in enumerate(listed, start=1):
        pair = pairs[name]
        records[number] = [(pair[f"{side}_file"], pair[f"{side}_id"]) for side in ("left", "right")]
        for record in records[number]:
            claims.setdefault(record, []).append(number)
    return {
        number: sorted({other for record in both for other in claims[record]} - {number})
        for number, both in records.items()
    }
