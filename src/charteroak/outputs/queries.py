"""Who sees a release request, what the rules need to know of it, which reviews are open, whose turn it is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.agencies.queries import agencies_where
from charteroak.agreements.models import Agreement, Recipient
from charteroak.agreements.queries import contributed_by, contributors, coverage, names, standing_towards
from charteroak.outputs import classes, clocks
from charteroak.outputs.allowance import sent_lately
from charteroak.outputs.explained import unexplained
from charteroak.outputs.models import FileVote, OutputFile, ReleaseRequest, Review
from charteroak.outputs.printed import readable
from charteroak.outputs.voting import voted
from charteroak.policy import job as job_rules
from charteroak.policy.clauses import Asked, Use
from charteroak.policy.decision import Decision, refuse
from charteroak.policy.output_class import Judged
from charteroak.policy.release_request import LIFECYCLE, REVIEWS_NEEDED, Action, Facts, Status, Vote
from charteroak.policy.roles import Role
from charteroak.workspaces.models import JobOutput
from charteroak.workspaces.queries import WAITING

OFFICES = frozenset(
    {Role.OUTPUT_CHECKER, Role.AUDITOR, Role.POLICY_OFFICE, Role.BOARD_CHAIR, Role.BOARD_MEMBER}
)
CLEARED = (Status.IN_PREVIEW, Status.APPROVED)
LOOKED_AT = (
    Status.CHECKED,
    Status.RETURNED,
    Status.REVIEWED,
    Status.IN_PREVIEW,
    Status.APPROVED,
    Status.RELEASED,
)


@dataclass(frozen=True)
class Ballot:
    """A checker's vote on one file: on exactly the bytes with this hash."""

    vote: Vote
    sha256: str
    comment: str = ""


def agreement_of(record: ReleaseRequest) -> Agreement:
    return record.workspace.agreement


def whole() -> QuerySet[ReleaseRequest]:
    """Release requests with what is asked of each: project, author, signed text."""
    return ReleaseRequest.objects.select_related(
        "workspace__agreement__data_request", "author"
    ).prefetch_related("workspace__agreement__clauses")


def visible_to(person: Person) -> QuerySet[ReleaseRequest]:
    """A person's own projects, their agency's as steward, all to those who check, approve and audit."""
    found = whole()
    if person.is_active and person.roles(clock.today()) & OFFICES:
        return found
    named = Recipient.objects.filter(person=person).values("agreement")
    contributed = contributed_by(agencies_where(person, Role.DATA_STEWARD))
    return found.filter(Q(workspace__agreement__in=named) | Q(workspace__agreement__in=contributed))


def roles_of(person: Person, record: ReleaseRequest) -> frozenset[Role]:
    """Offices held today, and what this person is to this request."""
    roles = person.roles(clock.today())
    if names(agreement_of(record), person):
        roles |= {Role.RECIPIENT}
    return roles | {Role.AUTHOR} if record.author_id == person.pk else roles


def stewarded(person: Person, record: ReleaseRequest) -> list[str]:
    """The contributing agencies that this person is steward for."""
    own = {agency.code for agency in agencies_where(person, Role.DATA_STEWARD)}
    return [code for code in contributors(agreement_of(record)) if code in own]


@dataclass(frozen=True)
class Standing:
    """How one file stands in this round."""

    pk: int
    name: str
    failed: bool
    approvals: int
    pinned: int  # approvals of exactly the bytes that are put forward now
    changes: int


def standings(record: ReleaseRequest) -> list[Standing]:
    """Every file's, counted by the database: one query, however many files and votes there are."""
    now = Q(votes__review__round=record.round)
    approved, changed = now & Q(votes__vote=Vote.APPROVE), now & Q(votes__vote=Vote.CHANGE)
    counted = record.files.order_by("name").annotate(
        approvals=Count("votes", filter=approved),
        pinned=Count("votes", filter=approved & Q(votes__sha256=F("sha256"))),
        changes=Count("votes", filter=changed),
    )
    rows = counted.values_list("pk", "name", "verdict", "approvals", "pinned", "changes")
    return [
        Standing(pk, name, verdict == OutputFile.Verdict.FAIL or not readable(name), *counts)
        for pk, name, verdict, *counts in rows
    ]


