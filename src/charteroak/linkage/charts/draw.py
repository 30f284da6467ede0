"""The pictures themselves. Colours are told apart by people who see red and green alike (Okabe and Ito 2008)."""

from typing import Any

import altair as alt
import polars as pl
import vl_convert

from charteroak.linkage.charts import data
from charteroak.linkage.linkage import Linkage
from charteroak.linkage.model import Model

Chart = Any
"""An Altair chart, of whichever of its classes: its methods are not typed."""
FOR, AGAINST, PLAIN = "#0072B2", "#D55E00", "#6B6B6B"
SOURCES = ["#E69F00", "#56B4E9", "#009E73", "#CC79A7", "#F0E442", "#D55E00", "#000000"]
WIDTH = 560
ROOM = {"left": 48, "right": 40, "top": 5, "bottom": 5}
"""Pixels around a chart: the reader's letters may be wider than those it was laid out with, and would be cut off."""
SHOWN = 15_000
"""Rows that a chart may carry: more would make a page nobody can open."""


def svg(chart: Chart) -> str:
    """The chart as an SVG element, for a page. Nothing is fetched: fonts and scripts come with the converter."""
    roomy = chart.properties(padding=ROOM)
    text: str = vl_convert.vegalite_to_svg(roomy.to_json(), allowed_base_urls=[])
    return text


def waterfall(linkage: Linkage, left: tuple[str, str], right: tuple[str, str]) -> Chart:
    """Why a pair scored what it did: bits for (blue) and against (orange), adding up to the match weight."""
    steps = data.waterfall(linkage, left, right)
    labelled = steps.with_columns(
        label=pl.when(pl.col("level") == "")
        .then("step")
        .otherwise(pl.concat_str("step", pl.lit(": "), "level"))
    )
    bars = _chart(labelled).mark_bar().encode(
        y=alt.Y("label:N", sort=None, title=None, axis=alt.Axis(labelLimit=260)),
        x=alt.X("start:Q", title="match weight (bits)"), x2="end:Q",
        color=alt.condition("datum.bits >= 0", alt.value(FOR), alt.value(AGAINST)),
        tooltip=["label:N", alt.Tooltip("bits:Q", format="+.2f")],
    )  # fmt: skip
    words = _chart(labelled).mark_text(align="left", dx=4).encode(
        y=alt.Y("label:N", sort=None), x=alt.X("furthest:Q"), text=alt.Text("bits:Q", format="+.1f")
    ).transform_calculate(furthest="max(datum.start, datum.end)")  # fmt: skip
    return (bars + words).properties(width=WIDTH)


def match_weights(model: Model) -> Chart:
    """Bits that each level of each field adds for everyone."""
    found = data.match_weights(model).filter(pl.col("regime") == model.everyone.name).drop("regime")
    return _levels(
        found,
        alt.X("bits:Q", title="bits"),
        alt.condition("datum.bits >= 0", alt.value(FOR), alt.value(AGAINST)),
    )


def parameters(model: Model) -> Chart:
    """m and u side by side: how often each level occurs among true pairs and among others, for everyone."""
    found = data.parameters(model).filter(pl.col("regime") == model.everyone.name)
    long = found.unpivot(
        ["m", "u"], index=["field", "level"], variable_name="among", value_name="share"
    ).with_columns(pl.col("among").replace({"m": "true pairs (m)", "u": "other pairs (u)"}))
    colours = alt.Scale(domain=["true pairs (m)", "other pairs (u)"], range=[FOR, AGAINST])
    return _levels(
        long, alt.X("share:Q", title="share of pairs"), alt.Color("among:N", scale=colours, title=None)
    ).encode(yOffset="among:N")


def histogram(linkage: Linkage) -> Chart:
    """Listed pairs by match weight, with those expected to be true, and the threshold of linking."""
    found = data.histogram(linkage)
    bars = _chart(found).mark_bar(color=PLAIN).encode(
        x=alt.X("low:Q", title="match weight (bits)", bin="binned"), x2="high:Q",
        y=alt.Y("pairs:Q", title="pairs", scale=alt.Scale(type="symlog")),
        tooltip=["low:Q", "high:Q", "pairs:Q", "true:Q"],
    )  # fmt: skip
    true = (
        _chart(found)
        .mark_bar(color=FOR, opacity=0.8)
        .encode(x=alt.X("low:Q", bin="binned"), x2="high:Q", y=alt.Y("true:Q"))
    )
    cut = linkage.links.filter(pl.col("match_probability") >= linkage.recipe.link)["match_weight"].min()
    lines = pl.DataFrame({"weight": [cut] if cut is not None else []}, schema={"weight": pl.Float64})
    rule = _chart(lines).mark_rule(color=AGAINST, strokeDash=[4, 3]).encode(x="weight:Q")
    return (bars + true + rule).properties(width=WIDTH, height=220)


