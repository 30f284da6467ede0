"""Judges the summary of a statistical model: degrees of freedom, who each term is about, saturation."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from charteroak.disclosure.appetite import Appetite
from charteroak.disclosure.rules import answered
from charteroak.disclosure.verdicts import Verdict

FREEDOM = ("residual_degrees_of_freedom", "df_resid", "dof")
SIZE = ("observations", "nobs", "n")
TERMS = ("terms", "coefficients", "params")
FEW = "The coefficient describes too few people: merge categories."
REST = "All but a few people have it, so the constant describes those few: merge categories."
SATURATED = "The model restates the mean of each group: submit those means as a table instead."
STATED = "Its figures are its author's word: give --records, --person and --measure, or read the code that wrote it."
PERFECT = 1 - 1e-9


def is_model(value: Any) -> bool:
    """Whether a JSON value looks like a model's summary."""
    return isinstance(value, dict) and any(key in value for key in (*FREEDOM, *TERMS[:2]))


def model(file: str, summary: Any, appetite: Appetite) -> Iterator[Verdict]:
    """Expects `observations`, `residual_degrees_of_freedom` and `terms`: objects with `name` and, for a dummy,
    `people`, the number it is true for. Optional: `r_squared`, and `groups`, the number of different
    combinations of the regressors. A coefficient of a dummy that is true for one person states that person's
    value. Source: Eurostat/DwB guidelines for output checking (2015), linear models.
    """
    if not isinstance(summary, dict):
        yield Verdict("model", file, "fail", mend="Write the summary as one JSON object with terms.")
        return
    yield Verdict("records", file, "review", mend=STATED)
    size, terms = first_whole(summary, SIZE), _terms(summary)
    yield from _freedom(file, summary, size, terms, appetite)
    if not terms:
        yield Verdict("dummy", file, "review", mend="State terms, each with its name and people.")
    for name, people in terms:
        yield from _term(file, name, people, size, appetite)
    yield from _saturated(file, summary, terms, appetite)


def first_whole(summary: Mapping[str, Any], names: Sequence[str]) -> int | None:
    """The first of these entries that is a whole number."""
    for name in names:
        value = summary.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and value == int(value):
            return int(value)
    return None


def freedom_stated(summary: Mapping[str, Any]) -> int | None:
    return first_whole(summary, FREEDOM)


def _terms(summary: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Names with the people they are true for; the number is missing where nobody stated it."""
    found = next((summary[name] for name in TERMS if name in summary), None)
    if isinstance(found, dict):
        return [
            (str(name), value.get("people") if isinstance(value, dict) else None)
            for name, value in found.items()
        ]
    if not isinstance(found, list):
        return []
    return [(str(t.get("name", "")), t.get("people")) if isinstance(t, dict) else ("", None) for t in found]


def _freedom(
    file: str, summary: Mapping[str, Any], size: int | None, terms: Sequence[Any], appetite: Appetite
) -> Iterator[Verdict]:
    freedom, limit = freedom_stated(summary), appetite.residual_degrees_of_freedom
    rule = "residual_degrees_of_freedom"
    if freedom is None:
        yield Verdict(rule, file, "review", mend="State residual_degrees_of_freedom.")
        return
    if freedom < limit:
        mend = "The model nearly restates its records: use fewer terms or more people."
        yield Verdict(rule, file, "fail", figure=str(freedom), limit=str(limit), mend=mend)
    else:
        yield Verdict(rule, file, "pass", figure=str(freedom), limit=str(limit))
    if size is not None and terms and freedom > size - len(terms):
        yield Verdict(rule, file, "fail", figure=str(freedom), limit=f"at most {size - len(terms)}",
                      mend="More degrees of freedom than observations less terms: state the model's own.")  # fmt: skip


def _term(file: str, name: str, people: Any, size: int | None, appetite: Appetite) -> Iterator[Verdict]:
    limit = appetite.minimum_people
    if not isinstance(people, int) or isinstance(people, bool):
        yield Verdict("dummy", file, "review", name, mend="State how many people the term is true for.")
    elif people < limit:
        yield Verdict("dummy", file, "fail", name, str(people), str(limit), FEW)
    elif size is not None and 0 < size - people < limit:
        yield Verdict("dummy", file, "fail", name, f"all but {size - people}", str(limit), REST)


def _saturated(
    file: str, summary: Mapping[str, Any], terms: Sequence[Any], appetite: Appetite
) -> Iterator[Verdict]:
    groups, fit = first_whole(summary, ("groups",)), summary.get("r_squared")
    if groups is not None and len(terms) >= groups:
        figure = f"{len(terms)} terms for {groups} groups"
        yield from answered("saturated", appetite.saturated_models, file, "", figure, SATURATED)
    if isinstance(fit, int | float) and fit >= PERFECT:
        yield Verdict("saturated", file, "fail", figure=f"R² {fit:g}", limit="below 1", mend=SATURATED)
