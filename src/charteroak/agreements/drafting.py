"""An agreement's clauses from the answers: the words people sign beside the terms the system enforces."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from charteroak import disclosure
from charteroak.adapters import age, clock, environment, stores
from charteroak.agencies.models import Agency
from charteroak.agencies.queries import administration_on, answers_for
from charteroak.agreements.models import Party
from charteroak.board.queries import decision_on
from charteroak.catalog.models import Variable
from charteroak.catalog.queries import element, law_on
from charteroak.policy import consent, irb, wording
from charteroak.policy.agency_review import Choice
from charteroak.policy.decision import Reason, Refused
from charteroak.policy.legal import Law, on_each
from charteroak.policy.responsibility import Kind
from charteroak.policy.sentence import Sentence, words
from charteroak.requests import consents
from charteroak.requests.models import DataRequest, RequestedColumn
from charteroak.requests.queries import allowed_columns

SEEN = " Columns that the catalog calls sensitive may be shown to the named people as a picture of a screen inside it."
NO_KEY = "of the State's own file transfer"


@dataclass(frozen=True)
class Draft:
    number: str
    kind: str
    heading: str
    text: str
    terms: dict[str, Any] = field(default_factory=dict)
    template: str = ""  # what the words were made of


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


def draft(
    request: DataRequest, parties: list[Party], amends: str = "", *, sensitive_seen: bool = False
) -> list[Draft]:
    """Every clause of the agreement on an approved request, in order; of one that amends another, says so."""
    allowed = _allowed(request)
    variables = [column.variable for columns in allowed.values() for column in columns]
    law = law_on(variables)
    consented = law.without_consent and not consents.lacking(request, variables)
    return [
        _purpose(request),
        *(_elements(request, agency, columns) for agency, columns in allowed.items()),
        _people(request, law),
        _place(sensitive_seen=sensitive_seen),
        _hub(),
        _thresholds(law),
        _made("7", "preview"),
        _destruction(law),
        _made("9", "onward"),
        _made("10", "breach", breach_notice_days=law.breach_notice_days),
        _parties(parties),
        _term(request),
        _made("13", "records"),
        *([_amendment(request, amends)] if amends else []),
        *([_review(request, law)] if request.irb_determination else []),
        *([_consent(request)] if consented else []),
    ]


def _made(number: str, kind: str, terms: dict[str, Any] | None = None, **values: Any) -> Draft:
    """A clause from the latest wording; what the template leaves open begins as usual and is a term."""
    template = wording.latest()[kind]
    heading, text = template.filled(values)
    return Draft(number, kind, heading, text, (terms or {}) | template.usual(), template.name)


def _place(*, sensitive_seen: bool) -> Draft:
    """Without a word on it no session shows a sensitive column; amendments keep what stands that way too."""
    terms: dict[str, Any] = {"place": "enclave", "operator": _answering(Kind.OPERATE).code}
    if sensitive_seen:
        terms["sensitive_seen"] = True
    return _made("4", "place", terms, seen=SEEN if sensitive_seen else "")


def _allowed(request: DataRequest) -> dict[Agency, list[RequestedColumn]]:
    """What each agency allowed, masked columns included; agencies by code."""
    found: dict[Agency, list[RequestedColumn]] = {}
    for column in allowed_columns(request):
        found.setdefault(column.variable.dataset.agency, []).append(column)
    return found


def _purpose(request: DataRequest) -> Draft:
    said = {
        "purpose": request.purpose,
        "question": request.question,
        "legal_exception": request.legal_exception,
        "conditions": _conditions(request),
    }
    return _made("1", "purpose", {"purpose": request.purpose}, **said)


def _conditions(request: DataRequest) -> str:
    """On which the board carried its motion; they bind who signs."""
    motion = decision_on(request)
    given = motion.conditions.strip() if motion is not None else ""
    return f" The Data Governing Board approved this on conditions: {given}" if given else ""


def _elements(request: DataRequest, agency: Agency, columns: Iterable[RequestedColumn]) -> Draft:
    names: dict[str, list[str]] = {use: [] for use in Variable.Use.values}
    notes, kept, law = [], {}, Law()
    for column in columns:
        names[column.variable.use].append(column.variable.name)
        law |= consents.lifted(request, on_each(element(column.variable)), [column.variable])
        if column.choice == Choice.MASK:
            notes.append(f"{column.variable.name} only as: {column.reason}")
        if column.choice == Choice.CONDITION:
            kept[column.variable.name] = column.reason
    whole = request.reviews.filter(agency=agency).values_list("conditions", flat=True).first()
    conditions = [*(f"{name}: {condition}" for name, condition in kept.items()), *([whole] if whole else [])]
    terms = {
        "agency": agency.code,
        "years": [request.first_year, request.last_year],
        "law": law.keys,
        **names,
        **({"conditions": kept} if kept else {}),
    }
    return _made(
        f"2.{agency.code}",
        "elements",
        terms,
        agency=agency.name,
        first_year=request.first_year,
        last_year=request.last_year,
        masked=f" Masked: {'; '.join(notes)}." if notes else "",
        conditions=f" Conditions: {' '.join(conditions)}" if conditions else "",
        **{use: ", ".join(those) or "nothing" for use, those in names.items()},
    )


def _people(request: DataRequest, law: Law) -> Draft:
    people = {request.applicant, *(member.person for member in request.team.select_related("person"))}
    named = sorted(people, key=lambda person: person.name)
    wages = "Unit-level wages are seen by state employees or officials only. "
    return _made(
        "3",
        "people",
        {"people": [person.username for person in named]},
        people="; ".join(person.name for person in named),
        wages=wages if law.for_state_employees_only else "",
    )


def _hub() -> Draft:
    hub = _answering(Kind.LINK).code
    if environment.governance_only():  # no file is encrypted to a key of this installation
        return _made(
            "5", "hub", {"agency": hub, "keys": {}}, hub=hub, matching_key=NO_KEY, analysis_key=NO_KEY
        )
    keys = {kind: age.recipient_fingerprint(stores.hub_recipient(kind)) for kind in stores.HUB_KEYS}
    said = {f"{kind}_key": key for kind, key in keys.items()}
    return _made("5", "hub", {"agency": hub, "keys": keys}, hub=hub, **said)


def _thresholds(law: Law) -> Draft:
    names = law.appetites
    whose = ", ".join(disclosure.shipped(name).name for name in names)
    return _made("6", "thresholds", {"appetites": names}, appetites=whose)


def _destruction(law: Law) -> Draft:
    days, business_days = law.identifiers_days, law.identifiers_business_days
    identifiers = f"{days * 24} hours" if days is not None else f"{business_days} business days"
    return _made("8", "destruction", {"identifiers_business_days": business_days}, identifiers=identifiers)


def _parties(parties: list[Party]) -> Draft:
    named = "; ".join(f"{party.agency.name} ({party.get_part_display().lower()})" for party in parties)
    return _made("11", "parties", {"parties": [str(party) for party in parties]}, parties=named)


def _term(request: DataRequest) -> Draft:
    dates = {"starts_on": clock.today().isoformat(), "ends_on": str(request.ends_on)}
    return _made("12", "term", dates, ends_on=f"{request.ends_on:%B %-d, %Y}")


def _amendment(request: DataRequest, amends: str) -> Draft:
    said = {"amends": amends, "change": words(request.kind_of_change), "because": request.change_because}
    return _made("14", "amendment", {"amends": amends}, **said)


def _review(request: DataRequest, law: Law) -> Draft:
    """Where the law asks for the review, every use ends with it."""
    ends, binds = request.irb_expires_on, law.asks_for(irb.CLAUSE)
    said = f" It expires on {ends:%B %-d, %Y}." if ends else ""
    if ends and binds:
        said += " From the day after, every use is refused until its renewal is signed."
    return _made(
        "15",
        irb.CLAUSE,
        {"number": request.irb_number, "expires_on": ends.isoformat() if ends and binds else None},
        board=request.irb_board,
        protocol=request.irb_number,
        approved_on=f"{request.irb_approved_on:%B %-d, %Y}",
        determination=words(irb.Determination(request.irb_determination)),
        expires=said,
    )


def _consent(request: DataRequest) -> Draft:
    """The records move only while the consent is on record, which coverage asks for on the day."""
    given = consents.standing(request, clock.today())
    return _made(
        "16",
        consent.CLAUSE,
        {"nations": [one.nation for one in given]},
        nations="; ".join(one.nation for one in given),
        publication=" ".join(f"{one.nation}: {one.publication}" for one in given),
    )
