"""An agreement as the value that the system enforces, and the one question every route asks of it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from django.db.models import Q, QuerySet

from charteroak.adapters import clock
from charteroak.agencies.confirmation import is_fresh
from charteroak.agencies.models import Agency, Person
from charteroak.agencies.queries import agencies_where
from charteroak.agencies.reading import once
from charteroak.agreements import amending, retention
from charteroak.agreements.checklist import checklist
from charteroak.agreements.halted import halted
from charteroak.agreements.models import Agreement, DestructionDuty, Party, Recipient, Signature
from charteroak.agreements.signed import as_signed as as_signed
from charteroak.agreements.signed import names as names
from charteroak.agreements.signed import unsigned as unsigned
from charteroak.agreements.terms import terms as terms
from charteroak.agreements.text import text_hash as text_hash
from charteroak.policy import agreement, data_request
from charteroak.policy.clauses import Asked, Terms, covers
from charteroak.policy.consent import not_on_record
from charteroak.policy.decision import ALLOWED, Decision, refuse
from charteroak.policy.request_change import amends
from charteroak.policy.roles import Role
from charteroak.policy.sentence import Sentence
from charteroak.policy.standing import Standing
from charteroak.requests import changes, consents
from charteroak.requests.models import DataRequest, TeamMember
from charteroak.requests.queries import allowed_columns, law_decision

DRAFTERS = agreement.LIFECYCLE.table[None, agreement.Action.DRAFT].roles
BY_PARTY = frozenset({agreement.Action.SIGN, agreement.Action.EXECUTE})  # asked of each party

OFFICES = frozenset(
    {
        Role.POLICY_OFFICE, Role.COUNSEL, Role.SIGNATORY, Role.DATA_STEWARD, Role.BOARD_CHAIR, Role.BOARD_MEMBER,
        Role.HUB_OPERATOR, Role.ENCLAVE_OPERATOR, Role.OUTPUT_CHECKER, Role.AUDITOR,
    }
)  # fmt: skip


def coverage(record: Agreement | None, asked: Asked, *more: Asked) -> Decision:
    """Whether signed clauses cover this use, and more; fails closed without an agreement or an enforced clause."""
    if record is None:
        return covers(None, asked)
    if record.executed_on is not None and not as_signed(record.held):
        return refuse(
            "not_as_signed",
            Sentence("Agreement {number} no longer reads as it was signed.", number=record.number),
            "Tell the auditor.",
        )
    try:
        agreed = terms(record)
    except LookupError as missing:
        return refuse("agreement_incomplete", str(missing), "Amend the agreement.")
    decision = covers(agreed, asked)
    for one in more:
        decision &= covers(agreed, one)
    for on in {one.on for one in (asked, *more)}:
        decision &= consented(record, agreed, on)
    return decision & approval(record) & halted(record.number, agreed, asked, *more)


def consented(record: Agreement, agreed: Terms, on: date) -> Decision:
    """Whether the consents that the agreement rests on, if any, stand on the day."""
    stand = not agreed.nations or consents.stands(record.data_request, on, agreed.nations)
    return not_on_record(agreed.nations, stand)


def approval(record: Agreement) -> Decision:
    """Whether the board's approval stands today: of its request, and of the change whose amendment holds."""
    texts = [record] if record.version is None else [record, record.version]
    decision = ALLOWED
    for one in texts:
        decision &= agreement.approval_set_aside(one.number, _approved(one))
    return decision


def _approved(record: Agreement) -> bool:
    """Whether the board's approval of its request stands today."""
    return record.data_request.status == data_request.Status.APPROVED


def contributors(record: Agreement) -> list[str]:
    """Codes of the agencies whose records go in, in order."""
    return sorted(terms(record).elements)


def contributed_by(agencies: Iterable[Agency]) -> QuerySet[Agreement]:
    """Agreements to which one of these agencies contributes or has contributed, by any text that all have signed."""
    own = Party.objects.filter(agency__in=agencies, part=Party.Part.CONTRIBUTOR)
    texts = Agreement.every.filter(pk__in=own.values("agreement"), executed_on__isnull=False)
    return Agreement.objects.filter(Q(pk__in=texts) | Q(pk__in=texts.values("amends")))


