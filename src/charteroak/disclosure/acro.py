"""Reads what ACRO records about its outputs: evidence to begin with, never a verdict to rely on.

Types of output carry the ids of the `statbarns` vocabulary (https://www.w3id.org/statbarnsdc, MIT, as ACRO ships it).
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from charteroak.disclosure.appetite import Appetite
from charteroak.disclosure.models import FREEDOM
from charteroak.disclosure.verdicts import Verdict

STATBARNS = frozenset({
    "CalculatedRatios", "Clusters", "CorrelationCoefficients", "Endpoints", "Frequencies", "GiniCoefficient",
    "HazardSurvivalTables", "LinearAggregations", "LinkedMultilevelTables", "Mode", "NonLinearConcentrationRatios",
    "Position", "Shape", "StatisticalHypothesisTests",
})  # fmt: skip
BY_FUNCTION = {
    "max": "Endpoints", "min": "Endpoints", "median": "Position", "quantile": "Position", "mean": "LinearAggregations",
    "sum": "LinearAggregations", "std": "Shape", "var": "Shape", "mode": "Mode", "count": "Frequencies",
}  # fmt: skip
BY_TYPE = {
    "regression": "CorrelationCoefficients", "survival plot": "HazardSurvivalTables",
    "survival table": "HazardSurvivalTables", "histogram": "Frequencies", "pie": "Frequencies",
}  # fmt: skip
FUNCTION = re.compile(rf"""aggfunc\W*?({"|".join(BY_FUNCTION)})\b""")
RECORDED = ("threshold", "p-ratio", "nk-rule", "all-values-are-same")
AGAIN = "ACRO's word is not enough: give the table's own file to oak check with --records, --person and --by."
HIDE = "ACRO found these cells and did not hide them: suppress them, and what would give them away."


def is_acro(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("results"), dict) and "version" in value


def statbarn(output: Mapping[str, Any]) -> str:
    """The statbarns id of an output; empty for one that ACRO does not know the kind of ("custom")."""
    kind = str(output.get("type", ""))
    if kind in BY_TYPE:
        return BY_TYPE[kind]
    told = f"{output.get('command', '')} {output.get('properties', '')}"
    if kind == "table":
        found = FUNCTION.search(told)
        return BY_FUNCTION[found[1]] if found else "Frequencies"
    return ""


def files_of(value: Mapping[str, Any]) -> list[str]:
    """The names of the files that ACRO's record lists, without folders."""
    outputs = [output for output in value["results"].values() if isinstance(output, dict)]
    listed = [file for output in outputs for file in output.get("files", []) if isinstance(file, dict)]
    return [PurePath(str(file.get("name", ""))).name for file in listed if file.get("name")]


def recorded(file: str, value: Mapping[str, Any], appetite: Appetite) -> Iterator[Verdict]:
    """A verdict per output: `fail` for what ACRO itself found and left, else at best `review`."""
    for name, output in value["results"].items():
        if not isinstance(output, dict):
            yield Verdict(
                "acro",
                file,
                "fail",
                str(name),
                mend="The record of this output cannot be read: export it again.",
            )
            continue
        kind = statbarn(output)
        yield Verdict("acro", file, "review", str(name), kind or "custom", mend=AGAIN)
        if kind == "Endpoints" and appetite.extremes != "allowed":
            yield Verdict("extreme", file, "fail", str(name), "maximum or minimum", "not shown",
                          "It is the value of one person: state a mean or a quantile.")  # fmt: skip
        yield from _found(file, str(name), output)
        yield from _freedom(file, str(name), output, appetite)


def _found(file: str, name: str, output: Mapping[str, Any]) -> Iterator[Verdict]:
    for listed in output.get("files", []):
        summary = listed.get("sdc", {}).get("summary", {}) if isinstance(listed, dict) else {}
        if not isinstance(summary, dict) or summary.get("suppressed"):
            continue
        for rule in RECORDED:
            if isinstance(summary.get(rule), int) and summary[rule] > 0:
                yield Verdict("acro", file, "fail", name, f"{rule}: {summary[rule]} cells", "0", HIDE)


def _freedom(file: str, name: str, output: Mapping[str, Any], appetite: Appetite) -> Iterator[Verdict]:
    properties = output.get("properties")
    stated = [properties[key] for key in FREEDOM if key in properties] if isinstance(properties, dict) else []
    limit = appetite.residual_degrees_of_freedom
    if stated and isinstance(stated[0], int | float) and stated[0] < limit:
        mend = "The model nearly restates its records: use fewer terms or more people."
        yield Verdict("residual_degrees_of_freedom", file, "fail", name, f"{stated[0]:g}", str(limit), mend)
