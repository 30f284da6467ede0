"""A trained Splink model read, used and written: the weights are those that Splink would give."""

import json
from dataclasses import replace
from math import log2
from pathlib import Path

import duckdb
import polars as pl
import pytest

from charteroak import linkage
from charteroak.linkage.splink import untrained


def level(condition: str, m: float, u: float, **more: object) -> dict[str, object]:
    return {"sql_condition": condition, "m_probability": m, "u_probability": u, **more}


NEAR = "ABS(EPOCH(try_strptime(\"dob_l\", '%Y-%m-%d')) - EPOCH(try_strptime(\"dob_r\", '%Y-%m-%d'))) <= 2629800.0"
MODEL = {
    "link_type": "dedupe_only",
    "probability_two_random_records_match": 0.01,
    "blocking_rules_to_generate_predictions": [
        {"blocking_rule": 'l."dob" = r."dob"'},
        {"blocking_rule": '(l."name" = r."name") AND (substr(l."dob", 1, 4) = substr(r."dob", 1, 4))'},
    ],
    "comparisons": [
        {
            "output_column_name": "name",
            "comparison_levels": [
                {"sql_condition": '"name_l" IS NULL OR "name_r" IS NULL', "is_null_level": True},
                level('"name_l" = "name_r"', 0.8, 0.05, tf_adjustment_column="name"),
                level('jaro_winkler_similarity("name_l", "name_r") >= 0.9', 0.1, 0.01),
                level("ELSE", 0.1, 0.94),
            ],
        },
        {
            "output_column_name": "dob",
            "comparison_levels": [
                {"sql_condition": '"dob_l" IS NULL OR "dob_r" IS NULL', "is_null_level": True},
                level('"dob_l" = "dob_r"', 0.9, 0.001),
                level(NEAR, 0.05, 0.01),
                level("ELSE", 0.05, 0.989),
            ],
        },
    ],
}
FILE = pl.DataFrame(
    {
        "id": ["1", "2", "3", "4", "5"],
        "name": ["marhta", "martha", "martha", "zoe", None],
        "dob": ["2001-02-03", "2001-02-03", "2001-02-20", "1980-01-01", "1980-01-01"],
    }
)


def test_a_pair_weighs_what_splink_says() -> None:
    recipe, model = linkage.read_splink(json.dumps(MODEL))
    found = linkage.link({"file": FILE}, recipe, model=model)
    weights = {(row["id_l"], row["id_r"]): row["match_weight"] for row in found.links.iter_rows(named=True)}
    prior = log2(0.01 / 0.99)
    assert set(weights) == {("1", "2"), ("2", "3"), ("4", "5")}
    assert weights["1", "2"] == pytest.approx(prior + log2(0.1 / 0.01) + log2(0.9 / 0.001))
    frequency = log2(0.05 / (2 / 4))  # martha is half of the four names known
    assert weights["2", "3"] == pytest.approx(prior + log2(0.8 / 0.05) + frequency + log2(0.05 / 0.01))
    assert weights["4", "5"] == pytest.approx(prior + log2(0.9 / 0.001)), "a missing name weighs nothing"


def test_pairs_and_weights_are_those_that_splink_itself_gives() -> None:
    """Records, a model that Splink 5 trained and pairs that it lists with it (`bench/linkage/example.py` makes them):
    unreadable dates, e-mail names, postcodes, and levels that training never saw are among them.
    """
    files = Path(__file__).with_name("splink")
    text = (files / "model.json").read_text(encoding="utf-8")
    assert "regexp_extract" in text
    recipe, model = linkage.read_splink(text)
    found = linkage.link(
        {"people": pl.read_csv(files / "records.csv", infer_schema=False)},
        recipe,
        id="record_id",
        model=model,
    )
    ours = {
        frozenset(row[:2]): row[2] for row in found.links.select("id_l", "id_r", "match_weight").iter_rows()
    }
    theirs = {frozenset(row[:2]): row[2] for row in pl.read_csv(files / "pairs.csv").iter_rows()}
    assert len(theirs) > 100
    assert ours.keys() == theirs.keys()
    assert all(abs(ours[pair] - weight) < 0.01 for pair, weight in theirs.items())


