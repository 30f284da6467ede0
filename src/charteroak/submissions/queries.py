"""What each agency is expected to send, what came, and who may see it."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import (
    Count,
    Exists,
    OuterRef,
    Prefetch,
    QuerySet,
    Subquery,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.models import Agency, Person
from charteroak.agencies.queries import agencies_where
from charteroak.agencies.reading import once
from charteroak.agreements import queries as agreements
from charteroak.agreements.models import Agreement, DestructionDuty, Party
from charteroak.catalog.models import Variable
from charteroak.policy import delivery, finder_list
from charteroak.policy.clauses import Asked, Elements, Use
from charteroak.policy.decision import ALLOWED, Decision
from charteroak.policy.delivery import FileKind, Status
from charteroak.policy.roles import Role
from charteroak.submissions.delimited import KEY, Column
from charteroak.submissions.models import Delivery, FinderList

WATCHERS = {Role.HUB_OPERATOR, Role.POLICY_OFFICE, Role.AUDITOR}
NUMBER = "ssn"  # what a finder list asks for
DUTY = {
    FileKind.MATCHING: DestructionDuty.What.IDENTIFIERS,
    FileKind.ANALYSIS: DestructionDuty.What.PAYLOAD,
}


@dataclass(frozen=True)
class Expected:
    """One file that the agreement lets an agency send; `latest` is what came of it."""

    agency: Agency
    kind: FileKind
    columns: tuple[str, ...]
    latest: Delivery | None
    waits_for: str = ""

    @property
    def accepted(self) -> bool:
        return self.latest is not None and self.latest.status in (Status.ACCEPTED, Status.DESTROYED)


def files_read() -> "tuple[Prefetch[str], ...]":
    """Of many agreements everything that was sent, and every finder list: two queries."""
    sent = Delivery.objects.select_related("agency", "received_by")
    return Prefetch("deliveries", sent), Prefetch("finder_lists", FinderList.objects.select_related("agency"))


def visible_to(person: Person) -> QuerySet[Agreement]:
    """Executed agreements of the agencies a person is steward for; all for those who run or watch the hub."""
    executed = Agreement.objects.filter(executed_on__isnull=False).prefetch_related("clauses")
    if person.roles(clock.today()) & WATCHERS:
        return executed
    return executed.filter(pk__in=agreements.contributed_by(agencies_where(person, Role.DATA_STEWARD)))


def with_files_accepted(found: QuerySet[Agreement]) -> QuerySet[Agreement]:
    """Each with `files_accepted`, how many of its files are."""
    accepted = Delivery.objects.filter(agreement=OuterRef("pk"), status=Status.ACCEPTED).order_by()
    counted = accepted.values("agreement").annotate(n=Count("pk")).values("n")
    return found.annotate(files_accepted=Coalesce(Subquery(counted), 0))


def roles_of(person: Person, agency: Agency | None = None) -> frozenset[Role]:
    """Offices held today; steward only where it is for this agency."""
    roles = person.roles(clock.today())
    if agency is None or Role.DATA_STEWARD not in roles:
        return roles
    if agency not in agencies_where(person, Role.DATA_STEWARD):
        roles -= {Role.DATA_STEWARD}
    return roles


def facts(record: Delivery, findings: int = 0, covered: Decision = ALLOWED) -> delivery.Facts:
    return delivery.Facts(
        findings=findings, another_accepted=accepted_before(record) is not None, coverage=covered
    )


def accepted_before(record: Delivery) -> Delivery | None:
    same = Delivery.objects.filter(agreement=record.agreement, agency=record.agency, kind=record.kind)
    return same.filter(status=Status.ACCEPTED).exclude(pk=record.pk).first()


def expected(record: Agreement) -> list[Expected]:
    """Every file of every contributing agency, in order."""
    shared = agreements.terms(record).elements
    agencies = {agency.code: agency for agency in _agencies(frozenset(shared))}
    files, lists = list(record.deliveries.all()), list(record.finder_lists.all())
    prefetch_related_objects(files, "agency", "received_by")  # of many agreements they are at hand
    prefetch_related_objects(lists, "agency")
    files.sort(key=lambda sent: sent.received_at)
    latest = {(sent.agency.code, sent.kind): sent for sent in files}
    asked = {found.agency.code for found in lists if found.ciphertext}
    answering = finder_agencies(record)
    return [
        Expected(
            agencies[code],
            kind,
            tuple(sorted(names_of(shared[code], kind))),
            latest.get((code, kind)),
            _("the hub’s finder list") if code in answering and code not in asked else "",
        )
        for code in sorted(shared)
        for kind in FileKind
    ]


@once
def _agencies(codes: frozenset[str]) -> list[Agency]:
    return list(Agency.objects.filter(code__in=codes))


def names_of(shared: Elements, kind: FileKind) -> frozenset[str]:
    """The columns of a file that the agreement names, the record number aside."""
    return shared.linking if kind is FileKind.MATCHING else shared.study | shared.evidence


def columns(record: Agreement, agency: str, kind: FileKind) -> list[Column]:
    """What the check holds an agency's file to: the agreement's names, typed as in the catalog."""
    names = names_of(agreements.terms(record).elements[agency], kind)
    found = Variable.objects.filter(dataset__agency__code=agency, dataset__file=kind, name__in=names)
    typed = [Column(v.name, v.type, v.width, v.required, tuple(v.codes)) for v in found]
    return [Column(KEY, required=True), *typed]


def finder_agencies(record: Agreement) -> list[str]:
    """Agencies that answer a finder list: they share the number, and hold no birth date to match on."""
    shared = agreements.terms(record).elements
    return [code for code in sorted(shared) if answers_by_number(shared[code].linking)]


def answers_by_number(linking: Collection[str]) -> bool:
    """Whether an agency that shares these columns for linking can only be asked by number."""
    return NUMBER in linking and "dob" not in linking


def finder_source(record: Agreement, asked: Agency) -> Delivery | None:
    """The accepted matching file whose numbers the finder list asks for."""
    shared = agreements.terms(record).elements
    holders = [code for code in shared if NUMBER in shared[code].linking and code != asked.code]
    return record.deliveries.filter(
        agency__code__in=holders, kind=FileKind.MATCHING, status=Status.ACCEPTED
    ).first()


def finder_decision(record: Agreement, by: Person, asked: Agency) -> Decision:
    """Whether this person may order a finder list from `asked` now."""
    source = finder_source(record, asked)
    today, standing = clock.today(), agreements.standing_towards(record, by)
    number = frozenset({NUMBER})
    asks = [
        Asked(Use.FIND, today, agency=code, elements=number, person=standing)
        for code in [asked.code, *([source.agency.code] if source else [])]
    ]
    known = finder_list.Facts(
        answers=asked.code in finder_agencies(record),
        ordered=record.finder_lists.filter(agency=asked).exists(),
        source_accepted=source is not None,
        key_registered=asked.keys.exists(),
        coverage=agreements.coverage(record, *asks),
    )
    return finder_list.LIFECYCLE.may(None, finder_list.Action.ORDER, roles_of(by), known)


def download_decision(record: FinderList, by: Person) -> Decision:
    """Whether this person may fetch the list now: a steward of the asked agency."""
    asked = Asked(Use.FIND, clock.today(), agency=record.agency.code, elements=frozenset({NUMBER}))
    known = finder_list.Facts(coverage=agreements.coverage(record.agreement, asked))
    roles, action = roles_of(by, record.agency), finder_list.Action.DOWNLOAD
    return finder_list.LIFECYCLE.may(record.status, action, roles, known)


def deliver_decision(record: Agreement, by: Person, agency: Agency, kind: FileKind) -> Decision:
    """Whether this person may send this file now."""
    same = record.deliveries.filter(agency=agency, kind=kind, status=Status.ACCEPTED)
    known = delivery.Facts(
        another_accepted=same.exists(),
        files_destroyed=record.duties.filter(what=DUTY[kind], done_at__isnull=False).exists(),
        coverage=agreements.coverage(record, Asked(Use.SUBMIT, clock.today(), agency=agency.code)),
    )
    return delivery.LIFECYCLE.may(None, delivery.Action.RECEIVE, roles_of(by, agency), known)


def finder_lists_for(record: Agreement, person: Person) -> QuerySet[FinderList]:
    """The finder lists a person may see: the asked agency's steward, and who watches the hub."""
    lists = record.finder_lists.select_related("agency", "source__agency")
    if person.roles(clock.today()) & WATCHERS:
        return lists
    return lists.filter(agency__in=agencies_where(person, Role.DATA_STEWARD))


