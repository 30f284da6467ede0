"""Which matters stop what, who sees them, and what speaks for or against each step."""

from collections.abc import Collection

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, When

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.agencies.reading import once
from charteroak.agencies.worklist import Item, Turn
from charteroak.exceptions.models import Duty, Matter
from charteroak.policy import matter
from charteroak.policy.data_request import Status as DataRequestStatus
from charteroak.policy.decision import Decision
from charteroak.policy.matter import CLOSES, KEEPS, LIFECYCLE, RECORDS, Action, Facts, Ground, Kind, Status
from charteroak.policy.roles import Role
from charteroak.requests.models import DataRequest
from charteroak.requests.queries import visible_to as requests_visible_to

LISTED = 20


def may_destroy(number: str, what: str) -> Decision:
    """Whether the destruction clock `what` of this project runs: no open legal hold names it."""
    holds = [
        one.number for one in _open(Kind.LEGAL_HOLD).filter(data_request__number=number) if what in one.clocks
    ]
    return matter.may_destroy(tuple(sorted(holds)))


def held() -> set[tuple[str, str]]:
    """Every destruction clock that a legal hold stops today: (project's number, what)."""
    holds = _open(Kind.LEGAL_HOLD).values_list("data_request__number", "clocks")
    return {(number, what) for number, clocks in holds for what in clocks}


def may_proceed(number: str, people: Collection[str]) -> Decision:
    """Whether nobody has suspended this project, or one of these people (by user name)."""
    return matter.may_proceed(
        tuple(
            one
            for one, project, person in _suspensions()
            if person in people or (person is None and project == number)
        )
    )


@once
def _suspensions() -> list[tuple[str, str | None, str | None]]:
    """Each that is open: its number, the project it names, the person it names. They are few at any time."""
    found = _open(Kind.SUSPENSION).select_related("data_request", "person").order_by("pk")
    return [
        (
            one.number,
            one.data_request.number if one.data_request else None,
            one.person.username if one.person else None,
        )
        for one in found
    ]


def _open(kind: Kind) -> QuerySet[Matter]:
    return Matter.objects.filter(kind=kind, status=Status.OPEN)


def visible_to(person: Person) -> QuerySet[Matter]:
    """Counsel, the policy office and the auditor see all; others what they recorded or own."""
    if person.is_active and person.roles(clock.today()) & KEEPS:
        return Matter.objects.all()
    return Matter.objects.filter(Q(owner=person) | Q(recorded_by=person))


def projects_of(person: Person) -> QuerySet[DataRequest]:
    """Projects that a matter may name: those a person may read; to who operates, also those that have data."""
    seen = Q(pk__in=requests_visible_to(person).values("pk"))
    if person.roles(clock.today()) & {Role.HUB_OPERATOR, Role.ENCLAVE_OPERATOR}:
        seen |= Q(status=DataRequestStatus.APPROVED)
    return DataRequest.objects.filter(seen)


def kinds_for(person: Person) -> list[Kind]:
    """What this person's offices put on record."""
    held_ = person.roles(clock.today())
    return [kind for kind, roles in RECORDS.items() if roles & held_]


def facts(kind: Kind, by: Person, record: Matter | None = None, **said: object) -> Facts:
    """What the rules need to know; `said` is what only the act itself brings with it."""
    roles = by.roles(clock.today())
    known: dict[str, object] = {
        "kind": kind,
        "may_record": bool(RECORDS[kind] & roles),
        "may_close": bool(CLOSES[kind] & roles),
    }
    if record is not None:
        known |= {
            "works_on_it": record.owner_id == by.pk or bool(roles & (KEEPS - {Role.AUDITOR})),
            "not_done": tuple(record.duties.filter(done_at__isnull=True).values_list("name", flat=True)),
            "wages": record.wages and kind is Kind.SUBPOENA,
        }
    return Facts(**(known | said))  # type: ignore[arg-type] # facts by their names


def may_record(by: Person, kind: Kind, unsaid: tuple[str, ...] = ()) -> Decision:
    """Whether this person may put a matter of this kind on record, with these names still missing."""
    roles = by.roles(clock.today())
    return LIFECYCLE.may(None, Action.RECORD, roles, facts(kind, by, unsaid=unsaid))


def decisions(record: Matter, by: Person) -> dict[str, Decision]:
    """What this person could do about it now; a subpoena's ruling is named when it is closed."""
    kind = Kind(record.kind)
    known = facts(kind, by, record, ground=Ground.EXCEPTION)
    return LIFECYCLE.decisions(Status(record.status), by.roles(clock.today()), known)


def todo(person: Person) -> list[Item]:
    """Open matters that a person owns, by the first day on which something is due."""
    found = []
    open_duties = Duty.objects.filter(matter=OuterRef("pk"), done_at__isnull=True, due_on__isnull=False)
    first_due = Subquery(open_duties.order_by("due_on").values("due_on")[:1])
    own_first = Case(When(owner=person, then=0), default=1)
    held_open = visible_to(person).filter(status=Status.OPEN).annotate(first_due=first_due)
    ordered = held_open.order_by(own_first, F("first_due").asc(nulls_last=True), "pk")
    for record in ordered.select_related("owner").prefetch_related("duties")[:LISTED]:
        due = [one.due_on for one in record.duties.all() if one.done_at is None and one.due_on]
        turn = Turn.YOURS if record.owner_id == person.pk else Turn.OTHERS
        found.append(
            Item(str(record), record.get_absolute_url(), turn, record.owner.name, min(due, default=None))
        )
    return found
