"""A clause's template: words with places for what was decided, locked or editable, and the values left open."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from charteroak.policy.decision import Decision, Reason
from charteroak.policy.sentence import Sentence


@dataclass(frozen=True)
class Open:
    """A whole number that counsel may settle in the words: it stands in `phrase`, in place of the braces."""

    name: str
    phrase: str
    usual: int
    least: int
    most: int

    def said(self, text: str) -> list[int]:
        """Every value that the text gives it, in order."""
        before, after = (re.escape(part) for part in self.phrase.split("{}"))
        loose = rf"{before}(\d+){after}".replace(r"\ ", r"\s+")
        return [int(number) for number in re.findall(loose, text)]


@dataclass(frozen=True)
class Template:
    """One kind of clause in one version of the wording."""

    version: str
    kind: str
    heading: str
    text: str
    locked: bool = False
    open: Mapping[str, Open] = field(default_factory=dict)
    kept: tuple[str, ...] = ()  # phrases without which the words would say other than the law

    @classmethod
    def of(cls, version: str, kind: str, said: Mapping[str, Any]) -> Self:
        return cls(
            version,
            kind,
            said["heading"],
            said["text"],
            bool(said.get("locked")),
            {name: Open(name, **one) for name, one in said.get("open", {}).items()},
            tuple(said.get("kept", ())),
        )

    @property
    def name(self) -> str:
        """As a clause remembers what it was made of: 2026-1/preview."""
        return f"{self.version}/{self.kind}"

    def filled(self, values: Mapping[str, Any]) -> tuple[str, str]:
        """Heading and words with `values` in their places; open values are the usual ones unless given.

        Raises KeyError for a place without a value.
        """
        usual = {name: one.usual for name, one in self.open.items()}
        given = {**usual, **values}
        return self.heading.format_map(given), self.text.format_map(given)

    def usual(self) -> dict[str, int]:
        return {name: one.usual for name, one in self.open.items()}

    def may_read(self, number: str, before: str, after: str) -> Decision:
        """Whether clause `number` may read `after` in place of `before`: the rules below every way of changing it."""
        if not after.strip():
            return Decision((Reason("empty_clause", "A clause cannot be empty."),))
        if self.locked:
            return Decision((_locked(number),)) if words(after) != words(before) else Decision()
        reasons = [found for one in self.open.values() if (found := _value(number, one, after))]
        reasons += [found for phrase in self.kept if (found := _phrase(number, phrase, before, after))]
        return Decision(tuple(reasons))

    def terms(self, terms: Mapping[str, Any], text: str) -> dict[str, Any]:
        """The clause's terms as `text` has them: the open values are those in the words. After `may_read`."""
        return {**terms, **{name: one.said(text)[0] for name, one in self.open.items()}}


def words(text: str) -> list[str]:
    """What is said, whatever the line breaks, no-break spaces and curled quotes of the program it was typed in."""
    return text.translate({0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x00AD: None}).split()


def _locked(number: str) -> Reason:
    return Reason(
        "clause_locked",
        Sentence("Clause {number} is locked: its words follow from what was decided.", number=number),
        "Leave its words as they are. To change what it says, change the request or a decision and draft anew; "
        "further words go into a clause that is not locked.",
    )


def _value(number: str, one: Open, text: str) -> Reason | None:
    said = one.said(text)
    phrase = one.phrase.replace("{}", "N")
    if len(said) != 1:
        return Reason(
            "open_value_lost",
            Sentence(
                "Clause {number} must say “{phrase}” once, with a number for N: the system enforces that number.",
                number=number,
                phrase=phrase,
            ),
            "Put the phrase back, with the number that was settled.",
        )
    if not one.least <= said[0] <= one.most:
        return Reason(
            "open_value_out_of_bounds",
            Sentence(
                "In clause {number} the number in “{phrase}” is {value}; it may be {least} to {most}.",
                number=number, phrase=phrase, value=said[0], least=one.least, most=one.most,
            ),
            "Write a number within these bounds.",
        )  # fmt: skip
    return None


def _phrase(number: str, phrase: str, before: str, after: str) -> Reason | None:
    """What the phrase's places hold may not change either."""
    places = (re.sub(r"\\{\w+\\}", ".+?", re.escape(word)) for word in phrase.split())
    found = re.search(r"\s+".join(places), before)
    if found is None or " ".join(words(found.group())) in " ".join(words(after)):
        return None
    return Reason(
        "phrase_kept",
        Sentence("Clause {number} must keep the words “{phrase}”.", number=number, phrase=found.group()),
        "Put these words back; the rest of the clause may change.",
    )
