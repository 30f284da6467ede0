"""What a new table gives away when it is subtracted from one that was released before."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from charteroak.disclosure.appetite import Appetite
from charteroak.disclosure.build import Built
from charteroak.disclosure.evidence import Codes
from charteroak.disclosure.rules import label
from charteroak.disclosure.verdicts import Verdict

OTHER_TABLE = "Publish one of the two tables, or use the same people in both."


@dataclass(frozen=True)
class PublishedSet:
    """A set of people whose number a released cell states. `members` is the set's digest in hexadecimal.

    `holders` marks a share's numerator; `within` are the cells one level up. Keep it as closely as the
    extract: the digest of a single person is that person's.
    """

    table: str
    codes: Codes
    people: int
    members: str
    holders: bool = False
    within: tuple[Codes, ...] = ()

    @classmethod
    def from_json(cls, entry: dict[str, Any]) -> "PublishedSet":
        """One entry of the `published` lists that `rebuild` prints."""
        within = tuple(_codes(codes) for codes in entry["within"])
        return cls(**entry | {"codes": _codes(entry["codes"]), "within": within})


def _codes(pairs: list[list[str]]) -> Codes:
    return tuple((column, code) for column, code in pairs)


def published(tables: Iterable[Built]) -> list[PublishedSet]:
    """The sets of people whose numbers these tables state; suppressed cells state none."""
    found = []
    for table in tables:
        for codes, state in table.states.items():
            if state:
                continue
            cell, statistic = table.evidence.cells[codes], table.derivation.statistic
            within = tuple(sorted({up for _, up in table.evidence.coarser(codes)}))
            counted = (cell.people, cell.members) if statistic == "count" else (cell.n, cell.measured)
            sets = [(*counted, False)]
            if statistic == "share":
                sets.append((int(cell.total), cell.holders, True))
            for people, members, holders in sets:
                found.append(
                    PublishedSet(table.derivation.name, codes, people, f"{members:032x}", holders, within)
                )
    return found


def compare_released(
    new: Sequence[PublishedSet], earlier: Sequence[PublishedSet], appetite: Appetite
) -> list[Verdict]:
    """Judge each new cell against every earlier one of the same or a neighbouring cell.

    Same cell, different people: a difference of 1 to minimum_people - 1 fails, an equal number asks for
    review. One cell within the other: such a difference asks for review. Whether all people of the smaller
    set are in the larger cannot be seen from digests, so a fail may be overcautious. Only pairs are compared,
    never three or more tables.
    """
    known: defaultdict[tuple[Codes, bool], list[PublishedSet]] = defaultdict(list)
    inside: defaultdict[tuple[Codes, bool], list[PublishedSet]] = defaultdict(list)
    for cell in earlier:
        known[cell.codes, cell.holders].append(cell)
        for up in cell.within:
            inside[up, cell.holders].append(cell)
    found: dict[Verdict, None] = {}
    for cell in new:
        for other in known[cell.codes, cell.holders]:
            found |= dict.fromkeys(_same(cell, other, appetite.minimum_people))
        larger = [(up, cell) for codes in cell.within for up in known[codes, cell.holders]]
        larger += [(cell, part) for part in inside[cell.codes, cell.holders]]
        for whole, part in larger:
            found |= dict.fromkeys(_nested(cell.table, whole, part, appetite.minimum_people))
    return list(found)


def _same(cell: PublishedSet, other: PublishedSet, minimum: int) -> Iterator[Verdict]:
    difference = abs(cell.people - other.people)
    if cell.members == other.members or difference >= minimum:
        return
    place, limit = f"{label(cell.codes)} against {other.table}", f"0 or at least {minimum}"
    if difference:
        yield Verdict("differencing", cell.table, "fail", place, str(difference), limit, OTHER_TABLE)
    else:
        yield Verdict(
            "differencing", cell.table, "review", place, "as many, but other people", limit, OTHER_TABLE
        )


def _nested(table: str, whole: PublishedSet, part: PublishedSet, minimum: int) -> Iterator[Verdict]:
    difference = whole.people - part.people
    if 0 < difference < minimum and whole.table != part.table:
        other = part.table if whole.table == table else whole.table
        place = f"{label(whole.codes)} less {label(part.codes)}, against {other}"
        yield Verdict(
            "differencing", table, "review", place, str(difference), f"0 or at least {minimum}", OTHER_TABLE
        )
