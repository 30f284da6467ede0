"""The synthetic people that linkage is measured on are what they say."""

import runpy
from pathlib import Path

import numpy as np

ssn = runpy.run_path(str(Path(__file__).parents[2] / "bench" / "linkage" / "identifiers.py"))["ssn"]


def test_nobody_has_the_number_of_another() -> None:
    regions = np.array([0, 11, 22], np.int64)[:, None] * 1_000_000
    people = (regions + np.arange(60_000, dtype=np.int64)).ravel()
    assert len(set(ssn(people).tolist())) == len(people)


def test_numbers_are_well_formed() -> None:
    for text in ssn(np.arange(3_000, dtype=np.int64)).tolist():
        area, group, serial = text.split("-")
        assert (len(area), len(group), len(serial)) == (3, 2, 4)
        assert area not in {"000", "666"}
        assert int(area) < 900
        assert group != "00"
        assert serial != "0000"
