"""An agreement's clauses from the answers: the words people sign beside the terms the system enforces."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from charteroak import disclosure
from charteroak.adapters import age, clock, stores
from charteroak.agencies.models import Agency
from charteroak.agencies.queries import administration_on, answers_for
from charteroak.agreements.models import Party
from charteroak.catalog.models import Variable
from charteroak.catalog.queries import element, law_on
from charteroak.policy.agency_review import Choice
from charteroak.policy.decision import Reason, Refused
from charteroak.policy.legal import Law, on_each
from charteroak.policy.responsibility import Kind
from charteroak.policy.sentence import Sentence
from charteroak.requests.models import DataRequest, RequestedColumn
from charteroak.requests.queries import allowed_columns

PREVIEW_DAYS = 30
DESTROY_WITHIN_DAYS = 45


@dataclass(frozen=True)
class Draft:
    number: str
    kind: str
    heading: str
    text: str
    terms: dict[str, Any] = field(default_factory=dict)


def parties_to(request: DataRequest) -> list[Party]:
    """Who must sign, and as what; not yet saved. Raises Refused without an administrator or a recipient."""
    administration = administration_on(clock.today())
    if administration is None:
        raise Refused(
            (Reason("no_administration", _("Nobody is recorded as administering the initiative today.")),)
        )
    recipient = request.applicant.employer
    if recipient is None:
        raise Refused((Reason("no_employer", _("The applicant's employer is not a participating agency.")),))
    return [
        *(Party(agency=agency, part=Party.Part.CONTRIBUTOR) for agency in _allowed(request)),
        Party(agency=_answering(Kind.LINK), part=Party.Part.HUB),
        Party(agency=recipient, part=Party.Part.RECIPIENT),
        Party(agency=_answering(Kind.OPERATE), part=Party.Part.ENCLAVE),
        Party(agency=administration.agency, part=Party.Part.ADMINISTRATOR),
    ]


def _answering(kind: Kind) -> Agency:
    """Who answers for this today, by the record of responsibilities. Raises Refused when nobody does."""
    found = answers_for(kind, clock.today())
    if found is None:
        unsaid = Sentence("Nobody is on record as answering for this: {kind}.", kind=kind)
        raise Refused((Reason("nobody_answers", unsaid, "Record the transfer first."),))
    return found.agency


def draft(request: DataRequest, parties: list[Party]) -> list[Draft]:
    """Every clause of the agreement on an approved request, in order."""
    allowed = _allowed(request)
    law = law_on(column.variable for columns in allowed.values() for column in columns)
    return [
        _purpose(request),
        *(_elements(request, agency, columns) for agency, columns in allowed.items()),
        _people(request, law),
        _place(),
        _hub(),
        _thresholds(law),
        *_way_out(law),
        *_duties(law),
        _parties(parties),
        _term(request),
        _records(),
    ]


def _allowed(request: DataRequest) -> dict[Agency, list[RequestedColumn]]:
    """What each agency allowed, masked columns included; agencies by code."""
    found: dict[Agency, list[RequestedColumn]] = {}
    for column in allowed_columns(request):
        found.setdefault(column.variable.dataset.agency, []).append(column)
    return found


def _purpose(request: DataRequest) -> Draft:
    text = (
        f"The records are shared for one purpose only: {request.purpose} Research question: "
        f"{request.question} Legal exception: {request.legal_exception}."
    )
    return Draft("1", "purpose", "Purpose and legal basis", text, {"purpose": request.purpose})


def _elements(request: DataRequest, agency: Agency, columns: Iterable[RequestedColumn]) -> Draft:
    names: dict[str, list[str]] = {use: [] for use in Variable.Use.values}
    notes, law = [], Law()
    for column in columns:
        names[column.variable.use].append(column.variable.name)
        law |= on_each(element(column.variable))
        if column.choice == Choice.MASK:
            notes.append(f"{column.variable.name} only as: {column.reason}")
    conditions = request.reviews.filter(agency=agency).values_list("conditions", flat=True).first()
    words = [
        f"{agency.name} shares, for {request.first_year} to {request.last_year}:",
        f"for study: {', '.join(names['study']) or 'nothing'};",
        f"for linking only, never seen by a recipient: {', '.join(names['linking']) or 'nothing'};",
        f"for the disclosure checks only: {', '.join(names['evidence']) or 'nothing'}.",
        *([f"Masked: {'; '.join(notes)}."] if notes else []),
        *([f"Conditions: {conditions}"] if conditions else []),
    ]
    terms = {
        "agency": agency.code,
        "years": [request.first_year, request.last_year],
        "law": law.keys,
        **names,
    }
    return Draft(f"2.{agency.code}", "elements", f"Elements of {agency.name}", " ".join(words), terms)


def _people(request: DataRequest, law: Law) -> Draft:
    people = {request.applicant, *(member.person for member in request.team.select_related("person"))}
    named = sorted(people, key=lambda person: person.name)
    wages = "Unit-level wages are seen by state employees or officials only. "
    text = (
        f"Only these people use the records: {'; '.join(person.name for person in named)}. Each completes "
        f"the training and signs the pledge first. {wages if law.for_state_employees_only else ''}"
        "A departure is notified within 24 hours."
    )
    return Draft("3", "people", "Named people", text, {"people": [person.username for person in named]})


def _place() -> Draft:
    text = (
        "The records are used in the State's secure data enclave only. Nothing is copied out of it except "
        "outputs released under clauses 6 and 7."
    )
    return Draft("4", "place", "Place", text, {"place": "enclave", "operator": _answering(Kind.OPERATE).code})


def _hub() -> Draft:
    hub = _answering(Kind.LINK).code
    keys = {kind: age.recipient_fingerprint(stores.hub_recipient(kind)) for kind in stores.HUB_KEYS}
    text = (
        f"{hub} is the data integration hub. Agencies send two files each, encrypted to the hub: matching "
        f"files to the key {keys['matching']}, analysis files to the key {keys['analysis']}. The hub links "
        "for this purpose only, under pseudonyms made for this project alone, and never joins identifiers to "
        "analysis files."
    )
    return Draft("5", "hub", "Data integration hub", text, {"agency": hub, "keys": keys})


def _thresholds(law: Law) -> Draft:
    names = law.appetites
    whose = ", ".join(disclosure.shipped(name).name for name in names)
    text = (
        f"Outputs obey the strictest of the contributors' disclosure rules: {whose}. Cells that would reveal a few "
        "people are suppressed, and others with them so that none can be worked out; two independent checkers "
        "review every output."
    )
    return Draft("6", "thresholds", "Disclosure rules", text, {"appetites": names})


def _way_out(law: Law) -> list[Draft]:
    days, business_days = law.identifiers_days, law.identifiers_business_days
    identifiers = f"{days * 24} hours" if days is not None else f"{business_days} business days"
    return [
        Draft(
            "7",
            "preview",
            "Review and preview of outputs",
            f"Each contributing agency clears every output; a {PREVIEW_DAYS}-day preview follows; the Data "
            "Governing Board approves publication.",
            {"days": PREVIEW_DAYS},
        ),
        Draft(
            "8",
            "destruction",
            "Destruction",
            f"Identifiers and crosswalk are destroyed within {identifiers} of the "
            f"stewards' confirmation of the match; everything else within {DESTROY_WITHIN_DAYS} days of the end, "
            "each with a certificate.",
            {
                "within_days": DESTROY_WITHIN_DAYS,
                "identifiers_business_days": business_days,
            },
        ),
    ]


def _duties(law: Law) -> list[Draft]:
    return [
        Draft(
            "9",
            "onward",
            "No onward sharing, no re-identification",
            "Recipients share the records with nobody, contact nobody and do not try to learn who anyone is.",
        ),
        Draft(
            "10",
            "breach",
            "Breach",
            "A suspected breach is reported at once to the policy office, which informs the agencies and, where "
            f"the law requires, residents and the Attorney General within {law.breach_notice_days} days.",
        ),
    ]


def _parties(parties: list[Party]) -> Draft:
    named = "; ".join(f"{party.agency.name} ({party.get_part_display().lower()})" for party in parties)
    text = (
        f"The parties are: {named}. For 34 CFR 99.35 the participating agencies designate the data recipient, the "
        "data integration hub and the enclave operator as their authorized representatives."
    )
    return Draft("11", "parties", "Parties", text, {"parties": [str(party) for party in parties]})


def _term(request: DataRequest) -> Draft:
    text = (
        f"This agreement holds from the last signature to {request.ends_on:%B %-d, %Y}. Any party may end it at any "
        "time; access ends at once and the time for destruction begins."
    )
    dates = {"starts_on": clock.today().isoformat(), "ends_on": str(request.ends_on)}
    return Draft("12", "term", "Term", text, dates)


def _records() -> Draft:
    return Draft(
        "13",
        "records",
        "Requests for records",
        "A freedom-of-information request for shared records is referred promptly to the originating agency.",
    )
