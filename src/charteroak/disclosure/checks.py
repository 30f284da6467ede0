"""Judges built tables against an appetite, cell by cell and all together."""

from collections.abc import Iterator, Sequence

from charteroak.disclosure.appetite import Appetite
from charteroak.disclosure.audit import audit
from charteroak.disclosure.build import Built
from charteroak.disclosure.evidence import Cell, Codes
from charteroak.disclosure.ledger import Ledger
from charteroak.disclosure.linked import linked
from charteroak.disclosure.released import Released, released
from charteroak.disclosure.rules import MENDS, answered, base, label, primary_rules, top_share
from charteroak.disclosure.verdicts import Outcome, Verdict

COMMON = "Everybody in the group has this in common: merge categories, or say why that is no secret."

CANCELS = (
    "Dominance was judged by sizes without signs: see whether one large loss or debt shows through the total."
)


def check(
    tables: Sequence[Built], appetite: Appetite, earlier: Ledger | None = None, key: bytes = b""
) -> list[Verdict]:
    """All verdicts on tables that leave together, against what was released `earlier`.

    Per table: the rules of the appetite on every shown figure, full cells, missing evidence. For all
    tables: the independent audit of every sensitive figure, and differences between tables of the submission
    and earlier ones, whose people were hashed with the same `key`. A rule that finds nothing says `pass`, so
    that silence is never mistaken for it.
    """
    found: list[Verdict] = []
    for table in tables:
        found += [*_figures(table, appetite), *_employers(table, appetite)]
        found += [*_full_cells(table, appetite), *_negatives(table, appetite)]
    failed = {(v.table, v.cell) for v in found if v.verdict == "fail"}
    numbers = [published(table, appetite, key) for table in tables]
    found += (earlier or Ledger()).verdicts(numbers, appetite.minimum_people, judged=failed)
    return found + list(_audited(tables, appetite))


def published(table: Built, appetite: Appetite, key: bytes = b"") -> Released:
    """The sets of people whose numbers a table states, for the ledger."""
    return released(table, key, rounding_base=appetite.rounding_base, drb_rounding=appetite.drb_rounding)


def unrounded(tables: Sequence[Built], appetite: Appetite) -> Iterator[Verdict]:
    """Tables that print exact counts where the appetite asks for rounded ones."""
    for table in tables if appetite.rounding_base or appetite.drb_rounding else ():
        mend = "This appetite asks for rounded counts: submit a rounded table, to be judged with its records."
        yield Verdict("rounding", table.derivation.name, "fail", figure="exact counts", mend=mend)


def _figures(table: Built, appetite: Appetite) -> Iterator[Verdict]:
    """Shown figures that a rule would suppress, and one pass when there are none."""
    failed = False
    for codes, cell in _shown(table):
        for rule in primary_rules(cell, table.derivation, appetite):
            failed = True
            figure, limit = _figure(rule, cell, table, appetite)
            yield Verdict(rule, table.derivation.name, "fail", label(codes), figure, limit, MENDS[rule])
    if not failed:
        fewest = min((base(cell, table.derivation) for _, cell in _shown(table)), default=0)
        yield Verdict(
            "frequency", table.derivation.name, "pass", figure=str(fewest), limit=str(appetite.minimum_people)
        )


def _figure(rule: str, cell: Cell, table: Built, appetite: Appetite) -> tuple[str, str]:
    people = base(cell, table.derivation)
    absolute, top = float(cell.absolute), tuple(float(value) for value in cell.top)
    if rule in ("employers", "largest_employer") and cell.employers is not None:
        if rule == "employers":
            return str(cell.employers.at_least), str(appetite.minimum_employers)
        return f"{cell.employers.largest_share_at_most:.0%}", f"under {appetite.largest_employer:.0%}"
    if rule == "p_percent":
        return f"{100 * (absolute - sum(top)) / top[0]:.1f} %", f"{appetite.p_percent:g} %"
    if rule == "top_share":
        return f"{top_share(absolute, top, appetite.top_contributors):.0%}", f"{appetite.top_share:.0%}"
    if rule == "percentage_band":
        points = appetite.band(people)
        return f"{float(100 * cell.total / cell.n):.1f} %", f"{points:g} to {100 - points:g} %"
    limit = appetite.minimum_denominator if rule == "denominator" else appetite.minimum_people
    smaller = min(int(cell.total), people - int(cell.total)) if rule == "numerator" else people
    return str(smaller), str(limit)


