"""The synthetic state holds what request 042 says of it: files, planted truth and planted errors."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from rapidfuzz.distance import JaroWinkler
from synthetic_files import CSC_ANALYSIS, CSC_FIRST, CSC_MATCHING, SDE_ANALYSIS, SDE_MATCHING, delivered

from charteroak import synthetic


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
