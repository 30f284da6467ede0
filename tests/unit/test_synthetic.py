"""The synthetic state holds what request 042 says of it: files, planted truth and planted errors."""

import hashlib
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from rapidfuzz.distance import JaroWinkler

from charteroak import synthetic
from charteroak.synthetic.towns import FULL_SCALE, towns

SDE_MATCHING, SDE_ANALYSIS = "SDE/SDE.042.11_02_2026.matching", "SDE/SDE.042.11_02_2026.analytical"
CSC_FIRST, CSC_ANALYSIS = "CSC/CSC.042.11_02_2026.matching", "CSC/CSC.042.11_02_2026.analytical"
CSC_MATCHING = "CSC/CSC.042.11_03_2026.matching"


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> synthetic.State:
    return synthetic.generate(tmp_path_factory.mktemp("state"), seed=42)


@pytest.fixture(scope="module")
def truth(state: synthetic.State) -> pl.DataFrame:
    return pl.read_parquet(state.folder / "truth" / "truth.parquet")


@pytest.fixture(scope="module")
def links(truth: pl.DataFrame) -> pl.DataFrame:
    return truth.drop_nulls(["sde_record", "csc_record"])


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


def delivered(state: synthetic.State, name: str) -> pl.DataFrame:
    return pl.read_csv(state.folder / name, separator="\t", quote_char=None, infer_schema=False)


def test_files_have_the_agreed_names_columns_and_rows(state: synthetic.State) -> None:
    columns = {
        SDE_MATCHING: "record_id sasid last first middle dob gender hs_code",
        SDE_ANALYSIS: "record_id grad_year town_code cte_concentrator cte_cluster cte_courses race_eth el "
        "swd gpa math_score attendance_pct",
        CSC_MATCHING: "record_id banner_id sasid ssn last first middle dob gender",
        CSC_ANALYSIS: "record_id first_term campus program_cip full_time credits_attempted credits_earned "
        "dev_math award_type award_date",
    }
    for name, header in columns.items():
        raw = (state.folder / name).read_bytes()
        assert raw.splitlines()[0].decode() == header.replace(" ", "\t")
        assert b'"' not in raw
        assert b"\r" not in raw
        frame = delivered(state, name)
        assert frame.height == (15_200 if name.startswith("SDE") else 5_600)
        assert frame["record_id"].is_unique().all()


def test_every_folder_says_it_is_synthetic_and_the_truth_is_closed(state: synthetic.State) -> None:
    folders = [state.folder, *(path for path in state.folder.iterdir() if path.is_dir())]
    assert all("SYNTHETIC" in (path / "SYNTHETIC.txt").read_text() for path in folders)
    assert (state.folder / "truth").stat().st_mode & 0o777 == 0o700
    assert (state.folder / "DOL").stat().st_mode & 0o777 == 0o700


def test_numbers_are_whole_and_never_issued(state: synthetic.State) -> None:
    csc = delivered(state, CSC_MATCHING)
    assert csc["ssn"].drop_nulls().str.contains(r"^000\d{6}$").all()
    assert csc["ssn"].null_count() / csc.height == pytest.approx(0.08, abs=0.015)
    assert csc["sasid"].null_count() / csc.height == pytest.approx(0.28, abs=0.02)
    sasid = delivered(state, SDE_MATCHING)["sasid"]
    assert sasid.str.contains(r"^[1-9]\d{9}$").all()
    assert sasid.is_unique().all()
    banner = csc["banner_id"]
    assert banner.str.contains(r"^@\d{8}$").all()
    assert banner.is_unique().all()


def test_the_first_delivery_lost_leading_zeros_in_411_rows(state: synthetic.State) -> None:
    first, corrected = delivered(state, CSC_FIRST), delivered(state, CSC_MATCHING)
    assert (first["ssn"].str.len_chars() < 9).sum() == 411
    assert first["ssn"].str.zfill(9).equals(corrected["ssn"])
    assert first.drop("ssn").equals(corrected.drop("ssn"))


def test_links_twins_and_shared_numbers_are_planted(
    state: synthetic.State, truth: pl.DataFrame, links: pl.DataFrame
) -> None:
    assert links.height == 3_300
    twins = truth.drop_nulls("twin").join(
        delivered(state, SDE_MATCHING), left_on="sde_record", right_on="record_id"
    )
    pairs = twins.group_by("twin").agg(pl.len(), pl.col("last", "dob", "first").n_unique())
    assert pairs.height == 40
    assert pairs.select("len", "last", "dob", "first").unique().rows() == [(2, 1, 1, 2)]
    assert truth["shared_ssn"].sum() == 25
    assert delivered(state, CSC_MATCHING)["ssn"].drop_nulls().is_duplicated().sum() == 50


