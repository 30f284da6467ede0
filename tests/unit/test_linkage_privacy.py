"""Privacy-preserving linkage: what the encoding keeps, what it hides, and that matching finds the same people."""

import dataclasses
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from polars.testing import assert_frame_equal

from charteroak.cli import main
from charteroak.linkage import LinkageError, privacy
from charteroak.linkage.privacy import DEFAULT, Feature, Schema, Tokens
from charteroak.linkage.privacy.filters import soundex, tokens

KEY, OTHER = b"k" * 32, b"o" * 32
NAMES = Schema((Feature("name", Tokens.BIGRAMS, 120),), (("name:sound",),), folds=0)


def people(*rows: tuple[str, str | None, str | None, str | None, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["record_id", "first_name", "last_name", "dob", "sex"], orient="row")


def named(*names: str | None) -> pl.DataFrame:
    return pl.DataFrame({"record_id": [str(at) for at in range(len(names))], "name": names})


def bits(encoded: pl.DataFrame) -> np.ndarray:
    return np.stack([np.unpackbits(np.frombuffer(row, np.uint8)) for row in encoded["clk"]])


def similarity(schema: Schema, *names: str) -> float:
    rows = bits(privacy.encode(named(*names), schema, KEY)).astype(int)
    return float(2 * (rows[0] & rows[1]).sum() / rows.sum())


def test_bigrams_mark_the_ends_and_count_repetitions() -> None:
    assert tokens("ANNA", Tokens.BIGRAMS) == [" A0", "AN0", "NN0", "NA0", "A 0"]
    assert tokens("ANAN", Tokens.BIGRAMS) == [" A0", "AN0", "NA0", "AN1", "N 0"]
    assert tokens("1990", Tokens.DIGITS) == ["01", "19", "29", "30"]


@pytest.mark.parametrize(("name", "code"), [
    ("ROBERT", "R163"), ("RUPERT", "R163"), ("TYMCZAK", "T522"), ("PFISTER", "P236"), ("HONEYMAN", "H555"),
    ("ASHCRAFT", "A261"), ("LEE", "L000"), ("123", ""),
])  # fmt: skip
def test_soundex_is_that_of_the_national_archives(name: str, code: str) -> None:
    assert soundex(name) == code


def test_the_same_input_gives_the_same_bytes_whatever_the_order_of_rows() -> None:
    frame = named("MARIA", "JOSEPH", "JOSÉPH")
    forth, back = privacy.encode(frame, NAMES, KEY), privacy.encode(frame.reverse(), NAMES, KEY)
    assert_frame_equal(forth, back.reverse())
    assert forth["clk"][1] == forth["clk"][2]


def test_another_key_another_schema_or_another_salt_has_nothing_in_common() -> None:
    frame = named("KATHERINE").with_columns(dob=pl.lit("1990-01-02"))
    later = frame.with_columns(dob=pl.lit("1991-01-02"))
    salted = dataclasses.replace(NAMES, salt="dob")
    own = bits(privacy.encode(frame, NAMES, KEY))[0]
    strangers = [
        privacy.encode(frame, NAMES, OTHER),
        privacy.encode(frame, dataclasses.replace(NAMES, blocks=()), KEY),
        privacy.encode(frame, salted, KEY),
    ]
    for stranger in [bits(each)[0] for each in strangers]:
        shared = int((own & stranger).sum())
        by_chance = own.sum() * stranger.sum() / len(own)
        assert shared < by_chance + 5 * np.sqrt(by_chance), "agreement beyond chance"
    one, other = (bits(privacy.encode(each, salted, KEY))[0] for each in (frame, later))
    assert int((one & other).sum()) < int(one.sum()) / 2
    assert (
        set(privacy.encode(frame, NAMES, KEY)["block_0"])
        & set(privacy.encode(frame, NAMES, OTHER)["block_0"])
        == set()
    )


def test_a_slip_costs_little_and_another_name_much() -> None:
    assert similarity(NAMES, "KATHERINE", "KATHERINE") == 1.0
    assert similarity(NAMES, "KATHERINE", "KATHARINE") > 0.75
    assert similarity(NAMES, "KATHERINE", "ROBERT") < 0.35


def test_a_field_sets_as_many_bits_however_long_its_value() -> None:
    counts = bits(privacy.encode(named("JO", "MAXIMILIANUS-ALEXANDER"), NAMES, KEY)).sum(axis=1)
    assert all(100 <= count <= 120 for count in counts)


def test_folding_halves_and_flipping_turns_over_its_share() -> None:
    frame = named(*[f"NAME{at}X{at * at}" for at in range(400)])
    folded = bits(privacy.encode(frame, dataclasses.replace(NAMES, folds=2), KEY))
    assert folded.shape == (400, 256)
    flipped = dataclasses.replace(NAMES, flip=0.1)
    noisy = bits(privacy.encode(frame, flipped, KEY))
    dense, plain = noisy.mean(), bits(privacy.encode(frame, NAMES, KEY)).mean()
    assert abs(dense - (plain * 0.9 + (1 - plain) * 0.1)) < 0.01
    assert_frame_equal(privacy.encode(frame, flipped, KEY), privacy.encode(frame, flipped, KEY))


def test_a_missing_value_sets_no_bit_and_joins_no_block() -> None:
    encoded = privacy.encode(named("", None, "LEE"), NAMES, KEY)
    assert bits(encoded).sum(axis=1).tolist()[:2] == [0, 0]
    assert encoded["block_0"].null_count() == 2
    found = privacy.match(encoded, encoded, blocked=False, one_to_one=False, threshold=0.01)
    assert found.links["id_l"].to_list() == ["2"], "two records without values are not alike"


def test_matching_finds_people_in_spite_of_slips_and_leaves_strangers() -> None:
    left = people(
        ("a", "Katherine", "O'Neill", "1990-04-05", "F"), ("b", "José", "García", "1985-12-01", "M"),
        ("c", "Ann", "Lee", None, "F"), ("d", "Peter", "Stone", "1970-07-07", "M"),
    )  # fmt: skip
    right = people(
        ("x", "KATHARINE", "ONEILL", "1990-04-05", "F"), ("y", "Jose", "Garcia", "1985-12-01", "M"),
        ("z", "Paula", "Stone", "1970-07-07", "F"),
    )  # fmt: skip
    found = privacy.match(
        privacy.encode(left, DEFAULT, KEY), privacy.encode(right, DEFAULT, KEY), threshold=0.75
    )
    assert sorted(found.links.select("id_l", "id_r").rows()) == [("a", "x"), ("b", "y")]
    assert found.links["similarity"].to_list()[0] == 1.0


def test_the_kernel_agrees_with_counting_by_hand_and_tries_a_pair_once() -> None:
    rng = np.random.default_rng(3)
    letters = np.array(list("ABCD"))
    frame = named(*["".join(rng.choice(letters, 5)) for _ in range(60)])
    schema = dataclasses.replace(NAMES, blocks=(("name:1",), ("name:sound",), ("name:2",)))
    encoded = privacy.encode(frame, schema, KEY)
    rows = bits(encoded).astype(int)
    shared, ones = rows @ rows.T, rows.sum(axis=1)
    dice = 2 * shared / (ones[:, None] + ones[None, :])
    every = privacy.match(encoded, encoded, threshold=0.6, one_to_one=False, blocked=False, threads=1)
    assert every.compared == 3600
    expected = {(str(i), str(j)): dice[i, j] for i, j in np.argwhere(dice >= 0.6)}
    assert {row[:2]: pytest.approx(row[2]) for row in every.links.rows()} == expected
    blocks = [encoded[name].to_list() for name in ("block_0", "block_1", "block_2")]
    together = sum(any(each[i] == each[j] for each in blocks) for i in range(60) for j in range(60))
    for threads in (1, 3):
        blocked = privacy.match(encoded, encoded, threshold=0.6, one_to_one=False, threads=threads)
        assert blocked.compared == together
        assert blocked.links.height == blocked.links.unique(["id_l", "id_r"]).height


def test_one_to_one_takes_the_most_alike_pair_first() -> None:
    left, right = named("KATHERINE", "KATHARINE"), named("KATHERINE")
    found = privacy.match(privacy.encode(left, NAMES, KEY), privacy.encode(right, NAMES, KEY))
    assert found.links.rows() == [("0", "0", 1.0)]


def test_a_schema_is_text_and_back() -> None:
    for schema in (DEFAULT, dataclasses.replace(NAMES, salt="dob", flip=0.05)):
        assert privacy.from_toml(privacy.to_toml(schema)) == schema


@pytest.mark.parametrize(("attempt", "says"), [
    (lambda: privacy.encode(named("A"), NAMES, b"short"), "32"),
    (lambda: privacy.encode(named("A").drop("name"), NAMES, KEY), "no column name"),
    (lambda: privacy.encode(pl.concat([named("A"), named("B")]), NAMES, KEY), "repeated"),
    (lambda: privacy.encode(named("A"), dataclasses.replace(NAMES, blocks=(("name:x",),)), KEY), "name:x"),
    (lambda: dataclasses.replace(NAMES, length=1000), "power of two"),
    (lambda: dataclasses.replace(NAMES, folds=5), "fold"),
    (lambda: dataclasses.replace(NAMES, flip=0.5), "flip"),
    (lambda: privacy.from_toml("version = 1"), "features"),
    (lambda: privacy.from_toml("version = 9"), "version"),
    (lambda: privacy.match(privacy.encode(named("A"), NAMES, KEY),
                           privacy.encode(named("A"), dataclasses.replace(NAMES, folds=1), KEY)), "length"),
    (lambda: privacy.match(*[privacy.encode(named("A"), NAMES, KEY)] * 2, threshold=0), "threshold"),
])  # fmt: skip
def test_what_cannot_be_done_is_said(attempt: object, says: str) -> None:
    with pytest.raises(LinkageError, match=says):
        attempt()  # type: ignore[operator]


def test_the_command_encodes_and_matches_and_never_echoes_a_name(tmp_path: Path) -> None:
    rows = people(("a", "Katherine", "Zylbersztejn", "1990-04-05", "F"))
    rows.write_csv(tmp_path / "left.csv")
    rows.write_parquet(tmp_path / "right.parquet")
    (tmp_path / "key").write_bytes(KEY)
    run = CliRunner().invoke
    for side in ("left.csv", "right.parquet"):
        arguments = [
            "pprl",
            "encode",
            str(tmp_path / side),
            "--key-file",
            str(tmp_path / "key"),
            "-o",
            str(tmp_path / f"{side}.clk"),
        ]
        ended = run(main, arguments)
        assert ended.exit_code == 0, ended.output
        assert b"Zylber" not in (tmp_path / f"{side}.clk").read_bytes()
    ended = run(main, ["pprl", "match", str(tmp_path / "left.csv.clk"), str(tmp_path / "right.parquet.clk"),
                       "-o", str(tmp_path / "links.parquet"), "--json"])  # fmt: skip
    assert ended.exit_code == 0, ended.output
    assert '"links": 1' in ended.stdout
    (tmp_path / "key").write_bytes(b"short")
    ended = run(
        main,
        [
            "pprl",
            "encode",
            str(tmp_path / "left.csv"),
            "--key-file",
            str(tmp_path / "key"),
            "-o",
            str(tmp_path / "x"),
        ],
    )
    assert ended.exit_code == 2
    assert "Zylber" not in ended.output
    assert len(ended.stderr.strip().splitlines()) == 1
