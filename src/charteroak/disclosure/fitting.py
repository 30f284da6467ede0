"""Fits a stated model to its records again: ordinary least squares and logistic regression."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from charteroak.disclosure.appetite import Appetite
from charteroak.disclosure.verdicts import Verdict

LINEAR, LOGISTIC = ("ols", "lm", "linear"), ("logit", "logistic", "binomial")
STEPS, CLOSE = 50, 1e-10  # of Newton's method, and a change too small for another
FAR = 30.0  # log-odds beyond which the terms are taken to separate the outcomes
RARE = "Too few of those people have one of the two outcomes, and the coefficient tells how many: merge categories."
Vector = NDArray[np.float64]


def kind_of(summary: Mapping[str, Any]) -> str:
    """Which kind of model it says it is; least squares where it says nothing."""
    return str(summary.get("model", summary.get("kind", "ols"))).lower()


def fitted(kind: str, frame: pl.DataFrame, columns: Sequence[str]) -> Vector | None:
    """The coefficients that the records give, one for each of `columns`; None for kinds that are not fitted here."""
    design, outcome = frame.select(columns).to_numpy().astype(float), frame["_outcome"].to_numpy()
    if kind in LINEAR:
        return np.asarray(np.linalg.lstsq(design, outcome)[0], dtype=np.float64)
    return logistic(design, outcome) if kind in LOGISTIC else None


def logistic(design: Vector, outcome: Vector) -> Vector | None:
    """Maximum-likelihood coefficients of a logistic regression; None where there are none.

    `design` has shape (records, terms), of full column rank; `outcome` is 0 or 1. None for other outcomes, and where
    the terms separate the outcomes. Source: McCullagh and Nelder (1989), Generalized Linear Models, section 4.4:
    Newton's method by weighted least squares.
    """
    if not np.isin(outcome, (0.0, 1.0)).all():
        return None
    found = np.zeros(design.shape[1])
    for _ in range(STEPS):
        expected = 1 / (1 + np.exp(-(design @ found)))
        weight = expected * (1 - expected)
        try:
            change = np.linalg.solve(design.T @ (design * weight[:, None]), design.T @ (outcome - expected))
        except np.linalg.LinAlgError:
            return None
        found = found + change
        if not np.isfinite(found).all() or np.abs(design @ found).max() > FAR:
            return None
        if np.abs(change).max() <= CLOSE * max(1.0, float(np.abs(found).max())):
            return found
    return None


def outcomes(
    file: str,
    terms: Sequence[tuple[str, Any]],
    frame: pl.DataFrame,
    columns: Sequence[str],
    appetite: Appetite,
) -> Iterator[Verdict]:
    """Dummies whose people, or all others, nearly all have one outcome: the coefficient tells how many do not.

    A constant is true for everybody, so it speaks for the whole.
    """
    limit = appetite.minimum_people
    for (name, _), column in zip(terms, columns, strict=True):
        values = frame[column]
        for true in (1.0, 0.0) if values.is_in([0.0, 1.0]).all() else ():
            group = frame.filter(values == true)
            people, with_it = group["_person"], pl.col("_outcome") == 1  # a person may have both outcomes
            rarer = min(group.filter(one)["_person"].n_unique() for one in (with_it, ~with_it))
            if people.n_unique() and rarer < limit:
                told = f"{rarer} of {people.n_unique()} with the rarer outcome"
                yield Verdict("dummy", file, "fail", name, told, str(limit), RARE)
                break
