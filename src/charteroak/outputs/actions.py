"""Every write about release requests up to the board's approval: put forward, checked, reviewed, cleared."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from charteroak.adapters import clock
from charteroak.agencies.models import Agency, Person
from charteroak.agreements.queries import terms
from charteroak.audit import actions as audit
from charteroak.audit.leaf import Fact
from charteroak.outputs.classing import clear_ahead
from charteroak.outputs.models import Clearance, FileVote, OutputFile, ReleaseRequest, Review
from charteroak.outputs.queries import (
    Ballot,
    agreement_of,
    facts,
    roles_of,
    stewarded,
)
from charteroak.policy import workspace as workspace_rules
from charteroak.policy.decision import refuse
from charteroak.policy.release_request import LIFECYCLE, Action, Facts, Status
from charteroak.workspaces import queries as workspaces
from charteroak.workspaces.models import Workspace


def locked(pk: int) -> ReleaseRequest:
    return (
        ReleaseRequest.objects.select_for_update(of=("self",))
        .select_related("workspace__agreement__data_request", "author")
        .get(pk=pk)
    )


def require(record: ReleaseRequest, action: Action, by: Person, known: Facts | None = None) -> Facts:
    known = known or facts(record, by)
    LIFECYCLE.may(Status(record.status), action, roles_of(by, record), known).require()
    return known


def hashes(record: ReleaseRequest) -> list[str]:
    return list(record.files.values_list("sha256", flat=True))


@transaction.atomic
def start(*, workspace: int, by: Person) -> ReleaseRequest:
    """Begin a release request for results of a project's workspace."""
    room = Workspace.objects.select_for_update(of=("self",)).select_related("agreement").get(pk=workspace)
    allowed = workspaces.may(room, by, workspace_rules.Action.REQUEST_RELEASE).require()
    number = f"{room.agreement.number}-{room.release_requests.count() + 1}"
    record = ReleaseRequest.objects.create(workspace=room, number=number, author=by, started_at=clock.now())
    audit.record(
        "outputs:release_request:start",
        by=by,
        subject=record,
        number=number,
        workspace=audit.subject_of(room),
        clauses=list(allowed.clauses),
    )
    return record


def next_round(record: ReleaseRequest) -> int:
    return record.round + 1 if record.status == Status.RETURNED else record.round


@transaction.atomic
def submit(*, pk: int, by: Person) -> None:
    """Send it to the checks. Sent again after a return, it begins a new round: earlier votes do not count."""
    record = locked(pk)
    known = _counted(record, Action.SUBMIT, by)
    record.round = next_round(record)
    record.status, record.submitted_at = Status.SUBMITTED, clock.now()
    record.checked_at, record.checks, record.returned_because = None, "", ""
    record.save()
    record.files.update(verdict="", summary="", protected=None, statistics=[], fewest=None)
    _order_checks(record)
    _record(record, Action.SUBMIT, by, known)


@transaction.atomic
def retry(*, pk: int, by: Person) -> None:
    """Have the checks of this round made again, after the machine could not make them."""
    record = locked(pk)
    known = _counted(record, Action.RETRY, by)
    record.status = LIFECYCLE.after(Status(record.status), Action.RETRY)
    record.save()
    _order_checks(record)
    _record(record, Action.RETRY, by, known)


def _counted(record: ReleaseRequest, action: Action, by: Person) -> Facts:
    """May it go to the checks? Two of a project at once are counted one after the other."""
    Workspace.objects.select_for_update().get(pk=record.workspace_id)
    return require(record, action, by)


def _order_checks(record: ReleaseRequest) -> None:
    checks = app.configure_task("outputs:prepare_checks", allow_unknown=False)
    checks.defer(release_request=record.pk, round=record.round)


@transaction.atomic
def withdraw(*, pk: int, by: Person) -> None:
    """Take the request back; what it names stays in the enclave."""
    record = locked(pk)
    require(record, Action.WITHDRAW, by)
    record.status, record.returned_because = Status.WITHDRAWN, ""
    record.save()
    _record(record, Action.WITHDRAW, by)


@transaction.atomic
def revoke(*, pk: int, by: Person, because: str) -> None:
    """Take back what was approved or released: the register says why, and nobody fetches it any more."""
    record = locked(pk)
    require(record, Action.REVOKE, by, facts(record, by, because=because))
    _end(record, by, because)
    _record(record, Action.REVOKE, by)


@transaction.atomic
def recall(*, pk: int, by: Person, because: str) -> None:
    """A contributing agency's steward takes its clearance back: without it nobody fetches the release any more."""
    record = locked(pk)
    require(record, Action.RECALL, by, facts(record, by, because=because))
    _end(record, by, because)
    _record(record, Action.RECALL, by, agencies=stewarded(by, record))


def _end(record: ReleaseRequest, by: Person, because: str) -> None:
    record.status, record.revoked_because = Status.REVOKED, because
    record.revoked_by, record.revoked_at = by, clock.now()
    record.save()


def require_as_looked_at(ballots: Mapping[OutputFile, Ballot]) -> None:
    """Each vote is on the bytes that are put forward now."""
    changed = [str(file) for file, ballot in ballots.items() if ballot.sha256 != file.sha256]
    if changed:
        refuse(
            "bytes_differ",
            _("Changed since you looked: %s.") % ", ".join(changed),
            _("Look again, then vote."),
        ).require()


