"""`python -m bench.linkage.example FOLDER`, in the peers' environment: makes tests/unit/splink.

Invented people, a model that Splink 5 trains on them with each comparison of its library that we read, and the pairs
that Splink lists with it, read back from its file.
"""

import sys
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

GIVEN = ["Ana", "Marta", "Martha", "Luis", "Jon", "John", "Amira", "Zoe", "Grace", "Peter", "Petra", "Noah"]
FAMILY = [
    "Rivera",
    "Riviera",
    "Okafor",
    "Novak",
    "Nowak",
    "Silva",
    "Sylva",
    "Haddad",
    "Chen",
    "Cheng",
    "Boyle",
]
AREAS = ["SW1A 1AA", "SW1A 2BB", "SW1P 3CC", "M1 1AE", "M60 1NW", "EC1A 1BB", "LS1 4AP", "W1 9QQ", "999"]
CITY = ["Ashford", "Bexley", "Corby"]
STREETS = ["Elm Street", "Oak Avenue", "Station Road", "Church Lane", "High Street", "Mill Lane", "Park Road"]


def people(count: int, seed: int) -> pl.DataFrame:
    """One to three records of each person, with slips, gaps and unreadable dates."""
    rng, rows = np.random.default_rng(seed), []
    for person in range(count):
        first, last = rng.choice(GIVEN), rng.choice(FAMILY)
        born = f"{rng.integers(1950, 2005)}-{rng.integers(1, 13):02}-{rng.integers(1, 29):02}"
        email = f"{first}.{last}{person % 7}@example.org".lower()
        street, moved = rng.choice(STREETS), date(2015, 1, 1) + timedelta(days=int(rng.integers(0, 2500)))
        wage = float(rng.integers(120, 4000)) / 4
        for _ in range(int(rng.integers(1, 4))):
            slip = [slipped(str(value), rng) for value in (first, last, born, email)]
            area, city = rng.choice(AREAS), rng.choice(CITY)
            later = (
                None
                if rng.random() < 0.1
                else moved + timedelta(days=int(rng.choice([0, 0, 0, 20, 200, 900])))
            )
            paid = None if rng.random() < 0.1 else wage + float(rng.choice([0, 0, 0, 1.25, 2.5, 20, 300]))
            place = slipped(str(street), rng)
            rows.append([*slip, area if rng.random() < 0.9 else None, city, place, later, paid])
    names = ["first_name", "surname", "dob", "email", "postcode", "city", "street"]
    schema = {**dict.fromkeys(names, pl.String), "moved": pl.Date, "wage": pl.Float64}
    names = list(schema)
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.select(pl.format("r{}", pl.int_range(pl.len())).alias("record_id"), *names)


def slipped(value: str, rng: np.random.Generator) -> str | None:
    chance, at = rng.random(), int(rng.integers(0, len(value)))
    if chance < 0.05:
        return None
    if chance < 0.15:
        return value[:at] + value[at + 1 :]
    return value[:at] + "x" + value[at + 1 :] if chance < 0.22 else value


def main(place: Path) -> None:
    frame = people(160, 42)
    frame.write_csv(place / "records.csv")
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_id",
        comparisons=[
            cl.NameComparison("first_name").configure(term_frequency_adjustments=True),
            cl.JaroAtThresholds("surname", [0.9]).configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.EmailComparison("email"),
            cl.PostcodeComparison("postcode"),
            cl.DamerauLevenshteinAtThresholds("city", [1]),
            cl.JaccardAtThresholds("street", [0.9, 0.7]),
            cl.AbsoluteDateDifferenceAtThresholds(
                "moved", input_is_string=False, metrics=["month", "year"], thresholds=[1, 1]
            ),
            cl.CustomComparison(
                output_column_name="wage",
                comparison_levels=[
                    cll.NullLevel("wage"), cll.ExactMatchLevel("wage"), cll.AbsoluteDifferenceLevel("wage", 2.5),
                    cll.PercentageDifferenceLevel("wage", 0.1), cll.ElseLevel(),
                ],
            ),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("dob"), block_on("surname", "city"), block_on("substr(first_name, 1, 2)", "postcode"),
        ],
    )  # fmt: skip
    trained = linker(frame, settings)
    trained.training.estimate_u_using_random_sampling(max_pairs=1e5, seed=1)
    trained.training.estimate_parameters_using_expectation_maximisation(block_on("dob"))
    trained.misc.save_model_to_json(str(place / "model.json"), overwrite=True)
    listed = linker(frame, str(place / "model.json")).inference.predict(threshold_match_probability=0.01)
    pairs = pl.from_arrow(listed.as_duckdbpyrelation().to_arrow_table())
    pairs.select("record_id_l", "record_id_r", "match_weight").sort("record_id_l", "record_id_r").write_csv(  # type: ignore[union-attr]
        place / "pairs.csv", float_precision=6
    )


def linker(frame: pl.DataFrame, settings: SettingsCreator | str) -> Linker:
    connection = duckdb.connect()
    connection.register("arriving", frame.to_arrow())
    connection.execute("CREATE TABLE people AS SELECT * FROM arriving").fetchall()
    return Linker(DuckDBAPI(connection).register("people", dataset_display_name="people"), settings)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
