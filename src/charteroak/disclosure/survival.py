"""Judges survival tables: every step of the curve tells how many people had the event."""

from collections.abc import Iterator, Sequence

from charteroak.disclosure.appetite import Appetite
from charteroak.disclosure.stated import Figure, figure
from charteroak.disclosure.tabular import Grid
from charteroak.disclosure.unusable import Unusable
from charteroak.disclosure.verdicts import Verdict

AT_RISK = frozenset({"at_risk", "n_risk", "num_at_risk", "number_at_risk", "n.risk", "risk"})
EVENTS = frozenset({"events", "n_event", "n_events", "num_events", "n.event", "observed", "deaths", "event"})
PROBABILITY = frozenset({"survival", "surv", "surv_prob", "survival_probability", "s(t)", "km"})
STEP = "Too few people had the event in this interval: use wider intervals."
STATED = "Its figures are its author's word: give --records, --person, --measure (the time) and --event."
RISK = "Too few people are still followed: end the curve earlier."


def place(header: Sequence[str], names: frozenset[str]) -> int | None:
    """Where one of these columns stands."""
    plain = [column.strip().lower().replace(" ", "_") for column in header]
    return next((at for at, column in enumerate(plain) if column in names), None)


def shown(file: str, grid: Grid, number: int, at: int) -> Figure:
    """The figure in a row of the file; raises Unusable for other text."""
    read = figure(grid.rows[number - grid.first][at])
    if read is None:
        raise Unusable("neither a number nor a mark for a hidden one: mend it",
                       file=file, row=number, column=grid.header[at])  # fmt: skip
    return read


def is_survival(grid: Grid) -> bool:
    return place(grid.header, PROBABILITY) is not None or (
        place(grid.header, AT_RISK) is not None and place(grid.header, EVENTS) is not None
    )


def survival(file: str, grid: Grid, appetite: Appetite) -> Iterator[Verdict]:
    """Numbers at risk and events per interval, 1 to the threshold fails; without them a person must look.

    Source: Eurostat/DwB guidelines for output checking (2015), survival analysis: a curve is a cumulative
    frequency table.
    """
    columns = ((AT_RISK, "at risk", RISK), (EVENTS, "events", STEP))
    clean = True
    curve = place(grid.header, PROBABILITY)
    for number in range(grid.first, grid.first + len(grid.rows)) if curve is not None else ():
        shown(file, grid, number, curve or 0)
    for names, word, mend in columns:
        at = place(grid.header, names)
        if at is None:
            clean = False
            yield Verdict("survival", file, "review", mend=f"State {word} for every interval.")
            continue
        for number, row in enumerate(grid.rows, grid.first):
            read = shown(file, grid, number, at)
            if 0 < read.high < appetite.minimum_people:
                clean = False
                yield Verdict("survival", file, "fail", f"row {number}", f"{row[at]} {word}",
                              str(appetite.minimum_people), mend)  # fmt: skip
    yield Verdict("records", file, "review", mend=STATED)
    if clean:
        yield Verdict("survival", file, "pass", limit=str(appetite.minimum_people))
