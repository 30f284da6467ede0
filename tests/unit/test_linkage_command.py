"""`oak link`: a report from the command line, and one line for what cannot be linked."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner, Result
from lxml import html

from charteroak.cli import main

FIRST = (
    "Maria",
    "Joseph",
    "Katherine",
    "Luis",
    "Ann",
    "Robert",
    "Sofia",
    "David",
    "Emma",
    "Paul",
    "Grace",
    "Henry",
)
LAST = (
    "Garcia",
    "Zylbersztejn",
    "Smith",
    "Okafor",
    "Nguyen",
    "Silva",
    "Brown",
    "Kowalski",
    "Rossi",
    "Haddad",
)


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["link", *map(str, arguments)])


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two files of 400 records, 300 people in both; the second has slips in the given name."""
    folder, rng = tmp_path_factory.mktemp("files"), np.random.default_rng(8)
    days = rng.integers([0, 1, 1], [60, 13, 29], (500, 3)).tolist()
    people = pl.DataFrame({
        "person": range(500), "first_name": rng.choice(FIRST, 500), "last_name": rng.choice(LAST, 500),
        "dob": [f"{1950 + year}-{month:02d}-{day:02d}" for year, month, day in days],
        "town": rng.choice(["Hartford", "Mystic"], 500),
    })  # fmt: skip
    left = people.head(400).with_row_index("record_id")
    right = people.tail(400).with_row_index("record_id")
    slipped = pl.col("first_name").str.slice(0, 2) + "x" + pl.col("first_name").str.slice(3)
    right = right.with_columns(
        first_name=pl.when(pl.col("record_id") % 9 == 0).then(slipped).otherwise("first_name")
    )
    left.write_csv(folder / "left.csv")
    right.write_parquet(folder / "right.parquet")
    return [folder / "left.csv", folder / "right.parquet"]


def test_the_report_has_the_truth_the_groups_and_no_name(files: list[Path], tmp_path: Path) -> None:
    ended = invoke(
        *files, "--truth", "person", "--by", "town", "--report", tmp_path / "report.html", "--json"
    )
    assert ended.exit_code == 0, ended.output
    said = json.loads(ended.stdout)
    assert {"precision", "recall", "f1", "best_f1", "cluster_f1", "pairs", "seconds", "peak_mb"} <= set(said)
    assert said["f1"] > 0.95
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Zylbersztejn" not in text
    assert "zylbersztejn" not in text.lower()
    page = html.document_fromstring(text)
    groups = page.xpath("//table[caption='Estimates by group']//tbody/tr")
    assert [row[0].text for row in groups] == ["Hartford", "Mystic"]
    figures = {row[0].text: row[1].text for row in page.xpath("//table[caption='In short']//tbody/tr")}
    assert figures["against the truth: f1"] == f"{said['f1']:.4f}"


@pytest.mark.parametrize(("options", "says"), [
    (["--by", "nothing"], "nothing"), (["--truth", "nothing"], "nothing"), (["--id", "nothing"], "nothing"),
])  # fmt: skip
def test_what_cannot_be_done_is_one_line_and_status_2(
    files: list[Path], options: list[str], says: str
) -> None:
    ended = invoke(*files, *options)
    assert ended.exit_code == 2
    assert ended.stderr.strip().splitlines()[-1].startswith("Error: ")
    assert says in ended.stderr
    assert "Traceback" not in ended.output


def test_a_file_that_is_not_there_or_empty_is_one_line_and_status_2(
    files: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "empty.csv").write_text("record_id,first_name,last_name,dob\n", encoding="utf-8")
    for place in (tmp_path / "absent.csv", tmp_path / "empty.csv"):
        ended = invoke(files[0], place)
        assert ended.exit_code == 2, ended.output
        assert ended.stderr.count("Error:") == 1


def test_a_column_of_groups_that_no_file_has_is_named_as_such(files: list[Path]) -> None:
    refused = invoke(*files, "--id", "record_id", "--by", "tongue", "--report", "never.html")
    assert refused.exit_code == 2
    assert (
        "no file has a column 'tongue'; name the one that says which group a record is of (--by)"
        in refused.output
    )
