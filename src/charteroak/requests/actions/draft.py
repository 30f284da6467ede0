"""What applicants write together: begun, filled in, columns chosen, colleagues named, terms accepted."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import IntegerField, Max
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.audit import actions as audit
from charteroak.catalog.models import Variable
from charteroak.policy.data_request import Action
from charteroak.policy.decision import refuse
from charteroak.policy.merging import merge
from charteroak.policy.roles import Role, must_stay_apart
from charteroak.requests import history
from charteroak.requests.answers import ANSWERS
from charteroak.requests.models import AcceptedTerm, DataRequest, RequestedColumn, TeamMember
from charteroak.requests.queries import may, may_begin, open_terms

EDITABLE = tuple(ANSWERS)
NUMBERING = 7_236_045  # the advisory lock under which numbers are given out; 042 to 044 are taken


def locked(pk: int) -> DataRequest:
    return DataRequest.objects.select_for_update().get(pk=pk)


@transaction.atomic
def start(*, by: Person, title: str, once: UUID | None = None) -> DataRequest:
    """Begin an enquiry; it gets the next number of the policy office's log.

    `once` names the form that was sent: sent again, it begins nothing new.
    """
    may_begin(by).require()
    number = next_number()
    if once is not None and (begun := DataRequest.objects.filter(once=once, applicant=by).first()):
        return begun
    record = DataRequest.objects.create(
        number=number, applicant=by, title=title, started_on=clock.today(), once=once
    )
    audit.record("requests:data_request:start", by=by, subject=record, number=number)
    return record


def next_number() -> str:
    """One more than the highest so far; until the transaction ends, whoever else begins a request waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERING])
    counted = DataRequest.objects.filter(number__regex=r"^[0-9]+$")  # a change counts in its own family
    highest = counted.aggregate(highest=Max(Cast("number", IntegerField())))["highest"]
    return f"{(highest or 0) + 1:03d}"


@transaction.atomic
def edit(
    *, pk: int, by: Person, seen: int | None = None, unread: Mapping[str, str] | None = None, **fields: Any
) -> tuple[str, ...]:
    """Keep what was typed, complete or not: `fields` as they could be read, `unread` as it stands there.

    `seen` is the revision that the page showed. Parts that a colleague has changed since, otherwise, are left as
    the colleague wrote them and returned, for a person to decide. Unknown parts are a caller's mistake (ValueError).
    """
    record, unreadable = locked(pk), dict(unread or {})
    may(record, Action.EDIT, by).require()
    given = {**fields, **unreadable}
    if unknown := set(given) - set(EDITABLE):
        raise ValueError(f"not a part of the form: {', '.join(sorted(unknown))}")
    mine, now = {part: history.plain(value) for part, value in given.items()}, history.current(record, given)
    merged = merge(base=history.as_shown(record, seen, now, by), mine=mine, theirs=now)
    for part in merged.changed:
        record.unread.pop(part, None)
        if part in unreadable:
            record.unread[part] = unreadable[part]
        else:
            setattr(record, part, fields[part])
    if merged.changed:
        record.save(update_fields=[*(part for part in merged.changed if part not in unreadable), "unread"])
        _keep_to_its_kind(record, by)
        history.note(record, by, {part: (now[part], said) for part, said in merged.changed.items()})
        parts = sorted(merged.changed)
        audit.record(
            "requests:data_request:edit", by=by, subject=record, parts=parts, revision=record.revision
        )
    return merged.conflicts


def _keep_to_its_kind(record: DataRequest, by: Person) -> None:
    """Refuse, and so roll back, what a change touches and its kind does not; as it is on record now."""
    if record.changes_request_id:
        may(locked(record.pk), Action.EDIT, by).require()


