"""A spine's encoding has a number: who changes what the numbers of a spine mean must raise it, and is told so here."""

import hashlib
import json

import numpy as np
import polars as pl

from charteroak.linkage.blocks import keys_of
from charteroak.linkage.encode import STANDARDISERS, encode
from charteroak.linkage.hashing import PARTS
from charteroak.linkage.kinds import levels_of
from charteroak.linkage.recipe import ANY, Field, Kind, Recipe
from charteroak.linkage.spine.spine import value_hashes
from charteroak.linkage.spine.version import ENCODING

STOOD_FOR = {
    1: "0d24fe800cc5133c6c68117b3cc6fc079fa64e72711079a0d739a6b299fed453",
    2: "7a381a86d8ece5c5f26ea9336e362f8ad3b25eb963ea862a17944740a841cdfc",
    3: "62538a73efcb77bac78fab1484328530e334aba41ad7069c66f44563467b292a",
}
"""By encoding: SHA-256 of what the samples become."""
SAMPLES = {
    "names": [
        "Dr. María-José O'Brien Jr",
        "de la Cruz y Peña",
        "BABY BOY",
        "Bob",
        "Liz",
        "X",
        "müller",
        " ",
        None,
        "Nguyễn",
    ],
    "dates": [
        "1970-03-04",
        "1971-13-02",
        "1900-01-01",
        "1985-12-31",
        "19991231",
        "3 Mar 1988",
        "",
        None,
        "1990-1-9",
        "?",
    ],
    "numbers": [
        "111-22-3333",
        "078-05-1120",
        "6511",
        "06511-1234",
        "(860) 555-0123",
        "12.50",
        "000000000",
        "7",
        None,
        "A1",
    ],
    "places": [
        "12 North Main Street Apt 3",
        "PO Box 9",
        "Urb. Calle Sol",
        "UNKNOWN",
        "Hartford",
        "SW1A 1AA",
        "ann@x.org",
        "f",
        "2",
        None,
    ],
}


def became() -> str:
    """Every standardiser's answer to every sample, and the arrays and block keys made of them."""
    found = [
        json.dumps([kind, name, STANDARDISERS[kind](pl.Series(values))[0].cast(pl.String).to_list()])
        for kind in sorted(STANDARDISERS) for name, values in SAMPLES.items()
    ]  # fmt: skip
    frame = pl.DataFrame({"id": [str(n) for n in range(10)], **SAMPLES})
    for column in ("names", "places"):
        kinds = [Kind.GIVEN_NAME, Kind.FAMILY_NAME, Kind.BIRTH_DATE, Kind.TEXT, Kind.NUMBER]
        columns = [column, column, "dates", column, "numbers"]
        fields = tuple(
            Field(kind.value, kind, {ANY: (at,)}, levels_of(kind))
            for kind, at in zip(kinds, columns, strict=True)
        )
        rules = tuple((f"{each.name}:{part}".removesuffix(":"),) for each in fields for part in [*PARTS, "2"])
        encoded = encode({"one": frame}, {"one": "id"}, Recipe(fields, rules))
        t = encoded.tables
        arrays = (t.codes, t.number, t.offset, t.chars, t.groups_at, t.groups, t.tokens_at, t.tokens, t.letters,
                  t.digits, encoded.content, value_hashes(encoded), keys_of(encoded, rules))  # fmt: skip
        found += [hashlib.sha256(np.ascontiguousarray(each).tobytes()).hexdigest() for each in arrays]
    return hashlib.sha256("\n".join(found).encode()).hexdigest()


def test_what_the_numbers_mean_changes_only_with_their_version() -> None:
    assert became() == STOOD_FOR.get(ENCODING), (
        f"values are encoded otherwise than encoding {ENCODING} did: spines written before would be misread. Raise "
        f"ENCODING in spine/version.py and record {became()} for it here"
    )


def test_every_way_to_standardise_and_every_part_of_a_key_is_sampled() -> None:
    assert set(STANDARDISERS) == set(Kind)