def coverage_for(record: ReleaseRequest, by: Person) -> Decision:
    """A researcher acts on the workspace's content; a checker looks at an output."""
    named = names(agreement_of(record), by)
    use = Use.OPEN if named else Use.REVIEW
    handles = named or Role.OUTPUT_CHECKER in by.roles(clock.today())
    person = standing_towards(agreement_of(record), by) if handles else None
    return coverage(agreement_of(record), Asked(use, clock.today(), person=person))


def coverage_of_step(record: ReleaseRequest, by: Person, agency: str | None) -> Decision:
    """Whether a signed clause covers what this person may do at this status, as steward for `agency` if given."""
    today = clock.today()
    if record.status in CLEARED:
        return coverage(agreement_of(record), Asked(Use.RELEASE, today))
    if agency is not None:
        return coverage(agreement_of(record), Asked(Use.REVIEW, today, agency=agency))
    return coverage_for(record, by)


def _days_left(record: ReleaseRequest) -> int:
    """Of the preview."""
    return max((record.preview_ends_on - clock.today()).days, 0) if record.preview_ends_on else 0


def facts(
    record: ReleaseRequest,
    by: Person,
    *,
    ballots: Mapping[OutputFile, Ballot] | None = None,
    agency: str | None = None,
    because: str = " x",
    judged: Sequence[Judged] | None = None,
) -> Facts:
    """What the rules need to know of `ballots` about to be cast, of `agency` that clears, of files as `judged`."""
    files = standings(record)
    reviewers = [one.by_id for one in record.reviews.all() if one.round == record.round]
    open_ = classes.still_to_clear(record, judged)
    cast = {file.pk: (str(file), ballot) for file, ballot in (ballots or {}).items()}
    vote, mine = voted(record), [code for code in stewarded(by, record) if agency in (None, code)]
    return Facts(
        files=len(files),
        files_unexplained=unexplained(record),
        checks_lately=sent_lately(record),
        actor_is_author=record.author_id == by.pk,
        actor_is_recipient=names(agreement_of(record), by),
        actor_reviewed=by.pk in reviewers,
        votes_missing=tuple(f.name for f in files if f.pk not in cast) if ballots is not None else (),
        comments_missing=tuple(
            name for name, cast_ in cast.values() if cast_.vote is Vote.CHANGE and not cast_.comment.strip()
        ),
        reviews=len(reviewers),
        files_to_change=tuple(f.name for f in files if f.changes and not f.approvals),
        files_in_conflict=tuple(f.name for f in files if f.changes and f.approvals),
        files_failed=tuple(f.name for f in files if f.failed),
        actor_agency_cleared=bool(mine) and not set(mine) & set(open_),
        actor_agency_contributes=bool(mine),
        agencies_not_cleared=tuple(open_),
        preview_days_left=_days_left(record),
        motion_carried=vote.carried,
        motion_lost=vote.lost,
        reason_given=bool(because.strip()),
        bytes_differ=tuple(f.name for f in files if f.pinned < REVIEWS_NEEDED),  # by two people
        coverage=coverage_of_step(record, by, agency),
    )


ON_THE_PAGE = (
    Action.EDIT, Action.SUBMIT, Action.RETRY, Action.REVIEW, Action.RETURN, Action.CLEAR, Action.APPROVE,
    Action.WITHDRAW, Action.REVOKE, Action.RECALL, Action.TURN_BACK, Action.REOPEN,
    Action.DECLINE, Action.MARK,
)  # fmt: skip


def decisions(record: ReleaseRequest, person: Person) -> dict[str, Decision]:
    """What this person may do now, or why not; only what their role is for."""
    status, roles = Status(record.status), roles_of(person, record)
    if not {*LIFECYCLE.offered(status, roles)} & {*ON_THE_PAGE}:
        return {}
    found = LIFECYCLE.decisions(status, roles, facts(record, person))
    found = {action: decision for action, decision in found.items() if action in ON_THE_PAGE}
    if not stewarded(person, record):  # a steward of another agency has no part in this
        found.pop(Action.CLEAR.value, None)
        found.pop(Action.RECALL.value, None)
        if Role.OUTPUT_CHECKER not in roles or record.status == Status.REVIEWED:
            found.pop(Action.RETURN.value, None)
    if record.status in CLEARED:  # whoever has looked at it has no more to do with it
        found = {
            name: may
            for name, may in found.items()
            if may or name not in ("clear", "return", "reopen", "decline")
        }
    return found


