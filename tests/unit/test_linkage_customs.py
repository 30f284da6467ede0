"""Surnames by Spanish and Portuguese custom, nicknames, addresses in one line: what becomes of each, and counted."""

import numpy as np
import polars as pl
import pytest

from charteroak import linkage
from charteroak.linkage import addresses, names
from charteroak.linkage.encode import encode
from charteroak.linkage.levels import levels_of_pairs
from charteroak.linkage.nicknames import GROUPS
from charteroak.linkage.recipe import Recipe

FAMILY, GIVEN = linkage.infer({"a": ["last_name"]}).fields[0], linkage.infer({"a": ["first_name"]}).fields[0]


def agreement(field: linkage.Field, one: str, other: str) -> str:
    frame = pl.DataFrame({"id": ["1", "2"], field.of("a")[0]: [one, other]})
    tables = encode({"a": frame}, {"a": "id"}, Recipe((field,), ())).tables
    level = int(levels_of_pairs(np.array([0], np.int32), np.array([1], np.int32), tables)[0, 0])
    return field.levels[level].name


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("García López", "Garcia", "part"),  # the second surname dropped
        ("García López", "López", "part"),  # the first dropped, or taken for a middle name
        ("García y López", "Garcia Lopez", "same"),
        ("Costa e Silva", "Costa Silva", "same"),
        ("García-López", "GARCIA LOPEZ", "same"),
        ("de la Cruz", "Cruz", "part"),
        ("de la Cruz", "DelaCruz", "part"),
        ("dos Santos", "Santos", "part"),
        ("Silva dos Santos", "Santos", "part"),
        ("de la Cruz", "de la Torre", "different"),  # particles are nobody's own
        ("dos Santos", "dos Reis", "different"),
        ("López de García", "García", "part"),  # married: de García
    ],
)
def test_surnames_agree_by_custom(one: str, other: str, expected: str) -> None:
    assert agreement(FAMILY, one, other) == expected


def test_customs_are_counted_in_the_report() -> None:
    records = pl.DataFrame({
        "id": list("123456"),
        "last_name": ["García y López", "de la Cruz", "dos Santos", "Costa e Silva", "Smith", "Rivera-Ortiz"],
        "first_name": ["Ana", "Luis", "João", "Rui", "Sue", "José"],
        "dob": [f"1980-01-0{n}" for n in range(1, 7)],
    })  # fmt: skip
    counted = linkage.link(records).counts.changes["family_name"]
    assert counted["y or e between two surnames taken out"] == 2
    assert counted["two surnames, of which one may agree alone"] == 3
    assert counted["particles, which do not agree alone"] == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [("William", "Bill"), ("Margaret", "Peggy"), ("Robert", "Bob"), ("Guadalupe", "Lupe"), ("Francisco", "Paco"),
     ("José", "Pepe"), ("Guillermo", "William"), ("Manuel", "Manny"), ("Sebastião", "Tião")],
)  # fmt: skip
def test_nicknames_are_known(one: str, other: str) -> None:
    assert agreement(GIVEN, one, other) == "nickname"


def test_the_list_of_nicknames_is_the_one_of_its_source_and_ours() -> None:
    from nicknames import name_triplets

    for name, _, short in name_triplets():
        assert set(GROUPS[name.upper()]) & set(GROUPS[short.upper()]), (name, short)
    assert len(GROUPS) > 2000


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("12 Main St Apt 4, Hartford CT 06103", ("12 Main St Apt 4", "Hartford", "CT", "06103")),
        ("12 Main St, Apt 4, Hartford, CT 06103-1234", ("12 Main St, Apt 4", "Hartford", "CT", "06103")),
        ("PO Box 9, West Hartford, CT, 06107", ("PO Box 9", "West Hartford", "CT", "06107")),
        ("12 Main St Hartford CT 06103", ("12 Main St", "Hartford", "CT", "06103")),
        ("12 Main St", ("12 Main St", None, None, None)),
    ],
)
def test_an_address_in_one_line_is_split(line: str, parts: tuple[str | None, ...]) -> None:
    assert addresses.parts(pl.Series([line])).row(0) == parts


def test_one_line_addresses_are_recognised_split_and_counted() -> None:
    whole = pl.DataFrame({
        "id": ["1", "2", "3"], "name": ["Ann Lee", "Bo Ray", "Cy Fox"],
        "dob": ["1980-01-02", "1981-02-03", "1982-03-04"],
        "address": ["12 Main St Apt 4, Hartford CT 06103", "9 Elm Ave, Mystic, CT 06355", None],
    })  # fmt: skip
    apart = pl.DataFrame({
        "id": ["7", "8", "9"], "first_name": ["Ann", "Bo", "Cy"], "last_name": ["Lee", "Ray", "Fox"],
        "dob": ["1980-01-02", "1981-02-03", "1982-03-04"],
        "street": ["12 Main Street Unit 4", "9 Elm Avenue", "1 Oak St"],
        "city": ["Hartford", "Mystic", "Bethel"], "zip": ["06103", "06355", "06801"],
    })  # fmt: skip
    found = linkage.link({"whole": whole, "apart": apart})
    assert found.recipe.field("address").of("whole") == ("address:address",)
    assert found.recipe.field("zip").of("apart") == ("zip",)
    assert found.counts.changes["zip"]["taken out of address"] == 2
    assert found.counts.changes["given_name"]["taken out of name"] == 3
    assert found.counts.missing["address"] == 1
    assert found.clusters["cluster"].n_unique() == 3


def test_a_street_alone_is_left_as_it_is() -> None:
    streets = pl.DataFrame(
        {"id": ["1", "2"], "address": ["12 Main St", "9 Elm Ave"], "last_name": ["Lee", "Ray"]}
    )
    assert linkage.link(streets).recipe.field("address").of("file1") == ("address",)


def test_titles_and_suffixes_do_not_hide_a_surname() -> None:
    assert names.family_name(pl.Series(["Dr. García López Jr"]))[0].to_list() == ["GARCIA LOPEZ"]
