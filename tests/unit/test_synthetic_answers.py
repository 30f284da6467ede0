"""What agencies answer and describe: DOL's records, the dictionaries, the crosswalks, wages that carry a premium."""

import tomllib
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from synthetic_files import CSC_ANALYSIS, CSC_MATCHING, SDE_ANALYSIS, SDE_MATCHING, delivered

from charteroak import synthetic
from charteroak.synthetic.towns import FULL_SCALE, towns


@pytest.fixture(scope="module")
def answer(state: synthetic.State) -> tuple[pl.DataFrame, pl.DataFrame]:
    asked = delivered(state, CSC_MATCHING)["ssn"].drop_nulls().unique()
    low, high = synthetic.ssn_block()
    drawn = np.random.default_rng(7).choice(np.arange(low, high + 1), size=9 * len(asked), replace=False)
    paths = synthetic.answer_finder_list(
        state.folder, pl.concat([asked, pl.Series([f"{n:09d}" for n in drawn])])
    )
    assert [path.name for path in paths] == ["DOL.042.11_03_2026.matching", "DOL.042.11_03_2026.analytical"]
    matching, analysis = (delivered(state, str(path.relative_to(state.folder))) for path in paths)
    return matching, analysis


def test_wages_carry_the_planted_premiums(
    state: synthetic.State, links: pl.DataFrame, answer: tuple[pl.DataFrame, pl.DataFrame]
) -> None:
    paid = links.drop_nulls("annual_wage")
    assert paid.height / links.height == pytest.approx(0.79, abs=0.001)
    start = pl.col("grad_year") + 3
    year, quarter = (pl.col("year_quarter").str.slice(at, width).cast(int) for at, width in ((0, 4), (5, 1)))
    sums = (
        paid.filter(pl.col("dol_record").is_in(answer[0]["record_id"].implode()))
        .join(answer[1], left_on="dol_record", right_on="record_id")
        .filter(((year == start) & (quarter > 2)) | ((year == start + 1) & (quarter < 3)))
        .group_by("person", "annual_wage")
        .agg(pl.col("total_wage").cast(float).sum())
    )
    assert sums.height > 0.9 * paid.height
    assert ((sums["annual_wage"] - sums["total_wage"]).abs() < 0.005).all()
    schooling = delivered(state, SDE_ANALYSIS).with_columns(pl.col("gpa", "attendance_pct").cast(float))
    study = paid.join(schooling, left_on="sde_record", right_on="record_id")
    treated = study["cte_concentrator"].cast(float)
    wage = study["annual_wage"].to_numpy()
    assert wage.mean() == pytest.approx(27_400, abs=1)
    assert wage[treated == 1].mean() - wage[treated == 0].mean() == pytest.approx(2_900, abs=1)
    controls = study.select("race_eth", "town_code", "grad_year").to_dummies(
        ["race_eth", "town_code", "grad_year"]
    )
    scores = study.select("gpa", "attendance_pct").to_numpy()
    pooled = np.column_stack([treated, scores, controls]).astype(float)
    assert np.linalg.lstsq(pooled, wage)[0][0] == pytest.approx(1_700, abs=25)
    clusters = study.select(pl.col("cte_cluster").fill_null("none")).to_dummies().drop("cte_cluster_none")
    by_cluster = np.column_stack([clusters, scores, controls]).astype(float)
    effect = dict(zip(clusters.columns, np.linalg.lstsq(by_cluster, wage)[0], strict=False))
    assert effect["cte_cluster_Health"] == pytest.approx(3_800, abs=25)
    assert effect["cte_cluster_Hospitality"] == pytest.approx(-600, abs=25)


def test_several_towns_fall_under_the_threshold_and_one_employer_dominates_a_cell(
    state: synthetic.State, links: pl.DataFrame
) -> None:
    paid = links.drop_nulls("annual_wage")
    towns_of_links = paid.group_by("town_code").len()
    assert (towns_of_links["len"] < 10).sum() >= 3
    cell = paid.filter(pl.col("cte_concentrator") & (pl.col("town_code") == "012"))
    assert cell.height >= 10
    start = pl.col("grad_year") + 3
    year, quarter = (pl.col("year_quarter").str.slice(at, width).cast(int) for at, width in ((0, 4), (5, 1)))
    shares = (
        pl.read_parquet(state.folder / "DOL" / "wages" / "0000.parquet")
        .join(cell, left_on="record_id", right_on="dol_record")
        .filter(((year == start) & (quarter > 2)) | ((year == start + 1) & (quarter < 3)))
        .group_by("employer")
        .agg(pl.col("cents").sum())
        .select((pl.col("cents") / pl.col("cents").sum()).sort(descending=True))
        .to_series()
    )
    assert shares[0] == pytest.approx(0.82, abs=0.0001)
    assert len(shares) >= 3