def deliveries_for(record: Agreement, person: Person) -> QuerySet[Delivery]:
    """Deliveries with their findings: the sending agency's steward, and who watches the hub."""
    sent = record.deliveries.select_related("agency", "received_by").prefetch_related("findings")
    if person.roles(clock.today()) & WATCHERS:
        return sent
    return sent.filter(agency__in=agencies_where(person, Role.DATA_STEWARD))


def all_there(kind: FileKind) -> QuerySet[Agreement]:
    """Agreements under which every contributor's file of this kind was accepted."""
    parties = Party.objects.filter(
        agreement=Coalesce(OuterRef("version"), OuterRef("pk")), part=Party.Part.CONTRIBUTOR
    )
    accepted = Delivery.objects.filter(
        agreement=OuterRef(OuterRef("pk")), agency=OuterRef("agency"), kind=kind, status=Status.ACCEPTED
    )
    return Agreement.objects.filter(~Exists(parties.filter(~Exists(accepted))))


def waits() -> QuerySet[Agreement]:
    """Agreements whose identifiers have not been destroyed: only these can still take a file."""
    over = DestructionDuty.objects.filter(
        what=DestructionDuty.What.IDENTIFIERS, done_at__isnull=False, agreement=OuterRef("pk")
    )
    return Agreement.objects.filter(~Exists(over))
