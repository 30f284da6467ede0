"""Finds what tells of one person in a text or a table: numbers, addresses, names, keys, lists of records."""

import csv
import io
import re
from collections.abc import Iterator, Sequence, Set

from charteroak.disclosure.stated import is_figure
from charteroak.disclosure.tabular import DELIMITERS, Grid
from charteroak.disclosure.verdicts import Verdict

SSN = re.compile(r"(?<![\w.-])\d{3}[- ]\d{2}[- ]\d{4}(?![\w-])")
BARE_SSN = re.compile(r"(?<![\w.-])\d{9}(?![\w-]|[.,]\d)")  # not part of an amount such as 123456789.25
# from its @ on, as a word without one would be read from each of its letters to its end
EMAIL = re.compile(r"(?<=[\w.+-])@[\w-]+\.[\w-]")
PHONE = re.compile(r"(?<![\w.-])(?:\+?1[-. ])?\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}(?![\w-]|[.,]\d)")
WORD = re.compile(r"[\w@.-]+")
NAME_COLUMNS = frozenset({
    "name", "last", "first", "middle", "surname", "lastname", "firstname", "full_name", "last_name", "first_name",
    "middle_name", "ssn", "dob", "date_of_birth", "birth_date", "email", "phone", "address", "street", "sasid",
    "banner_id", "fullname", "birthdate", "given_name", "family_name", "social_security_number", "e-mail",
})  # fmt: skip
KEY_COLUMNS = frozenset({
    "id", "pid", "uid", "person_id", "personid", "record_id", "recordid", "student_id", "studentid", "case_id",
    "patient_id", "client_id", "employee_id", "worker_id", "individual_id", "pseudonym",
})  # fmt: skip
TAKE_OUT = "Take it out and export again; the file stays in the enclave."
GLUED = 10  # characters of a key from which on it is looked for inside words too; a shorter one would be found anywhere
FREE_TEXT = 60  # characters; a code is shorter


def identifiers(file: str, text: str, people: Set[str] = frozenset()) -> list[Verdict]:
    """Social Security numbers, e-mail addresses, telephone numbers, columns of names or keys, person keys.

    `people` are the extract's person keys. What is found is counted, never quoted.
    """
    first = text.partition("\n")[0]
    try:
        header = next(csv.reader(io.StringIO(text), delimiter=max(DELIMITERS, key=first.count)), [])
    except csv.Error:  # a field without end: the text is searched all the same
        header = []
    return list(_found(file, text, header, people, len(BARE_SSN.findall(text))))


def _found(file: str, text: str, header: Sequence[str], people: Set[str], bare: int) -> Iterator[Verdict]:
    columns = {column.strip().strip('"').lower().replace(" ", "_") for column in header}
    counts = {
        "ssn": bare + len(SSN.findall(text)),
        "email": len(EMAIL.findall(text)),
        "phone": len(PHONE.findall(text)),
        "name_column": len(NAME_COLUMNS & columns),
        "record_level": len(person_keys(text, people)) + len(KEY_COLUMNS & columns),
    }
    for rule, count in counts.items():
        if count:
            yield Verdict(rule, file, "fail", figure=str(count), limit="0", mend=TAKE_OUT)


def person_keys(text: str, people: Set[str]) -> set[str]:
    """Which of these keys stand in the text: as a word, or inside one, whatever letters are glued to it.

    Work grows with the text's length, times the number of different lengths that keys have.
    """
    words = set(WORD.findall(text))
    found = words & people
    for length in {len(key) for key in people if len(key) >= GLUED}:
        for word in words:
            if len(word) > length:
                found |= people & {word[at : at + length] for at in range(len(word) - length + 1)}
    return found


def in_grid(file: str, grid: Grid, people: Set[str] = frozenset()) -> Iterator[Verdict]:
    """The same in a table of any format, and columns of free text; nine digits count as a number only where
    a column does not say that it holds figures."""
    codes = [place for place, column in enumerate(grid.header) if not is_figure(column)]
    bare = sum(bool(BARE_SSN.fullmatch(row[place])) for row in grid.rows for place in codes)
    text = "\n".join(" ; ".join(row) for row in (grid.header, *grid.rows))
    yield from _found(file, text, grid.header, people, bare)
    for place in codes:
        if _longest([row[place] for row in grid.rows]) > FREE_TEXT:
            mend = "Free text may name people: replace it by codes."
            yield Verdict("free_text", file, "review", grid.header[place], mend=mend)


def _longest(texts: Sequence[str]) -> int:
    return max(map(len, texts), default=0)
