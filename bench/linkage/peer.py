"""`python -m bench.linkage.peer TASK.json OUT [MODEL.json]`, in the peers' environment: Splink 5 on DuckDB, tuned as it
advises. With a model it only predicts, by the weights of that model.

Tuned: u from 1e6 random pairs, EM capped at 1e6 pairs, threshold on predict, no retained columns, one DuckDB
connection with all cores. The clock starts with the data in DuckDB, as ours does with the data in Polars.
"""

import json
import logging
import sys
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from bench.linkage.cost import Cost

LISTED = 0.01  # probability from which a pair is listed, for both engines


def main(task_file: Path, out: Path, model: Path | None = None) -> None:
    task = json.loads(task_file.read_text(encoding="utf-8"))
    logging.disable(logging.WARNING)
    connection = duckdb.connect()
    tables = loaded(connection, task)
    cost = Cost()
    known = str(model) if model else settings(task, len(tables))
    linker = Linker(tables if len(tables) > 1 else tables[0], known)
    if not model:
        with cost.phase("train"):
            train(linker, task)
        linker.misc.save_model_to_json(str(out / "model.json"), overwrite=True)
    with cost.phase("predict"):
        pairs = linker.inference.predict(threshold_match_probability=LISTED)
    clusters = None
    if not model:
        with cost.phase("cluster"):
            clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
                pairs, threshold_match_probability=0.95
            )
    cost.write(out / "cost.json")
    written(connection, pairs.physical_name, clusters.physical_name if clusters else None, task, out)


def loaded(connection: duckdb.DuckDBPyConnection, task: dict[str, Any]) -> list[Any]:
    """The task's files as tables of the connection, registered with Splink."""
    api = DuckDBAPI(connection)
    columns = list(task["fields"])
    for number, path in enumerate(task["files"]):
        frame = pl.read_parquet(path)
        whole = frame.with_columns(
            [pl.lit(None, pl.String).alias(name) for name in columns if name not in frame.columns]
        )
        kept = whole.select("record_id", *(pl.col(name).cast(pl.String) for name in columns)).to_arrow()
        connection.register("arriving", kept)
        connection.execute(f"CREATE TABLE file_{number} AS SELECT * FROM arriving").fetchall()
        connection.unregister("arriving")
    return [
        api.register(f"file_{number}", dataset_display_name=Path(path).stem)
        for number, path in enumerate(task["files"])
    ]


def settings(task: dict[str, Any], files: int) -> SettingsCreator:
    link_type = "dedupe_only" if files == 1 else "link_only" if task["link_only"] else "link_and_dedupe"
    return SettingsCreator(
        link_type=link_type,
        unique_id_column_name="record_id",
        comparisons=[comparison(column, how) for column, how in task["fields"].items()],
        blocking_rules_to_generate_predictions=[block_on(*map(key, rule)) for rule in task["rules"]],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
    )


def key(text: str) -> str:
    column, _, first = text.partition(":")
    return f"substr({column}, 1, {first})" if first else column


def comparison(column: str, how: str) -> Any:
    """The comparison that Splink's library offers for this kind of column."""
    if how == "name":
        return cl.NameComparison(column).configure(term_frequency_adjustments=True)
    if how == "date":
        return cl.DateOfBirthComparison(column, input_is_string=True)
    if how == "number":
        return cl.DamerauLevenshteinAtThresholds(column, [1, 2])
    if how == "street":
        return cl.JaroWinklerAtThresholds(column, [0.95, 0.88]).configure(term_frequency_adjustments=True)
    if how == "middle":
        return cl.JaroWinklerAtThresholds(column, [0.88])
    if how == "postcode":
        return cl.PostcodeComparison(column)
    if how == "email":
        return cl.EmailComparison(column)
    return cl.ExactMatch(column).configure(term_frequency_adjustments=how == "term")


def train(linker: Linker, task: dict[str, Any]) -> None:
    sure = [block_on(*map(key, rule)) for rule in task["certain"]]
    linker.training.estimate_probability_two_random_records_match(sure, recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=task["pairs_drawn"], seed=1)
    for rule in task["trained_on"]:
        linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(*map(key, rule)), max_pairs=1e6
        )


def written(
    connection: duckdb.DuckDBPyConnection, pairs: str, clusters: str | None, task: dict[str, Any], out: Path
) -> None:
    """The same columns as our engine's, for the same judge."""
    several = len(task["files"]) > 1
    only = Path(task["files"][0]).stem
    left, right, own = (
        ("source_dataset_l", "source_dataset_r", "source_dataset")
        if several
        else (f"'{only}'", f"'{only}'", f"'{only}'")
    )
    connection.execute(
        f"COPY (SELECT record_id_l id_l, record_id_r id_r, {left} source_l, {right} source_r, match_weight, "
        f"match_probability FROM {pairs}) TO '{out / 'links.parquet'}'"
    ).fetchall()
    if clusters:
        connection.execute(
            f"COPY (SELECT record_id id, {own} source, cluster_id cluster FROM {clusters}) "
            f"TO '{out / 'clusters.parquet'}'"
        ).fetchall()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
