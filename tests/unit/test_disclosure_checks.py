"""Verdicts on built tables: each rule, employers, other tables of the submission and earlier releases."""

from pathlib import Path

import polars as pl
import pytest
from disclosure_records import TEN, built, extract, failed, table

from charteroak.disclosure import check, shipped


def test_a_small_cell_cannot_be_had_from_another_table_of_its_group(tmp_path: Path) -> None:
    extract(tmp_path, a=["x"] * 44 + ["y"] * 40, b=["1"] * 41 + ["2"] * 3 + ["1"] * 20 + ["2"] * 20)
    cells, margin = table("cells", "a", "b"), table("margin", "a")
    apart = built(tmp_path, cells, margin)
    assert failed(check(apart, TEN)) == {"differencing", "recoverable"}
    together = built(tmp_path, table("cells", "a", "b", group="g"), table("margin", "a", group="g"))
    assert failed(check(together, TEN)) == set()
    assert any(state == "complementary" for one in together for state in one.states.values())


def test_one_negative_value_leaves_other_cells_alone(tmp_path: Path) -> None:
    values = [-5000.0] + [100.0 + n for n in range(19)] + [100.0 + n for n in range(20)]
    extract(tmp_path, town=["A"] * 20 + ["B"] * 20, wage=values)
    (one,) = built(tmp_path, table("wages", "town", measure="wage", statistic="sum"))
    assert one.states == {(("town", "A"),): "", (("town", "B"),): ""}
    assert failed(check([one], TEN)) == set()


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


def test_a_hidden_group_of_which_the_other_category_has_nobody_is_shown_to_a_person(tmp_path: Path) -> None:
    extract(tmp_path, town=["A"] * 4 + ["B"] * 30 + ["C"] * 30, cte=["N"] * 4 + ["Y", "N"] * 30)
    (one,) = built(tmp_path, table("cross", "town", "cte", margins=("cte",)))
    assert one.states[(("cte", "N"), ("town", "A"))] == "primary"
    found = [v for v in check([one], TEN) if v.rule == "full_cell" and v.verdict == "review"]
    assert [(v.cell, v.figure) for v in found] == [("cte=N, town=A", "all of a hidden number")]


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


def test_two_tables_of_one_submission_are_subtracted_too(tmp_path: Path) -> None:
    extract(tmp_path, town=["A"] * 40 + ["B"] * 40)
    pair = built(tmp_path, table("all", "town"), table("fewer", "town", filter="person > 'P00002'"))
    assert failed(check(pair, TEN)) == {"differencing"}