def may_be_kept(record: ReleaseRequest, by: Person, file: OutputFile, ballot: Ballot | None) -> Ballot:
    """The vote on one file, as the review would take it, until those on the other files are in; or it is refused."""
    known = facts(record, by, ballots={file: ballot} if ballot else {})
    own = tuple(name for name in known.votes_missing if name == file.name)
    require(record, Action.REVIEW, by, replace(known, votes_missing=own))
    assert ballot is not None  # noqa: S101 - or its vote was missing
    require_as_looked_at({file: ballot})
    return ballot


@transaction.atomic
def review(*, pk: int, by: Person, votes: Mapping[int, Ballot]) -> None:
    """A checker's votes on every file, cast at once. The second review settles the round."""
    record = locked(pk)
    files = {file.pk: file for file in record.files.all()}
    ballots = {files[file]: ballot for file, ballot in votes.items() if file in files}
    known = require(record, Action.REVIEW, by, facts(record, by, ballots=ballots))
    require_as_looked_at(ballots)
    cast = Review.objects.create(release_request=record, round=record.round, by=by, at=clock.now())
    FileVote.objects.bulk_create(
        FileVote(review=cast, file=file, sha256=ballot.sha256, vote=ballot.vote, comment=ballot.comment)
        for file, ballot in ballots.items()
    )
    settled = _settle(record, by)
    said = [f"{ballot.sha256}:{ballot.vote.value}" for ballot in ballots.values()]
    _record(record, Action.REVIEW, by, known, votes=said)
    _record_step(record, settled, by)
    if settled is Action.COMPLETE_REVIEW:
        clear_ahead(record, by, known.coverage, hashes(record))
        _record_step(record, _begin_preview(record, by), by)


def _settle(record: ReleaseRequest, by: Person) -> Action | None:
    """After the second review: on to the agencies, or back; a disagreement waits for a checker to return it."""
    known = facts(record, by)
    back = known.files_to_change and not known.files_in_conflict
    return _move(record, Action.RETURN if back else Action.COMPLETE_REVIEW, by, known)


def _begin_preview(record: ReleaseRequest, by: Person) -> Action | None:
    """Once every agency has cleared it."""
    cleared = facts(record, by)
    if cleared.agencies_not_cleared or record.status != Status.REVIEWED:
        return None
    record.preview_ends_on = clock.today() + timedelta(days=terms(agreement_of(record)).preview_days)
    return _move(record, Action.BEGIN_PREVIEW, by, cleared)


def _move(record: ReleaseRequest, action: Action, by: Person, known: Facts) -> Action | None:
    """Take a step that needs nothing but the rules' consent; answers it if it was taken."""
    if not LIFECYCLE.may(Status(record.status), action, roles_of(by, record), known):
        return None
    record.status = LIFECYCLE.after(Status(record.status), action)
    record.save()
    return action


def _record(
    record: ReleaseRequest, action: Action, by: Person, known: Facts | None = None, **said: Fact
) -> None:
    """An event: always with the round and the bytes it was about; `known` names the clauses that allow it."""
    if known is not None:
        said["clauses"] = list(known.coverage.clauses)
    audit.record(
        f"outputs:release_request:{action.value}",
        by=by,
        subject=record,
        number=record.number,
        round=record.round,
        files=hashes(record),
        **said,
    )


def _record_step(record: ReleaseRequest, taken: Action | None, by: Person) -> None:
    if taken is not None:
        _record(record, taken, by)


@transaction.atomic
def return_(*, pk: int, by: Person, because: str) -> None:
    """Send it back to the author, with the reason."""
    _sent_back(pk, Action.RETURN, by, because)


@transaction.atomic
def turn_back(*, pk: int, by: Person, because: str) -> None:
    """The cursory look: one checker sends back what cannot be reviewed as it is. Nothing is let through by it."""
    _sent_back(pk, Action.TURN_BACK, by, because)


@transaction.atomic
def decline(*, pk: int, by: Person, because: str) -> None:
    """The chair puts the board's lost motion into effect: back to the author, with what the board said."""
    _sent_back(pk, Action.DECLINE, by, because)


def _sent_back(pk: int, action: Action, by: Person, because: str) -> None:
    record = locked(pk)
    known = require(record, action, by)
    if not because.strip():
        refuse("comment_missing", _("Say what must change."), _("The author reads it.")).require()
    record.returned_because = because
    _record_step(record, _move(record, action, by, known), by)


@transaction.atomic
def clear(*, pk: int, by: Person, agency: str) -> None:
    """A contributing agency's steward clears the outputs; the last clearance begins the preview."""
    record = locked(pk)
    known = require(record, Action.CLEAR, by, facts(record, by, agency=agency))
    Clearance.objects.create(
        release_request=record,
        round=record.round,
        agency=Agency.objects.get(code=agency),
        by=by,
        at=clock.now(),
    )
    begun = _begin_preview(record, by)
    _record(record, Action.CLEAR, by, known, agency=agency)
    _record_step(record, begun, by)


@transaction.atomic
def approve(*, pk: int, by: Person) -> None:
    """The chair puts the board's carried motion into effect: these bytes, and no others, are to be released."""
    record = locked(pk)
    known = require(record, Action.APPROVE, by)
    record.status = Status.APPROVED
    record.approved_by, record.approved_at = by, clock.now()
    record.save()
    app.configure_task("outputs:release", allow_unknown=False).defer(release_request=record.pk)
    _record(record, Action.APPROVE, by, known)
