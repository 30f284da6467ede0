"""A model's summary held against the records it was fitted to: who each term is about is counted, not believed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from charteroak.disclosure.appetite import Appetite
from charteroak.disclosure.fitting import LOGISTIC, fitted, kind_of, outcomes
from charteroak.disclosure.judge import Behind
from charteroak.disclosure.labels import code
from charteroak.disclosure.models import FEW, REST, SATURATED, SIZE, TERMS, first_whole, freedom_stated
from charteroak.disclosure.rules import answered
from charteroak.disclosure.stated import figure
from charteroak.disclosure.unusable import Unusable
from charteroak.disclosure.verdicts import Outcome, Verdict

CONSTANT = frozenset({"intercept", "(intercept)", "const", "constant", "_cons"})
DUMMY = re.compile(r"(?:C\()?(?P<column>[^\[\]=()]+?)\)?(?:\[(?:T\.)?(?P<code>.+)\]|=(?P<told>.+))")
COEFFICIENT = ("coefficient", "estimate", "coef")
WHOLE = 1 - 1e-6  # of leverage: the fit is exact there
NOT_BUILT = "These coefficients are not fitted again (neither least squares nor logistic): a person must read the code."
EXACTLY = "The model fits a few people exactly, so its coefficients state their mean: merge categories or drop terms."
REFIT = "Fit the model to these records again; declared figures are recomputed, never believed."
Matrix = NDArray[np.float64]


def modelled(file: str, summary: Mapping[str, Any], behind: Behind, appetite: Appetite) -> Iterator[Verdict]:
    """Degrees of freedom, people behind each term, saturation and coefficients, from the records.

    Terms are named as R and statsmodels do: a column, `column[T.code]`, `column=code`, products with `:`, and a
    constant; the outcome is the measure. Records without a value of one of them are left out. Where some
    combination of terms fits fewer people than the threshold exactly (their leverage together is 1), the coefficients
    state those people's mean, dummy or not. Coefficients of least squares and of logistic regressions are fitted again
    (`fitting`). Raises Unusable for a term that is no column. Source: Eurostat/DwB
    guidelines for output checking (2015), linear models; Belsley, Kuh and Welsch (1980) on leverage.
    """
    if behind.measure is None:
        raise Unusable("a model with records needs --measure, its outcome", file=file)
    terms = _terms(summary)
    if not terms:
        raise Unusable("state terms, each with its name, so that they can be built again", file=file)
    frame = _complete(file, [name for name, _ in terms], behind)
    columns = [f"_term{at}" for at in range(len(terms))]
    groups = frame.group_by(columns).agg(_rows=pl.len(), _people=pl.col("_person").n_unique())
    design, weight = groups.select(columns).to_numpy().astype(float), groups["_rows"].to_numpy()
    left, values, _ = np.linalg.svd(design * np.sqrt(weight)[:, None], full_matrices=False)
    rank = int((values > values.max(initial=0.0) * len(terms) * 1e-12).sum())
    people = frame["_person"].n_unique()
    yield from _size(file, summary, frame.height, people, rank, appetite)
    for (name, said), column in zip(terms, columns, strict=True):
        if name.strip().lower() not in CONSTANT:
            yield from _term(file, name, said, frame, column, appetite)
    leverage = (left[:, :rank] ** 2).sum(1)
    few = int(((leverage >= WHOLE) & (groups["_people"].to_numpy() < appetite.minimum_people)).sum())
    if few:
        yield Verdict(
            "saturated", file, "fail", figure=f"{few} groups fitted exactly", limit="0", mend=EXACTLY
        )
    if rank >= groups.height:
        figure_ = f"{rank} terms for {groups.height} groups"
        yield from answered("saturated", appetite.saturated_models, file, "", figure_, SATURATED)
    if kind_of(summary) in LOGISTIC:
        yield from outcomes(file, terms, frame, columns, appetite)
    yield from _coefficients(file, summary, terms, frame, columns, full=rank == len(terms))


def _terms(summary: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    found = next((summary[name] for name in TERMS if name in summary), None)
    if isinstance(found, dict):
        pairs = [
            (name, said if isinstance(said, dict) else {"coefficient": said}) for name, said in found.items()
        ]
        return [(str(name), said) for name, said in pairs]
    listed = found if isinstance(found, list) else []
    return [(str(one["name"]), one) for one in listed if isinstance(one, dict) and one.get("name")]


def _complete(file: str, names: Sequence[str], behind: Behind) -> pl.DataFrame:
    """`_person`, `_outcome` and a column of numbers per term, of the records that have them all."""
    schema = behind.records.collect_schema()
    for column in (behind.person, str(behind.measure)):
        if column not in schema:
            raise Unusable(f"the records have no column {column!r}; they have {', '.join(schema.names())}")
    outcome = pl.col(str(behind.measure)).cast(pl.Float64, strict=False).alias("_outcome")
    terms = [_design(file, name, schema).alias(f"_term{at}") for at, name in enumerate(names)]
    frame = behind.records.select(pl.col(behind.person).cast(pl.String).alias("_person"), outcome, *terms)
    found = frame.with_columns(pl.exclude("_person").fill_nan(None)).drop_nulls().collect()
    if found.is_empty():
        raise Unusable("no record has the outcome and all terms: name the right columns", file=file)
    return found


def _design(file: str, name: str, schema: Mapping[str, pl.DataType]) -> pl.Expr:
    """A term as numbers."""
    if name.strip().lower() in CONSTANT:
        return pl.lit(1.0)
    if name in schema:
        return pl.col(name).cast(pl.Float64, strict=False)
    if match := DUMMY.fullmatch(name):
        column, wanted = match["column"].strip(), code(match["code"] or match["told"])
        if column in schema:
            text = pl.col(column).cast(pl.String)
            spellings = [wanted, f"{wanted}.0", wanted.lower()]
            return text.str.strip_chars().is_in(spellings).cast(pl.Float64)
    if ":" in name:
        first, _, rest = name.partition(":")
        return _design(file, first, schema) * _design(file, rest, schema)
    raise Unusable(
        f"the term {name!r} is no column: write column, column[T.code] or a product with ':'", file=file
    )


def _size(
    file: str, summary: Mapping[str, Any], rows: int, people: int, rank: int, appetite: Appetite
) -> Iterator[Verdict]:
    told = first_whole(summary, SIZE)
    if told is not None and told != rows:
        yield Verdict("same_figure", file, "fail", "observations", str(told), "as the records give it", REFIT)
    stated = freedom_stated(summary)
    if stated is not None and stated > rows - rank:
        yield Verdict(
            "same_figure", file, "fail", "residual degrees of freedom", str(stated), str(rows - rank), REFIT
        )
    freedom, limit = people - rank, appetite.residual_degrees_of_freedom
    mend = "The model nearly restates its records: use fewer terms or more people." if freedom < limit else ""
    outcome: Outcome = "fail" if freedom < limit else "pass"
    yield Verdict(
        "residual_degrees_of_freedom", file, outcome, figure=str(freedom), limit=str(limit), mend=mend
    )


def _term(
    file: str, name: str, said: Mapping[str, Any], frame: pl.DataFrame, column: str, appetite: Appetite
) -> Iterator[Verdict]:
    """A term that few people have, or that all but a few have alike, is about those few."""
    people, limit = frame["_person"].n_unique(), appetite.minimum_people
    usual = frame[column].mode().min()
    unusual = frame.filter(pl.col(column) != usual)["_person"].n_unique()
    true = frame.filter(pl.col(column) != 0)["_person"].n_unique()
    if isinstance(said.get("people"), int) and said["people"] != true:
        yield Verdict("same_figure", file, "fail", name, str(said["people"]), "as the records give it", REFIT)
    if 0 < true < limit:
        yield Verdict("dummy", file, "fail", name, str(true), str(limit), FEW)
    elif unusual < limit:
        yield Verdict("dummy", file, "fail", name, f"all but {unusual} of {people}", str(limit), REST)
    else:
        yield Verdict("dummy", file, "pass", name, str(true), str(limit))


def _coefficients(
    file: str,
    summary: Mapping[str, Any],
    terms: Sequence[tuple[str, Mapping[str, Any]]],
    frame: pl.DataFrame,
    columns: Sequence[str],
    *,
    full: bool,
) -> Iterator[Verdict]:
    stated = [next((said[key] for key in COEFFICIENT if key in said), None) for _, said in terms]
    if all(one is None for one in stated):
        return
    true = fitted(kind_of(summary), frame, columns) if full else None
    if true is None:
        yield Verdict("same_figure", file, "review", "coefficients", mend=NOT_BUILT)
        return
    wrong = [
        name
        for (name, _), said, one in zip(terms, stated, true, strict=True)
        if said is not None and not _says(said, float(one))
    ]
    for name in wrong:
        yield Verdict("same_figure", file, "fail", name, "coefficient", "as the records give it", REFIT)
    if not wrong:
        yield Verdict("same_figure", file, "pass", "coefficients")


def _says(said: object, true: float) -> bool:
    read = figure(str(said))
    return (
        read is not None and read.exact and abs(read.low - true) <= 0.5000001 * read.step + 1e-6 * abs(true)
    )
