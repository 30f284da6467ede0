"""Known answers of the literature, and properties that no order or type of label may change."""

import io
import json
import zipfile
from itertools import combinations_with_replacement
from statistics import median
from typing import Any

import fastexcel
import polars as pl
import pytest
from disclosure_records import TEN
from hypothesis import given, settings
from hypothesis import strategies as st

from charteroak.disclosure import Appetite, Behind, Unusable, Verdict, examine, shipped, strictest, worst
from charteroak.disclosure.drb import drb
from charteroak.disclosure.reconstruction import possible
from charteroak.disclosure.rules import p_percent_sensitive, top_share
from charteroak.disclosure.stated import figure
from charteroak.disclosure.where import where


def test_two_large_contributors_and_ten_or_nine_small_ones() -> None:
    assert not p_percent_sensitive(160, (100, 50), 10)
    assert p_percent_sensitive(159, (100, 50), 10)
    assert top_share(160, (100, 50), 2) == pytest.approx(0.9375)
    records = behind(["a"], "sales", "sum", a=["x"] * 12, sales=[100.0, 50.0, *[1.0] * 10])
    nk = Appetite("n,k", top_contributors=2, top_share=0.9)
    assert failed(examine("t.csv", b"a,sum\nx,160\n", nk, behind=records)) == {"top_share"}
    assert failed(examine("t.csv", b"a,sum\nx,160\n", Appetite("p", p_percent=10.0), behind=records)) == set()


def test_the_census_bureaus_rounding() -> None:
    counts = (14, 15, 25, 99, 125, 1050, 12750, 1234567)
    assert [drb(count) for count in counts] == ["<15", "20", "20", "100", "100", "1000", "13000", "1235000"]


def test_three_ages_with_a_known_mean_and_median_fit_thirty_ways() -> None:
    assert possible(3, 1, 125, mean=44, median=30) == 30
    assert possible(3, 0, 125, mean=44, median=30) == 31


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=5))
def test_the_number_of_ways_agrees_with_trying_them_all(values: list[int]) -> None:
    mean, middle = sum(values) / len(values), median(values)
    tried = [
        one for one in combinations_with_replacement(range(7), len(values))
        if sum(one) == sum(values) and median(one) == middle
    ]  # fmt: skip
    assert possible(len(values), 0, 6, mean=mean, median=middle) == len(tried)


def behind(by: list[str], measure: str | None = None, statistic: str | None = None, **columns: Any) -> Behind:
    size = len(next(iter(columns.values())))
    frame = pl.LazyFrame({"person": [f"P{n}" for n in range(size)]} | columns, strict=False)
    return Behind(frame, "person", tuple(by), measure, statistic)


def failed(found: list[Verdict]) -> set[str]:
    return {v.rule for v in found if v.verdict == "fail"}


GRID = pl.DataFrame({"town": ["A", "B", "Total"], "people": ["20", "30", "50"]})


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def workbook() -> bytes:
    """The least that is a workbook: one sheet of texts."""
    rows = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{field}</t></is></c>' for field in row) + "</row>"
        for row in [GRID.columns, *GRID.rows()]
    )
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPES}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{LINKS}"><Relationship Id="r1" Type="{OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="Sheet1" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{LINKS}"><Relationship Id="r1" '
        f'Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>',
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as book:
        for name, text in parts.items():
            book.writestr(name, text)
    return stream.getvalue()


def parquet() -> bytes:
    stream = io.BytesIO()
    GRID.with_columns(pl.col("people").cast(pl.Int64)).write_parquet(stream)
    return stream.getvalue()


SPLIT = {"columns": GRID.columns, "data": [list(row) for row in GRID.rows()]}
NESTED = {"people": {"A": 20, "B": 30, "Total": 50}}


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("t.csv", GRID.write_csv().encode()),
        ("t.csv", GRID.write_csv(separator=";").encode("utf-8-sig")),
        ("t.tsv", GRID.write_csv(separator="\t").encode()),
        ("t.json", json.dumps(GRID.to_dicts()).encode()),
        ("t.json", json.dumps(SPLIT).encode()),
        ("t.json", json.dumps(NESTED).encode()),
        ("t.parquet", parquet()),
    ],
)
def test_a_table_is_the_same_in_every_format(file: str, content: bytes) -> None:
    records = behind(["town"], town=["A"] * 20 + ["B"] * 30)
    assert worst(examine(file, content, TEN, behind=records)) == "pass"
    less = behind(["town"], town=["A"] * 20 + ["B"] * 29)
    assert failed(examine(file, content, TEN, behind=less)) == {"same_figure"}


def test_a_workbook_is_read_and_one_that_hides_things_is_refused() -> None:
    records = behind(["town"], town=["A"] * 20 + ["B"] * 30)
    content = workbook()
    assert fastexcel.read_excel(content).sheet_names == ["Sheet1"]
    assert worst(examine("t.xlsx", content, TEN, behind=records)) == "pass"
    stream = io.BytesIO(content)
    with zipfile.ZipFile(stream, "a") as book:
        book.writestr("xl/pivotCache/pivotCacheRecords1.xml", "<x/>")
    with pytest.raises(Unusable, match="pivot caches"):
        examine("t.xlsx", stream.getvalue(), TEN, behind=records)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("1,234", 1234, 1234),
        ("$12.50", 12.5, 12.5),
        ("<15", 0, 15),
        ("≥95%", 95, float("inf")),
        ("10–19", 10, 19),
        ("-3", -3, -3),
    ],
)
def test_figures_are_read_as_printed(text: str, low: float, high: float) -> None:
    read = figure(text)
    assert read is not None
    assert (read.low, read.high) == (low, high)


