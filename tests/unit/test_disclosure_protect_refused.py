"""`oak protect` and `oak audit-table` on files that are none: one line that says where, and exit status 2."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from charteroak.cli import main


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def written(folder: Path, text: str | bytes, name: str = "table.csv") -> Path:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("r,value\na,1\nb,x y\n", "row 3, column 'value': not a number"),
        ("r,value\na,1\nb,\n", "row 3, column 'value': empty"),
        ("r,value\na,1\na,2\n", "row 3: the same cell as row 2"),
        ("r,c,value\na,x,1\na,y,2\na,Total,4\n", "r=a, c=Total is 4, but its 2 parts add up to 3"),
        ("r,c,value\nx,p,3e-8\nx,q,2e-7\nx,Total,5e-7\n", "r=x, c=Total is 5e-07, but its 2 parts add up to 2.3e-07"),
        ("r,amount\na,1\n", "no column is called 'value'"),
        ("value\n1\n", "no column is a dimension"),
        ("r,value,primary\na,1,maybe\n", "row 2, column 'primary': neither 0 nor 1"),
        ("r,value,primary,fixed\na,1,1,1\nb,2,0,0\n", "row 2, column 'fixed': r=a is both primary and fixed"),
        ("r,value,lpl\na,1,-3\n", "row 2, column 'lpl': -3 is negative"),
        ("r,low,value,state\na,1,1,CT\n", "'state' is the name of a result"),
        ("", "empty"),
        ("r,value\n", "no cells"),
        ("r,value\na,1e16\n", "row 2, column 'value': too large to add up exactly"),
        ("r,value\na,inf\n", "row 2, column 'value': not finite"),
        ("r,value\na,5%\n", "row 2, column 'value': not a number"),
        ("r,value\na,=1+1\n", "row 2, column 'value': not a number"),
        ("r,value\na,\0\n", "bytes that are no text"),
        ("r,r,value\na,a,1\n", "two columns have the same name"),
        ("r,value\na,1,2\n", "row 2: 3 fields, but 2 columns"),
        ('r,value\n"a,1\n', "not a CSV"),
        ("r,value,fixed\na,1,1\nb,30,0\n", "row 2, column 'fixed': r=a is both primary and fixed"),
        (",".join(f"d{n}" for n in range(20)) + ",value\n" + "x," * 20 + "5\n", "more than 250,000 cells"),
    ],
)  # fmt: skip
def test_unusable_input_ends_with_one_line_that_says_where(tmp_path: Path, text: str, says: str) -> None:
    result = run("protect", written(tmp_path, text), "-o", tmp_path / "o.csv")
    assert result.exit_code == 2
    assert says in result.stderr
    assert "table.csv" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("t.csv", b"\xff\xfea\0b", "no text"),
        ("t.csv", b"\xef\xbb\xbf", "empty"),
        ("t.xlsx", b"PK\x03\x04\0\0", "a workbook, not a CSV"),
    ],
)
def test_a_file_that_is_no_text_ends_with_one_line(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    table = tmp_path / name
    table.write_bytes(content)
    for result in (run("protect", table, "-o", tmp_path / "o.csv"), run("audit-table", table)):
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
        assert says in result.stderr
    gone = run("protect", tmp_path / "gone.csv", "-o", tmp_path / "o.csv")
    assert (gone.exit_code, gone.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize(
    ("tree", "says"),
    [
        ("a,G\nG,H\nH,a\n", "lies above itself"),
        ("a,G\na,H\n", "row 2: 'a' has two parents"),
        ("a,G,H\n", "row 1: 3 fields"),
        ("Total,G\n", "'Total' has nothing above it"),
        ("", "empty"),
    ],
)
def test_a_hierarchy_that_is_none_ends_with_one_line(tmp_path: Path, tree: str, says: str) -> None:
    (tmp_path / "h.csv").write_text(tree)
    table = written(tmp_path, "r,value\na,5\nb,30\n")
    result = run("protect", table, "-o", tmp_path / "o.csv", "--hierarchy", f"r={tmp_path / 'h.csv'}")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert says in result.stderr


@pytest.mark.parametrize("option", ["--percent", "--lower", "--round", "--time-limit"])
def test_no_option_may_be_nan(tmp_path: Path, option: str) -> None:
    """It compares with nothing, and would so ask for no room at all."""
    table = written(tmp_path, "r,value,freq\na,5,2\nb,30,30\n")
    result = run("protect", table, "-o", tmp_path / "o.csv", option, "nan")
    assert result.exit_code == 2
    assert "is no number" in result.stderr


@pytest.mark.parametrize(
    "content",
    ["", "null", "[]", "{}", '{"cells": [1]}', '{"cells": [{"r": "a", "state": "primary", "low": "x", "high": 1}]}',
     '{"cells": [{"r": "a", "state": "primary", "low": NaN, "high": 1}]}'],
)  # fmt: skip
def test_what_is_no_certificate_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "c.json").write_text(content)
    table = written(tmp_path, "r,value\na,x\nb,x\nTotal,40\n")
    result = run("audit-table", table, "--certificate", tmp_path / "c.json")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


def test_a_table_whose_sums_do_not_hold_in_the_searchs_own_unit_is_unusable(tmp_path: Path) -> None:
    """The small total is off by less than anybody checks beside a figure of a thousand; in its own unit it is not."""
    cells = ["x,p,3e-8,2,0", "x,q,2e-7,30,0", "x,r,5e-7,30,1", "x,Total,3e-7,62,1"]
    cells += ["y,p,1000,40,0", "y,q,2000,40,0", "y,r,3000,40,0"]
    told = run(
        "protect", written(tmp_path, "\n".join(["r,c,value,freq,fixed", *cells])), "-o", tmp_path / "out.csv"
    )
    assert (told.exit_code, told.output.count("\n")) == (2, 1)
    assert "a total differs from the sum of its parts" in told.output
    assert not (tmp_path / "out.csv").exists()