def test_dol_answers_numbers_and_decoys_alike(answer: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    matching, analysis = answer
    assert matching.columns == ["record_id", "ssn", "last_name", "first_initial"]
    assert analysis.columns == [
        "record_id", "year_quarter", "total_wage", "top_payer_naics4", "employer_count", "top_employer_share"
    ]  # fmt: skip
    assert 19_000 < matching.height < 21_000
    assert 140_000 < analysis.height < 160_000
    assert matching["ssn"].is_unique().all()
    assert analysis.select(pl.struct("record_id", "year_quarter").is_unique().all()).item()
    assert analysis["total_wage"].str.contains(r"^\d+\.\d\d$").all()
    assert set(analysis["year_quarter"]) == {f"{2022 + at // 4}Q{at % 4 + 1}" for at in range(2, 18)}
    share = analysis["top_employer_share"].cast(float)
    assert share.is_between(0.3, 1.0).all()
    assert ((analysis["employer_count"] == "1") == (share == 1.0)).all()


def test_dol_does_not_find_a_number_without_its_zeros(state: synthetic.State, tmp_path: Path) -> None:
    known = pl.read_parquet(state.folder / "DOL" / "workers" / "0000.parquet")["ssn"][0]
    asked = pl.Series([known.lstrip("0"), None, "123"])
    matching, analysis = synthetic.answer_finder_list(state.folder, asked, on="01_01_2027")
    assert matching.read_text() == "record_id\tssn\tlast_name\tfirst_initial\n"
    assert len(analysis.read_text().splitlines()) == 1
    with pytest.raises(FileNotFoundError, match="generate"):
        synthetic.answer_finder_list(tmp_path, asked)


def test_dictionaries_describe_every_delivered_column_and_the_two_denied(
    state: synthetic.State, answer: tuple[pl.DataFrame, pl.DataFrame]
) -> None:
    files = {
        ("SDE", "matching"): delivered(state, SDE_MATCHING),
        ("SDE", "analysis"): delivered(state, SDE_ANALYSIS),
        ("CSC", "matching"): delivered(state, CSC_MATCHING),
        ("CSC", "analysis"): delivered(state, CSC_ANALYSIS),
        ("DOL", "matching"): answer[0], ("DOL", "analysis"): answer[1],
    }  # fmt: skip
    withheld = set()
    for agency in ("SDE", "CSC", "DOL"):
        described = tomllib.loads((state.folder / "catalog" / f"{agency}.toml").read_text(encoding="utf-8"))
        for dataset in described["datasets"]:
            frame = files[agency, dataset["file"]]
            names = [variable["name"] for variable in dataset["variables"]]
            delivered_names = [name for name in names if name in frame.columns]
            assert ["record_id", *delivered_names] == frame.columns
            withheld |= set(names) - set(frame.columns)
            for variable in dataset["variables"]:
                if variable["name"] in frame.columns:
                    check_against(variable, frame[variable["name"]])
    assert withheld == {"frpl", "pell"}


def check_against(variable: dict[str, object], column: pl.Series) -> None:
    assert not (variable.get("required") and column.null_count()), variable["name"]
    values = column.drop_nulls()
    if "width" in variable:
        assert (values.str.len_chars() == variable["width"]).all(), variable["name"]
    if codes := variable.get("codes"):
        assert isinstance(codes, dict)
        assert set(values) <= set(codes), variable["name"]


def test_crosswalks_cover_every_code(state: synthetic.State) -> None:
    read = {
        path.stem: pl.read_csv(path, infer_schema=False)
        for path in (state.folder / "crosswalks").glob("*.csv")
    }
    assert read["town_region"].height == 24
    assert read["town_region"]["region"].n_unique() == 5
    assert set(delivered(state, SDE_ANALYSIS)["town_code"]) <= set(read["town_region"]["town_code"])
    assert read["race_eth"].height == 9
    assert read["race_eth"].filter(pl.col("sde_code") == "unknown").height == 2
    enrolment = delivered(state, CSC_ANALYSIS)
    assert set(enrolment["campus"]) == set(read["campus"]["campus_code"])
    year, season = pl.col("first_term").str.slice(0, 4).cast(int), pl.col("first_term").str.slice(4)
    recoded = (year > 2023) | ((year == 2023) & (season == "FA"))
    assert enrolment.select((recoded == pl.col("campus").str.starts_with("U")).all()).item()


def test_full_scale_has_169_differently_named_towns() -> None:
    place = towns(FULL_SCALE)
    assert len(set(place.names)) == 169
    assert place.shares.sum() == pytest.approx(1.0)
