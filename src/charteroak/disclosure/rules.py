"""Which cells are sensitive, by which contributor's rule, and what to do about each."""

from collections.abc import Iterator

from charteroak.disclosure.appetite import Appetite
from charteroak.disclosure.derivation import Derivation
from charteroak.disclosure.evidence import Cell, Codes
from charteroak.disclosure.verdicts import Outcome, Verdict

DEFAULT_P_PERCENT = 10.0
MENDS = {
    "frequency": "Set protect = true, merge categories, or leave the cell out.",
    "denominator": "Set protect = true, or merge categories until the denominator is large enough.",
    "numerator": "Set protect = true, or merge categories: the numerator or the rest is too small.",
    "percentage_band": "Print the coarser range, or merge categories: nearly all or nearly none have this in common.",
    "p_percent": "Set protect = true, or merge categories: the largest value can be estimated too closely.",
    "top_share": "Set protect = true, or merge categories: few people hold most of the total.",
    "employers": "Set protect = true, or merge categories until more employers are shown to stand behind it.",
    "largest_employer": "Set protect = true, or merge categories: one employer may pay most of the wages.",
}
OUTCOMES: dict[str, Outcome] = {"allowed": "pass", "review": "review", "refused": "fail"}


def label(codes: Codes) -> str:
    """A cell for people to read."""
    return ", ".join(f"{column}={code}" for column, code in codes) or "everybody"


def answered(rule: str, answer: str, table: str, cell: str, figure: str, mend: str) -> Iterator[Verdict]:
    """The appetite's own answer to something of which no number decides; nothing where it is allowed."""
    if answer != "allowed":
        yield Verdict(rule, table, OUTCOMES[answer], cell, figure, "not shown", mend)


def shown(codes: Codes, derivation: Derivation) -> bool:
    """Whether a table shows this cell: a total only over its margins."""
    present = {column for column, _ in codes}
    return all(
        dimension in derivation.margins or present & set(derivation.levels(dimension))
        for dimension in derivation.dimensions
    )


def base(cell: Cell, derivation: Derivation) -> int:
    """The people a cell's figure is about: all of them, or those who have the measure."""
    return cell.people if derivation.statistic == "count" else cell.n


def p_percent_sensitive(absolute: float, top: tuple[float, ...], p_percent: float) -> bool:
    """Whether the second contributor can estimate the first to within p %.

    `absolute` is the total of absolute contributions, `top` the largest ones first. Sensitive when what is
    left after the two largest is less than p % of the largest. Source: Hundepool et al., Statistical
    Disclosure Control (2012), section 4.2.
    """
    remainder = absolute - sum(top[:2])
    return bool(top) and remainder < p_percent / 100 * top[0]


def top_share(absolute: float, top: tuple[float, ...], contributors: int) -> float:
    """The share of a total that its largest contributors hold, 0 to 1: the figure of the (n,k) rule."""
    return sum(top[:contributors]) / absolute if absolute else 0.0


def primary_rules(cell: Cell, derivation: Derivation, appetite: Appetite) -> list[str]:
    """The rules by which a cell must be suppressed, strongest first; none when it may be shown.

    Employer rules suppress what is not proven safe; without any evidence of employers they are silent here
    and `checks` asks for a review.
    """
    people = base(cell, derivation)
    if people == 0:
        return []
    found = []
    if people < appetite.minimum_people:
        found.append("frequency")
    if derivation.statistic == "share":
        found += _share_rules(people, int(cell.total), appetite)
    if derivation.statistic in ("mean", "sum"):
        found += _dominance_rules(cell, appetite)
    if appetite.is_wage(derivation.measure) and cell.employers is not None:
        found += _employer_rules(cell, appetite)
    return found


def _share_rules(denominator: int, numerator: int, appetite: Appetite) -> list[str]:
    found = ["denominator"] if denominator < appetite.minimum_denominator else []
    if any(0 < part < appetite.minimum_people for part in (numerator, denominator - numerator)):
        found.append("numerator")
    points = appetite.band(denominator)
    if denominator and min(numerator, denominator - numerator) * 100 < points * denominator:
        found.append("percentage_band")
    return found


def _dominance_rules(cell: Cell, appetite: Appetite) -> list[str]:
    absolute, top = float(cell.absolute), tuple(float(value) for value in cell.top)
    found = []
    if appetite.p_percent and absolute and p_percent_sensitive(absolute, top, appetite.p_percent):
        found.append("p_percent")
    if (
        appetite.top_share is not None
        and top_share(absolute, top, appetite.top_contributors) > appetite.top_share
    ):
        found.append("top_share")
    return found


def _employer_rules(cell: Cell, appetite: Appetite) -> list[str]:
    if cell.employers is None:
        return []
    found = ["employers"] if cell.employers.at_least < appetite.minimum_employers else []
    limit = appetite.largest_employer
    if limit is not None and cell.employers.largest_share_at_most >= limit:
        found.append("largest_employer")
    return found
