"""Which matters stop what, who sees them, and what speaks for or against each step."""

from collections.abc import Collection

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, When
from django.utils.translation import gettext as _

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
ACT_FOR_OTHERS = KEEPS - {Role.AUDITOR}  # do the duties of any matter, whoever owns it


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
            "works_on_it": record.owner_id == by.pk or bool(roles & ACT_FOR_OTHERS),
            "not_done": record.duties.filter(done_at__isnull=True).count(),
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


def open_duties() -> QuerySet[Duty]:
    """What is still to be done by a day, of matters that are open; the first due first."""
    left = Duty.objects.filter(matter__status=Status.OPEN, done_at__isnull=True, due_on__isnull=False)
    return left.select_related("matter__owner", "matter__data_request", "matter__agency").order_by(
        "due_on", "pk"
    )


def has_owner(record: Matter) -> bool:
    """Whether its owner can still act; otherwise it is the turn of the offices that act on any of them."""
    return record.owner.is_active and not record.owner.left


def whose_turn(record: Matter, *, has_owner: bool) -> str:
    """In words: its owner, or who acts for an owner who has left; nobody once it is closed."""
    if record.status == Status.CLOSED:
        return ""
    return record.owner.name if has_owner else _("Policy office or counsel")


def todo(person: Person) -> list[Item]:
    """Open matters by the first day on which something is due; of a person's own, each duty with its day."""
    open_ones = Duty.objects.filter(matter=OuterRef("pk"), done_at__isnull=True, due_on__isnull=False)
    first_due = Subquery(open_ones.order_by("due_on").values("due_on")[:1])
    own_first = Case(When(owner=person, then=0), default=1)
    held_open = visible_to(person).filter(status=Status.OPEN).annotate(due=first_due)
    ordered = held_open.order_by(own_first, F("due").asc(nulls_last=True), "pk")
    records = list(ordered.select_related("owner").prefetch_related("duties__matter")[:LISTED])
    owners = Person.objects.with_access().filter(pk__in={one.owner_id for one in records})
    here = set(owners.values_list("pk", flat=True)) if records else set()
    acts = bool(person.roles(clock.today()) & ACT_FOR_OTHERS)
    found = []
    for record in records:
        has_owner = record.owner_id in here
        mine = record.owner_id == person.pk or (acts and not has_owner)
        found += _items(record, mine, whose_turn(record, has_owner=has_owner))
    return found


def _items(record: Matter, mine: bool, who: str) -> list[Item]:
    """A line for each duty of one's own; one for all where it is another's, or where nothing but closing is left."""
    left = [one for one in record.duties.all() if one.done_at is None]
    if not (mine and left):
        turn = Turn.YOURS if mine else Turn.OTHERS
        return [Item(str(record), record.get_absolute_url(), turn, who, record.first_due)]
    left.sort(key=lambda one: (one.due_on is None, one.due_on or record.known_on, one.pk))
    return [Item(str(one), one.get_absolute_url(), Turn.YOURS, who, one.due_on) for one in left]
