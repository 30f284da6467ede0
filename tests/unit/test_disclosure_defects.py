"""The eleven defects reproduced in another tool: here each comes out as a block or a review, and nothing leaks."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from disclosure_records import TEN

from charteroak.disclosure import Appetite, Behind, Verdict, examine, shipped, worst

BOARD = shipped("board")


def behind(
    by: Sequence[str], measure: str | None = None, statistic: str | None = None, **columns: list[Any]
) -> Behind:
    size = len(next(iter(columns.values())))
    people = columns.pop("person", [f"P{n:05d}" for n in range(size)])
    return Behind(
        pl.LazyFrame({"person": people} | columns, strict=False), "person", tuple(by), measure, statistic
    )


def judged(csv: str, records: Behind | None, appetite: Appetite = TEN) -> list[Verdict]:
    return examine("table.csv", csv.encode(), appetite, behind=records)


def failed(found: list[Verdict]) -> set[str]:
    return {v.rule for v in found if v.verdict == "fail"}


@pytest.mark.parametrize(
    "labels",
    [
        [1.5, 2.5],
        [1.0, 2.0],
        [date(2020, 1, 1), date(2021, 1, 1)],
        ['a"b', "c,d"],
        ["é", "ñ"],
        [None, "x"],
        [True, False],
    ],
)
def test_d1_d2_labels_of_any_type_are_judged_alike(labels: list[Any]) -> None:
    records = behind(["label"], label=[labels[0]] * 5 + [labels[1]] * 15)
    words = ["" if one is None else str(one) for one in labels]
    rows = pl.DataFrame({"label": words, "people": [5, 15]}).write_csv()
    found = judged(rows, records)
    assert failed(found) == {"frequency"}
    assert [v.figure for v in found if v.verdict == "fail"] == ["5"]


def test_d3_a_suppressed_cell_that_the_totals_give_back_fails_with_and_without_records() -> None:
    columns: dict[str, Any] = {
        "a": ["x"] * 44 + ["y"] * 40,
        "b": ["1"] * 41 + ["2"] * 3 + ["1"] * 20 + ["2"] * 20,
    }
    table = "a,1,2,Total\nx,41,,44\ny,20,20,40\n"
    assert "recoverable" in failed(judged(table, behind(["a", "b"], **columns)))
    alone = judged(table, None)
    assert [(v.rule, v.figure) for v in alone if v.verdict == "fail"] == [("recoverable", "3 to 3")]


def test_d4_percentages_are_judged_by_the_people_behind_them() -> None:
    records = behind(["a", "b"], None, "percent", a=["x"] * 60 + ["y"] * 40, b=["1", "2"] * 50)
    assert worst(judged("a,1,2\nx,0.5,0.5\ny,0.5,0.5\n", records)) == "pass"
    small = behind(["a", "b"], None, "percent", a=["x"] * 60 + ["y"] * 40, b=["1"] * 55 + ["2"] * 45)
    assert "frequency" in failed(judged("a,1,2\nx,91.7,8.3\ny,0,100\n", small))


@pytest.mark.parametrize("statistic", ["max", "min"])
def test_d5_a_maximum_or_minimum_fails_however_many_people_there_are(statistic: str) -> None:
    records = behind(["a"], "wage", statistic, a=["x"] * 50, wage=[float(n) for n in range(50)])
    value = {"max": 49, "min": 0}[statistic]
    assert failed(judged(f"a,value\nx,{value}\n", records)) == {"extreme"}


def test_d6_a_dummy_for_one_person_fails() -> None:
    summary = {
        "observations": 500, "residual_degrees_of_freedom": 498,
        "terms": [{"name": "constant", "people": 500}, {"name": "chief", "people": 1}],
    }  # fmt: skip
    found = examine("model.json", json.dumps(summary).encode(), BOARD)
    assert [(v.rule, v.cell, v.figure) for v in found if v.verdict == "fail"] == [("dummy", "chief", "1")]


def test_d8_ten_rows_of_one_person_are_one_person() -> None:
    records = behind(["a"], person=["P1"] * 10, a=["x"] * 10)
    found = judged("a,people\nx,10\n", records)
    assert failed(found) == {"people", "frequency"}
    assert [v.figure for v in found if v.rule == "frequency"] == ["1"]


def test_d9_eleven_missing_of_twelve_leave_one() -> None:
    records = behind(["a"], "wage", a=["x"] * 12, wage=[7.0, *[None] * 11])
    assert ("frequency", "1") in {
        (v.rule, v.figure) for v in judged("a,mean\nx,7\n", records) if v.verdict == "fail"
    }


def test_d10_one_negative_value_leaves_other_cells_alone() -> None:
    wages = [-5000.0, *[100.0 + n for n in range(19)], *[100.0 + n for n in range(20)]]
    records = behind(["a"], "wage", "sum", a=["x"] * 20 + ["y"] * 20, wage=wages)
    x, y = sum(wages[:20]), sum(wages[20:])
    found = judged(f"a,sum\nx,{x}\ny,{y}\n", records)
    assert not any(v.cell == "a=y" and v.verdict != "pass" for v in found)
    strict = Appetite("p", minimum_people=10, p_percent=10.0)
    (one,) = (v for v in judged(f"a,sum\nx,{x}\ny,{y}\n", records, strict) if v.verdict != "pass")
    assert (one.rule, one.verdict, one.cell, one.figure) == ("negatives", "review", "a=x", "1 below 0")


def test_d11_a_file_with_social_security_numbers_fails_alone_or_named_by_a_record() -> None:
    listing = b"ssn,value\n123-45-6789,1\n"
    assert {"ssn", "name_column"} <= failed(examine("list.csv", listing, BOARD))
    output = {
        "uid": "o",
        "type": "custom",
        "properties": {},
        "files": [{"name": "list.csv", "sdc": {}}],
        "outcome": {},
    }
    record = json.dumps({"version": "1.0.2", "results": {"o": output}}).encode()
    found = examine("results.json", record, BOARD, beside={"list.csv": listing})
    assert "ssn" in failed(found)
    assert worst(examine("results.json", record, BOARD)) == "review"


def test_what_another_tool_found_and_left_fails_and_what_it_passed_is_not_believed() -> None:
    def record(**properties: Any) -> bytes:
        summary = {"suppressed": False, "threshold": 1, "p-ratio": 0}
        files = [{"name": "t.csv", "sdc": {"summary": summary}}]
        output = {
            "type": "table",
            "properties": {"method": "crosstab"},
            "files": files,
            "command": "",
        } | properties
        return json.dumps({"version": "0.4.12", "results": {"one": output}}).encode()

    assert failed(examine("results.json", record(), BOARD)) == {"acro"}
    clean = record(files=[{"name": "t.csv", "sdc": {"summary": {"suppressed": True, "threshold": 1}}}])
    assert worst(examine("results.json", clean, BOARD)) == "review"
    assert "extreme" in failed(examine("results.json", record(command="crosstab(aggfunc='max')"), BOARD))
    low = record(type="regression", properties={"method": "ols", "dof": 3.0})
    assert "residual_degrees_of_freedom" in failed(examine("results.json", low, BOARD))


def test_the_exit_status_and_the_json_of_the_command(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from charteroak.cli import main

    pl.DataFrame({"person": [f"P{n}" for n in range(40)], "a": ["01"] * 20 + ["02"] * 20}).write_csv(
        tmp_path / "r.csv"
    )
    (tmp_path / "t.csv").write_text("a,people\n01,20\n02,20\n")
    (tmp_path / "bad.csv").write_text("a,people\n01,twenty\n")

    def run(table: str, *more: str) -> tuple[int, str, str]:
        done = CliRunner().invoke(main, ["check", str(tmp_path / table), *more])
        return done.exit_code, done.stdout, done.stderr

    records = ("--records", str(tmp_path / "r.csv"), "--person", "person", "--by", "a")
    status, said, _ = run("t.csv", *records, "--json")
    assert (status, json.loads(said)["verdict"]) == (0, "pass")
    status, said, _ = run("t.csv", "--json")
    assert (status, json.loads(said)["verdict"]) == (1, "review")
    status, _, error = run("bad.csv", *records)
    assert status == 2
    assert error.count("\n") == 1
    assert "bad.csv, row 2, column 'people'" in error
    assert run("t.csv", *records, "--where", "a = '01'")[0] == 1
    assert "no column 'nope'" in run("t.csv", *records, "--where", "nope = 1")[2]
    for name, content in (("report.docx", b"PK\x03\x04\x14\x00\x06\x00"), ("data.bin", b"\xff\xfe\x00")):
        (tmp_path / name).write_bytes(content)
        status, _, error = run(name)
        assert (status, error.count("\n")) == (2, 1)
        assert f"{name}: neither text nor a format that is read" in error
