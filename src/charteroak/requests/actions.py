"""Every write about a data request: begun, filled in, sent, triaged, decided column by column, approved."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import IntegerField, Max
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.audit import actions as audit
from charteroak.catalog.models import Variable
from charteroak.policy.data_request import LIFECYCLE, Action, Status
from charteroak.policy.decision import refuse
from charteroak.policy.roles import Role, must_stay_apart
from charteroak.requests.models import AgencyReview, DataRequest, RequestedColumn, TeamMember
from charteroak.requests.queries import agencies_asked, facts, may, may_begin, roles_of

EDITABLE = (
    "title", "question", "purpose", "public_benefit", "legal_exception", "first_year", "last_year",
    "outputs_planned", "publication_plan", "ends_on",
)  # fmt: skip

NUMBERING = 7_236_045  # the advisory lock under which numbers are given out; 042 to 044 are taken


def locked(pk: int) -> DataRequest:
    return DataRequest.objects.select_for_update().get(pk=pk)


@transaction.atomic
def start(*, by: Person, title: str) -> DataRequest:
    """Begin an enquiry; it gets the next number of the policy office's log."""
    may_begin(by).require()
    number = _next_number()
    record = DataRequest.objects.create(number=number, applicant=by, title=title, started_on=clock.today())
    audit.record("requests:data_request:start", by=by, subject=record, number=number)
    return record


def _next_number() -> str:
    """One more than the highest so far; until the transaction ends, whoever else begins a request waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERING])
    highest = DataRequest.objects.aggregate(highest=Max(Cast("number", IntegerField())))["highest"]
    return f"{(highest or 0) + 1:03d}"


@transaction.atomic
def record_historic(*, number: str, title: str, decided_on: date, applicant: str, by: str) -> None:
    """Note a request that was approved before this program, so that numbers and history go on."""
    if DataRequest.objects.filter(number=number).exists():
        return
    record = DataRequest.objects.create(
        number=number,
        title=title,
        applicant=Person.objects.get(username=applicant),
        started_on=decided_on,
        historic_decision_on=decided_on,
        status=Status.APPROVED,
    )
    audit.record("requests:data_request:record_historic", by=by, subject=record, decided_on=str(decided_on))


@transaction.atomic
def edit(*, pk: int, by: Person, **fields: Any) -> DataRequest:
    """Keep what was typed, complete or not. Unknown fields are a caller's mistake (ValueError)."""
    record = locked(pk)
    may(record, Action.EDIT, by).require()
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise ValueError(f"not a part of the form: {', '.join(sorted(unknown))}")
    changed = sorted(name for name, value in fields.items() if getattr(record, name) != value)
    if changed:
        for name in changed:
            setattr(record, name, fields[name])
        record.save(update_fields=changed)
        audit.record("requests:data_request:edit", by=by, subject=record, parts=changed)
    return record


@transaction.atomic
def ask_columns(*, pk: int, by: Person, purposes: Mapping[int, str]) -> None:
    """Ask for exactly these variables (variable id → what it is needed for; may still be empty)."""
    record = locked(pk)
    may(record, Action.EDIT, by).require()
    record.columns.exclude(variable__in=purposes).delete()
    known = set(Variable.objects.filter(pk__in=purposes).values_list("pk", flat=True))
    RequestedColumn.objects.bulk_create(
        [
            RequestedColumn(data_request=record, variable_id=variable, purpose=purpose.strip())
            for variable, purpose in purposes.items()
            if variable in known
        ],
        update_conflicts=True,
        unique_fields=["data_request", "variable"],
        update_fields=["purpose"],
    )
    audit.record("requests:data_request:ask_columns", by=by, subject=record, variables=sorted(known))


@transaction.atomic
def add_member(*, pk: int, by: Person, person: Person) -> None:
    """Name a colleague on the team; refused where their other offices must stay apart from analysing."""
    record = locked(pk)
    may(record, Action.EDIT, by).require()
    must_stay_apart(person.roles(clock.today()) | {Role.RECIPIENT}).require()
    TeamMember.objects.get_or_create(data_request=record, person=person)
    audit.record("requests:team_member:add", by=by, subject=record, person=person.username)


