"""What the printed figures of a column give away by themselves: zeros, ranges, rounding, bands, hidden cells."""

from collections.abc import Iterator

from charteroak.disclosure.appetite import Appetite
from charteroak.disclosure.evidence import Evidence
from charteroak.disclosure.figures import Compared, rounded
from charteroak.disclosure.hidden import recovered
from charteroak.disclosure.rules import MENDS, answered, label
from charteroak.disclosure.stated import Line, Stated, statistic_of
from charteroak.disclosure.verdicts import Verdict

NOBODY = "A count of nobody tells something of everybody: merge categories, or hide it."


def printed(
    table: Stated, column: str, reading: Compared, whole: Evidence | None, appetite: Appetite
) -> Iterator[Verdict]:
    """Verdicts on one column; where the records are known, small counts are left to the rules on evidence."""
    kind = reading.statistic
    for line in table.lines:
        shown = line.figures[column]
        if shown.hidden:
            continue
        if kind == "count":
            yield from _zero(table, line, column, appetite)
            yield from _count(table, line, column, whole, appetite)
        if kind in ("share", "percent"):
            yield from _percentage(table, line, column, reading, whole, appetite)
        if whole is None and kind != "count":
            yield from _beside(table, line, column, kind, appetite)
    if whole is None and kind == "count":
        yield from recovered(table, column, appetite)


def _zero(table: Stated, line: Line, column: str, appetite: Appetite) -> Iterator[Verdict]:
    if line.figures[column].exact and line.figures[column].high == 0:
        yield from answered("zero_cell", appetite.zero_cells, table.file, label(line.codes), "0", NOBODY)


def _count(
    table: Stated, line: Line, column: str, whole: Evidence | None, appetite: Appetite
) -> Iterator[Verdict]:
    shown, limit, place = line.figures[column], appetite.minimum_people, label(line.codes)
    if not rounded(shown, appetite):
        how = (
            "by the Census Bureau's rules"
            if appetite.drb_rounding
            else f"to multiples of {appetite.rounding_base}"
        )
        yield Verdict(
            "rounding", table.file, "fail", place, shown.text, how, "Round every count, totals too."
        )
    if whole is None and shown.exact and 0 < shown.high < limit:
        yield Verdict("frequency", table.file, "fail", place, shown.text, str(limit), MENDS["frequency"])
    if not shown.exact and 0 < shown.high < limit - 1:
        yield Verdict("frequency", table.file, "fail", place, shown.text, f"a range up to {limit - 1} or more",
                      "The range tells of a small group too closely: print a wider one.")  # fmt: skip


def _percentage(
    table: Stated, line: Line, column: str, reading: Compared, whole: Evidence | None, appetite: Appetite
) -> Iterator[Verdict]:
    """Percentages near 0 and 100 only as coarsely as the size of their group allows."""
    people = _group(table, line, whole, reading)
    if not appetite.percentage_bands or people is None:
        return
    points, shown = appetite.band(people), line.figures[column]
    fraction = _fractions(table, column)
    low, high = (100 * side if fraction else side for side in (shown.low, shown.high))
    near = (shown.exact and (low < points or high > 100 - points)) or (
        not shown.exact and (high < points or low > 100 - points)
    )
    if near:
        limit = f"“≤ {points:g} %” or “≥ {100 - points:g} %” for {people} people"
        place = label(line.codes)
        yield Verdict(
            "percentage_band", table.file, "fail", place, shown.text, limit, MENDS["percentage_band"]
        )


def _group(table: Stated, line: Line, whole: Evidence | None, reading: Compared) -> int | None:
    if whole is not None:
        cell = whole.cells.get(line.codes)
        if cell is None:
            return None
        if reading.statistic == "share":
            return cell.n
        value = reading.value(line.codes, cell)
        return (
            round(cell.people / value)
            if value and value < 1
            else round(100 * cell.people / value)
            if value
            else None
        )
    counts = [line.figures[c] for c in table.columns if statistic_of(c, None) == "count" and c != "value"]
    return int(counts[0].high) if counts and counts[0].exact else None


def _fractions(table: Stated, column: str) -> bool:
    highest = max(
        (line.figures[column].low for line in table.lines if line.figures[column].exact), default=1.0
    )
    return highest <= 1


def _beside(table: Stated, line: Line, column: str, kind: str, appetite: Appetite) -> Iterator[Verdict]:
    """A statistic whose count stands, or is hidden, on its own line."""
    counts = [
        line.figures[c]
        for c in table.columns
        if statistic_of(c, None) == "count" and c not in (column, "value")
    ]
    place, limit = label(line.codes), appetite.minimum_people
    for count in counts:
        if count.hidden and limit:
            yield Verdict("frequency", table.file, "fail", place, f"{column} beside a hidden count", "hidden as well",
                          "Hide every statistic whose count is hidden.")  # fmt: skip
        elif count.exact and 0 < count.high < limit:
            yield Verdict("frequency", table.file, "fail", place, count.text, str(limit), MENDS["frequency"])
        if kind in ("share", "percent") and count.exact and 0 < count.high < appetite.minimum_denominator:
            yield Verdict("denominator", table.file, "fail", place, count.text, str(appetite.minimum_denominator),
                          MENDS["denominator"])  # fmt: skip
        if kind == "share" and count.exact and line.figures[column].exact:
            portion = line.figures[column].high * (1 if _fractions(table, column) else 0.01)
            least = min(portion, 1 - portion) * count.high
            if 0.5 <= least < limit - 0.5:
                yield Verdict(
                    "numerator",
                    table.file,
                    "fail",
                    place,
                    f"about {least:.0f}",
                    str(limit),
                    MENDS["numerator"],
                )
