"""The draft out to Word and back: what changed becomes redlines, clause by clause; nothing is lost in silence."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from charteroak.adapters import word
from charteroak.agreements.enforcement import enforced
from charteroak.agreements.models import Agreement, Clause
from charteroak.policy.decision import Decision, Reason, Refused
from charteroak.policy.sentence import Sentence
from charteroak.policy.wording import words


@dataclass(frozen=True)
class Change:
    """What one clause is to read; `text` is what it reads now when only comments came."""

    clause: Clause
    text: str
    comment: str


def as_word(record: Agreement) -> bytes:
    """The draft as a Word file, in the language that agreements are kept in."""
    clauses = list(record.clauses.all())
    with override(settings.LANGUAGE_CODE):
        sections = [
            word.Section(_heading(one), one.text, enforced(one), locked=one.wording.locked) for one in clauses
        ]
        marks = {
            "agreement": record.number,
            "clauses": {
                one.number: {"text": _hash(one.text), "notes": _hash(" ".join(section.notes))}
                for one, section in zip(clauses, sections, strict=True)
            },
        }
        return word.write(str(record), _front(record), sections, marks, settings.LANGUAGE_CODE)


def _heading(clause: Clause) -> str:
    return f"{clause.number} {clause.heading}"


def _front(record: Agreement) -> list[str]:
    return [
        record.data_request.title,
        "Change the words of clauses that are open, with or without tracked changes, and comment where you like. "
        "Locked clauses follow from what was decided. Lines set in below a clause say what the system does because of "
        "it; they follow from the words. Send the file in on the agreement’s page.",
    ]


def _hash(text: str) -> str:
    """Of what is said, whatever the program made of spaces and quotes."""
    return hashlib.sha256(" ".join(words(word.plain(text))).encode()).hexdigest()


def changes(record: Agreement, file: bytes) -> list[Change]:
    """What the file would change, in order. Raises Refused with everything that stands against it."""
    try:
        returned = word.read(file)
    except word.NotReadable:
        raise Refused(
            (
                Reason(
                    "not_a_word_file",
                    _("This is no Word file that can be opened."),
                    _("Save it as .docx and send it again."),
                ),
            )
        ) from None
    if returned.marks.get("agreement") != record.number:
        reason = Reason(
            "another_document",
            Sentence("This file does not say that it is agreement {number}.", number=record.number),
            "Download the draft from this page and put your changes into that file.",
        )
        raise Refused((reason,))
    clauses = {_key(_heading(one)): one for one in record.clauses.prefetch_related("redlines")}
    against = [*_strays(record, returned, clauses)]
    found: list[Change] = []
    for section in returned.sections:
        clause = clauses.get(_key(section.heading))
        if clause is None:
            continue
        mark = _mark(returned.marks, clause)
        against += _against(clause, section, mark)
        if (change := _change(clause, section, mark)) is not None:
            found.append(change)
    Decision(tuple(against)).require()
    return found


def _key(heading: str) -> str:
    return " ".join(words(heading))


def _strays(record: Agreement, returned: word.Returned, clauses: dict[str, Clause]) -> Iterator[Reason]:
    """What belongs to no clause, and clauses that are no longer there."""
    written = {_key(paragraph) for paragraph in _front(record)}
    outside = [text for text in returned.front if _key(text) not in written]
    outside += [one.heading for one in returned.sections if _key(one.heading) not in clauses]
    for text in outside:
        yield Reason(
            "text_outside_clauses",
            Sentence(
                "Outside the clauses, or in the place of a clause’s heading, stands “{text}”.", text=text[:80]
            ),
            "Move these words into a clause that is open, and leave headings as they were.",
        )
    headings = [_key(one.heading) for one in returned.sections]
    for key, clause in clauses.items():
        if headings.count(key) != 1:
            yield Reason(
                "clause_lost",
                Sentence(
                    "Clause {number} is there {times} times.", number=clause.number, times=headings.count(key)
                ),
                "Each clause stays, once, under its own heading. Download the draft again to copy it back.",
            )


def _against(clause: Clause, section: word.Section, mark: dict[str, str]) -> Iterator[Reason]:
    for thing in dict.fromkeys(section.not_words):
        yield Reason(
            "not_words",
            Sentence("Clause {number} holds a {thing}.", number=clause.number, thing=Sentence(thing)),
            "An agreement is words: write out what it shows.",
        )
    if _hash(" ".join(section.notes)) != mark.get("notes"):
        yield Reason(
            "notes_changed",
            Sentence("The lines below clause {number} were changed.", number=clause.number),
            "They follow from the words: put your change into the clause itself, or comment on it.",
        )
    if _is_changed(clause, section, mark):
        if _hash(clause.text) != mark.get("text"):
            yield Reason(
                "changed_meanwhile",
                Sentence("Clause {number} was changed here since you downloaded it.", number=clause.number),
                "Download the draft again and put your change into what it reads now.",
            )
        yield from clause.wording.may_read(clause.number, clause.text, section.text).reasons


def _is_changed(clause: Clause, section: word.Section, mark: dict[str, str]) -> bool:
    """Whether the file wants other words: neither those that stand here now nor those it was made of."""
    return _hash(section.text) not in (_hash(clause.text), mark.get("text"))


def _mark(marks: dict[str, Any], clause: Clause) -> dict[str, str]:
    """What the file remembers of the clause as it left; nothing where somebody bent it."""
    clauses = marks.get("clauses")
    mark = clauses.get(clause.number) if isinstance(clauses, dict) else None
    return mark if isinstance(mark, dict) else {}


def _change(clause: Clause, section: word.Section, mark: dict[str, str]) -> Change | None:
    known = {one.comment for one in clause.redlines.all()}
    comment = "\n".join(dict.fromkeys(section.comments))
    changed = _is_changed(clause, section, mark)
    if not changed and (not comment or comment in known):
        return None
    return Change(clause, section.text if changed else clause.text, comment)
