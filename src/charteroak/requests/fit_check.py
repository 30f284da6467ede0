"""Whether a request is likely to pass, and why not: advice before it is sent, never a refusal."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from charteroak.agencies.models import Person
from charteroak.catalog.models import Variable
from charteroak.catalog.queries import law_on, rules_on
from charteroak.policy import legal
from charteroak.policy.sentence import Sentence
from charteroak.requests.answers import ANSWERS
from charteroak.requests.models import DataRequest, RequestedColumn
from charteroak.requests.papers import review_not_current
from charteroak.requests.queries import empty, law_decision

NO_EDUCATION_RECORDS = noop("No education records are asked for")
EXCEPTIONS = (
    *sorted(named for regime in legal.shipped() for rule in regime.rules for named in rule.exceptions),
    NO_EDUCATION_RECORDS,
)


@dataclass(frozen=True)
class Finding:
    """`stops`: the request cannot be sent like this. Otherwise something to know or expect."""

    about: str
    message: str
    mend: str = ""
    stops: bool = False


def findings(record: DataRequest) -> list[Finding]:
    """Everything worth knowing before sending the request, what stops it first."""
    columns = list(record.columns.select_related("variable__dataset__agency"))
    found = [
        *_parts(record, columns),
        *_purposes(columns),
        *_agencies(columns),
        *_law(record, columns),
        *_years(record, columns),
        *_people(record, columns),
        *_unseen(columns),
    ]
    return sorted(found, key=lambda finding: not finding.stops)


def _parts(record: DataRequest, columns: Iterable[RequestedColumn]) -> Iterator[Finding]:
    missing = [_(ANSWERS[name]) for name in empty(record, columns)]
    if missing:
        named = ", ".join(missing)
        yield Finding(_("Form"), _("Still to fill in: %(parts)s.") % {"parts": named}, stops=True)
    if review_not_current(record):
        said = _("The review board’s determination does not hold today.")
        yield Finding(_("Form"), said, _("Correct its days, or ask the board to renew it."), stops=True)
    if record.unread:
        named = ", ".join(_(ANSWERS[name]) for name in record.unread)
        yield Finding(_("Form"), _("Cannot be read: %(parts)s.") % {"parts": named}, stops=True)


def _purposes(columns: Iterable[RequestedColumn]) -> Iterator[Finding]:
    for column in columns:
        if not column.purpose.strip():
            yield Finding(
                str(column.variable),
                _("Purpose missing."),
                _("Say what the column is needed for, or leave it out."),
                stops=True,
            )


def _agencies(columns: list[RequestedColumn]) -> Iterator[Finding]:
    asked = {column.variable.dataset.agency_id for column in columns}
    if len(asked) < 2:
        yield Finding(
            _("Columns"),
            _("A request must need records of at least two agencies."),
            _("Choose columns of a second agency, or ask the one agency directly."),
            stops=True,
        )


def _law(record: DataRequest, columns: list[RequestedColumn]) -> Iterator[Finding]:
    """What the law refuses, and what an agency will most likely deny because of it."""
    refused = {reason.rule for reason in law_decision(record, columns).reasons}
    bound = rules_on(column.variable for column in columns)
    for rule, variables in bound:
        beside = (one for other, theirs in bound if other.regime in rule.not_with for one in theirs)
        about = ", ".join(dict.fromkeys(map(str, (*variables, *beside))))
        if rule.name in refused:
            yield Finding(about, rule.told, rule.mend, stops=True)
        elif rule.likely_denied:
            yield Finding(about, Sentence(noop("Likely to be denied: {rule}"), rule=rule.told), rule.mend)


def _years(record: DataRequest, columns: Iterable[RequestedColumn]) -> Iterator[Finding]:
    first, last = record.first_year, record.last_year
    if first is None or last is None:
        return
    if first > last:
        yield Finding(_("Years"), _("The first year is after the last."), _("Exchange the two."))
        return
    for dataset in {column.variable.dataset for column in columns}:
        if (dataset.first_year or first) > last or (dataset.last_year or last) < first:
            yield Finding(
                str(dataset),
                _("Holds %(first)s to %(last)s only, none of the years asked for.")
                % {"first": dataset.first_year, "last": dataset.last_year},
            )


def _people(record: DataRequest, columns: Iterable[RequestedColumn]) -> Iterator[Finding]:
    team = [record.applicant, *(member.person for member in record.team.select_related("person"))]
    outside = tuple(person.name for person in team if person.employer_kind != Person.Employer.STATE)
    for rule in law_on(column.variable for column in columns).for_state_employees_only:
        if outside:
            barred = Sentence(noop("{rule} This bars: {people}."), rule=rule.told, people=outside)
            yield Finding(Sentence(rule.law), barred, rule.mend)
        else:
            yield Finding(
                Sentence(rule.law), Sentence(noop("{rule} Everyone on the team may."), rule=rule.told)
            )


def _unseen(columns: list[RequestedColumn]) -> Iterator[Finding]:
    for use, why in (
        (Variable.Use.LINKING, _("for the hub's linking only; your team never sees them")),
        (Variable.Use.EVIDENCE, _("for the checks of outputs only; never in an extract")),
    ):
        named = [column.variable.name for column in columns if column.variable.use == use]
        if named:
            yield Finding(", ".join(sorted(set(named))), why[0].upper() + why[1:] + ".")
