"""A request from its sending to the decision: sent, triaged, given to the agencies, approved or declined."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.models import Agency, Person
from charteroak.audit import actions as audit
from charteroak.policy import agency_review as review_rules
from charteroak.policy.data_request import LIFECYCLE, Action, Status
from charteroak.policy.decision import refuse
from charteroak.requests import changes, versions
from charteroak.requests.actions.draft import locked
from charteroak.requests.history import require_unchanged
from charteroak.requests.models import AgencyReview, DataRequest
from charteroak.requests.queries import agencies_asked, facts, may, may_appeal, roles_of


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
def submit(*, pk: int, by: Person, seen: int | None = None) -> None:
    """Send the request in; what is sent is kept as its next version.

    Every missing part and every column without a purpose is named when refused.
    """
    record = locked(pk)
    may(record, Action.SUBMIT, by).require()
    require_unchanged(record, seen, by)
    record.status = LIFECYCLE.after(Status(record.status), Action.SUBMIT)
    now = clock.now()
    record.submitted_by, record.submitted_at = by, now
    record.save()
    version = versions.keep(record, by, now)
    columns = [
        f"{column.variable.dataset.agency.code}/{column.variable.dataset.file}/{column.variable.name}"
        for column in record.columns.select_related("variable__dataset__agency")
    ]
    audit.record(
        "requests:data_request:submit",
        by=by,
        subject=record,
        number=record.number,
        version=version.number,
        columns=columns,
    )


@transaction.atomic
def return_(*, pk: int, by: Person, because: str, seen: int | None = None) -> None:
    """Send it back to the applicant with what is missing."""
    record = locked(pk)
    may(record, Action.RETURN, by).require()
    require_unchanged(record, seen, by)
    if not because.strip():
        refuse("comment_missing", _("Say what is missing."), _("The applicant reads it.")).require()
    record.status, record.returned_because = Status.RETURNED, because
    record.save()
    audit.record("requests:data_request:return", by=by, subject=record)


@transaction.atomic
def accept_as_complete(*, pk: int, by: Person, seen: int | None = None) -> None:
    """The policy office finds it complete: each agency whose records are asked for gets its turn."""
    record = locked(pk)
    may(record, Action.ACCEPT_AS_COMPLETE, by).require()
    require_unchanged(record, seen, by)
    record.status = Status.IN_REVIEW
    record.accepted_by, record.accepted_at = by, clock.now()
    record.save()
    changes.carry_over(record)
    reviews = [_review(record, agency) for agency in agencies_asked(record)]
    waiting = [one.agency.code for one in reviews if one.status == review_rules.Status.WAITING]
    on_to_the_board = not waiting and recommend_when_all_decided(record, by)
    audit.record("requests:data_request:accept_as_complete", by=by, subject=record, agencies=waiting)
    if on_to_the_board:
        audit.record("requests:data_request:recommend", by=by, subject=record, number=record.number)


def _review(record: DataRequest, agency: Agency) -> AgencyReview:
    review, _new = AgencyReview.objects.get_or_create(data_request=record, agency=agency)
    changes.carry_review(record, review)
    return review


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
def reconsider(*, pk: int, by: Person, motion: int) -> None:
    """Called by the board with a carried motion to reconsider: its decision is void, and it decides anew."""
    record = locked(pk)
    LIFECYCLE.may(
        Status(record.status), Action.RECONSIDER, roles_of(by, record), facts(record, by, carried=True)
    ).require()
    record.status = LIFECYCLE.after(Status(record.status), Action.RECONSIDER)
    record.decided_by = record.decided_at = None
    record.save()
    audit.record(
        "requests:data_request:reconsider", by=by, subject=record, number=record.number, motion=motion
    )


@transaction.atomic
def appeal(*, pk: int, by: Person, grounds: str) -> None:
    """Ask the board to hear a declined request once more, within thirty days of its decision."""
    record = locked(pk)
    may_appeal(record, by, grounds).require()
    record.status = LIFECYCLE.after(Status(record.status), Action.APPEAL)
    record.appeal, record.appealed_by, record.appealed_at = grounds, by, clock.now()
    record.save()
    audit.record("requests:data_request:appeal", by=by, subject=record, number=record.number)


@transaction.atomic
def withdraw(*, pk: int, by: Person) -> None:
    record = locked(pk)
    may(record, Action.WITHDRAW, by).require()
    record.status = Status.WITHDRAWN
    record.save()
    audit.record("requests:data_request:withdraw", by=by, subject=record)


@transaction.atomic
def withdraw_appeal(*, pk: int, by: Person) -> None:
    """Who appealed lets it be: the board's decision stands, and they may appeal anew while there is time."""
    record = locked(pk)
    may(record, Action.WITHDRAW_APPEAL, by).require()
    record.status = LIFECYCLE.after(Status(record.status), Action.WITHDRAW_APPEAL)
    record.appeal, record.appealed_by, record.appealed_at = "", None, None
    record.save()
    audit.record("requests:data_request:withdraw_appeal", by=by, subject=record, number=record.number)