def review_offered(record: ReleaseRequest, person: Person) -> Decision | None:
    """Whether this person may cast a review now, or why not; None to whom none is offered.

    As `decisions` says it: whether one may vote hangs on who one is, not on how any file stands.
    """
    status, roles = Status(record.status), roles_of(person, record)
    if Action.REVIEW not in LIFECYCLE.offered(status, roles):
        return None
    who = Facts(
        actor_is_author=record.author_id == person.pk,
        actor_is_recipient=names(agreement_of(record), person),
        actor_reviewed=record.reviews.filter(round=record.round, by=person).exists(),
        coverage=coverage_of_step(record, person, None),
    )
    return LIFECYCLE.may(status, Action.REVIEW, roles, who)


def may_look(record: ReleaseRequest, person: Person) -> Decision:
    """Whether this person may see what is in a file: checkers and contributing stewards, never the project."""
    roles = roles_of(person, record)
    if roles & {Role.AUTHOR, Role.RECIPIENT}:
        return refuse("own_request", _("Nobody of the project sees a file before it is released."))
    if record.status not in LOOKED_AT:
        return refuse(
            "wrong_status", _("The automatic checks are not through."), _("Look again in a moment.")
        )
    if Role.OUTPUT_CHECKER not in roles and not stewarded(person, record):
        return refuse("wrong_role", _("Only output checkers and the contributors’ stewards look at a file."))
    return coverage_for(record, person)


def reviews_shown(record: ReleaseRequest, person: Person) -> QuerySet[Review]:
    """The first checker's votes stay hidden from everyone else until the second's are in."""
    done = record.reviews.filter(round=record.round).count() >= REVIEWS_NEEDED
    found = record.reviews.select_related("by").order_by("round", "at")
    return found if done else found.filter(Q(round__lt=record.round) | Q(by=person))


def ballots_shown(
    reviews: Sequence[Review], files: Iterable[OutputFile]
) -> list[tuple[str, list[FileVote | None]]]:
    """File by file the vote of each review, in the reviews' order; None where it had none on this file."""
    shown = list(files)
    votes = FileVote.objects.filter(review__in=reviews, file__in=shown)
    told = {(vote.file_id, vote.review_id): vote for vote in votes}
    return [(file.name, [told.get((file.pk, review.pk)) for review in reviews]) for file in shown]


def outputs_to_add(record: ReleaseRequest) -> QuerySet[JobOutput]:
    """What the project's ended jobs left and may be put forward; derivations go with their tables."""
    return (
        JobOutput.objects.filter(job__workspace=record.workspace, protects__isnull=True)
        .exclude(job__status__in=WAITING)
        .exclude(job__status=job_rules.Status.CANCELLED)
        .exclude(name__endswith=".toml")
        .order_by("-job", "name")
    )


def whose_turn(record: ReleaseRequest) -> str:
    if record.status in CLEARED and (agencies := ", ".join(classes.still_to_clear(record))):
        if record.status == Status.IN_PREVIEW:
            return _("Stewards of %s, whose clearance ahead has ended; then the board") % agencies
        return _(
            "Author, output checker or board chair: send it back to %s, whose clearance ahead has ended"
        ) % (agencies)
    if record.status == Status.REVIEWED:
        return _("Stewards of %s") % ", ".join(classes.still_to_clear(record))
    if record.status == Status.IN_PREVIEW and voted(record).lost:
        return _("The board’s chair: its motion was lost, so it goes back to the author")
    if record.status == Status.IN_PREVIEW and not _days_left(record):
        return _("The board: its vote; then its chair releases the outputs")
    return {
        Status.DRAFT: _("The author: %s") % record.author.name,
        Status.SUBMITTED: _("The automatic checks"),
        Status.INTERRUPTED: _("The author or a checker: have the checks made again"),
        Status.CHECKED: _("Output checkers: two independent reviews"),
        Status.RETURNED: _("The author: %s") % record.author.name,
        Status.IN_PREVIEW: _("The board: publication preview, then its vote"),
        Status.APPROVED: _("The outputs process: release"),
    }.get(Status(record.status), "")


def by_when(record: ReleaseRequest, due: Mapping[str, date] | None = None) -> date:
    """The day of the running clock, else the agreement's last day. `due`: of many at once, from `clocks.due_days`."""
    known = clocks.due_days([record]) if due is None else due
    return known.get(record.number, agreement_of(record).last_day)
