"""An agreement's clauses from the answers: the words people sign beside the terms the system enforces."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from charteroak.adapters import age, stores
from charteroak.agencies.models import Agency
from charteroak.catalog.models import Variable
from charteroak.policy.agency_review import Choice
from charteroak.requests.models import DataRequest, RequestedColumn

PREVIEW_DAYS = 30
DESTROY_WITHIN_DAYS = 45
IDENTIFIERS_BUSINESS_DAYS = 5
HUB = "DOL"
ENCLAVE_OPERATOR = "DAS"
APPETITES = {"SDE": "sde", "DOL": "dol"}  # besides the board's own, which holds for everyone

# What the law requires of the agreement, by clause kind (counsel confirms what is not marked verified).
REQUIRED = {
    "purpose": "34 CFR 99.35(a)(3); 20 CFR 603.10(b); CGS 4-67aa",
    "elements": "34 CFR 99.35(a)(3); 20 CFR 603.10(b)",
    "people": "CGS 4-67aa: named individuals",
    "place": "20 CFR 603.9: safeguards; CGS 4-67aa: secure access",
    "hub": "P20 WIN manual: the hub matches for the approved purpose only",
    "thresholds": "P20 WIN data sharing agreement: suppression policy",
    "preview": "P20 WIN manual: agencies see outputs before release",
    "destruction": "34 CFR 99.35(a)(3); 20 CFR 603.9(b)(1)(vi)",
    "onward": "CGS 4-67aa: no onward sharing",
    "breach": "CGS 36a-701b; CGS 4-67aa",
    "records": "CGS 4-67dd: referral to the originating agency",
}


@dataclass(frozen=True)
class Draft:
    number: str
    kind: str
    heading: str
    text: str
    terms: dict[str, Any] = field(default_factory=dict)


def draft(request: DataRequest) -> list[Draft]:
    """Every clause of the agreement on an approved request, in order."""
    allowed = request.columns.filter(choice__in=[Choice.ALLOW, Choice.MASK]).select_related(
        "variable__dataset__agency"
    )
    by_agency: dict[Agency, list[RequestedColumn]] = {}
    for column in allowed:
        by_agency.setdefault(column.variable.dataset.agency, []).append(column)
    agencies = sorted(by_agency, key=lambda agency: agency.code)
    return [
        _purpose(request),
        *(_elements(request, agency, by_agency[agency]) for agency in agencies),
        _people(request),
        _place(),
        _hub(),
        _thresholds(agencies),
        *_way_out(),
        *_duties(),
    ]


def _purpose(request: DataRequest) -> Draft:
    text = (
        f"The records are shared for one purpose only: {request.purpose} Research question: "
        f"{request.question} Legal exception: {request.legal_exception}."
    )
    return Draft("1", "purpose", "Purpose and legal basis", text, {"purpose": request.purpose})


def _elements(request: DataRequest, agency: Agency, columns: Iterable[RequestedColumn]) -> Draft:
    names: dict[str, list[str]] = {use: [] for use in Variable.Use.values}
    notes, wages = [], False
    for column in columns:
        names[column.variable.use].append(column.variable.name)
        wages = wages or ("603" in column.variable.regime and column.variable.sensitivity == "sensitive")
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
        "wages": wages,
        **names,
    }
    return Draft(f"2.{agency.code}", "elements", f"Elements of {agency.name}", " ".join(words), terms)


def _people(request: DataRequest) -> Draft:
    people = {request.applicant, *(member.person for member in request.team.select_related("person"))}
    named = sorted(people, key=lambda person: person.name)
    text = (
        f"Only these people use the records: {'; '.join(person.name for person in named)}. Each completes "
        "the training and signs the pledge first. Unit-level wages are seen by state employees or officials only. "
        "A departure is notified within 24 hours."
    )
    return Draft("3", "people", "Named people", text, {"people": [person.username for person in named]})


def _place() -> Draft:
    text = (
        "The records are used in the State's secure data enclave only. Nothing is copied out of it except "
        "outputs released under clauses 6 and 7."
    )
    return Draft("4", "place", "Place", text, {"place": "enclave", "operator": ENCLAVE_OPERATOR})


def _hub() -> Draft:
    keys = {kind: age.recipient_fingerprint(stores.hub_recipient(kind)) for kind in stores.HUB_KEYS}
    text = (
        f"{HUB} is the data integration hub. Agencies send two files each, encrypted to the hub: matching "
        f"files to the key {keys['matching']}, analysis files to the key {keys['analysis']}. The hub links "
        "for this purpose only, under pseudonyms made for this project alone, and never joins identifiers to "
        "analysis files."
    )
    return Draft("5", "hub", "Data integration hub", text, {"agency": HUB, "keys": keys})


def _thresholds(agencies: list[Agency]) -> Draft:
    names = ["board", *(APPETITES[agency.code] for agency in agencies if agency.code in APPETITES)]
    text = (
        "Outputs obey the strictest of the contributors' disclosure rules: "
        f"{', '.join(names)}. Cells that would reveal a few people are suppressed, and others with them so that "
        "none can be worked out; two independent checkers review every output."
    )
    return Draft("6", "thresholds", "Disclosure rules", text, {"appetites": names})


def _way_out() -> list[Draft]:
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
            f"Identifiers and crosswalk are destroyed within {IDENTIFIERS_BUSINESS_DAYS} business days of the "
            f"stewards' confirmation of the match; everything else within {DESTROY_WITHIN_DAYS} days of the end, "
            "each with a certificate.",
            {
                "within_days": DESTROY_WITHIN_DAYS,
                "identifiers_business_days": IDENTIFIERS_BUSINESS_DAYS,
            },
        ),
    ]


def _duties() -> list[Draft]:
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
            "the law requires, residents and the Attorney General within 60 days.",
        ),
        Draft(
            "11",
            "records",
            "Requests for records",
            "A freedom-of-information request for shared records is referred promptly to the originating agency.",
        ),
    ]
