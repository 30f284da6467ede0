"""People out of pairs: what other records of two people say for and against one of their pairs."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from charteroak import linkage
from charteroak.linkage.cluster import Constraints, Pairs, join, near
from charteroak.linkage.parts import strongest

NAN = float("nan")


def groups(
    pairs: list[tuple[int, int, list[float]]], born: list[int], base: float = -5.0
) -> NDArray[np.int32]:
    """The groups of records (`born`: their birth dates, numbered, -1 missing) whose pairs have these bits by field."""
    left, right = (np.array([each[side] for each in pairs], np.int32) for side in (0, 1))
    fields = np.array([each[2] for each in pairs], np.float32)
    weight = np.asarray(base + np.nansum(fields, axis=1, dtype=np.float64), np.float64)
    listed = Pairs(left, right, weight, fields, base)
    count = len(born)
    limits = Constraints(
        np.zeros(count, np.int16), np.zeros(1, np.bool_), np.array(born, np.int32).reshape(-1, 1),
        np.zeros(count + 1, np.int64), np.empty(0, np.int32), 100, 0.25, 0.5,
    )  # fmt: skip
    return join(listed, strongest(listed, 0.5), near(left, right, count), limits)[0]


def test_what_one_record_lacks_another_supplies() -> None:
    # 2 agrees with 0 on its only field, and with 1, who is the same person, on another: together they suffice
    alone = [(0, 1, [9.0, NAN]), (0, 2, [6.0, NAN]), (1, 2, [-2.0, NAN])]
    assert groups(alone, [-1, -1, -1]).tolist() == [0, 0, 2]
    supplied = [(0, 1, [9.0, NAN]), (0, 2, [6.0, NAN]), (1, 2, [-2.0, 8.0])]
    assert groups(supplied, [-1, -1, -1]).tolist() == [0, 0, 0]


def test_a_birth_date_confirmed_on_each_side_keeps_father_and_son_apart() -> None:
    kin = [(0, 1, [30.0]), (2, 3, [30.0]), (0, 2, [9.0]), (0, 3, [9.0]), (1, 2, [9.0]), (1, 3, [9.0])]
    assert groups(kin, [7, 7, 8, 8]).tolist() == [0, 0, 2, 2]
    assert groups(kin, [7, 7, 7, 8]).tolist() == [0, 0, 0, 0], "one slip alone parts nobody"


def test_final_weights_are_the_fields_and_what_other_records_say() -> None:
    people = pl.DataFrame({
        "id": [str(n) for n in range(60)],
        "first_name": [("Ada", "Berta", "Carl", "Dora")[n % 4] + "abcdefghijklmno"[n // 4] for n in range(60)],
        "last_name": [("Stone", "Ash", "Vale")[n % 3] for n in range(60)],
        "dob": [f"19{40 + n}-0{1 + n % 9}-1{n % 9}" for n in range(60)],
    })  # fmt: skip
    files = {"a": people, "b": people, "c": people.drop("dob")}
    found = linkage.link(files)
    alone = linkage.link(
        files,
        linkage.from_toml(linkage.to_toml(found.recipe).replace("collective = true", "collective = false")),
    )
    assert found.clusters["cluster"].n_unique() == 60
    assert (alone.levels["other records"] == 0).all()
    own = found.links["match_weight"] - found.levels["other records"]
    sides = ["source_l", "id_l", "source_r", "id_r"]
    both = found.links.with_columns(own=own).join(alone.links, on=sides, suffix="_alone")
    assert both.height > 150
    assert np.allclose(both["own"], both["match_weight_alone"], atol=1e-6)
