"""Tables built from records: what is suppressed, what links, and defects known from other tools."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from disclosure_records import TEN, built, extract, failed, table
from hypothesis import given, settings
from hypothesis import strategies as st

from charteroak.disclosure import (
    Derivation,
    DerivationError,
    build,
    check,
    evidence,
    open_extract,
    shipped,
    strictest,
)
from charteroak.disclosure.audit import audit
from charteroak.disclosure.linked import linked


def test_a_protected_table_marks_why_each_figure_is_missing(tmp_path: Path) -> None:
    extract(tmp_path, town=["A"] * 40 + ["B"] * 4 + ["C"] * 20 + ["D"] * 30)
    content = build([table("towns", "town", margins=("town",))], tmp_path, TEN)["towns"]
    assert content.decode() == (
        "town,people,suppressed\nA,40,\nB,,primary\nC,,complementary\nD,30,\nTotal,94,\n"
    )


def test_the_same_records_in_any_order_give_the_same_bytes(tmp_path: Path) -> None:
    wages = [0.1 * n + 0.07 for n in range(200)]
    towns, keys = ["A", "B", "C", "D"] * 50, [f"P{n}" for n in range(200)]
    frame = pl.DataFrame({"person": keys, "town": towns, "wage": wages})
    derivation = table("wages", "town", measure="wage", statistic="mean", margins=("town",))
    frame.write_parquet(tmp_path / "people.parquet")
    first = build([derivation], tmp_path, TEN)
    frame.sample(fraction=1, shuffle=True, seed=3).write_parquet(tmp_path / "people.parquet")
    assert build([derivation], tmp_path, TEN) == first


def test_a_region_row_is_the_sum_of_its_towns_and_shields_them(tmp_path: Path) -> None:
    towns = ["A"] * 3 + ["B"] * 20 + ["C"] * 30 + ["D"] * 25
    regions = ["North"] * 23 + ["South"] * 55
    extract(tmp_path, town=towns, region=regions)
    derivation = table("towns", "town", margins=("town",), hierarchies={"town": "region"})
    rows = build([derivation], tmp_path, TEN)["towns"].decode().splitlines()
    assert rows[:4] == [
        "region,town,people,suppressed",
        "North,A,,primary",
        "North,B,,complementary",
        "North,Total,23,",
    ]
    assert rows[-1] == "Total,Total,78,"


def test_a_town_in_two_regions_is_refused(tmp_path: Path) -> None:
    extract(tmp_path, town=["A", "A"], region=["North", "South"])
    with pytest.raises(DerivationError, match="two codes of 'region'"):
        build([table("towns", "town", hierarchies={"town": "region"})], tmp_path, TEN)


@pytest.mark.parametrize(
    "labels", [[1.5, 2.5, 3.5], [date(2020, 1, 1), date(2021, 1, 1), date(2022, 1, 1)], ['a"b', "c,d", "é"]]
)
def test_labels_of_any_type_are_suppressed_alike(tmp_path: Path, labels: list[Any]) -> None:
    extract(tmp_path, label=[labels[0]] * 5 + [labels[1]] * 15 + [labels[2]] * 30)
    content = build([table("labels", "label", margins=("label",))], tmp_path, TEN)["labels"].decode()
    assert [row.rpartition(",")[2] for row in content.splitlines()[1:]] == [
        "primary",
        "complementary",
        "",
        "",
    ]


def test_missing_labels_are_a_category_of_their_own(tmp_path: Path) -> None:
    extract(tmp_path, town=["A"] * 20 + [None] * 12)
    assert b"\nMissing,12,\n" in build([table("towns", "town")], tmp_path, TEN)["towns"]


def test_the_number_without_a_measure_is_protected_though_never_printed(tmp_path: Path) -> None:
    wages = [float(n % 97) for n in range(120)]
    wages[:3] = [None, None, None]  # type: ignore[list-item]  # three of town A have no wages
    extract(tmp_path, town=["A"] * 60 + ["B"] * 60, wage=wages)
    counted = table("counted", "town", group="g")
    paid = table("paid", "town", measure="wage", statistic="mean", group="g")
    both = {one.derivation.name: one for one in built(tmp_path, counted, paid)}
    town = (("town", "A"),)
    assert both["counted"].states[town] or both["paid"].states[town]


def test_one_person_in_ten_rows_is_one_person(tmp_path: Path) -> None:
    pl.DataFrame({"person": ["P1"] * 10, "town": ["A"] * 10}).write_parquet(tmp_path / "people.parquet")
    found = evidence(open_extract(tmp_path), table("towns", "town"))
    assert (found.cells[()].people, found.rows) == (1, 10)
    with pytest.raises(DerivationError, match="10 rows for 1 people"):
        build([table("towns", "town")], tmp_path, TEN)


def test_people_without_the_measure_do_not_count_towards_its_threshold(tmp_path: Path) -> None:
    extract(tmp_path, town=["A"] * 12, wage=[1.0] + [None] * 11)
    (one,) = built(tmp_path, table("wages", "town", measure="wage", statistic="mean"))
    assert one.evidence.cells[(("town", "A"),)].n == 1
    assert one.content == b"town,people,value,suppressed\nA,,,primary\n"


def test_a_persons_own_value_is_not_a_statistic() -> None:
    for statistic in ("max", "min", "median"):
        with pytest.raises(DerivationError, match="one person's value"):
            table("wages", "town", measure="wage", statistic=statistic)


def test_a_dominated_sum_is_suppressed_and_a_large_group_does_not_save_it(tmp_path: Path) -> None:
    extract(tmp_path, town=["A"] * 30 + ["B"] * 30, wage=[1e6, 9e5] + [1.0] * 28 + [1e5] * 30)
    (one,) = built(tmp_path, table("wages", "town", measure="wage", statistic="sum", margins=("town",)))
    assert one.states[(("town", "A"),)] == "primary"
    assert list(one.states.values()).count("complementary") == 1


def test_a_share_is_judged_by_both_its_parts(tmp_path: Path) -> None:
    flags = [1] * 15 + [0] * 15 + [1] * 28 + [0] * 2 + [1] * 8 + [0] * 7
    extract(tmp_path, town=["A"] * 30 + ["B"] * 30 + ["C"] * 15, enrolled=flags)
    (one,) = built(
        tmp_path, table("shares", "town", measure="enrolled", statistic="share"),
        appetite=strictest(shipped("sde"), shipped("board")),
    )  # fmt: skip
    assert one.content == b"town,people,value,suppressed\nA,30,50.0,\nB,,,primary\nC,,,primary\n"


def test_a_source_cannot_forge_how_people_are_counted(tmp_path: Path) -> None:
    extract(tmp_path, town=["A"] * 4)
    forged = "SELECT * FROM people); CREATE VIEW evil AS SELECT 1; SELECT (1"
    with pytest.raises(DerivationError):
        build([Derivation("forged", forged, "person", ("town",))], tmp_path, TEN)
    invented = "SELECT 'X' || i AS person, town FROM people, range(5) t(i)"
    with pytest.raises(DerivationError, match="not in the extract's 'person'"):
        build([Derivation("invented", invented, "person", ("town",))], tmp_path, TEN)
    outside = f"SELECT 'P00000' AS person, content AS town FROM read_text('{__file__}')"  # noqa: S608  # the attack under test
    with pytest.raises(DerivationError, match="does not run"):
        build([Derivation("outside", outside, "person", ("town",))], tmp_path, TEN)


def test_a_failing_source_is_reported_without_its_data(tmp_path: Path) -> None:
    extract(tmp_path, town=["Rivera-Lopez"] * 4)
    with pytest.raises(DerivationError) as refused:
        build([table("wrong", "town", measure="town", statistic="sum")], tmp_path, TEN)
    assert "Rivera" not in str(refused.value)


def test_a_derivation_survives_its_own_toml() -> None:
    source = 'SELECT person, "a b", \'x\' AS y\n  FROM people -- \\ and \'\' and """\n'
    one = Derivation(
        "t1", source, "person", ("a b", "y"), "y > 'é'", "w", "mean", ("y",), {"y": "z"}, group="g"
    )
    again = Derivation.from_toml(one.to_toml())
    assert again == one
    assert again.digest == one.digest