@pytest.mark.parametrize(
    ("kind", "rate"),
    [("typo", 0.04), ("nickname", 0.03), ("swapped_names", 0.01), ("surname_changed", 0.02),
     ("wrong_birth_year", 0.01), ("birth_date_missing", 0.04)],
)  # fmt: skip
def test_errors_are_planted_at_their_rates(links: pl.DataFrame, kind: str, rate: float) -> None:
    assert links[kind].sum() / links.height == pytest.approx(rate, abs=0.006)


def test_one_double_surname_in_eight_lost_its_hyphen(state: synthetic.State, links: pl.DataFrame) -> None:
    names = links.join(delivered(state, SDE_MATCHING), left_on="sde_record", right_on="record_id")
    double = names.filter(pl.col("last").str.contains("-"))
    assert double["hyphen_lost"].sum() / double.height == pytest.approx(0.12, abs=0.035)
    assert not names.filter(~pl.col("last").str.contains("-"))["hyphen_lost"].any()


def test_undamaged_names_agree_between_the_agencies(state: synthetic.State, links: pl.DataFrame) -> None:
    kinds = ["typo", "nickname", "swapped_names", "surname_changed", "hyphen_lost"]
    both = links.join(delivered(state, SDE_MATCHING), left_on="sde_record", right_on="record_id").join(
        delivered(state, CSC_MATCHING), left_on="csc_record", right_on="record_id"
    )
    same = (both["last"] == both["last_right"]) & (both["first"] == both["first_right"])
    untouched = both.select(~pl.any_horizontal(kinds)).to_series()
    assert same.filter(untouched).all()
    assert not same.filter(~untouched).any()


def test_a_sensible_linker_finds_94_per_cent_and_fewer_hispanic_students(
    state: synthetic.State, links: pl.DataFrame
) -> None:
    found = sensible_links(delivered(state, SDE_MATCHING), delivered(state, CSC_MATCHING))
    true = found.join(links, on=["sde_record", "csc_record"])
    assert true.height / found.height > 0.995
    assert true.height / links.height == pytest.approx(0.94, abs=0.015)
    recall = {
        hispanic: true.filter((pl.col("race_eth") == "H") == hispanic).height
        / links.filter((pl.col("race_eth") == "H") == hispanic).height
        for hispanic in (True, False)
    }
    assert recall[False] - recall[True] == pytest.approx(0.05, abs=0.02)


def sensible_links(sde: pl.DataFrame, csc: pl.DataFrame) -> pl.DataFrame:
    """SASID first; then the same birth date with both names alike, either way round."""
    ids = ["sde_record", "csc_record"]
    sde, csc = sde.rename({"record_id": "sde_record"}), csc.rename({"record_id": "csc_record"})
    known = csc.drop_nulls("sasid").join(sde, on="sasid").select(ids)
    rest = csc.join(known, on="csc_record", how="anti").join(
        sde.join(known, on="sde_record", how="anti"), on="dob"
    )
    columns = rest.select("last", "first", "last_right", "first_right").rows()
    alike = [min(JaroWinkler.similarity(a, c), JaroWinkler.similarity(b, d)) > 0.88 for a, b, c, d in columns]
    return pl.concat([known, rest.filter(pl.Series(alike, dtype=pl.Boolean)).select(ids)])


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


def fingerprint(folder: Path, seed: int) -> dict[str, str]:
    synthetic.generate(folder, seed=seed, scale=0.05)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_seed_gives_the_same_bytes_again_and_another_seed_gives_others(tmp_path: Path) -> None:
    first = fingerprint(tmp_path / "a", 7)
    assert fingerprint(tmp_path / "a", 7) == first  # over an earlier run
    other = fingerprint(tmp_path / "b", 8)
    assert other.keys() == first.keys()
    assert other[SDE_MATCHING] != first[SDE_MATCHING]


@pytest.mark.parametrize("scale", [0.0, 0.01, 61.0])
def test_a_scale_out_of_range_is_refused(tmp_path: Path, scale: float) -> None:
    with pytest.raises(ValueError, match="scale"):
        synthetic.generate(tmp_path, scale=scale)


def test_memory_stays_while_the_state_grows(tmp_path: Path) -> None:
    program = (
        "import json, pathlib, sys; from charteroak import synthetic\n"
        "state = synthetic.generate(pathlib.Path(sys.argv[1]), scale=float(sys.argv[2]))\n"
        "status = pathlib.Path('/proc/self/status').read_text()\n"
        "peak = int(status.split('VmHWM:')[1].split()[0])\n"
        "print(json.dumps([peak, state.rows]))\n"
    )
    (small, rows), (large, more) = (
        json.loads(
            subprocess.run(
                [sys.executable, "-c", program, str(tmp_path / scale), scale],
                capture_output=True, text=True, check=True,
            ).stdout
        )
        for scale in ("1", "4")
    )  # fmt: skip
    assert more[SDE_MATCHING] == 4 * rows[SDE_MATCHING]
    assert large < 1.3 * small
