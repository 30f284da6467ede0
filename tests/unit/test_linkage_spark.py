"""Linking on Spark in local mode: the same links, clusters and counts as on one machine."""

import importlib.util
import shutil
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from charteroak import linkage

ABSENT = [
    name
    for name, there in (("java", shutil.which("java")), ("pyspark", importlib.util.find_spec("pyspark")))
    if not there
]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.enable_socket,
    pytest.mark.skipif(
        bool(ABSENT), reason=f"not installed: {', '.join(ABSENT)} (pip install charteroak[spark], Java 17)"
    ),
]


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    # without these, workers take the first Python on the path, and fail when it is another version
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("PYSPARK_DRIVER_PYTHON", sys.executable)
        builder = SparkSession.builder.master("local[2]").appName("charteroak")
        for name, value in (
            ("spark.ui.enabled", "false"), ("spark.driver.bindAddress", "127.0.0.1"),
            ("spark.driver.host", "127.0.0.1"), ("spark.sql.shuffle.partitions", "8"), ("spark.driver.memory", "1g"),
        ):  # fmt: skip
            builder = builder.config(name, value)
        found = builder.getOrCreate()
        yield found
        found.stop()


def files(records: int) -> dict[str, pl.DataFrame]:
    rng = np.random.default_rng(4)
    letters = np.array(list("ABCDEFGHIJKLMNOPRSTUVW"))
    names = ["".join(rng.choice(letters, size)) for size in rng.integers(4, 9, 900)]
    people = records * 3 // 4
    days = rng.integers([0, 1, 1], [70, 13, 29], (people, 3)).tolist()
    whole = pl.DataFrame({
        "person": range(people), "first_name": rng.choice(names[:300], people), "last_name": rng.choice(names, people),
        "dob": [f"{1940 + year}-{month:02d}-{day:02d}" for year, month, day in days],
        "zip": rng.choice([f"{6000 + at:05d}" for at in range(120)], people),
    })  # fmt: skip
    slipped = pl.col("last_name").str.slice(0, 2) + "Z" + pl.col("last_name").str.slice(3)
    left, right = whole.head(records // 2), whole.tail(records - records // 2)
    wrong = pl.Series(rng.random(right.height) < 0.1)
    right = right.with_columns(last_name=pl.when(wrong).then(slipped).otherwise("last_name"))
    return {"left": left.with_row_index("record_id"), "right": right.with_row_index("record_id")}


def test_spark_finds_the_same_as_one_machine(session: Any) -> None:
    from charteroak.adapters import spark

    frames = files(20_000)
    alone = linkage.link(frames, id="record_id", truth="person")
    for partitions in (None, 3):
        spread = linkage.link(
            frames, id="record_id", truth="person", scorer=spark.scorer(session, partitions)
        )
        assert_frame_equal(spread.links, alone.links, check_exact=True)
        assert_frame_equal(spread.clusters, alone.clusters)
        assert_frame_equal(spread.levels, alone.levels)
        assert spread.counts == alone.counts
        assert spread.blocks == alone.blocks
    assert alone.links.height > 4000