@transaction.atomic
def ask_columns(
    *,
    pk: int,
    by: Person,
    purposes: Mapping[int, str],
    justifications: Mapping[int, str] | None = None,
    shown: Collection[int] | None = None,
    seen: int | None = None,
) -> list[int]:
    """Ask for these variables (variable id → what it is needed for; may still be empty) and no others of `shown`.

    `shown` is what the page offered, by default the whole catalog. Returns the variables that a colleague has
    changed otherwise since revision `seen`; they stay as the colleague left them.
    """
    record, because = locked(pk), justifications or {}
    may(record, Action.EDIT, by).require()
    offered = set(shown) if shown is not None else set(record.columns.values_list("variable", flat=True))
    known = list(
        Variable.objects.filter(pk__in=offered | set(purposes)).order_by("pk").values_list("pk", flat=True)
    )
    mine = {history.column_part(pk): _asked(pk, purposes, because) for pk in known}
    now = history.columns_now(record, known)
    merged = merge(base=history.as_shown(record, seen, now, by), mine=mine, theirs=now)
    changed = [pk for pk in known if history.column_part(pk) in merged.changed]
    record.columns.filter(variable__in=[pk for pk in changed if pk not in purposes]).delete()
    _ask(record, [pk for pk in changed if pk in purposes], purposes, because)
    left = [pk for pk in known if history.column_part(pk) in merged.conflicts]
    if changed:
        _keep_to_its_kind(record, by)
        history.note(record, by, {part: (now[part], said) for part, said in merged.changed.items()})
        asked = sorted(record.columns.values_list("variable", flat=True))
        audit.record("requests:data_request:ask_columns", by=by, subject=record, variables=asked)
    return left


def _ask(
    record: DataRequest, variables: list[int], purposes: Mapping[int, str], because: Mapping[int, str]
) -> None:
    RequestedColumn.objects.bulk_create(
        [
            RequestedColumn(
                data_request=record,
                variable_id=pk,
                purpose=purposes[pk].strip(),
                justification=because.get(pk, "").strip(),
            )
            for pk in variables
        ],
        update_conflicts=True,
        unique_fields=["data_request", "variable"],
        update_fields=["purpose", "justification"],
    )


def _asked(variable: int, purposes: Mapping[int, str], because: Mapping[int, str]) -> list[str] | None:
    if variable not in purposes:
        return None
    return [purposes[variable].strip(), because.get(variable, "").strip()]


@transaction.atomic
def add_member(*, pk: int, by: Person, person: Person) -> None:
    """Name a colleague on the team, who may write too; refused where their other offices must stay apart."""
    record = locked(pk)
    may(record, Action.EDIT, by).require()
    if not Person.objects.with_access().filter(pk=person.pk).exists():
        refuse("no_access", _("This person’s access has ended."), _("Name somebody else.")).require()
    if person.awaited:  # what came by post must open nothing
        refuse(
            "not_signed_in_yet", _("This person has not signed in yet."), _("Name them afterwards.")
        ).require()
    must_stay_apart(person.roles(clock.today()) | {Role.RECIPIENT}).require()
    _member, new = TeamMember.objects.get_or_create(data_request=record, person=person)
    if new:
        _keep_to_its_kind(record, by)
        history.note(record, by, {f"team {person.username}": (None, person.name)})
    audit.record("requests:team_member:add", by=by, subject=record, person=person.username)


@transaction.atomic
def remove_member(*, pk: int, by: Person, person: Person) -> None:
    record = locked(pk)
    may(record, Action.EDIT, by).require()
    removed, _of = record.team.filter(person=person).delete()
    if removed:
        _keep_to_its_kind(record, by)
        history.note(record, by, {f"team {person.username}": (person.name, None)})
    audit.record("requests:team_member:remove", by=by, subject=record, person=person.username)


@transaction.atomic
def accept_terms(*, pk: int, by: Person) -> None:
    """Accept every term of use that this person has not accepted for this request."""
    record = locked(pk)
    may(record, Action.ACCEPT_TERMS, by).require()
    accepted, at = sorted(open_terms(record, by)), clock.now()
    AcceptedTerm.objects.bulk_create(
        AcceptedTerm(data_request=record, term=term, by=by, at=at) for term in accepted
    )
    if accepted:
        audit.record("requests:data_request:accept_terms", by=by, subject=record, terms=accepted)