def joined_on(records: Iterable[Agreement]) -> dict[int, dict[str, date]]:
    """By agreement each contributing agency and the day on which the first text that names it was signed by all."""
    found: dict[int, dict[str, date]] = {}
    texts = [record.pk for record in records]
    parties = Party.objects.filter(part=Party.Part.CONTRIBUTOR, agreement__executed_on__isnull=False)
    of_these = Agreement.every.filter(Q(pk__in=texts) | Q(amends__in=texts))  # by keys of one table
    own = parties.filter(agreement__in=of_these.values("pk"))
    told = own.order_by("agreement__executed_on").values_list(
        "agreement", "agreement__amends", "agency__code", "agreement__executed_on"
    )
    for text, amended, code, on in told:
        if on is not None:
            found.setdefault(amended or text, {}).setdefault(code, on)
    return found


def in_force(number: str, on: date | None = None) -> Agreement | None:
    """The executed agreement of that number if it runs on that day (today by default)."""
    return running_on(on or clock.today()).filter(number=number).first()


def running_on(day: date) -> QuerySet[Agreement]:
    """The agreements in force on the day: signed by all and begun, and not over."""
    begun = Agreement.objects.filter(executed_on__lte=day, starts_on__lte=day, ends_on__gte=day)
    return begun.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=day))


def visible_to(person: Person) -> QuerySet[Agreement]:
    """Agreements that a person may read: those who hold an office here, and the people of the project."""
    if person.is_active and person.roles(clock.today()) & OFFICES:
        return Agreement.every.all()
    named = Recipient.objects.filter(person=person).values("agreement")
    team = TeamMember.objects.filter(person=person).values("data_request")
    return Agreement.every.filter(
        Q(pk__in=named) | Q(data_request__applicant=person) | Q(data_request__in=team)
    )


def signs_for(person: Person, record: Agreement) -> QuerySet[Party]:
    """The parties for which this person holds the office of signatory today."""
    offices = agencies_where(person, Role.SIGNATORY)
    return record.parties.filter(agency__in=offices).select_related("agency")


@once
def researches(person: Person) -> bool:
    """Whether any agreement names this person as a data recipient: most offices' worklists need not look for theirs."""
    return Recipient.objects.filter(person=person).exists()


@once
def roles_of(person: Person, record: Agreement) -> frozenset[Role]:
    """Offices held today towards this agreement: a signatory of another agency is none here."""
    roles = person.roles(clock.today())
    if Role.SIGNATORY in roles and not signs_for(person, record).exists():
        roles -= {Role.SIGNATORY}
    return roles | {Role.RECIPIENT} if names(record, person) else roles


@once
def standing_towards(record: Agreement, person: Person) -> Standing:
    """This person as the rules see them when it is about this agreement's records."""
    return replace(person.standing(), roles=roles_of(person, record))


def facts(
    record: Agreement,
    by: Person,
    shown: str | None = None,
    party: Party | None = None,
    confirmed_at: datetime | None = None,
) -> agreement.Facts:
    """What the rules need to know; `shown` is the hash of the text that the signer was shown."""
    clauses = list(record.clauses.all())
    duties = list(record.duties.all())
    return agreement.Facts(
        missing_clauses=tuple(one.asked_by for one in checklist(clauses) if not one.clauses),
        request_approved=_approved(record),
        signer_party=party is not None and signs_for(by, record).filter(pk=party.pk).exists(),
        sign_in_confirmed=is_fresh(confirmed_at),
        already_signed=party is not None and Signature.objects.filter(party=party).exists(),
        text_changed=shown is not None and not shown == record.text_hash == text_hash(clauses),
        unsigned=tuple(unsigned(record)),
        in_force=_runs(record),
        end_passed=record.ends_on < clock.today(),
        drafted_by_another=_drafted_by_another(record, by),
        not_destroyed=tuple(Sentence(duty.get_what_display()) for duty in duties if duty.done_at is None),
        amends=record.amends.number if record.amends else "",
        to_amend_in_force=record.amends is None or _runs(record.amends),
        newcomers_not_cleared=amending.newcomers_not_cleared(record),
        identifiers_destroyed=amending.identifiers_destroyed(record.data_request, record.amends),
        unapproved=() if _runs(record) else retention.unapproved(record, duties),
        sealed=tuple(Sentence(duty.get_what_display()) for duty in duties if duty.done_at and _sealed(duty)),
    )