def test_blocking_minds_spaces_as_splink_does() -> None:
    recipe, model = linkage.read_splink(json.dumps(MODEL))
    file = pl.DataFrame(
        {
            "id": ["1", "2", "3"],
            "name": ["mary ann", "maryann", "mary ann"],
            "dob": ["2001-02-03", "2002-02-03", "2003-02-03"],
        }
    )
    found = linkage.link({"file": file}, replace(recipe, blocks=(("name",),)), model=model)
    assert found.counts.pairs_compared == 1


def test_levels_that_were_never_trained_weigh_what_splink_gives_them() -> None:
    assert [log2(m / u) for m, u in untrained(4)] == pytest.approx([10, 3, -1, -5])
    assert [log2(m / u) for m, u in untrained(2)] == pytest.approx([10, -5])


def test_what_is_written_is_read_again() -> None:
    levels = (
        linkage.Level("same", "same", 0.9),
        linkage.Level("close", "jaro_winkler>=0.9", 0.05),
        linkage.Level("different", "different", 0.05),
    )
    field = linkage.Field("name", linkage.Kind.TEXT, {"*": ("name",)}, levels)
    recipe = linkage.Recipe((field,), (("name:start",),))
    model = linkage.link({"file": FILE}, recipe).model
    again, same = linkage.read_splink(linkage.write_splink(recipe, model))
    assert [each.test for each in again.fields[0].levels] == ["same", "jaro_winkler>=0.9", "different"]
    assert again.blocks == (("name:4",),)
    assert same.everyone.m == model.everyone.m
    assert same.prior == model.prior


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("ELSE", "name_l <-> name_r", "Splink comparison name: the level"),
        ("= r.", "< r.", "Splink blocking rule"),
        ('"comparisons"', '"others"', "no trained Splink model"),
        (
            '"tf_adjustment_column": "name"',
            '"tf_adjustment_column": "name", "tf_adjustment_weight": 0.5',
            "full weight",
        ),
    ],
)
def test_what_is_not_understood_is_refused_by_name(old: str, new: str, message: str) -> None:
    with pytest.raises(linkage.LinkageError, match=message):
        linkage.read_splink(json.dumps(MODEL).replace(old, new, 1))


def test_days_and_numbers_apart_are_written_in_the_words_that_splink_has() -> None:
    fields = tuple(
        linkage.Field(kind.value, kind, {"*": (kind.value,)}, (
            linkage.Level("same", "same", 0.9), linkage.Level("near", f"within<={limit}", 0.05),
            linkage.Level("different", "different", 0.05)))
        for kind, limit in ((linkage.Kind.BIRTH_DATE, 31), (linkage.Kind.NUMBER, 2), (linkage.Kind.DATE_AS_WRITTEN, 31))
    )  # fmt: skip
    shares = {field.name: (0.6, 0.3, 0.1) for field in fields}
    levels = {field.name: ("same", "near", "different") for field in fields}
    regime = linkage.Regime("everyone", 0.1, 0.0, shares, shares)
    written = linkage.write_splink(
        linkage.Recipe(fields, (("number",),)), linkage.Model(0.1, 0.0, levels, (regime,), {})
    )
    near = {
        each["output_column_name"]: each["comparison_levels"][2]["sql_condition"]
        for each in json.loads(written)["comparisons"]
    }
    for name, values, expected in (
        ("birth_date", ("20200131", "20200301"), True),
        ("birth_date", ("20200131", "20200303"), False),
        ("date_as_written", ("2020-01-31", "2020-03-02"), True),
        ("number", ("7", "9"), True),
        ("number", ("7", "10"), False),
    ):
        asked = near[name].replace(f'"{name}_l"', "$1").replace(f'"{name}_r"', "$2")
        assert duckdb.execute(f"SELECT {asked}", list(values)).fetchall() == [(expected,)], (name, values)
    kept = json.loads(written)
    kept["comparisons"] = [
        each for each in kept["comparisons"] if each["output_column_name"] == "date_as_written"
    ]
    again, _ = linkage.read_splink(json.dumps(kept))
    assert [each.test for each in again.fields[0].levels] == ["same", "within<=31", "different"]


def test_dates_in_another_form_than_the_usual_are_refused() -> None:
    strange = json.dumps(MODEL).replace("%Y-%m-%d", "%d/%m/%Y")
    with pytest.raises(linkage.LinkageError, match="is not understood"):
        linkage.read_splink(strange)


def compared(*conditions: str) -> str:
    levels = [level(each, 0.5, 0.25) for each in [*conditions, "ELSE"]]
    return json.dumps({**MODEL, "comparisons": [{"output_column_name": "name", "comparison_levels": levels}]})


