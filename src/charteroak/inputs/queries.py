"""Who sees an input request, what the rules need to know of it, whose turn it is."""

from dataclasses import replace
from functools import partial

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _
from procrastinate.contrib.django.models import ProcrastinateJob

from charteroak.adapters import clock
from charteroak.adapters.environment import project_disk
from charteroak.agencies.models import Person
from charteroak.agencies.worklist import Item, Turn, foremost, waits_for
from charteroak.agreements.models import Agreement
from charteroak.agreements.queries import coverage, names, researches, standing_towards
from charteroak.agreements.signed import together
from charteroak.inputs.models import InputRequest
from charteroak.policy import workspace as workspace_rules
from charteroak.policy.clauses import Asked, Use
from charteroak.policy.decision import Decision, refuse
from charteroak.policy.input_request import KEPT_OUT, LIFECYCLE, UNDER_WAY, Action, Facts, Kind, Status
from charteroak.policy.roles import Role
from charteroak.workspaces import queries as workspaces
from charteroak.workspaces.counters import disk_used
from charteroak.workspaces.models import Input, Workspace

SCAN = "inputs:scan"  # the task that looks at a file
CHECKS = frozenset({Role.OUTPUT_CHECKER, Role.AUDITOR})
ON_THE_PAGE = (Action.RETRY, Action.ACCEPT, Action.REFUSE, Action.WITHDRAW, Action.REMOVE)


def whole() -> QuerySet[InputRequest]:
    """Input requests with what is asked of each: project, people, signed text."""
    return InputRequest.objects.select_related(
        "workspace__agreement__data_request", "author", "reviewed_by"
    ).prefetch_related("workspace__agreement__clauses")


def visible_to(person: Person) -> QuerySet[InputRequest]:
    """Those of a person's own projects; all to those who check and audit."""
    found = whole()
    if person.is_active and person.roles(clock.today()) & CHECKS:
        return found
    return found.filter(workspace__agreement__recipients__person=person)


def agreement_of(record: InputRequest) -> Agreement:
    return record.workspace.agreement


def roles_of(person: Person, record: InputRequest) -> frozenset[Role]:
    """Offices held today, and what this person is to this request."""
    roles = workspaces.roles_of(person, record.workspace)
    return roles | {Role.AUTHOR} if record.author_id == person.pk else roles


def coverage_for(room: Workspace, by: Person | None) -> Decision:
    """A researcher acts on their workspace; a checker looks at what comes in; the enclave asks for nobody."""
    if by is None:
        return coverage(room.agreement, Asked(Use.OPEN, clock.today()))
    use = Use.OPEN if Role.RECIPIENT in workspaces.roles_of(by, room) else Use.REVIEW
    return coverage(room.agreement, Asked(use, clock.today(), person=standing_towards(room.agreement, by)))


def _room_facts(room: Workspace, by: Person | None) -> Facts:
    return Facts(workspace_open=room.status == workspace_rules.Status.OPEN, coverage=coverage_for(room, by))


def _with_disk(room: Workspace, by: Person) -> Facts:
    """Of a new request, which takes room: what waits for a decision is on the disk too."""
    waiting = room.input_requests.filter(status__in=UNDER_WAY).aggregate(all=Sum("size"))["all"] or 0
    return replace(_room_facts(room, by), disk=project_disk(), disk_used=disk_used(room) + waiting)


def facts_of_new(
    room: Workspace, by: Person, *, file_name: str, kind: Kind, size: int, purpose: str
) -> Facts:
    return replace(
        _with_disk(room, by),
        file_name=file_name,
        kind=kind,
        size=size,
        purpose_given=bool(purpose.strip()),
    )


