"""The report of a linkage as one HTML page: nothing is fetched, and beside each picture stands its table."""

from collections.abc import Mapping
from html import escape

import polars as pl

from charteroak.linkage.charts import data, draw
from charteroak.linkage.linkage import Linkage
from charteroak.linkage.uncertainty.estimates import Estimates, Interval, estimates
from charteroak.linkage.uncertainty.groups import by_group, group_warnings

LONGEST = 200
"""Rows of a table; the rest are counted."""
STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem;color:#1b1b1b;background:#fff}
h1,h2{line-height:1.2}figure{margin:1rem 0;overflow-x:auto}svg{max-width:100%;min-width:36rem;height:auto}
table{border-collapse:collapse;margin:.5rem 0}caption{text-align:left;font-weight:600;padding:.25rem 0}
th,td{border-bottom:1px solid #767676;padding:.2rem .8rem .2rem 0;text-align:left;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.scroll{overflow-x:auto}
"""


def page(
    linkage: Linkage,
    judged: Mapping[str, float] | None = None,
    *,
    groups: pl.DataFrame | None = None,
    title: str = "Linkage report",
) -> str:
    """The whole report as HTML text. It holds counts, weights, names of columns and of groups, and nothing else
    that a record says.

    `judged`: figures against a truth, by name, where there was one. `groups`: id, source, group of every record,
    to show for whom linking works less well.
    """
    guess = estimates(linkage)
    sections = [
        _summary(linkage, guess, judged), _warned([*linkage.warnings, *guess.warnings]), _passes(linkage),
        _picture("Match weights of the listed pairs", draw.histogram(linkage), data.histogram(linkage),
                 "Pairs by match weight in bits; blue: expected to be one person; dashed: the threshold."),
        _picture("Blocking rules", draw.blocking(linkage), data.blocking(linkage),
                 "Which pairs were tried. A rule that adds few new pairs costs time and finds little."),
        _picture("What each agreement is worth", draw.match_weights(linkage.model), data.match_weights(linkage.model),
                 "Bits that each level of agreement adds, for everyone; the table has every circumstance."),
        _picture("How often each level occurs", draw.parameters(linkage.model), data.parameters(linkage.model),
                 "m: among true pairs; u: among others; both learnt from the files."),
        _picture("Missing values and unlinkable records", draw.unlinkable(linkage), data.unlinkable(linkage),
                 "Who lacks what. A record that no blocking rule reaches cannot be linked by this recipe."),
        _picture("Why matches are missed", draw.missed(linkage), data.missed(linkage),
                 "Expected true pairs below the threshold, by the field that cost them most."),
        _groups(linkage, groups), _changes(linkage),
    ]  # fmt: skip
    body = "\n".join(each for each in sections if each)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>\n'
        f"<body><main><h1>{escape(title)}</h1>\n{body}\n</main></body></html>\n"
    )


def _summary(linkage: Linkage, guess: Estimates, judged: Mapping[str, float] | None) -> str:
    records, people = sum(linkage.counts.records.values()), linkage.clusters["cluster"].n_unique()
    linked = linkage.links.filter(pl.col("match_probability") >= linkage.recipe.link).height
    rows = [
        *((f"records of {name}", f"{count:,}") for name, count in linkage.counts.records.items()),
        ("records", f"{records:,}"), ("people", f"{people:,}"),
        ("pairs compared", f"{linkage.counts.pairs_compared:,}"),
        ("pairs linked", f"{linked:,}"), ("link from probability", f"{linkage.recipe.link:g}"),
        ("estimated precision", _figure(guess.precision)),
        ("estimated recall of what was tried", _figure(guess.recall)),
        *((f"against the truth: {name.replace('_', ' ')}", _judged(value)) for name, value in (judged or {}).items()),
        *((f"seconds: {phase}", f"{taken:.2f}") for phase, taken in linkage.seconds.items()),
    ]  # fmt: skip
    table = _table("In short", pl.DataFrame(rows, schema=["what", "figure"], orient="row"))
    return (
        f"{table}<p>Estimates come from the files themselves, without truth. They do not see pairs that no "
        "blocking rule tried; only a clerical sample can tell how far to believe them.</p>"
    )


def _judged(value: float) -> str:
    return f"{value:,.0f}" if value > 1 and float(value).is_integer() else f"{value:.4f}"


def _figure(interval: Interval) -> str:
    return f"{interval.value:.4f} ({interval.low:.4f} to {interval.high:.4f})"


def _warned(warnings: list[str]) -> str:
    items = "".join(f"<li>{escape(each)}</li>" for each in warnings)
    return f"<h2>Warnings</h2><ul>{items}</ul>" if items else ""


def _passes(linkage: Linkage) -> str:
    rows = [(each.name, each.pairs, each.linked, each.precision) for each in linkage.passes]
    frame = pl.DataFrame(rows, schema=["pass", "pairs", "linked", "estimated precision"], orient="row")
    return f"<h2>Passes</h2>{_table('Pairs by pass', frame)}" if rows else ""


def _groups(linkage: Linkage, groups: pl.DataFrame | None) -> str:
    if groups is None:
        return ""
    found = by_group(linkage, groups)
    told = "".join(f"<li>{escape(each)}</li>" for each in group_warnings(found))
    return (
        f"<h2>By group</h2>{_table('Estimates by group', found)}<ul>{told}</ul><p>A group that no blocking rule "
        "reaches looks no worse here than others: compare also how many of its records are linked.</p>"
    )


def _changes(linkage: Linkage) -> str:
    rows = [
        (field, change, count)
        for field, by in linkage.counts.changes.items()
        for change, count in by.items()
        if count
    ]
    frame = pl.DataFrame(rows, schema=["field", "change", "values"], orient="row")
    return f"<h2>Standardised</h2>{_table('Values changed before comparing', frame)}" if rows else ""


def _picture(heading: str, chart: draw.Chart, frame: pl.DataFrame, says: str) -> str:
    """A picture, its meaning in words, and its figures as a table for those who do not see it."""
    if frame.is_empty():
        return ""
    drawn = draw.svg(chart).replace(
        "<svg ", f'<svg role="img" aria-label="{escape(heading)}: {escape(says)}" ', 1
    )
    return (
        f"<h2>{escape(heading)}</h2><figure tabindex='0'>{drawn}<figcaption>{escape(says)}</figcaption></figure>"
        f"<details><summary>The figures</summary>{_table(heading, frame)}</details>"
    )


def _table(caption: str, frame: pl.DataFrame) -> str:
    numbers = [kind.is_numeric() for kind in frame.dtypes]
    marks = [' class="n"' if number else "" for number in numbers]
    head = "".join(
        f'<th scope="col"{mark}>{escape(name.replace("_", " "))}</th>'
        for name, mark in zip(frame.columns, marks, strict=True)
    )
    lines = [
        "<tr>"
        + "".join(f"<td{mark}>{escape(_text(value))}</td>" for value, mark in zip(row, marks, strict=True))
        + "</tr>"
        for row in frame.head(LONGEST).iter_rows()
    ]
    more = f"<p>{frame.height - LONGEST:,} more rows.</p>" if frame.height > LONGEST else ""
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>{more}"
    )


def _text(value: object) -> str:
    if isinstance(value, float):
        short = f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
        return f"{value:.4f}" if short == "1" else short  # almost all is not all
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
