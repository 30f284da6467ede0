"""Beginning a change of an approved request, or the same request once more."""

from django.db import transaction
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.audit import actions as audit
from charteroak.policy.decision import refuse
from charteroak.policy.request_change import Kind, amends
from charteroak.requests import changes
from charteroak.requests.actions.draft import locked, next_number
from charteroak.requests.actions.papers import carry
from charteroak.requests.answers import ANSWERS
from charteroak.requests.models import DataRequest, RequestedColumn, TeamMember
from charteroak.requests.queries import may_change


@transaction.atomic
def change(*, pk: int, by: Person, kind: Kind, because: str) -> DataRequest:
    """Begin a request that says all that was approved last, for its applicants to change what this kind may.

    It goes the whole way of a request; what stays as it was keeps its decision. Nothing changes until every party
    has signed the amended agreement.
    """
    before = _begins_from(locked(pk), kind)
    may_change(before, by, kind, because).require()
    own_number = next_number()
    begun = DataRequest.objects.create(
        number=changes.next_number(before) if amends(kind) else own_number,
        applicant=by,
        changes_request=before,
        change=kind,
        change_because=because.strip(),
        started_on=clock.today(),
        **{part: getattr(before, part) for part in ANSWERS},
    )
    TeamMember.objects.bulk_create(
        TeamMember(data_request=begun, person_id=person) for person in sorted(_people(before) - {by.pk})
    )
    RequestedColumn.objects.bulk_create(
        RequestedColumn(
            data_request=begun,
            variable_id=column.variable_id,
            purpose=column.purpose,
            justification=column.justification,
        )
        for column in before.columns.all()
    )
    carry(before, begun, by)
    audit.record(
        "requests:data_request:start",
        by=by,
        subject=begun,
        number=begun.number,
        changes=before.number,
        change=kind,
    )
    return begun


def _begins_from(record: DataRequest, kind: Kind) -> DataRequest:
    """Locked; refused if something else came to stand while this one waited for the lock."""
    if not amends(kind):
        return record
    before = locked(changes.standing(record).pk)
    if changes.standing(record) != before:
        said = _("Another change was approved meanwhile.")
        refuse("approved_meanwhile", said, _("Begin it once more.")).require()
    return before


def _people(record: DataRequest) -> set[int]:
    return {record.applicant_id, *record.team.values_list("person", flat=True)}
