"""What an author says of each file put forward, and where the checks know its kind better than was declared."""

from collections.abc import Iterable
from enum import StrEnum

from charteroak.policy.sentence import Sentence


class Kind(StrEnum):
    """Kinds of statistic, as the checks tell them apart; no file is put forward as any other."""

    COUNT = "count"
    SHARE = "share"
    MEAN = "mean"
    SUM = "sum"
    QUANTILE = "median_or_quantile"
    EXTREME = "minimum_or_maximum"
    SPREAD = "spread"
    MODE = "mode"
    CORRELATION = "correlation"
    WEIGHTED = "weighted_estimate"
    MODEL = "coefficients_of_a_model"
    SURVIVAL = "survival_curve"
    TEXT = "text_without_figures"
    OTHER = "another_kind"


class Part(StrEnum):
    """What must be said of a file before it is sent."""

    CONTEXT = "what_it_shows"
    POPULATION = "whom_it_counts"
    KINDS = "kinds_of_statistic"
    CONTROLS = "how_it_was_protected"


def still_to_say(file: str, parts: Iterable[Part]) -> Sentence:
    """A file beside what nobody has said of it yet."""
    return Sentence("{file} ({parts})", file=file, parts=tuple(parts))


def kinds_differ(declared: Iterable[str], derived: Iterable[str]) -> Sentence | None:
    """What to tell a checker where a file is declared as of other kinds than its derivation builds.

    None where they agree or one of them is unknown. The people behind each figure stand beside it in every table that
    is built, so a count may be declared with any other kind.
    """
    said, known = {Kind(one) for one in declared}, {Kind(one) for one in derived}
    if not said or not known or known <= said <= known | {Kind.COUNT}:
        return None
    return Sentence(
        "Declared as: {declared}. By its derivation it is: {derived}.",
        declared=tuple(sorted(said)),
        derived=tuple(sorted(known)),
    )