def _drafted_by_another(record: Agreement, by: Person) -> bool:
    """Whether who drafted it is there to ask; a delegate who fills their office is asked like them."""
    drafter = record.drafted_by
    fills = by.acting.office.person_id if by.acting else by.pk
    return fills != drafter.pk and drafter.is_active and bool(drafter.roles(clock.today()) & DRAFTERS)


def _runs(record: Agreement) -> bool:
    """Whether what an amendment would change is in force today."""
    return record.executed_on is not None and record.ended_on is None and record.ends_on >= clock.today()


def _sealed(duty: DestructionDuty) -> bool:
    return duty.sealed_until is not None and duty.sealed_until > clock.now()


def destroyed_at(record: Agreement) -> datetime | None:
    """From when on nothing held under the agreement can be restored; None while a destruction is outstanding.

    It lies ahead while something is sealed only: a backup of its key could still restore it.
    """
    duties = list(record.duties.all())
    done = [duty.sealed_until or duty.done_at for duty in duties if duty.done_at]
    return max(done) if done and len(done) == len(duties) else None


def draft_decision(request: DataRequest, by: Person) -> Decision:
    """Whether this person may draft the agreement on a request now."""
    changed = amends(request.kind_of_change)
    held = amending.to_amend(request)
    known = agreement.Facts(
        request_approved=request.status == data_request.Status.APPROVED,
        end_passed=request.ends_on is not None and request.ends_on < clock.today(),
        decided_before=request.historic_decision_on is not None,
        drafted=Agreement.every.filter(data_request=request).exists(),
        amends=changes.first(request.number) if changed else "",
        to_amend_in_force=held is not None and _runs(held),
        amendment_unsigned=amending.unsigned(held),
        identifiers_destroyed=amending.identifiers_destroyed(request, held),
        superseded_by=changes.superseded_by(request),
        forbidden=tuple(reason.message for reason in law_decision(request, allowed_columns(request)).reasons),
    )
    return agreement.LIFECYCLE.may(None, agreement.Action.DRAFT, by.roles(clock.today()), known)


def to_draft() -> QuerySet[DataRequest]:
    """Approved requests whose agreement has yet to be drafted."""
    waiting = DataRequest.objects.filter(
        status=data_request.Status.APPROVED, historic_decision_on__isnull=True, agreement__isnull=True
    )
    return waiting.exclude(changes.superseded())


def decisions(record: Agreement, person: Person) -> dict[str, Decision]:
    """What this person's office could do with the agreement now, allowed or refused with reasons; not signing."""
    status, roles = agreement.Status(record.status), roles_of(person, record)
    if not {*agreement.LIFECYCLE.offered(status, roles)} - BY_PARTY:
        return {}
    found = agreement.LIFECYCLE.decisions(status, roles, facts(record, person))
    return {action: decision for action, decision in found.items() if action not in BY_PARTY}


def may_be_signed(record: Agreement) -> Decision:
    """What stands against anybody's signature now, whoever signs and however they prove who they are."""
    known = agreement.Facts(
        request_approved=_approved(record),
        end_passed=record.ends_on < clock.today(),
        signer_party=True,
        sign_in_confirmed=True,
    )
    status, sign = agreement.Status(record.status), agreement.Action.SIGN
    return agreement.LIFECYCLE.may(status, sign, {Role.SIGNATORY}, known)


def signatures_wanted(record: Agreement, person: Person) -> list[Party]:
    """The parties for which this person may sign now."""
    open_ = list(signs_for(person, record).filter(signature__isnull=True))
    return open_ if open_ and may_be_signed(record) else []


def permitted(record: Agreement, person: Person) -> list[str]:
    """Names of the actions that are open to this person now, as the JSON interface lists them."""
    found = [name for name, decision in decisions(record, person).items() if decision.allowed]
    return found + [f"sign-{party.pk}" for party in signatures_wanted(record, person)]
