"""`oak protect` and `oak audit-table` against published tables, chance, and files as people write them."""

import itertools
import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from charteroak.cli import main
from charteroak.disclosure.longtable import long_table
from charteroak.disclosure.multiway import Rule
from charteroak.disclosure.protect import audit_table, protect

# sdcTable's problemdata(): rows w to z, columns a to d.
PROBLEM = {"w": (30, 47, 64, 89), "x": (90, 124, 5, 31), "y": (92, 100, 59, 85), "z": (800, 991, 651, 685)}
HIDDEN = {"wa", "wb", "wc", "xa", "xc", "yb", "yd", "zb", "zd"}


def problem(*more: str) -> str:
    lines = ["r,c,value,primary,lpl,upl"]
    for row, values in PROBLEM.items():
        for column, value in zip("abcd", values, strict=True):
            lines.append(f"{row},{column},{value},{int(row + column in {*HIDDEN, *more})},1,1")
    return "\n".join(lines) + "\n"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def answer(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def written(folder: Path, text: str | bytes, name: str = "table.csv") -> Path:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def states(found: dict[str, Any], *dimensions: str) -> dict[str, tuple[str, float, float]]:
    return {"".join(c[d] for d in dimensions): (c["state"], c["low"], c["high"]) for c in found["cells"]}


def test_the_audit_names_the_cell_that_can_be_worked_out(tmp_path: Path) -> None:
    result = run("audit-table", written(tmp_path, problem()), "--json")
    found = answer(result)
    assert result.exit_code == 1
    assert found["status"] == "unsafe"
    assert found["failures"] == [{"r": "w", "c": "b", "low": 47, "high": 47, "what": "known exactly"}]
    seen = states(found, "r", "c")
    assert (seen["wa"], seen["xc"], seen["zd"]) == (
        ("primary", 25, 94), ("primary", 0, 69), ("primary", 585, 770)
    )  # fmt: skip
    assert seen["TotalTotal"] == ("published", 3943, 3943)


def test_one_more_hidden_cell_shields_it(tmp_path: Path) -> None:
    result = run("audit-table", written(tmp_path, problem("xb")), "--json")
    assert result.exit_code == 0
    assert states(answer(result), "r", "c")["wb"] == ("primary", 0, 141)


def test_the_cheapest_shield_is_found_and_proven(tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    result = run("protect", written(tmp_path, problem()), "-o", output, "--json")
    found = answer(result)
    assert result.exit_code == 0
    assert (found["status"], found["cost"], found["bound"]) == ("optimal", 2128, 2128)
    assert [c for c in found["cells"] if c["state"] == "secondary"] == [
        {"r": "x", "c": "d", "state": "secondary", "low": 0, "high": 78}
    ]
    assert json.loads((tmp_path / "out.csv.certificate.json").read_text())["cells"] == found["cells"]
    assert "w,a,,suppressed" in output.read_text()
    assert run("audit-table", output).exit_code == 0


def test_the_norwegian_example_table_is_protected_at_its_known_cost() -> None:
    """SSBtools' z1: Gauss elimination and brute force agree on the three cells that shield those of 1 to 3."""
    counts = {
        "A": (11, 11, 55, 36), "B": (7, 1, 29, 18), "C": (5, 8, 35, 25), "D": (13, 2, 17, 13),
        "E": (9, 14, 63, 52), "F": (12, 9, 24, 22), "G": (6, 4, 22, 8), "H": (9, 3, 38, 15),
    }  # fmt: skip
    lines = ["region,hovedint,value,primary,lpl,upl"]
    for region, row in counts.items():
        for kind, count in zip(("annet", "arbeid", "soshjelp", "trygd"), row, strict=True):
            lines.append(f"{region},{kind},{count},{int(count <= 3)},1,3")
    found = protect(long_table("\n".join(lines).encode(), "z1.csv"), {}, Rule())
    assert found.pattern is not None
    assert (found.status, found.pattern.cost) == ("optimal", 35)
    secondary = {found.cube.keys[place] for place in found.hidden - found.primary}
    assert secondary == {("B", "annet"), ("D", "annet"), ("H", "annet")}
    assert {(i.low, i.high) for i in found.intervals if i.figure in found.primary} == {(0, 6)}
    codes = [["Total", *counts], ["Total", "annet", "arbeid", "soshjelp", "trygd"]]
    rows = {key: row for row, key in enumerate(itertools.product(*codes), start=1)}
    assert sorted(rows[found.cube.keys[place]] for place in found.hidden) == [12, 13, 22, 23, 42, 43]


def test_publishing_a_needed_secondary_again_is_caught(tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    run("protect", written(tmp_path, problem()), "-o", output)
    output.write_text(output.read_text().replace("x,d,,suppressed", "x,d,31,published"))
    result = run("audit-table", output)
    assert result.exit_code == 1


def test_a_reader_who_knows_a_least_value_is_held_off_too(tmp_path: Path) -> None:
    """The two-way example of pytauargus, whose engine takes the table's least value as every cell's bound."""
    text = (
        "Region,Sector,value,primary,lpl,upl\nNorth,Retail,110,1,1,1\nNorth,Services,30,0,,\n"
        "South,Retail,60,0,,\nSouth,Services,90,0,,\nNorth,Total,140,1,1,1\n"
    )
    result = run("protect", written(tmp_path, text), "-o", tmp_path / "o.csv", "--lower", "30", "--json")
    seen = states(answer(result), "Region", "Sector")
    assert seen["NorthRetail"] == ("primary", 30, 140)
    assert seen["NorthTotal"] == ("primary", 60, 170)
    assert {cell for cell, (state, *_) in seen.items() if state == "secondary"} == {
        "SouthRetail",
        "SouthTotal",
    }


def test_two_lone_contributors_do_not_shield_each_other() -> None:
    """Each knows its own value, and from the row's total the other's."""
    text = "firm,region,value,freq,primary,lpl,upl\n" + "".join(
        f"{firm},{region},{value},{freq},{int(freq == 1)},{value / 10},{value / 10}\n"
        for firm, region, value, freq in [
            ("a", "n", 40, 1), ("b", "n", 50, 1), ("c", "n", 900, 9), ("d", "n", 700, 8),
            ("a", "s", 41, 1), ("b", "s", 52, 1), ("c", "s", 800, 9), ("d", "s", 600, 8),
        ]
    )  # fmt: skip
    table = long_table(text.encode(), "t.csv")
    alone = protect(table, {}, Rule(singletons=False))
    aware = protect(table, {}, Rule())
    assert alone.status == "optimal"
    assert not alone.hidden - alone.primary
    assert aware.safe
    assert aware.hidden - aware.primary
    seen_through = audit_table(long_table(text.encode(), "t.csv", values=False), {}, Rule())
    assert seen_through.status == "unsafe"
    assert all(not i.attacker for i in audit_table(
        long_table(text.encode(), "t.csv", values=False), {}, Rule(singletons=False)).intervals)  # fmt: skip


def test_hierarchies_bind_cells_at_every_level(tmp_path: Path) -> None:
    text = "town,sex,value\n" + "".join(
        f"{town},{sex},{value}\n" for town, row in
        {"Avon": (3, 40), "Bolton": (25, 31), "Canton": (44, 12), "Derby": (18, 29)}.items()
        for sex, value in zip("fm", row, strict=True)
    )  # fmt: skip
    county = written(tmp_path, "code,parent\nAvon,North\nBolton,North\nCanton,South\nDerby,South\n", "h.csv")
    result = run(
        "protect",
        written(tmp_path, text),
        "-o",
        tmp_path / "o.csv",
        "--json",
        "--hierarchy",
        f"town={county}",
    )
    seen = states(answer(result), "town", "sex")
    assert seen["Northf"] == ("published", 28, 28)
    assert {cell for cell, (state, *_) in seen.items() if state == "secondary"} == {
        "Avonm",
        "Boltonf",
        "Boltonm",
    }
    assert seen["Avonf"][0] == "primary"


def test_tables_linked_through_their_margins_are_protected_together() -> None:
    """No cell of the three-way table is published, but its two-way margins share their totals."""
    text = "a,b,c,value,primary\n" + "".join(
        f"{a},{b},Total,{value},{int(value < 10)}\n" for a, b, value in
        [("1", "x", 5), ("1", "y", 30), ("2", "x", 40), ("2", "y", 35)]
    ) + "".join(f"{a},Total,{c},{value},0\n" for a, c, value in
        [("1", "p", 20), ("1", "q", 15), ("2", "p", 50), ("2", "q", 25)])  # fmt: skip
    found = protect(long_table(text.encode(), "t.csv"), {}, Rule())
    assert found.status == "optimal"
    secondary = {found.cube.keys[place] for place in found.hidden - found.primary}
    assert secondary == {("1", "y", "Total"), ("2", "x", "Total"), ("2", "y", "Total")}


def test_fixed_cells_stay_published_and_costs_are_the_givers() -> None:
    text = (
        "r,c,value,primary,fixed,cost\na,x,5,1,,\na,y,20,,1,\na,z,50,,,\nb,x,30,,,\nb,y,30,,,\n"
        "b,z,30,,,900\nc,x,60,,,1\nc,y,60,,,1\nc,z,60,,,1\n"
    )
    found = protect(long_table(text.encode(), "t.csv"), {}, Rule())
    assert {found.cube.keys[p] for p in found.hidden} == {("a", "x"), ("a", "z"), ("c", "x"), ("c", "z")}
    assert found.pattern is not None
    assert found.pattern.cost == 57


def test_a_cell_that_nothing_can_shield_is_named(tmp_path: Path) -> None:
    text = "r,value,primary,fixed\na,5,1,0\nb,20,0,1\nTotal,25,0,1\n"
    result = run("protect", written(tmp_path, text), "-o", tmp_path / "o.csv", "--json")
    assert result.exit_code == 1
    assert answer(result)["status"] == "unprotectable"
    assert "r=a" in answer(result)["reason"]
    assert not (tmp_path / "o.csv").exists()


def test_hidden_negative_figures_are_audited_without_knowing_them(tmp_path: Path) -> None:
    """Every negative figure is hidden, so that the published ones look as if none were: that is no contradiction."""
    text = "r,c,value,freq\na,x,-9.5,3\na,y,20.1,30\nb,x,31.4,40\nb,y,7.25,12\nc,x,3,11\nc,y,60.3,25\n"
    output = tmp_path / "out.csv"
    assert run("protect", written(tmp_path, text), "-o", output, "--no-singletons").exit_code == 0
    assert run("audit-table", output, "--json").exit_code == 0
    (tmp_path / "out.csv.certificate.json").unlink()
    alone = answer(run("audit-table", output, "--json"))
    assert {failure["what"] for failure in alone["failures"]} <= {"too narrow"}


def test_a_table_can_be_rounded_instead(tmp_path: Path) -> None:
    text = "r,c,value\nI,A,20\nI,B,50\nI,C,10\nII,A,8\nII,B,19\nII,C,22\nIII,A,17\nIII,B,32\nIII,C,12\n"
    output = tmp_path / "out.csv"
    result = run("protect", written(tmp_path, text), "-o", output, "--round", "5", "--json")
    found = answer(result)
    assert result.exit_code == 0
    assert (found["status"], found["cost"], found["bound"], found["primary"]) == ("optimal", 16, 16, 1)
    cells = {cell["r"] + cell["c"]: (cell["value"], cell["low"], cell["high"]) for cell in found["cells"]}
    assert cells["IIA"] == (10, 5, 15)
    assert cells["TotalTotal"] == (190, 185, 195)
    assert "II,A,10,rounded" in output.read_text()
    assert run("audit-table", output).exit_code == 0


def test_a_rounding_that_gives_a_small_cell_away_is_not_written(tmp_path: Path) -> None:
    """6 is rounded to 5; a reader who knows that no value is below 6 knows it to within 4."""
    output = tmp_path / "out.csv"
    text = "r,value\na,6\nb,9\n"
    result = run("protect", written(tmp_path, text), "-o", output, "--round", "5", "--lower", "6", "--json")
    assert result.exit_code == 1
    assert answer(result)["status"] == "unsafe"
    assert answer(result)["failures"]
    assert not output.exists()


def test_a_hidden_magnitude_said_to_be_primary_must_leave_room() -> None:
    """From 100 to 105, no value has 10 % of room on both sides; from 100 to 140 the value can be 120."""

    def status(high: float) -> str:
        text = f"r,value,primary\na,,1\nb,,0\nTotal,{high + 0.5},0\n"
        return audit_table(long_table(text.encode(), "t.csv", values=False), {}, Rule(lower=0.5)).status

    assert status(20.0) == "safe"
    narrow = "r,c,value,primary\na,x,,1\na,y,,0\na,Total,105.5,0\nb,x,,0\nb,y,,0\nb,Total,5.5,0\n"
    narrow += "Total,x,105.0,0\nTotal,y,6.0,0\nTotal,Total,111.0,0\n"
    assert audit_table(long_table(narrow.encode(), "t.csv", values=False), {}, Rule()).status == "unsafe"


def test_a_time_limit_that_is_over_at_once_still_gives_a_safe_table(tmp_path: Path) -> None:
    result = run(
        "protect", written(tmp_path, problem()), "-o", tmp_path / "o.csv", "--json", "--time-limit", "1e-9"
    )
    found = answer(result)
    assert result.exit_code == 0
    assert found["status"] == "safe"
    assert 0 < found["bound"] < found["cost"]


def test_an_audit_says_what_it_took_for_granted(tmp_path: Path) -> None:
    """A table made by hand: marks for what is hidden, no column that says which of them are sensitive."""
    table = written(tmp_path, "r,c,value\na,x,*\na,y,*\na,z,40\nb,x,*\nb,y,*\nb,z,50\nTotal,Total,170\n")
    found = answer(run("audit-table", table, "--json"))
    assert "every blank or marked cell is sensitive" in found["assumed"][0]
    assert "assumed: no figure is below 0" in run("audit-table", table).stdout
    said = written(tmp_path, "r,value,primary\na,*,1\nb,*,0\nc,70,0\nTotal,99,0\n")
    assert not any(
        "every blank" in sentence for sentence in answer(run("audit-table", said, "--json"))["assumed"]
    )
    true = written(tmp_path, "r,value,primary,secondary\na,5,1,0\nb,20,0,1\n")
    assert "assumed" not in answer(run("audit-table", true, "--json"))
