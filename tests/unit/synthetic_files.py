"""The names of the synthetic state's files, and how they are read."""

import polars as pl

from charteroak import synthetic

SDE_MATCHING, SDE_ANALYSIS = "SDE/SDE.042.11_02_2026.matching", "SDE/SDE.042.11_02_2026.analytical"
CSC_FIRST, CSC_ANALYSIS = "CSC/CSC.042.11_02_2026.matching", "CSC/CSC.042.11_02_2026.analytical"
CSC_MATCHING = "CSC/CSC.042.11_03_2026.matching"


def delivered(state: synthetic.State, name: str) -> pl.DataFrame:
    return pl.read_csv(state.folder / name, separator="\t", quote_char=None, infer_schema=False)
