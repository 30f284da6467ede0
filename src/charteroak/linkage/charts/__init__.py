"""Pictures of a linkage: each a function that returns an Altair chart, and beside it one that returns its data.

A notebook shows the chart as it is; `svg` writes it for a page. `data` holds no record's values, only names of
fields and levels, counts and weights; the waterfall and the cluster picture name records by their ids.
"""

from charteroak.linkage.charts import data
from charteroak.linkage.charts.draw import (
    blocking,
    cluster,
    histogram,
    match_weights,
    missed,
    parameters,
    svg,
    unlinkable,
    waterfall,
)  # fmt: skip
from charteroak.linkage.charts.page import page

__all__ = [
    "blocking", "cluster", "data", "histogram", "match_weights", "missed", "page", "parameters", "svg", "unlinkable",
    "waterfall",
]  # fmt: skip