@pytest.mark.parametrize(
    "condition",
    [
        '"f_l" = "s_r"',
        '"f_l" = "s_r" AND "f_r" = "s_l"',
        '("f_l" = "f_r") AND ("s_l" = "s_r")',
        'array_length(list_intersect("name_l", "name_r")) >= 1',
        'array_cosine_similarity("name_l", "name_r") >= 0.9',
        'hamming("name_l", "name_r") <= 1',
        """ABS(EPOCH(try_strptime("t_l", '%H:%M')) - EPOCH(try_strptime("t_r", '%H:%M'))) <= 60""",
        """"name_l" = 'x' AND "name_r" = 'x'""",
        'cast( acos( sin( radians("lat_l") ) * sin( radians("lat_r") ) ) * 6371 as float ) <= 1'
        + " " * 200
        + "!",
    ],
)
def test_a_level_that_is_not_understood_is_refused_in_one_line(condition: str) -> None:
    with pytest.raises(
        linkage.LinkageError, match=r"comparison name: the level .* is not understood"
    ) as refused:
        linkage.read_splink(compared(condition))
    assert len(str(refused.value)) < 200
    assert "\n" not in str(refused.value)


def test_a_comparison_of_two_columns_is_refused() -> None:
    with pytest.raises(linkage.LinkageError, match="compares first and last at once"):
        linkage.read_splink(compared('"first_l" = "first_r"', '"last_l" = "last_r"'))


@pytest.mark.parametrize(
    ("condition", "test", "kind"),
    [
        ('jaccard("name_l", "name_r") >= 0.9', "jaccard>=0.9", "text"),
        ('ABS("name_l" - "name_r") <= 2.5', "within<=2.5", "number_as_written"),
        ('(ABS("name_l" - "name_r") / (CASE WHEN "name_r" > "name_l" THEN "name_r" ELSE "name_l" END)) < 0.1',
         "relative<=0.1", "number_as_written"),
        ('ABS(EPOCH("name_l") - EPOCH("name_r")) <= 86400', "within<=1", "date_as_written"),
    ],
)  # fmt: skip
def test_levels_of_the_library_are_read_and_written_again(condition: str, test: str, kind: str) -> None:
    recipe, model = linkage.read_splink(compared('"name_l" = "name_r"', condition))
    assert [each.test for each in recipe.fields[0].levels] == ["same", test, "different"]
    assert recipe.fields[0].kind == kind
    written = linkage.write_splink(recipe, model)
    again, _ = linkage.read_splink(written)
    assert again.fields[0].levels[1].test == test
    assert again.fields[0].kind == kind
    (asked,) = [
        each["sql_condition"] for each in json.loads(written)["comparisons"][0]["comparison_levels"][2:3]
    ]
    asked = asked.replace('"name_l"', "$1").replace('"name_r"', "$2")
    value = (
        "2020-01-31" if kind == "date_as_written" else "12.5"
    )  # columns of text, as the standardised ones are
    assert duckdb.execute(f"SELECT {asked}", [value, value]).fetchall() == [(True,)]


def test_numbers_differ_by_amount_and_by_share() -> None:
    recipe, model = linkage.read_splink(
        compared('"name_l" = "name_r"', 'ABS("name_l" - "name_r") <= 0.5',
            '(ABS("name_l" - "name_r") / (CASE WHEN "name_r" > "name_l" THEN "name_r" ELSE "name_l" END)) < 0.1')
    )  # fmt: skip
    file = pl.DataFrame(
        {"id": list("abcde"), "name": [100.25, 100.75, 109.0, 140.0, None], "dob": ["2001-02-03"] * 5}
    )
    found = linkage.link({"file": file}, replace(recipe, keep=1e-6), model=model)
    levels = {
        row[:2]: row[2] for row in pl.concat([found.links, found.levels.select("name")], how="horizontal")
        .select("id_l", "id_r", "name").iter_rows()
    }  # fmt: skip
    assert levels == {("a", "b"): 1, ("a", "c"): 2, ("b", "c"): 2, ("a", "d"): 3, ("b", "d"): 3, ("c", "d"): 3,
                      ("a", "e"): -1, ("b", "e"): -1, ("c", "e"): -1, ("d", "e"): -1}  # fmt: skip
