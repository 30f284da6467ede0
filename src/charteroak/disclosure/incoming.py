"""Judges a file that is about to come in: what tells of one person, what nobody can read, what a package holds."""

import io
import zipfile
from collections.abc import Iterator, Set
from dataclasses import replace
from pathlib import PurePath

from charteroak.disclosure.identifiers import identifiers, person_keys
from charteroak.disclosure.verdicts import Verdict

BUILT = {".so", ".pyd", ".dll", ".dylib", ".exe", ".pyc", ".pyo"}  # code that no person can read
UNPACKED = 256 << 20  # bytes of a package
NAMED = {"name_column", "record_level"}  # what a list of towns or schools has too: for a person to judge


def incoming(file: str, content: bytes, people: Set[str] = frozenset()) -> list[Verdict]:
    """Verdicts on a file that a project asks to bring in; none where nothing was found.

    `fail` for numbers and addresses of people, for person keys of the project's own extract (`people`: whoever
    brings these has carried them out) and for what cannot be read; `review` for columns that may name people.
    What is found is counted, never quoted.
    """
    if PurePath(file).suffix == ".whl":
        return list(_package(file, content))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [Verdict("opaque", file, "fail", mend="Write it as UTF-8 text, so that it can be read.")]
    if "\0" in text:
        return [Verdict("opaque", file, "fail", mend="Write it as UTF-8 text, so that it can be read.")]
    found = [
        replace(
            one, verdict="review" if one.rule in NAMED else "fail", mend="See whether it tells of people."
        )
        for one in identifiers(file, text)
    ]
    if known := len(person_keys(text, people)):
        mend = "Leave the project's own pseudonyms out: they do not leave the enclave."
        found.append(Verdict("person_keys", file, "fail", figure=str(known), limit="0", mend=mend))
    return found


def _package(file: str, content: bytes) -> Iterator[Verdict]:
    try:
        members = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError):
        yield Verdict(
            "opaque", file, "fail", mend="The package cannot be unpacked: put it into the mirror anew."
        )
        return
    built = [one.filename for one in members if PurePath(one.filename).suffix.lower() in BUILT]
    if built:
        mend = "It holds code that no person can read: have the operator add it to the environment."
        yield Verdict("built_code", file, "fail", figure=str(len(built)), limit="0", mend=mend)
    if sum(one.file_size for one in members) > UNPACKED:
        mend = "It is too large to be read: have the operator add it to the environment."
        yield Verdict("opaque", file, "fail", mend=mend)
    yield Verdict("package", file, "review", mend="See whether it is the package that its name says.")
