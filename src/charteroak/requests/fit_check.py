"""Whether a request is likely to pass, and why not: advice before it is sent, never a refusal."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from charteroak.agencies.models import Person
from charteroak.catalog.models import Variable
from charteroak.requests.models import DataRequest, RequestedColumn
from charteroak.requests.queries import PARTS

AUDIT_OR_EVALUATION = noop("FERPA audit or evaluation, 34 CFR 99.31(a)(3) and 99.35")
STUDIES = noop("FERPA studies, 34 CFR 99.31(a)(6)")
NO_EDUCATION_RECORDS = noop("No education records are asked for")
EXCEPTIONS = (AUDIT_OR_EVALUATION, STUDIES, NO_EDUCATION_RECORDS)

# Laws under which an agency will most likely deny a column (both to be confirmed by counsel).
CLOSED_REGIMES = {
    "National School Lunch Act": noop(
        "eligibility for school meals is limited to programs that the law lists"
    ),
    "HEA 483": noop("records of federal student aid are limited to the award and administration of aid"),
}


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
        *_parts(record),
        *_purposes(columns),
        *_agencies(columns),
        *_closed(columns),
        *_years(record, columns),
        *_exception(record, columns),
        *_wages(record, columns),
        *_unseen(columns),
    ]
    return sorted(found, key=lambda finding: not finding.stops)


def _parts(record: DataRequest) -> Iterator[Finding]:
    missing = [_(words) for name, words in PARTS.items() if getattr(record, name) in (None, "")]
    if missing:
        named = ", ".join(missing)
        yield Finding(_("Form"), _("Still to fill in: %(parts)s.") % {"parts": named}, stops=True)


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


def _closed(columns: Iterable[RequestedColumn]) -> Iterator[Finding]:
    for column in columns:
        why = CLOSED_REGIMES.get(column.variable.regime)
        if why:
            yield Finding(
                str(column.variable),
                _("Likely to be denied (%(law)s): %(why)s.") % {"law": column.variable.regime, "why": _(why)},
                _("Leave it out, or be ready to do without."),
            )


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


def _exception(record: DataRequest, columns: Iterable[RequestedColumn]) -> Iterator[Finding]:
    education = any(column.variable.regime == "FERPA" for column in columns)
    if education and record.legal_exception == NO_EDUCATION_RECORDS:
        yield Finding(
            _("Legal exception"),
            _("Education records are asked for, which need one FERPA exception."),
            _("Choose the exception that fits."),
        )


def _wages(record: DataRequest, columns: Iterable[RequestedColumn]) -> Iterator[Finding]:
    if not any("603" in column.variable.regime for column in columns):
        return
    team = [record.applicant, *(member.person for member in record.team.select_related("person"))]
    outside = [person.name for person in team if person.employer_kind != Person.Employer.STATE]
    if outside:
        yield Finding(
            _("Wages"),
            _("Only state employees or officials may see unit-level wages; not: %(people)s.")
            % {"people": ", ".join(outside)},
            _("Name state employees, or ask for tables only."),
        )
    else:
        yield Finding(_("Wages"), _("Only state employees may see unit-level wages: all of the team are."))


def _unseen(columns: list[RequestedColumn]) -> Iterator[Finding]:
    for use, why in (
        (Variable.Use.LINKING, _("for the hub's linking only; your team never sees them")),
        (Variable.Use.EVIDENCE, _("for the checks of outputs only; never in an extract")),
    ):
        named = [column.variable.name for column in columns if column.variable.use == use]
        if named:
            yield Finding(", ".join(sorted(set(named))), why[0].upper() + why[1:] + ".")
