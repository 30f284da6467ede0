"""Model summaries held against the records they were fitted to."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from charteroak.cli import main
from charteroak.disclosure import Behind, Unusable, Verdict, examine, shipped, worst
from charteroak.disclosure.stated import figure

CHANCE = np.random.default_rng(11)
PEOPLE = 200
ROWS = pl.DataFrame(
    {
        "person": [f"P{n}" for n in range(PEOPLE)],
        "town": CHANCE.choice(["Avon", "Bolton", "Clinton"], PEOPLE),
        "years": CHANCE.integers(1, 30, PEOPLE),
        "wage": CHANCE.normal(1000, 100, PEOPLE).round(2),
    }
)
TERMS = ["const", "C(town)[T.Bolton]", "town=Clinton", "years"]


def fitted(rows: pl.DataFrame = ROWS) -> dict[str, Any]:
    """What statsmodels would say of wage ~ C(town) + years, by the normal equations."""
    town = rows["town"].to_numpy()
    design = np.column_stack(
        [np.ones(rows.height), town == "Bolton", town == "Clinton", rows["years"].to_numpy()]
    )
    factors = np.linalg.solve(design.T @ design, design.T @ rows["wage"].to_numpy())
    people = [(design[:, at] != 0).sum() for at in range(4)]
    return {
        "model": "OLS", "nobs": rows.height, "df_resid": rows.height - 4,
        "terms": [
            {"name": name, "people": int(number), "coefficient": round(float(factor), 4)}
            for name, number, factor in zip(TERMS, people, factors, strict=True)
        ],
    }  # fmt: skip


def judged(summary: dict[str, Any], rows: pl.DataFrame = ROWS) -> list[Verdict]:
    behind = Behind(rows.lazy(), "person", (), "wage")
    return examine("m.json", json.dumps(summary).encode(), shipped("board"), behind=behind)


def faults(summary: dict[str, Any], rows: pl.DataFrame = ROWS) -> set[tuple[str, str]]:
    return {(one.rule, one.cell) for one in judged(summary, rows) if one.verdict != "pass"}


def test_an_honest_model_passes_with_its_records_and_is_for_review_without_them() -> None:
    assert worst(judged(fitted())) == "pass"
    alone = examine("m.json", json.dumps(fitted()).encode(), shipped("board"))
    assert worst(alone) == "review"
    assert "records" in {one.rule for one in alone}


def test_what_the_summary_says_wrongly_of_itself_fails() -> None:
    wrong = fitted() | {"nobs": 250, "df_resid": 240}
    wrong["terms"][1]["people"] += 1
    wrong["terms"][3]["coefficient"] += 0.01
    assert faults(wrong) == {
        ("same_figure", "observations"), ("same_figure", "residual degrees of freedom"),
        ("same_figure", "C(town)[T.Bolton]"), ("same_figure", "years"),
    }  # fmt: skip


def test_a_person_in_many_rows_gives_no_degrees_of_freedom() -> None:
    few = ROWS.with_columns(person=pl.Series([f"P{n % 8}" for n in range(PEOPLE)]))
    assert ("residual_degrees_of_freedom", "") in faults(fitted(), few)


def test_a_number_that_only_one_person_has_is_a_dummy_in_disguise() -> None:
    rows = ROWS.with_columns(years=pl.Series([7] * (PEOPLE - 1) + [9]))
    found = judged({"terms": [{"name": "const"}, {"name": "years"}]}, rows)
    assert ("dummy", "years") in {(one.rule, one.cell) for one in found if one.verdict == "fail"}
    assert "saturated" in {one.rule for one in found if one.verdict == "fail"}


def test_two_dummies_that_are_many_but_differ_in_one_person_are_found_by_what_they_fit_exactly() -> None:
    one = [1.0] * 100 + [0.0] * 100
    two = [1.0] * 101 + [0.0] * 99
    rows = ROWS.with_columns(one=pl.Series(one), two=pl.Series(two))
    found = judged({"terms": [{"name": "const"}, {"name": "one"}, {"name": "two"}]}, rows)
    assert {one.rule for one in found if one.verdict == "fail"} == {"saturated"}


def test_a_model_of_another_kind_is_read_by_a_person() -> None:
    assert faults(fitted() | {"model": "Poisson"}) == {("same_figure", "coefficients")}
    assert ("same_figure", "coefficients") in faults(
        fitted() | {"model": "Logit"}
    )  # wages are no outcome of two


# 200 people: of 110 in Avon 44 are employed, of 90 in Bolton 60; log-odds ln(44/66) and ln(60/30) less that.
EMPLOYED = pl.DataFrame(
    {"person": range(200), "town": ["Avon"] * 110 + ["Bolton"] * 90,
     "wage": [1] * 44 + [0] * 66 + [1] * 60 + [0] * 30}
)  # fmt: skip


def logit(bolton: float = 1.0986, constant: float = -0.4055) -> dict[str, Any]:
    return {"model": "logit", "df_resid": 198, "terms": [
        {"name": "const", "coefficient": constant}, {"name": "town[T.Bolton]", "coefficient": bolton},
    ]}  # fmt: skip


def test_a_logistic_regression_is_fitted_again() -> None:
    rows = EMPLOYED.with_columns(years=pl.Series(CHANCE.integers(1, 30, 200)))
    saturated = ("saturated", "")  # two terms for two towns
    assert {(v.rule, v.cell) for v in judged(logit(), EMPLOYED) if v.verdict == "fail"} == {saturated}
    wrong = {(v.rule, v.cell) for v in judged(logit(bolton=1.2), EMPLOYED) if v.verdict == "fail"}
    assert wrong == {saturated, ("same_figure", "town[T.Bolton]")}
    more = judged(logit() | {"terms": [*logit()["terms"], {"name": "years"}]}, rows)
    assert not any(v.rule == "same_figure" and v.verdict == "review" for v in more)


def test_a_dummy_of_whom_three_have_the_rarer_outcome_tells_how_many() -> None:
    rows = EMPLOYED.with_columns(wage=pl.Series([1] * 44 + [0] * 66 + [1] * 87 + [0] * 3))
    found = [
        (v.cell, v.figure)
        for v in judged(logit(3.77, -0.41), rows)
        if v.rule == "dummy" and v.verdict == "fail"
    ]
    assert found == [("town[T.Bolton]", "3 of 90 with the rarer outcome")]


def test_people_who_have_both_outcomes_count_for_each() -> None:
    twice = pl.DataFrame(
        {
            "person": [*range(100)] * 2,
            "town": (["Avon"] * 50 + ["Bolton"] * 50) * 2,
            "wage": [1] * 100 + [0] * 100,
        }
    )
    told = judged(logit(0.0, 0.0), twice)
    assert not [v.figure for v in told if v.rule == "dummy" and v.verdict == "fail"]
    once = pl.concat([twice[:100], twice[100:103], twice[150:]])  # of Avon, three have a row without it
    told = judged(logit(0.0, 0.0), once)
    assert {v.figure for v in told if v.rule == "dummy"} >= {"3 of 50 with the rarer outcome"}


def test_terms_that_separate_the_outcomes_have_no_coefficients() -> None:
    rows = EMPLOYED.with_columns(wage=pl.Series([0] * 110 + [1] * 90))
    found = {(v.rule, v.verdict) for v in judged(logit(), rows)}
    assert ("same_figure", "review") in found
    assert ("dummy", "fail") in found


def test_a_term_that_is_no_column_cannot_be_judged(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="the term 'height' is no column"):
        judged({"terms": [{"name": "height"}]})
    ROWS.write_parquet(tmp_path / "r.parquet")
    (tmp_path / "m.json").write_text(json.dumps({"terms": [{"name": "height"}]}))
    told = CliRunner().invoke(
        main,
        ["check", str(tmp_path / "m.json"), "--records", str(tmp_path / "r.parquet"), "--person", "person",
         "--measure", "wage"],
    )  # fmt: skip
    assert (told.exit_code, told.output.count("\n")) == (2, 1)
    assert "the term 'height' is no column" in told.output


def test_employers_are_counted_from_their_column_and_a_missing_one_may_be_the_largest(tmp_path: Path) -> None:
    rows = pl.DataFrame(
        {"person": range(60), "town": ["A"] * 30 + ["B"] * 30, "income": [100.0] * 60,
         "firm": ["x", "y", "z"] * 10 + ["x", "y", "z", None, None, None, None, None, None, None] * 3}
    )  # fmt: skip
    rows.write_parquet(tmp_path / "r.parquet")
    (tmp_path / "t.csv").write_text("town,people,mean\nA,30,100\nB,30,100\n")
    (tmp_path / "a.toml").write_text(shipped("dol").to_toml())
    asked = ["check", str(tmp_path / "t.csv"), "--records", str(tmp_path / "r.parquet"), "--person", "person",
             "--by", "town", "--measure", "income", "--appetite", str(tmp_path / "a.toml"), "--json"]  # fmt: skip
    told = json.loads(CliRunner().invoke(main, [*asked, "--employer", "firm"]).output)
    failed = {(one["rule"], one["cell"]) for one in told["checks"] if one["verdict"] == "fail"}
    assert failed == {("largest_employer", "town=B")}


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("t.csv", "town;mean\nA;12,5\n", "row 2, column 'mean'"),
        ("s.csv", "time,survival\n1,abc\n", "row 2, column 'survival'"),
    ],
)
def test_a_figure_that_can_be_misread_is_no_figure(name: str, content: str, place: str) -> None:
    with pytest.raises(Unusable, match=place):
        examine(name, content.encode(), shipped("board"))


@pytest.mark.parametrize(
    ("text", "low"), [("1,234", 1234), ("12 345.5", 12345.5), ("1234567", 1234567), ("-3", -3)]
)
def test_a_comma_or_a_space_parts_thousands(text: str, low: float) -> None:
    read = figure(text)
    assert read is not None
    assert read.low == low


def test_a_curve_is_counted_from_each_persons_time() -> None:
    rows = pl.DataFrame({"p": range(132), "months": [10] * 40 + [20] * 30 + [30] * 2 + [40] * 60,
                         "ended": [1] * 72 + [0] * 60})  # fmt: skip
    behind = Behind(rows.lazy(), "p", (), "months", event="ended")
    stated = "time,at_risk,events,survival\n10,132,40,0.697\n20,92,30,0.470\n30,62,3,0.455\n"
    found = examine("s.csv", stated.encode(), shipped("board"), behind=behind)
    assert {(one.rule, one.cell, one.figure) for one in found if one.verdict == "fail"} == {
        ("same_figure", "row 4", "events"), ("survival", "row 4", "2 events"),
    }  # fmt: skip
    with pytest.raises(Unusable, match="--event is 1"):
        examine(
            "s.csv",
            stated.encode(),
            shipped("board"),
            behind=Behind(rows.lazy(), "p", (), "months", event="months"),
        )


def test_curves_by_group_are_counted_from_each_groups_people() -> None:
    rows = pl.DataFrame({
        "p": range(166), "town": ["Avon"] * 91 + [None] * 75,
        "ended": [1] * 31 + [0] * 60 + [1] * 35 + [0] * 40,
        "months": [10] * 30 + [20] + [30] * 60 + [10] * 20 + [20] * 15 + [30] * 40,
    })  # fmt: skip
    behind = Behind(rows.lazy(), "p", ("town",), "months", event="ended")
    stated = (
        "town,time,at_risk,events\nAvon,10,91,30\nAvon,20,61,1\n,10,75,20\n,20,55,14\n"
        "Total,10,166,50\nTotal,20,116,16\n"
    )
    found = examine("s.csv", stated.encode(), shipped("board"), behind=behind)
    assert {(one.rule, one.cell, one.figure) for one in found if one.verdict == "fail"} == {
        ("same_figure", "row 5", "events"), ("survival", "row 3", "1 events"),
    }  # fmt: skip
    with pytest.raises(Unusable, match="name the columns of groups with --by"):
        examine(
            "s.csv",
            stated.encode(),
            shipped("board"),
            behind=Behind(rows.lazy(), "p", (), "months", event="ended"),
        )