def facts(
    record: InputRequest, by: Person | None, *, sha256: str | None = None, comment: str = " x"
) -> Facts:
    """What the rules need to know; `sha256` is of the bytes that the actor looked at."""
    return replace(
        _room_facts(record.workspace, by),
        file_name=record.name,
        kind=Kind(record.kind),
        size=record.size,
        actor_is_author=by is not None and record.author_id == by.pk,
        actor_is_recipient=by is not None and names(agreement_of(record), by),
        scan_failed=tuple(sorted({one["rule"] for one in record.findings if one["verdict"] == "fail"})),
        bytes_differ=sha256 is not None and sha256 != record.sha256,
        name_taken=any(
            one.name == record.name and not one.removed_at for one in record.workspace.inputs.all()
        ),
        comment_given=bool(comment.strip()),
    )


def decisions(record: InputRequest, person: Person) -> dict[str, Decision]:
    """What this person may do now, or why not; only what their role is for."""
    found = LIFECYCLE.decisions(Status(record.status), roles_of(person, record), facts(record, person))
    return {action: decision for action, decision in found.items() if action in ON_THE_PAGE}


def may_ask(room: Workspace, person: Person) -> Decision:
    """Whether this person may ask to bring something in; asked of the workspace, which may be shut to them."""
    asks = workspaces.may(room, person, workspace_rules.Action.REQUEST_INPUT)
    if not asks:
        return asks
    return LIFECYCLE.may(None, Action.SUBMIT, workspaces.roles_of(person, room), _with_disk(room, person))


def may_look(record: InputRequest, person: Person) -> Decision:
    """Whether this person may see what is in the file: checkers, once it was scanned; its project knows it."""
    roles = roles_of(person, record)
    if Role.RECIPIENT in roles or Role.AUTHOR in roles:
        return refuse("own_request", _("Nobody reviews what comes into their own project."))
    if Role.OUTPUT_CHECKER not in roles:
        return refuse("wrong_role", _("Only output checkers look at what comes in."))
    if record.status not in (Status.SCANNED, Status.ACCEPTED):
        return refuse("wrong_status", _("There is nothing to look at now."))
    return coverage_for(record.workspace, person)


def whose_turn(record: InputRequest) -> str:
    return {
        Status.SUBMITTED: _("The scan"),
        Status.INTERRUPTED: _("The author or a checker: have it scanned again"),
        Status.SCANNED: _("An output checker who is not of the project"),
    }.get(Status(record.status), "")


def given_up() -> list[InputRequest]:
    """Requests whose scan is due though no process will make it: its task failed for good."""
    due = list(InputRequest.objects.filter(status=Status.SUBMITTED))
    tasks = ProcrastinateJob.objects.filter(task_name=SCAN, status__in=("todo", "doing"))
    alive = set(tasks.values_list("args__input_request", flat=True))
    return [record for record in due if record.pk not in alive]


def kept_out() -> QuerySet[InputRequest]:
    """Requests that are over whose bytes are still in the store."""
    return InputRequest.objects.filter(status__in=KEPT_OUT).exclude(stored="")


def stored_elsewhere(record: InputRequest) -> bool:
    """Whether another record has the same object: a taken-over web process may have named what is not its own."""
    others = InputRequest.objects.filter(stored=record.stored).exclude(pk=record.pk)
    return others.exists() or Input.objects.filter(stored=record.stored).exists()


def todo(person: Person) -> list[Item]:
    """Input requests that wait for this person, and their own that wait for others."""
    found: list[Item] = []
    looks = Role.OUTPUT_CHECKER in person.roles(clock.today())
    if not looks and not researches(person):
        return found
    mine = Q() if looks else Q(author=person)
    under_way = visible_to(person).filter(mine, status__in=UNDER_WAY).order_by("submitted_at", "pk")
    for record in foremost(
        under_way, whole().prefetch_related(*together("workspace__agreement__"), "workspace__inputs")
    ):
        steps = LIFECYCLE.offered(Status(record.status), roles_of(person, record), {Action.WITHDRAW})
        acts = waits_for(steps, partial(decisions, record, person))
        turn = Turn.YOURS if acts else Turn.OTHERS
        if acts or record.author_id == person.pk:
            last_day = agreement_of(record).last_day
            found.append(Item(str(record), record.get_absolute_url(), turn, whose_turn(record), last_day))
    return found
