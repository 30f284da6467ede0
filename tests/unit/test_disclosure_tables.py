"""Tables built from records: what is suppressed, what links, and defects known from other tools."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charteroak.disclosure import (
    Appetite,
    Built,
    Derivation,
    DerivationError,
    Verdict,
    build,
    build_tables,
    check,
    compare_released,
    evidence,
    open_extract,
    published,
    shipped,
    strictest,
)

TEN = Appetite("ten", minimum_people=10, p_percent=10.0)
LENIENT = Appetite("lenient", minimum_people=10)


def extract(folder: Path, **columns: list[Any]) -> Path:
    size = len(next(iter(columns.values())))
    people = {"person": [f"P{n:05d}" for n in range(size)]}
    pl.DataFrame(people | columns, strict=False).write_parquet(folder / "people.parquet")
    return folder


def table(name: str, *dimensions: str, **others: Any) -> Derivation:
    return Derivation(name, "SELECT * FROM people", "person", dimensions, **others)


def built(folder: Path, *derivations: Derivation, appetite: Appetite = TEN) -> list[Built]:
    return build_tables(derivations, open_extract(folder), appetite)


def failed(verdicts: list[Verdict]) -> set[str]:
    return {verdict.rule for verdict in verdicts if verdict.verdict == "fail"}


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


def test_a_small_cell_cannot_be_had_from_another_table_of_its_group(tmp_path: Path) -> None:
    extract(tmp_path, a=["x"] * 44 + ["y"] * 40, b=["1"] * 41 + ["2"] * 3 + ["1"] * 20 + ["2"] * 20)
    cells, margin = table("cells", "a", "b"), table("margin", "a")
    apart = built(tmp_path, cells, margin)
    assert failed(check(apart, TEN)) == {"recoverable"}
    together = built(tmp_path, table("cells", "a", "b", group="g"), table("margin", "a", group="g"))
    assert failed(check(together, TEN)) == set()
    assert any(state == "complementary" for one in together for state in one.states.values())


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


def test_one_negative_value_leaves_other_cells_alone(tmp_path: Path) -> None:
    values = [-5000.0] + [100.0 + n for n in range(19)] + [100.0 + n for n in range(20)]
    extract(tmp_path, town=["A"] * 20 + ["B"] * 20, wage=values)
    (one,) = built(tmp_path, table("wages", "town", measure="wage", statistic="sum"))
    assert one.states == {(("town", "A"),): "", (("town", "B"),): ""}
    assert failed(check([one], TEN)) == set()


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


def test_an_unprotected_table_fails_at_the_cell_with_a_cure(tmp_path: Path) -> None:
    extract(tmp_path, town=["A"] * 4 + ["B"] * 20)
    verdicts = check(built(tmp_path, table("towns", "town", protect=False)), TEN)
    (fault,) = [verdict for verdict in verdicts if verdict.verdict == "fail"]
    assert (fault.rule, fault.cell, fault.figure, fault.limit) == ("frequency", "town=A", "4", "10")
    assert "merge" in fault.mend


def test_a_group_with_something_in_common_is_shown_to_a_person(tmp_path: Path) -> None:
    extract(tmp_path, town=["A"] * 30 + ["B"] * 30, arrested=["yes"] * 30 + ["yes"] * 15 + ["no"] * 15)
    verdicts = check(built(tmp_path, table("cross", "town", "arrested", margins=("arrested",))), TEN)
    assert any(v.rule == "full_cell" and v.verdict == "review" and "town=A" in v.cell for v in verdicts)


def test_wages_ask_for_a_person_when_the_employers_are_unknown(tmp_path: Path) -> None:
    extract(tmp_path, town=["A"] * 30, wage=[100.0] * 30)
    one = built(tmp_path, table("wages", "town", measure="wage", statistic="mean"), appetite=shipped("dol"))
    assert any(v.rule == "employers" and v.verdict == "review" for v in check(one, shipped("dol")))


def test_one_employer_behind_most_of_a_cell_suppresses_it(tmp_path: Path) -> None:
    extract(tmp_path, town=["A"] * 30 + ["B"] * 30 + ["C"] * 30, wage=[100.0 + n for n in range(90)])
    payers = ["mill"] * 27 + ["shop", "farm", "bank"] + ["mill", "shop", "farm"] * 20
    keys = [f"P{n:05d}" for n in range(90)]
    wages = [100.0 + n for n in range(90)]
    pl.DataFrame({"person": keys, "employer": payers, "total_wage": wages}).write_parquet(
        tmp_path / "evidence.parquet"
    )
    derivation = table("wages", "town", measure="wage", statistic="mean", margins=("town",))
    one = built(tmp_path, derivation, appetite=shipped("dol"))
    assert one[0].states[(("town", "A"),)] == "primary"
    assert list(one[0].states.values()).count("complementary") == 1
    assert {v.verdict for v in check(one, shipped("dol"))} == {"pass"}


def test_the_payers_industries_prove_enough_employers(tmp_path: Path) -> None:
    extract(tmp_path, town=["A"] * 30, wage=[100.0 + n for n in range(30)])
    columns = {
        "person": [f"P{n:05d}" for n in range(30)],
        "top_payer_naics4": ["6216", "7225", "4451"] * 10,
        "top_employer_share": [0.9] * 30,
        "employer_count": [2] * 30,
        "total_wage": [100.0 + n for n in range(30)],
    }
    pl.DataFrame(columns).write_parquet(tmp_path / "evidence.parquet")
    (one,) = built(
        tmp_path, table("wages", "town", measure="wage", statistic="mean"), appetite=shipped("dol")
    )
    employers = one.evidence.cells[()].employers
    assert employers is not None
    assert employers.at_least == 3
    assert employers.largest_share_at_most == pytest.approx(0.9 * 1155 / 3435 + 0.1, abs=0.02)
    assert one.states[(("town", "A"),)] == ""


def test_the_same_table_less_three_people_is_refused(tmp_path: Path) -> None:
    extract(tmp_path, town=["A"] * 40 + ["B"] * 40)
    earlier = published(built(tmp_path, table("first", "town")))
    (second,) = built(tmp_path, table("second", "town", filter="person > 'P00002'"))
    (fault,) = [v for v in compare_released(published([second]), earlier, LENIENT) if v.verdict == "fail"]
    assert (fault.rule, fault.figure) == ("differencing", "3")
    assert "town=A" in fault.cell
    assert "first" in fault.cell


def test_a_table_released_again_gives_nothing_new(tmp_path: Path) -> None:
    extract(tmp_path, town=["A"] * 40 + ["B"] * 40)
    sets = published(built(tmp_path, table("first", "town", margins=("town",))))
    again = published(built(tmp_path, table("again", "town", margins=("town",), filter="true")))
    assert compare_released(again, sets, LENIENT) == []


def test_two_tables_of_one_submission_are_subtracted_too(tmp_path: Path) -> None:
    extract(tmp_path, town=["A"] * 40 + ["B"] * 40)
    pair = built(tmp_path, table("all", "town"), table("fewer", "town", filter="person > 'P00002'"))
    assert failed(check(pair, TEN)) == {"differencing"}


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
