"""Judges survival tables: every step of the curve tells how many people had the event."""

from collections.abc import Iterator, Sequence

from charteroak.disclosure.appetite import Appetite
from charteroak.disclosure.stated import figure
from charteroak.disclosure.tabular import Grid
from charteroak.disclosure.verdicts import Verdict

AT_RISK = frozenset({"at_risk", "n_risk", "num_at_risk", "number_at_risk", "n.risk", "risk"})
EVENTS = frozenset({"events", "n_event", "n_events", "num_events", "n.event", "observed", "deaths", "event"})
PROBABILITY = frozenset({"survival", "surv", "surv_prob", "survival_probability", "s(t)", "km"})
STEP = "Too few people had the event in this interval: use wider intervals."
RISK = "Too few people are still followed: end the curve earlier."


def _place(header: Sequence[str], names: frozenset[str]) -> int | None:
    plain = [column.strip().lower().replace(" ", "_") for column in header]
    return next((at for at, column in enumerate(plain) if column in names), None)


def is_survival(grid: Grid) -> bool:
    return _place(grid.header, PROBABILITY) is not None or (
        _place(grid.header, AT_RISK) is not None and _place(grid.header, EVENTS) is not None
    )


def survival(file: str, grid: Grid, appetite: Appetite) -> Iterator[Verdict]:
    """Numbers at risk and events per interval, 1 to the threshold fails; without them a person must look.

    Source: Eurostat/DwB guidelines for output checking (2015), survival analysis: a curve is a cumulative
    frequency table.
    """
    columns = ((AT_RISK, "at risk", RISK), (EVENTS, "events", STEP))
    clean = True
    for names, word, mend in columns:
        place = _place(grid.header, names)
        if place is None:
            clean = False
            yield Verdict("survival", file, "review", mend=f"State {word} for every interval.")
            continue
        for number, row in enumerate(grid.rows, grid.first):
            read = figure(row[place])
            if read is not None and 0 < read.high < appetite.minimum_people:
                clean = False
                yield Verdict("survival", file, "fail", f"row {number}", f"{row[place]} {word}",
                              str(appetite.minimum_people), mend)  # fmt: skip
    if clean:
        yield Verdict("survival", file, "pass", limit=str(appetite.minimum_people))