def _employers(table: Built, appetite: Appetite) -> Iterator[Verdict]:
    """Wage measures of which the extract does not tell the employers."""
    asked = appetite.minimum_employers or appetite.largest_employer is not None
    if not asked or not appetite.is_wage(table.derivation.measure):
        return
    unknown = any(cell.n and cell.employers is None for _, cell in _shown(table))
    outcome: Outcome = "review" if unknown else "pass"
    mend = (
        "Name the employers: --employer, or in the extract total_wage with employer or top_payer_naics4."
        if unknown
        else ""
    )
    yield Verdict(
        "employers", table.derivation.name, outcome, limit=str(appetite.minimum_employers), mend=mend
    )


def _negatives(table: Built, appetite: Appetite) -> Iterator[Verdict]:
    """Totals in which values of both signs cancel out: the rules on dominance go by size alone."""
    if table.derivation.statistic in ("mean", "sum") and (appetite.p_percent or appetite.top_share):
        for codes, cell in _shown(table):
            if cell.negatives:
                yield Verdict(
                    "negatives", table.derivation.name, "review", label(codes), f"{cell.negatives} below 0",
                    "none", CANCELS,
                )  # fmt: skip


def _full_cells(table: Built, appetite: Appetite) -> Iterator[Verdict]:
    """Cells that tell something of everybody in a group: all in one category, or a share of 0 or 100 %.

    Hidden ones too: that the other categories have nobody is printed, as a zero or by having no row.
    """
    derivation, cells = table.derivation, table.evidence.cells
    counted = derivation.statistic == "count"
    found = False
    for codes, state in table.states.items():
        cell = cells[codes]
        figure = f"all {base(cell, derivation)}" if not state else "all of a hidden number"
        parents = [up for column, up in table.evidence.coarser(codes) if column not in derivation.hierarchies]
        full = any(
            cells[up].members == cell.members if counted else cells[up].measured == cell.measured
            for up in parents
            if up and base(cell, derivation)
        )
        if not state and derivation.statistic == "share" and cell.n and int(cell.total) in (0, cell.n):
            full, figure = True, "0 or 100 %"
        if full:
            found = True
            yield from answered(
                "full_cell", appetite.full_cells, derivation.name, label(codes), figure, COMMON
            )
    if not found or appetite.full_cells == "allowed":
        yield Verdict("full_cell", derivation.name, "pass")


def _audited(tables: Sequence[Built], appetite: Appetite) -> Iterator[Verdict]:
    """The attacker's interval of every sensitive figure, over all tables of the submission at once."""
    together = linked([table.evidence for table in tables], appetite)
    states = {(t.derivation.name, codes): state for t in tables for codes, state in t.states.items()}
    legible = {unit for row, unit in together.units.items() if not states[row]}
    intervals = audit(together.table, set(together.units.values()) - legible)
    # a printed figure has failed by its own rule already, with what follows from it alone
    printed = [row for row in together.primaries if row in together.units and not states[row]]
    units = {together.units[row] for row in printed}
    names = tuple(
        f"{table}[{', '.join(f'{column}={code}' for column, code in codes)}]" for table, codes in printed
    )
    unsafe = [
        interval
        for interval in intervals
        if not interval.safe and interval.unit not in units and not interval.label.startswith(names)
    ]
    mend = "Give tables that share this cell one group and protect = true, to be protected together."
    for name in (table.derivation.name for table in tables):
        for interval in unsafe:
            known = f"{interval.low:g} to {interval.high:g}"
            if interval.attacker:
                known = f"{interval.low:g} to {interval.high:g}, to {interval.attacker}"
            needed = f"at least {interval.need_low:g} to {interval.need_high:g}"
            yield Verdict("recoverable", name, "fail", interval.label, known, needed, mend)
        if not unsafe:
            yield Verdict(
                "recoverable", name, "pass", figure=f"{len(intervals)} sensitive figures, all uncertain"
            )


def _shown(table: Built) -> list[tuple[Codes, Cell]]:
    return [(codes, table.evidence.cells[codes]) for codes, state in table.states.items() if not state]
