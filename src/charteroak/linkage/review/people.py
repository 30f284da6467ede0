"""Joins linked pairs into people, never two records of a file that holds nobody twice."""

from collections.abc import Collection, Iterable

Record = tuple[str, str]
"""A file and a record id in it."""


class People:
    """Groups of records that are one person: a union-find that knows what may not be joined.

    `one_per_person` files may occur once in a person; `apart` pairs, which a clerk refused, stay apart.
    """

    def __init__(self, one_per_person: Collection[str], apart: Iterable[tuple[Record, Record]] = ()) -> None:
        self._single = frozenset(one_per_person)
        self._person: dict[Record, list[Record]] = {}
        self._apart: dict[Record, set[Record]] = {}
        for left, right in apart:
            self._apart.setdefault(left, set()).add(right)
            self._apart.setdefault(right, set()).add(left)

    def of(self, record: Record) -> list[Record]:
        """Every record of this record's person, itself included."""
        return self._person.get(record, [record])

    def refusal(self, left: Record, right: Record) -> str:
        """Why these two cannot be one person, or nothing when they can or already are."""
        ours, theirs = self.of(left), self.of(right)
        if ours is theirs or left == right:
            return ""
        twice = {file for file, _ in ours} & {file for file, _ in theirs} & self._single
        if twice:
            return f"one record per person in {', '.join(sorted(twice))}"
        if any(not self._apart.get(record, set()).isdisjoint(theirs) for record in ours):
            return "a clerk keeps them apart"
        return ""

    def join(self, left: Record, right: Record) -> str:
        """Make the two one person and return nothing, or return the refusal and change nothing."""
        why_not = self.refusal(left, right)
        ours, theirs = self.of(left), self.of(right)
        if not why_not and ours is not theirs:
            together = ours + theirs
            for record in together:
                self._person[record] = together
        return why_not
