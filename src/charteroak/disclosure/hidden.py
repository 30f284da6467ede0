"""Whether the hidden figures of a stated table can be worked out from its own totals."""

from collections.abc import Iterator

import numpy as np

from charteroak.disclosure.appetite import Appetite
from charteroak.disclosure.audit import audit
from charteroak.disclosure.evidence import Codes
from charteroak.disclosure.reader import Contradiction
from charteroak.disclosure.rules import label
from charteroak.disclosure.stated import Stated
from charteroak.disclosure.tables import FIXED, LinkedTable, Relation
from charteroak.disclosure.verdicts import Verdict

MEND = "Hide further figures (oak protect), so that totals less the others do not give this one away."
NO_SUM = "Totals are not the sums of their parts: say so to the checkers, or build the table again."


def recovered(table: Stated, column: str, appetite: Appetite) -> Iterator[Verdict]:
    """Per hidden count, how closely a reader can bound it by the printed ones; closer than the threshold fails.

    Assumes what a reader may assume: that the parts listed under a total are all of its parts, and that counts
    are not negative, and that a printed range holds. The values behind the hidden figures are not needed for it.
    """
    system = _system(table, column)
    if system is None:
        return
    try:
        intervals = audit(system, [0])
    except Contradiction:
        yield Verdict("additive", table.file, "review", column, mend=NO_SUM)
        return
    width = max(appetite.minimum_people, 1)
    for interval in intervals:
        if interval.high - interval.low < width:
            known = f"{interval.low:g} to {interval.high:g}"
            yield Verdict(
                "recoverable", table.file, "fail", interval.label, known, f"at least {width} wide", MEND
            )


def _system(table: Stated, column: str) -> LinkedTable | None:
    """The column as a linear system; None when nothing is hidden or there is no total."""
    number: dict[Codes, int] = {}
    for line in table.lines:
        number.setdefault(line.codes, len(number))
    lines = {line.codes: line.figures[column] for line in reversed(table.lines)}
    hidden = np.array([not lines[codes].exact for codes in number])
    parts: dict[tuple[Codes, str], list[int]] = {}
    for codes, at in number.items():
        for pair in codes:
            rest = tuple(other for other in codes if other != pair)
            if rest in number:
                parts.setdefault((rest, pair[0]), []).append(at)
    if not hidden.any() or not parts:
        return None
    relations: list[Relation] = [
        ((number[whole], 1.0), *((part, -1.0) for part in found)) for (whole, _), found in parts.items()
    ]
    size = len(number)
    return LinkedTable(
        labels=tuple(label(codes) for codes in number),
        values=np.array(
            [np.nan if hide else lines[codes].low for codes, hide in zip(number, hidden, strict=True)]
        ),
        lower=np.array([max(lines[codes].low, 0.0) for codes in number]),
        upper=np.array([lines[codes].high for codes in number]),
        weight=np.ones(size),
        below=np.where(hidden, 1.0, 0.0),
        above=np.where(hidden, 1.0, 0.0),
        unit=np.where(hidden, 0, FIXED),
        relations=tuple(relations),
        cost=np.ones(1),
    )
