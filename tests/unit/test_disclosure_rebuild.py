"""The airlock's look at an outbox: rebuilt, compared byte by byte, and read for identifiers."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from charteroak.disclosure import (
    Appetite,
    Derivation,
    build,
    inspect,
    open_extract,
    rebuild,
    shipped,
    submit,
    worst,
)

APPETITE = shipped("board")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    towns = ["A"] * 40 + ["B"] * 4 + ["C"] * 20 + ["D"] * 30
    pl.DataFrame({"person_id": [f"K7QX{n:06d}" for n in range(94)], "town": towns}).write_parquet(
        folder / "people.parquet"
    )
    return folder


@pytest.fixture
def outbox(tmp_path: Path, data: Path) -> Path:
    folder = tmp_path / "outbox"
    folder.mkdir()
    derivations = [Derivation("towns", "SELECT * FROM people", "person_id", ("town",), margins=("town",))]
    submit(folder, derivations, build(derivations, data, APPETITE))
    return folder


def run(data: Path, outbox: Path, tmp_path: Path, *more: str) -> tuple[int, Any]:
    appetite = tmp_path / "appetite.toml"
    appetite.write_text(APPETITE.to_toml())
    command = [sys.executable, "-m", "charteroak.disclosure", "rebuild"]
    command += ["--data", str(data), "--outbox", str(outbox), "--appetite", str(appetite), *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr


def verdicts_of(answer: Any, file: str) -> dict[str, str]:
    (entry,) = [entry for entry in answer["files"] if entry["file"] == file]
    return {verdict["rule"]: verdict["verdict"] for verdict in entry["verdicts"]}


def test_an_honest_table_passes_and_shows_its_evidence(data: Path, outbox: Path, tmp_path: Path) -> None:
    status, answer = run(data, outbox, tmp_path)
    assert (status, answer["verdict"]) == (0, "pass")
    (entry,) = answer["files"]
    assert entry["derivable"]
    assert entry["same_bytes"]
    small = [row for row in entry["evidence"] if row["cell"] == {"town": "B"}]
    assert small[0]["people"] == 4
    assert small[0]["state"] == "primary"
    assert small[0]["rules"] == ["frequency"]


def test_a_single_changed_byte_fails(data: Path, outbox: Path, tmp_path: Path) -> None:
    table = outbox / "towns.csv"
    table.write_bytes(table.read_bytes().replace(b"A,40", b"A,41"))
    status, answer = run(data, outbox, tmp_path)
    assert status == 1
    assert verdicts_of(answer, "towns.csv")["same_bytes"] == "fail"


def test_released_tables_given_back_find_a_difference(data: Path, outbox: Path, tmp_path: Path) -> None:
    _, answer = run(data, outbox, tmp_path)
    released = tmp_path / "released.json"
    released.write_text(json.dumps(answer["files"][0]["published"]))
    fewer = [Derivation("fewer", "SELECT * FROM people", "person_id", ("town",), "person_id > 'K7QX000002'")]
    later = tmp_path / "later"
    later.mkdir()
    submit(later, fewer, build(fewer, data, APPETITE))
    assert run(data, later, tmp_path)[0] == 0
    status, answer = run(data, later, tmp_path, "--released", str(released))
    assert status == 1
    assert verdicts_of(answer, "fewer.csv")["differencing"] == "fail"


def test_what_only_the_airlock_knows_of_employers_comes_back_as_a_table_to_submit(
    data: Path, tmp_path: Path
) -> None:
    people = pl.read_parquet(data / "people.parquet").with_columns(wage=pl.int_range(94) + 100.0)
    people.write_parquet(data / "people.parquet")
    wages = Derivation("wages", "SELECT * FROM people", "person_id", ("town",), "", "wage", "mean")
    written = build([wages], data, shipped("dol"))["wages"]
    paid = people.select(
        "person_id", total_wage="wage", employer=pl.when(pl.col("town") == "A").then(pl.lit("mill"))
    )
    paid.with_columns(pl.col("employer").fill_null(pl.col("person_id"))).write_parquet(
        data / "evidence.parquet"
    )
    outbox = {"wages.toml": wages.to_toml().encode(), "wages.csv": written}
    (first,) = rebuild(outbox, open_extract(data), shipped("dol"), person="person_id")
    assert first.same_bytes
    assert ("employers", "fail") in {(v.rule, v.verdict) for v in first.verdicts}
    outbox["wages.csv"] = first.rebuilt.encode()
    (second,) = rebuild(outbox, open_extract(data), shipped("dol"), person="person_id")
    assert {v.verdict for v in second.verdicts} == {"pass"}
    assert "A,,,primary" in first.rebuilt


def test_what_cannot_be_rebuilt_never_passes(data: Path, outbox: Path, tmp_path: Path) -> None:
    (outbox / "notes.txt").write_text("Earnings are higher among concentrators.")
    status, answer = run(data, outbox, tmp_path)
    assert status == 1
    assert verdicts_of(answer, "notes.txt") == {"not_derivable": "review"}
    assert verdicts_of(answer, "towns.csv")["same_bytes"] == "pass"


def test_a_file_with_a_person_key_of_the_extract_fails(data: Path, outbox: Path, tmp_path: Path) -> None:
    (outbox / "sample.txt").write_text("see K7QX000007")
    (outbox / "glued.txt").write_text("seexK7QX000007yand7K7QX000008")
    _, answer = run(data, outbox, tmp_path)
    assert verdicts_of(answer, "sample.txt")["record_level"] == "fail"
    assert verdicts_of(answer, "glued.txt")["record_level"] == "fail"


def test_another_key_than_the_extracts_is_refused(data: Path, outbox: Path) -> None:
    files = {file.name: file.read_bytes() for file in outbox.iterdir()}
    files["towns.toml"] = (
        files["towns.toml"].replace(b'person = "person_id"', b'person = "town"').replace(b'["town"]', b"[]")
    )
    (entry,) = rebuild(files, open_extract(data), APPETITE, person="person_id")
    assert [(v.rule, v.verdict) for v in entry.verdicts] == [("derivation", "fail")]


def test_an_outbox_without_tables_is_read_all_the_same(data: Path) -> None:
    (entry,) = rebuild({"notes.txt": b"nothing"}, open_extract(data), APPETITE, person="person_id")
    assert [(v.rule, v.verdict) for v in entry.verdicts] == [("not_derivable", "review")]


def test_a_planted_link_is_not_followed(data: Path, outbox: Path, tmp_path: Path) -> None:
    (outbox / "link.csv").symlink_to(data / "people.parquet")
    status, message = run(data, outbox, tmp_path)
    assert status == 2
    assert "link.csv" in message


@pytest.mark.parametrize(
    ("file", "content", "rule"),
    [
        ("list.csv", b"id,value\n1,000-12-3456\n", "ssn"),
        ("list.csv", b"id,value\n1,900123456\n", "ssn"),
        ("note.txt", b"write to ana@example.org", "email"),
        ("list.csv", b"Last_Name,wage\nx,1\n", "name_column"),
        ("list.tsv", b"dob\twage\n20030214\t1\n", "name_column"),
        ("data.parquet", b"PAR1\xff\xfe", "opaque"),
        ("earnings.svg", b"<svg/>", "chart"),
        ("model.json", b'{"residual_degrees_of_freedom": 3, "terms": []}', "residual_degrees_of_freedom"),
        (
            "model.json",
            b'{"residual_degrees_of_freedom": 90, "terms": [{"name": "x", "people": 1}]}',
            "dummy",
        ),
    ],
)
def test_files_that_tell_of_a_person_fail(file: str, content: bytes, rule: str) -> None:
    assert (rule, "fail") in {(v.rule, v.verdict) for v in inspect(file, content, APPETITE)}


def test_an_ordinary_model_summary_is_left_to_people() -> None:
    summary = {
        "residual_degrees_of_freedom": 900,
        "terms": [{"name": "cte", "people": 300, "value": 1700.25}],
    }
    found = inspect("model.json", json.dumps(summary).encode(), APPETITE)
    assert worst(found) == "review"


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("model.json", b'{"terms": [{"name": "town C", "people": 20, "coefficient": 3.5}]}'),
        ("notes.txt", b"In C there are 20 graduates."),
        ("towns.svg", b"<svg><text>C</text><text>20</text></svg>"),
        ("other.csv", b"place,graduates\nC,20\n"),
    ],
)
def test_a_figure_that_a_table_hides_is_found_in_other_files(
    data: Path, outbox: Path, file: str, content: bytes
) -> None:
    files = {one.name: one.read_bytes() for one in outbox.iterdir()} | {file: content}
    assert b"C,,complementary" in files["towns.csv"]
    entries = {one.file: one for one in rebuild(files, open_extract(data), APPETITE, person="person_id")}
    (found,) = [v for v in entries[file].verdicts if v.rule == "hidden_figure"]
    assert (found.verdict, found.cell.endswith("towns[town=C]")) == ("review", True)
    assert "20" not in f"{found.cell} {found.figure} {found.mend}"
    harmless = files | {file: content.replace(b"20", b"21")}
    entries = {one.file: one for one in rebuild(harmless, open_extract(data), APPETITE, person="person_id")}
    assert not any(v.rule == "hidden_figure" for v in entries[file].verdicts)


def test_a_chart_goes_with_its_table() -> None:
    found = inspect("earnings.svg", b"<svg/>", APPETITE, tables={"earnings"})
    assert {v.verdict for v in found} == {"review"}


def test_numbers_that_only_look_long_are_no_identifiers() -> None:
    content = b"town,people,value\nA,1500,123456789.25\nB,12,1234567.5\n"
    assert {v.verdict for v in inspect("sums.csv", content, Appetite("none"))} == {"review"}


def test_the_library_needs_neither_django_nor_a_database() -> None:
    unwanted = ("django", "psycopg", "click")
    program = f"import sys, charteroak.disclosure; print([m for m in {unwanted} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "derivation",
    [
        b"name = 5",
        b"not toml",
        b"\xff",
        b'name="towns"\nsource="x"\nperson="p"\ndimensions=[]\nhierarchies=[1]',
    ],
)
def test_a_derivation_nobody_can_read_fails_its_table_alone(
    data: Path, outbox: Path, derivation: bytes
) -> None:
    files = {"broken.toml": derivation, "broken.csv": b"a\n"} | {
        f.name: f.read_bytes() for f in outbox.iterdir()
    }
    broken, towns = rebuild(files, open_extract(data), APPETITE, person="person_id")
    assert [(v.rule, v.verdict) for v in broken.verdicts] == [("derivation", "fail")]
    assert {v.verdict for v in towns.verdicts} == {"pass"}