def test_a_filter_reads_columns_and_nothing_else() -> None:
    frame = pl.DataFrame({"a": ["01", "2", None], "n": [1, 2, 3]})

    def kept(expression: str) -> list[int]:
        return frame.filter(where(expression, frame.schema))["n"].to_list()

    assert kept("a = '01' or n > 2") == [1, 3]
    assert kept("not a = '01'") == [2]
    assert kept("a is null") == [3]
    assert kept("n between 2 and 3 and a not in ('x')") == [2]
    assert kept("a = 2") == [2]
    assert kept("(n >= 1 AND n <> 2) AND a IS NOT NULL") == [1]
    for wrong in (
        "n",
        "n = ",
        "nope = 1",
        "n = 1; drop",
        "read_csv('x') = 1",
        "n = (select 1)",
        "n = 1 n",
        "(" * 99,
    ):
        with pytest.raises(Unusable):
            where(wrong, frame.schema)


cells = st.lists(st.integers(0, 40), min_size=6, max_size=6)
labels = st.sampled_from([["1", "2", "3"], ["1.5", "2.5", "3.5"], ["2020-01-01", "2021-01-01", "2022-01-01"],
                          ['a"b', "c,d", "é ñ"], ["", "x", "y"]])  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(cells, labels, st.randoms(use_true_random=False))
def test_neither_order_nor_labels_change_a_verdict(counts: list[int], names: list[str], chance: Any) -> None:
    def outcome(codes: list[str], shuffle: bool) -> list[tuple[str, str, str]]:
        pairs = [(code, sex) for code in codes for sex in ("f", "m")]
        people = [pair for pair, count in zip(pairs, counts, strict=True) for _ in range(count)]
        lines = [f'"{code.replace(chr(34), chr(34) * 2)}",{sex},{n}'
                 for (code, sex), n in zip(pairs, counts, strict=True)]  # fmt: skip
        if shuffle:
            chance.shuffle(people)
            chance.shuffle(lines)
        if not people:
            return []
        records = behind(["a", "b"], a=[pair[0] for pair in people], b=[pair[1] for pair in people])
        table = "\n".join(["a,b,people", *lines]) + "\n"
        found = examine("t.csv", table.encode(), TEN, behind=records)
        return sorted((v.rule, v.verdict, v.figure) for v in found)

    assert outcome(["p", "q", "r"], shuffle=False) == outcome(names, shuffle=True)


@settings(max_examples=40, deadline=None)
@given(cells, st.booleans())
def test_a_total_added_to_a_table_never_makes_its_verdict_better(counts: list[int], alone: bool) -> None:
    order = {"pass": 0, "review": 1, "fail": 2}
    pairs = [(a, b) for a in "xyz" for b in "fm"]
    people = [pair for pair, count in zip(pairs, counts, strict=True) for _ in range(count)]
    if not people:
        return
    records = None if alone else behind(["a", "b"], a=[p[0] for p in people], b=[p[1] for p in people])
    shown = {pair: "*" if 0 < n < 10 else str(n) for pair, n in zip(pairs, counts, strict=True)}
    lines = ["a,b,people", *(f"{a},{b},{text}" for (a, b), text in shown.items())]
    outcomes = []
    for added in (None, *"xyz"):
        if added:
            total = sum(n for (a, _), n in zip(pairs, counts, strict=True) if a == added)
            lines.append(f"{added},Total,{total}")
        found = examine("t.csv", ("\n".join(lines) + "\n").encode(), TEN, behind=records)
        outcomes.append(order[worst(found)])
    assert outcomes == sorted(outcomes)


def test_what_combines_appetites_keeps_every_rule() -> None:
    joint = strictest(
        shipped("drb"),
        shipped("bands"),
        Appetite("fives", rounding_base=5),
        Appetite("threes", rounding_base=3),
    )
    assert joint.drb_rounding
    assert joint.rounding_base == 15
    assert joint.minimum_people == 10
    assert joint.band(50) == 5
    assert Appetite.from_toml(joint.to_toml()) == joint
    with pytest.raises(ValueError, match="extremes"):
        Appetite("x", extremes="sometimes")


def test_a_total_of_people_who_stand_in_several_cells_is_no_sum() -> None:
    people = [f"P{n}" for n in range(40)]
    records = behind(
        ["year"], person=[*people, *people[:30], *people[:5]], year=["1"] * 40 + ["2"] * 30 + ["3"] * 5
    )
    table = b"year,people\n1,40\n2,30\n3,*\nTotal,40\n"
    assert worst(examine("t.csv", table, TEN, behind=records)) == "pass"
    assert failed(examine("t.csv", table.replace(b"*", b"5"), TEN, behind=records)) == {"frequency"}