@transaction.atomic
def remove_member(*, pk: int, by: Person, person: Person) -> None:
    record = locked(pk)
    may(record, Action.EDIT, by).require()
    record.team.filter(person=person).delete()
    audit.record("requests:team_member:remove", by=by, subject=record, person=person.username)


@transaction.atomic
def submit(*, pk: int, by: Person) -> None:
    """Send the request in. Every missing part and every column without a purpose is named when refused."""
    record = locked(pk)
    may(record, Action.SUBMIT, by).require()
    record.status = LIFECYCLE.after(Status(record.status), Action.SUBMIT)
    record.submitted_by, record.submitted_at = by, clock.now()
    record.save()
    columns = [
        f"{column.variable.dataset.agency.code}/{column.variable.name}"
        for column in record.columns.select_related("variable__dataset__agency")
    ]
    audit.record("requests:data_request:submit", by=by, subject=record, number=record.number, columns=columns)


@transaction.atomic
def return_(*, pk: int, by: Person, because: str) -> None:
    """Send it back to the applicant with what is missing."""
    record = locked(pk)
    may(record, Action.RETURN, by).require()
    if not because.strip():
        refuse("comment_missing", _("Say what is missing."), _("The applicant reads it.")).require()
    record.status, record.returned_because = Status.RETURNED, because
    record.save()
    audit.record("requests:data_request:return", by=by, subject=record)


@transaction.atomic
def accept_as_complete(*, pk: int, by: Person) -> None:
    """The policy office finds it complete: each agency whose records are asked for gets its turn."""
    record = locked(pk)
    may(record, Action.ACCEPT_AS_COMPLETE, by).require()
    record.status = Status.IN_REVIEW
    record.accepted_by, record.accepted_at = by, clock.now()
    record.save()
    asked = agencies_asked(record)
    for agency in asked:
        AgencyReview.objects.get_or_create(data_request=record, agency=agency)
    audit.record(
        "requests:data_request:accept_as_complete",
        by=by,
        subject=record,
        agencies=[agency.code for agency in asked],
    )


def recommend_when_all_decided(record: DataRequest, by: Person) -> bool:
    """Once the last agency has decided, the request goes to the board. Within the caller's transaction."""
    now = facts(record, by)
    if now.agencies_decided < now.agencies_asked:
        return False
    LIFECYCLE.may(Status(record.status), Action.RECOMMEND, roles_of(by, record), now).require()
    record.status = LIFECYCLE.after(Status(record.status), Action.RECOMMEND)
    record.save()
    return True


@transaction.atomic
def approve(*, pk: int, by: Person, motion: int) -> None:
    """Called by the board with a motion that it has carried."""
    record = locked(pk)
    LIFECYCLE.may(
        Status(record.status), Action.APPROVE, roles_of(by, record), facts(record, by, carried=True)
    ).require()
    _decide(record, Action.APPROVE, by)
    audit.record("requests:data_request:approve", by=by, subject=record, number=record.number, motion=motion)


@transaction.atomic
def decline(*, pk: int, by: Person, motion: int) -> None:
    """Called by the board with a motion that it has lost."""
    record = locked(pk)
    LIFECYCLE.may(
        Status(record.status), Action.DECLINE, roles_of(by, record), facts(record, by, lost=True)
    ).require()
    _decide(record, Action.DECLINE, by)
    audit.record("requests:data_request:decline", by=by, subject=record, number=record.number, motion=motion)


def _decide(record: DataRequest, action: Action, by: Person) -> None:
    record.status = LIFECYCLE.after(Status(record.status), action)
    record.decided_by, record.decided_at = by, clock.now()
    record.save()


@transaction.atomic
def withdraw(*, pk: int, by: Person) -> None:
    record = locked(pk)
    may(record, Action.WITHDRAW, by).require()
    record.status = Status.WITHDRAWN
    record.save()
    audit.record("requests:data_request:withdraw", by=by, subject=record)
