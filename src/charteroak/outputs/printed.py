"""A table as a checker reads it: its codes, its figures, and each suppressed figure marked where it stood."""

import csv
import io
import unicodedata
from dataclasses import dataclass

FIGURES = ("people", "value")  # as `charteroak.disclosure.build` names them
STATE = "suppressed"
EXTENSIONS = (".csv", ".json", ".svg", ".txt", ".md")  # what two people can read before it leaves
HIDDEN = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")  # Unicode's categories of what has no shape of its own


def readable(name: str) -> bool:
    """Whether it is of a kind that leaves at all: asked when it is added, reviewed and released."""
    return name.lower().endswith(EXTENSIONS) and not name.startswith(".")


@dataclass(frozen=True)
class Row:
    """`state` is empty, `primary` or `complementary`; a suppressed row has no figures."""

    codes: list[str]
    figures: list[str]
    state: str


@dataclass(frozen=True)
class Printed:
    columns: list[str]
    figures: list[str]
    rows: list[Row]

    @property
    def primary(self) -> int:
        """Rows too few people stand behind."""
        return sum(row.state == "primary" for row in self.rows)

    @property
    def complementary(self) -> int:
        """Rows that would give another away."""
        return sum(row.state == "complementary" for row in self.rows)


def visible(content: str) -> str:
    """The text with what a reader cannot see made visible: control characters, and those that turn or hide text.

    Two people vote on what they read, so nothing may read differently from what it is (CVE-2021-42574).
    """
    return "".join(
        f"⟨U+{ord(char):04X}⟩" if char not in "\n\t" and unicodedata.category(char) in HIDDEN else char
        for char in content.replace("\r\n", "\n")
    )


def printed(content: str) -> Printed:
    """A CSV's rows; columns that no built table has are taken for codes."""
    rows = csv.DictReader(io.StringIO(content), restkey="", restval="")
    names = list(rows.fieldnames or ())
    figures = [name for name in names if name in FIGURES]
    columns = [name for name in names if name not in (*FIGURES, STATE)]
    return Printed(
        columns,
        figures,
        [
            Row([row[name] for name in columns], [row[name] for name in figures], row.get(STATE, ""))
            for row in rows
        ],
    )
