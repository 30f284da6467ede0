"""What a check found, at which cell, against which limit, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Outcome = Literal["pass", "review", "fail"]
ORDER: tuple[Outcome, ...] = ("pass", "review", "fail")


@dataclass(frozen=True)
class Verdict:
    """`cell` is empty when the whole table or file is meant; `figure` and `limit` are for people to read."""

    rule: str
    table: str
    verdict: Outcome
    cell: str = ""
    figure: str = ""
    limit: str = ""
    mend: str = ""


def worst(verdicts: Iterable[Verdict]) -> Outcome:
    """The gravest outcome; of none, `review`, for what nobody checked has not passed."""
    return max((verdict.verdict for verdict in verdicts), key=ORDER.index, default="review")