def blocking(linkage: Linkage) -> Chart:
    """Pairs under each blocking rule, and those among them that no earlier rule made."""
    long = data.blocking(linkage).unpivot(
        ["pairs", "new_pairs"], index="rule", variable_name="which", value_name="count"
    )
    long = long.with_columns(pl.col("which").replace({"pairs": "all", "new_pairs": "new with this rule"}))
    colours = alt.Scale(domain=["all", "new with this rule"], range=[PLAIN, FOR])
    return _chart(long).mark_bar().encode(
        y=alt.Y("rule:N", sort=None, title=None, axis=alt.Axis(labelLimit=300)), yOffset="which:N",
        x=alt.X("count:Q", title="pairs"), color=alt.Color("which:N", scale=colours, title=None),
        tooltip=["rule:N", "which:N", "count:Q"],
    ).properties(width=WIDTH)  # fmt: skip


def unlinkable(linkage: Linkage) -> Chart:
    """Records without each field, and those that no blocking rule reaches."""
    return _shares(
        data.unlinkable(linkage),
        "field:N",
        alt.X("share:Q", title="share of records", axis=alt.Axis(format="%")),
    )


def missed(linkage: Linkage) -> Chart:
    """Expected missed pairs by what they disagree on."""
    found = data.missed(linkage).head(15).with_columns(cause=pl.concat_str("field", pl.lit(": "), "level"))
    return _shares(found, "cause:N", alt.X("pairs:Q", title="expected pairs missed"))


def cluster(linkage: Linkage, name: str) -> Chart:
    """The records of one person, and the links that hold them together; the thinner, the weaker."""
    records, pairs = data.cluster(linkage, name)
    hidden: dict[str, Any] = {"axis": None, "scale": alt.Scale(domain=[-1.5, 1.5])}
    lines = _chart(pairs).mark_rule(color=FOR).encode(
        x=alt.X("x_left:Q", **hidden), y=alt.Y("y_left:Q", **hidden), x2="x_right:Q", y2="y_right:Q",
        strokeWidth=alt.StrokeWidth("match_probability:Q", scale=alt.Scale(range=[0.5, 4], domain=[0, 1]), legend=None),
        tooltip=["left:N", "right:N", alt.Tooltip("match_weight:Q", format=".1f")],
    )  # fmt: skip
    points = (
        _chart(records)
        .mark_circle(size=160, opacity=1)
        .encode(
            x=alt.X("x:Q", **hidden),
            y=alt.Y("y:Q", **hidden),
            color=alt.Color("source:N", title=None, scale=alt.Scale(range=SOURCES)),
            tooltip="record:N",
        )
    )
    words = (
        _chart(records)
        .transform_calculate(x_word="1.22 * datum.x", y_word="1.22 * datum.y")  # outside, where no line runs
        .mark_text()
        .encode(x=alt.X("x_word:Q", **hidden), y=alt.Y("y_word:Q", **hidden), text="record:N")
    )
    return (lines + points + words).properties(width=360, height=360)


def _levels(frame: pl.DataFrame, x: alt.X, colour: Any) -> Chart:
    """One small picture a field, in the recipe's order."""
    order = frame["field"].unique(maintain_order=True).to_list()
    header = alt.Header(labelAngle=0, labelAlign="left")
    bars = _chart(frame).mark_bar().encode(
        y=alt.Y("level:N", sort=None, title=None), x=x, color=colour, tooltip=_all(frame),
        row=alt.Row("field:N", sort=order, title=None, header=header),
    )  # fmt: skip
    return bars.properties(width=WIDTH - 160).resolve_scale(y="independent")


def _shares(frame: pl.DataFrame, y: str, x: alt.X) -> Chart:
    named = alt.Y(y, sort=None, title=None, axis=alt.Axis(labelLimit=300))
    return (
        _chart(frame).mark_bar(color=PLAIN).encode(y=named, x=x, tooltip=_all(frame)).properties(width=WIDTH)
    )


def _all(frame: pl.DataFrame) -> list[alt.Tooltip]:
    """Every column in the words that appear under the pointer."""
    kinds: dict[str, Any] = {
        name: "quantitative" if kind.is_numeric() else "nominal" for name, kind in frame.schema.items()
    }
    return [alt.Tooltip(field=name, type=kind) for name, kind in kinds.items()]


def _chart(frame: pl.DataFrame) -> Chart:
    return alt.Chart(alt.InlineData(values=frame.head(SHOWN).to_dicts()))