counts = st.lists(st.integers(0, 25), min_size=12, max_size=12)


@settings(max_examples=25, deadline=None)
@given(counts, st.booleans())
def test_no_random_extract_leaves_a_figure_recoverable(
    tmp_path_factory: pytest.TempPathFactory, cells: list[int], means: bool
) -> None:
    towns = [(town, cte) for town in "ABCDEF" for cte in "YN"]
    people = [pair for pair, count in zip(towns, cells, strict=True) for _ in range(count)]
    if not people:
        return
    folder = extract(
        tmp_path_factory.mktemp("extract"),
        town=[town for town, _ in people],
        region=["North" if town < "D" else "South" for town, _ in people],
        cte=[cte for _, cte in people],
        wage=[float(37 * n % 101) if n % 6 else None for n in range(len(people))],
    )
    measured: dict[str, Any] = {"measure": "wage", "statistic": "mean"} if means else {}
    tables = [
        table(
            "cross",
            "town",
            "cte",
            margins=("town", "cte"),
            hierarchies={"town": "region"},
            group="g",
            **measured,
        ),
        table("regions", "region", margins=("region",), group="g"),
    ]
    verdicts = check(built(folder, *tables), TEN)
    assert failed(verdicts) == set()


def test_two_people_alone_behind_their_sums_do_not_shield_each_other(tmp_path: Path) -> None:
    """Each knows the own wage: if only the two cells of a town were hidden, its total would tell them the other's."""
    sizes = {("A", "x"): 1, ("A", "y"): 1, ("A", "z"): 20, ("B", "x"): 20, ("B", "y"): 20, ("B", "z"): 20}
    pairs = [pair for pair, size in sizes.items() for _ in range(size)]
    wages = [1000.0 + 10 * n for n in range(len(pairs))]
    extract(tmp_path, town=[a for a, _ in pairs], grp=[b for _, b in pairs], wage=wages)
    wanted = table(
        "wages",
        "town",
        "grp",
        measure="wage",
        statistic="mean",
        margins=("town", "grp"),
        group="g",
        protect=True,
    )
    [wage] = built(tmp_path, wanted)
    together = linked([wage.evidence], TEN)
    assert len(together.table.insiders) == 2

    def attackers(hidden: set[int]) -> set[str]:
        return {i.attacker for i in audit(together.table, hidden) if not i.safe}

    hidden = {together.units["wages", codes] for codes, state in wage.states.items() if state}
    assert attackers(hidden) == set()
    assert failed(check([wage], TEN)) == set()
    two = {(("grp", g), ("town", t)) for g in "xy" for t in "AB"}
    assert any(attackers({together.units["wages", codes] for codes in two}))
