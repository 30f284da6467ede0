"""Looks into files that cannot be built again from the extract: nothing of theirs passes by itself."""

import csv
import io
import json
import re
from collections.abc import Iterator, Set
from pathlib import PurePath

from charteroak.disclosure.appetite import Appetite
from charteroak.disclosure.verdicts import Verdict

CHARTS = {".svg", ".png", ".pdf", ".jpg", ".jpeg"}
UNREADABLE_CHARTS = CHARTS - {".svg"}
SSN = re.compile(r"(?<![\w.-])(?:\d{3}[- ]\d{2}[- ]\d{4}|\d{9})(?![\w-]|[.,]\d)")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
WORD = re.compile(r"[\w@.-]+")
NAME_COLUMNS = frozenset(
    {
        "name",
        "last",
        "first",
        "middle",
        "surname",
        "lastname",
        "firstname",
        "full_name",
        "last_name",
        "first_name",
    }
    | {"middle_name", "ssn", "dob", "date_of_birth", "birth_date", "email", "phone", "address", "street"}
    | {"sasid", "banner_id"}
)
TAKE_OUT = "Take it out and export again; the file stays in the enclave."


def inspect(
    file: str,
    content: bytes,
    appetite: Appetite,
    *,
    people: Set[str] = frozenset(),
    tables: Set[str] = frozenset(),
) -> list[Verdict]:
    """Verdicts on a file without a derivation: `fail` for identifiers, otherwise at best `review`.

    `people` are the extract's person keys, `tables` the names of the submission's derivable tables. Found
    identifiers are counted, never quoted.
    """
    suffix = PurePath(file).suffix.lower()
    found = [
        Verdict(
            "not_derivable",
            file,
            "review",
            mend="Two people must read it: add a derivation if it is a table.",
        )
    ]
    if suffix in CHARTS:
        found.append(_chart(file, tables))
    if suffix in UNREADABLE_CHARTS:
        return found
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        mend = "Export CSV, JSON, SVG or plain text in UTF-8, so that it can be read before it leaves."
        return [*found, Verdict("opaque", file, "fail", mend=mend)]
    found += identifiers(file, text, people)
    if suffix == ".json":
        found += model(file, text, appetite)
    return found


def identifiers(file: str, text: str, people: Set[str] = frozenset()) -> list[Verdict]:
    """Social Security numbers, e-mail addresses, columns of names and person keys in a text."""
    words = set(WORD.findall(text))
    header = next(
        csv.reader(io.StringIO(text), delimiter="\t" if "\t" in text.partition("\n")[0] else ","), []
    )
    named = NAME_COLUMNS & {column.strip().lower() for column in header}
    counts = {
        "ssn": len(SSN.findall(text)),
        "email": len(EMAIL.findall(text)),
        "name_column": len(named),
        "record_level": len(words & people),
    }
    return [
        Verdict(rule, file, "fail", figure=str(count), limit="0", mend=TAKE_OUT)
        for rule, count in counts.items()
        if count
    ]


def _chart(file: str, tables: Set[str]) -> Verdict:
    table = PurePath(file).stem
    if table in tables:
        return Verdict("chart", file, "review", mend=f"Compare every mark with the table {table}.csv.")
    mend = f"Submit the table it shows as {table}.csv with its derivation: a chart is judged by its table."
    return Verdict("chart", file, "fail", mend=mend)


def model(file: str, text: str, appetite: Appetite) -> Iterator[Verdict]:
    """A model summary: its residual degrees of freedom, and how many people each dummy is true for.

    Expects `residual_degrees_of_freedom` and `terms` as a list of objects with `name` and, for a dummy,
    `people`. A coefficient of a dummy that is true for one person states that person's value.
    """
    try:
        summary = json.loads(text)
    except ValueError:
        yield Verdict("model", file, "fail", mend="The file is not JSON: write the summary again.")
        return
    freedom = summary.get("residual_degrees_of_freedom") if isinstance(summary, dict) else None
    terms = summary.get("terms") if isinstance(summary, dict) else None
    limit = appetite.residual_degrees_of_freedom
    if not isinstance(freedom, int):
        yield Verdict(
            "residual_degrees_of_freedom", file, "review", mend="State residual_degrees_of_freedom."
        )
    elif freedom < limit:
        mend = "The model nearly restates its records: use fewer terms or more people."
        yield Verdict(
            "residual_degrees_of_freedom", file, "fail", figure=str(freedom), limit=str(limit), mend=mend
        )
    if not isinstance(terms, list) or not terms:
        yield Verdict("dummy", file, "review", mend="State terms, each with its name and people.")
        return
    for term in terms:
        people = term.get("people") if isinstance(term, dict) else None
        name = str(term.get("name", "")) if isinstance(term, dict) else ""
        if not isinstance(people, int):
            yield Verdict("dummy", file, "review", name, mend="State how many people the term is true for.")
        elif people < appetite.minimum_people:
            mend = "The coefficient describes too few people: merge categories."
            yield Verdict("dummy", file, "fail", name, str(people), str(appetite.minimum_people), mend)
