"""How agencies name their files, in both of P20 WIN's ways, and what a name says."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from charteroak.policy.decision import refuse
from charteroak.policy.delivery import FileKind

_KINDS = {
    "matching": FileKind.MATCHING,
    "match": FileKind.MATCHING,
    "analytical": FileKind.ANALYSIS,
    "analysis": FileKind.ANALYSIS,
}
_WORDS = {FileKind.MATCHING: "matching", FileKind.ANALYSIS: "analytical"}
# DOL.000.01_01_2000.matching and P20_Q0042_DOL_match_v1; `oak encrypt` puts .age behind either
_DATED = re.compile(
    r"(?P<agency>[A-Z]{2,12})\.(?P<number>\d{3,})\.(?P<day>\d\d_\d\d_\d{4})"
    r"\.(?P<kind>matching|analytical)(\.age)?"
)
_NUMBERED = re.compile(
    r"P20_Q(?P<number>\d{3,})_(?P<agency>[A-Z]{2,12})_(?P<kind>match|analysis)_v\d+(\.age)?"
)


@dataclass(frozen=True)
class FileName:
    agency: str
    kind: FileKind


def expected_name(agency: str, number: str, kind: FileKind, on: date) -> str:
    """The name that a file sent on that day should bear, as encrypted."""
    return f"{agency}.{number}.{on:%m_%d_%Y}.{_WORDS[kind]}.age"


def read_name(name: str, *, number: str, on: date) -> FileName:
    """Who sends which file under agreement `number`. Raises Refused with the name that is expected."""
    said = _DATED.fullmatch(name) or _NUMBERED.fullmatch(name)
    example = expected_name("AGENCY", number, FileKind.MATCHING, on)
    if said is None:
        refuse(
            "wrong_name",
            _("This file's name does not say whose it is and what it holds."),
            _("Name it like %(first)s, or AGENCY.%(number)s.MM_DD_YYYY.analytical.age.")
            % {"first": example, "number": number},
        ).require()
        raise AssertionError  # `require` has raised
    found = said.groupdict()
    if int(found["number"]) != int(number):
        refuse(
            "wrong_number",
            _("This file's name is for request %s.") % found["number"],
            _("Send it there, or name it for request %s.") % number,
        ).require()
    if "day" in found:
        _check_day(_day(found["day"]), on)
    return FileName(found["agency"], _KINDS[found["kind"]])


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%m_%d_%Y").date()  # noqa: DTZ007 - a day has no time zone
    except ValueError:
        return None


def _check_day(day: date | None, today: date) -> None:
    if day is None:
        refuse("wrong_day", _("This file's name holds no day."), _("Write MM_DD_YYYY.")).require()
    elif day > today:
        refuse(
            "wrong_day",
            _("The day in this file's name has not come."),
            _("Write the day on which you send it."),
        ).require()
