"""The linkage recipe: which columns mean what, how they are compared, which pairs are tried, what is linked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

VERSION = 1
"""Of the recipe's own form; a recipe of a later version is refused rather than half understood."""
ANY = "*"
"""In a field's columns: every file that is not named."""


class LinkageError(ValueError):
    """Something that cannot be linked. The message says where, what and how to mend it."""


class Kind(StrEnum):
    """What a field holds, and so how it is standardised and compared."""

    GIVEN_NAME = "given_name"
    MIDDLE_NAME = "middle_name"
    FAMILY_NAME = "family_name"
    INITIAL = "initial"
    FULL_NAME = "full_name"
    SUFFIX = "suffix"
    BIRTH_DATE = "birth_date"
    SEX = "sex"
    SSN = "ssn"
    SSN_LAST4 = "ssn_last4"
    ADDRESS = "address"
    CITY = "city"
    STATE = "state"
    ZIP = "zip"
    PHONE = "phone"
    EMAIL = "email"
    AGENCY_ID = "agency_id"
    EXACT = "exact"
    FUZZY = "fuzzy"
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"
    DATE_AS_WRITTEN = "date_as_written"
    NUMBER_AS_WRITTEN = "number_as_written"


TESTS = (
    "same", "swapped", "nickname", "initial", "part", "jaro_winkler", "jaro", "levenshtein",
    "damerau_levenshtein", "day_month", "month_day", "year", "within", "prefix", "suffix", "username",
    "postcode_sector", "postcode_district", "postcode_area", "username_jaro_winkler",
    "jaccard", "relative", "different",
)  # fmt: skip
"""How a level of agreement may be tested. Written `jaro_winkler>=0.92`, `levenshtein<=1`, `within<=366` (days
of a date, units of a number), `prefix>=3` (equal first characters), `suffix>=4`; the others stand alone. `username`
is what stands before an @; `jaccard>=0.9` compares the characters that occur; `relative<=0.1` holds for two numbers
less than this share of the larger apart; a British postcode's sector, district and area are `SW1A 1`, `SW1A`, `SW`."""
_TEST = re.compile(r"^(?P<name>[a-z_]+?)(?:(?:>=|<=)(?P<limit>[0-9.]+))?$")
_LIMITED = {
    "jaro_winkler", "jaro", "levenshtein", "damerau_levenshtein", "within", "prefix", "suffix",
    "username_jaro_winkler", "jaccard", "relative",
}  # fmt: skip


@dataclass(frozen=True)
class Level:
    """One level of agreement: the first level of a field whose test holds is the pair's.

    `m` is the share of true pairs expected at this level before the data has spoken.
    """

    name: str
    test: str
    m: float

    def __post_init__(self) -> None:
        found = _TEST.match(self.test)
        if not found or found["name"] not in TESTS or (found["name"] in _LIMITED) != bool(found["limit"]):
            raise LinkageError(f"level {self.name!r}: {self.test!r} is no test; use {', '.join(TESTS)}")

    @property
    def rule(self) -> tuple[str, float]:
        """The test's name and its limit (0 where it has none)."""
        found = _TEST.match(self.test)
        assert found is not None  # noqa: S101 - checked when the level was made
        return found["name"], float(found["limit"] or 0)


@dataclass(frozen=True)
class Field:
    """One fact about a person.

    `columns`: the column or columns that hold it in each file, by the file's name or ANY; several are joined
    by a space. `levels` from best to worst, the last always `different`; a missing value is none of them and
    weighs nothing. `term_frequency`: agreement on a rare value weighs more.
    """

    name: str
    kind: Kind
    columns: Mapping[str, tuple[str, ...]]
    levels: tuple[Level, ...]
    term_frequency: bool = False

    def __post_init__(self) -> None:
        if len(self.levels) < 2 or self.levels[-1].test != "different":
            raise LinkageError(f"field {self.name}: needs two levels or more, the last of them `different`")

    def of(self, source: str) -> tuple[str, ...]:
        """The columns that hold this field in a file; empty when it has none."""
        return self.columns.get(source, self.columns.get(ANY, ()))


@dataclass(frozen=True)
class Pass:
    """A deterministic rule: records that agree at least as well as `agree` says, field by field, are linked
    under its name, if its estimated precision reaches the recipe's `pass_precision`.
    """

    name: str
    agree: Mapping[str, str]


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a linkage apart from the files.

    `blocks`: blocking rules; a pair is tried when it agrees on every key of one of them. A key is a field's
    name, or a part of it after a colon (`family_name:sound`, `birth_date:year`; see `blocks.PARTS`).
    `link`, `keep` and `join` are match probabilities: from `link` up a pair is linked, from `keep` up it is listed, and
    from `join` up (`link` unless given) records are joined while the second look lasts. `aim`: where given, `link` is
    chosen by the pairs' own probabilities, with this precision as its aim (see `threshold`); a linkage's own recipe has
    the `link` that was chosen and no aim.
    `one_per_person`: files that hold nobody twice. `within`: whether records of one file are compared with
    each other (files of `one_per_person` never are). `household`: fields whose agreement means one address,
    where agreement on family names proves little. `largest_block` caps the records tried under one key,
    `largest_cluster` the records of one person. `collective`: whether the other records of two people speak for or
    against a pair of theirs; else each pair is weighed alone, and two groups of records are joined when at least
    `support` of the pairs between them are linked.
    """

    fields: tuple[Field, ...]
    blocks: tuple[tuple[str, ...], ...]
    passes: tuple[Pass, ...] = ()
    name: str = "inferred"
    link: float = 0.6
    join: float | None = None
    aim: float | None = None
    keep: float = 0.01
    pass_precision: float = 0.99
    one_per_person: tuple[str, ...] = ()
    within: bool = True
    household: str | None = None
    largest_block: int = 2000
    largest_cluster: int = 100
    support: float = 0.25
    collective: bool = True
    version: int = field(default=VERSION)

    def __post_init__(self) -> None:
        names = [each.name for each in self.fields]
        if not 0 < self.keep <= self.link < 1:
            raise LinkageError(f"recipe {self.name}: needs 0 < keep <= link < 1; set both as probabilities")
        if self.join is not None and not 0 < self.join < 1:
            raise LinkageError(f"recipe {self.name}: needs 0 < join < 1; it is a probability")
        if self.aim is not None and not 0.5 < self.aim < 1:
            raise LinkageError(f"recipe {self.name}: needs 0.5 < aim < 1; it is a precision")
        if len(set(names)) < len(names) or not names:
            raise LinkageError(f"recipe {self.name}: every field needs a name of its own; give at least one")
        named = [key.partition(":")[0] for rule in self.blocks for key in rule]
        named += [each for step in self.passes for each in step.agree]
        named += [self.household] if self.household else []
        if unknown := sorted(set(named) - set(names)):
            raise LinkageError(f"recipe {self.name}: {unknown[0]!r} is not a field; add it or remove it")
        for step in self.passes:
            for each, level in step.agree.items():
                if level not in (known := [one.name for one in self.field(each).levels]):
                    raise LinkageError(
                        f"recipe {self.name}, pass {step.name!r}: {each} has no level {level!r}; use "
                        + ", ".join(known)
                    )

    @property
    def joins_from(self) -> float:
        """Match probability from which records are joined before the links' threshold applies."""
        return self.link if self.join is None else min(self.join, self.link)

    def field(self, name: str) -> Field:
        """The field of this name. Raises KeyError when there is none."""
        return {each.name: each for each in self.fields}[name]
