"""Who may see a workspace, what the rules need to know of it, whose turn it is."""

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _
from procrastinate.contrib.django.models import ProcrastinateJob

from charteroak.adapters import clock
from charteroak.adapters.environment import project_disk
from charteroak.agencies.models import Person
from charteroak.agencies.worklist import IN_DEPTH, Item, Turn, foremost
from charteroak.agreements.queries import coverage, researches, standing_towards
from charteroak.agreements.queries import roles_of as agreement_roles
from charteroak.agreements.signed import together
from charteroak.hub.models import Extract
from charteroak.policy import extract as extract_rules
from charteroak.policy import job as job_rules
from charteroak.policy import session as session_rules
from charteroak.policy import workspace as rules
from charteroak.policy.budget import HOURS
from charteroak.policy.clauses import Asked, Use
from charteroak.policy.decision import Decision
from charteroak.policy.roles import Role, must_stay_apart
from charteroak.workspaces.counters import disk_used
from charteroak.workspaces.models import Enclave, Job, Session, Workspace
from charteroak.workspaces.modes import openest

REPEATERS = frozenset({Role.OUTPUT_CHECKER, Role.AUDITOR})  # who see whether a result comes out again
OFFICES = REPEATERS | {Role.ENCLAVE_OPERATOR}
RUN = "workspaces:run"  # the task that runs a job
HOST = "workspaces:host"  # the task that begins a session
IN_SESSION = (session_rules.Status.STARTING, session_rules.Status.RUNNING)
WAITING = (job_rules.Status.QUEUED, job_rules.Status.RUNNING)


def visible_to(person: Person) -> QuerySet[Workspace]:
    """The workspaces of a person's own projects; all to those who operate, check and audit them."""
    found = Workspace.objects.select_related("agreement__data_request", "extract").order_by(
        "-agreement__number"
    )
    if person.is_active and person.roles(clock.today()) & OFFICES:
        return found
    return found.filter(agreement__recipients__person=person)


def jobs_visible_to(person: Person) -> QuerySet[Job]:
    return Job.objects.filter(workspace__in=visible_to(person)).select_related(
        "workspace__agreement", "submitted_by"
    )


def roles_of(person: Person, record: Workspace) -> frozenset[Role]:
    """Offices held today, and the recipient's role where the agreement names this person."""
    return agreement_roles(person, record.agreement)


def covered(record: Workspace, person: Person, use: Use = Use.OPEN) -> Decision:
    """Whether a signed clause lets this person use the workspace today."""
    standing = standing_towards(record.agreement, person)
    return coverage(record.agreement, Asked(use, clock.today(), person=standing))


def openest_today(record: Workspace, mode: rules.Mode) -> rules.Mode:
    """How openly people may work there today; not looked up where `mode` shows no record, for that is always let."""
    return openest(record.extract, record.agreement) if mode.shows_records else mode


def facts(
    record: Workspace,
    by: Person,
    script: str = "pass",
    name: str = "script.py",
    hours: int = HOURS,
    because: str = "-",
) -> rules.Facts:
    return rules.Facts(
        because=because,
        script_name=name,
        mode=rules.Mode(record.mode),
        mode_asked=rules.Mode(record.mode),
        openest=openest_today(record, rules.Mode(record.mode)),
        isolator=rules.Isolator(record.isolator),
        hours=record.hours,
        hours_asked=hours,
        spent=spent(record),
        disk=project_disk(),
        disk_used=disk_used(record),
        coverage=covered(record, by),
        script=len(script) if script.strip() else 0,
        folder_in_use=record.sessions.filter(status__in=IN_SESSION).exists()
        or record.jobs.filter(status__in=WAITING).exists(),
        in_session=record.sessions.filter(opened_by=by, status__in=IN_SESSION).exists(),
    )


def spent(record: Workspace) -> float:
    """Hours of one processor that the project's jobs and sessions have used."""
    used = [found.aggregate(all=Sum("cpu_seconds"))["all"] or 0.0 for found in (record.jobs, record.sessions)]
    return float(sum(used)) / 3600


def may(
    record: Workspace,
    person: Person,
    action: rules.Action,
    script: str = "pass",
    name: str = "script.py",
    because: str = "-",
) -> Decision:
    """The agreement comes first: a room that closed with it refuses for the reason that every route gives."""
    agreed = coverage(record.agreement, Asked(Use.OPEN, clock.today()))
    roles, known = roles_of(person, record), facts(record, person, script, name, because=because)
    return rules.LIFECYCLE.may(rules.Status(record.status), action, roles, known) if agreed else agreed


def decisions(record: Workspace, person: Person) -> dict[str, Decision]:
    """What this person may do in the workspace now, or why not; only what their role is for."""
    return rules.LIFECYCLE.decisions(
        rules.Status(record.status), roles_of(person, record), facts(record, person)
    )


def job_decisions(record: Job, person: Person) -> dict[str, Decision]:
    """What this person may do with the job now, or why not."""
    roles = roles_of(person, record.workspace)
    found = job_rules.LIFECYCLE.decisions(job_rules.Status(record.status), roles, job_facts(record, person))
    return {name: found[name] for name in ("cancel", "retry", "repeat") if name in found}


def job_facts(record: Job, by: Person) -> job_rules.Facts:
    return job_rules.Facts(
        script_name=record.script_name,
        coverage=standing_behind(record.workspace, by),
        workspace_open=record.workspace.status == rules.Status.OPEN,
        invented=record.invented,
        hours=record.workspace.hours,
        spent=spent(record.workspace),
        disk=project_disk(),
        disk_used=disk_used(record.workspace),
    )


def standing_behind(record: Workspace, by: Person) -> Decision:
    """Asked as a recipient where the agreement names this person; an office sees only whether a run repeats."""
    roles = roles_of(by, record)
    if Role.RECIPIENT in roles or not roles & REPEATERS:
        return covered(record, by, Use.MOUNT)
    return coverage(record.agreement, Asked(Use.OPEN, clock.today()))


def place_of(record: Job) -> int:
    """How many jobs run before this one: those of projects that have fewer waiting come first."""
    first = Q(ahead__lt=record.ahead) | Q(ahead=record.ahead, pk__lt=record.pk)
    return Job.objects.filter(first, status=job_rules.Status.QUEUED).count()


def sessions_visible_to(person: Person) -> QuerySet[Session]:
    return Session.objects.filter(workspace__in=visible_to(person)).select_related(
        "workspace__agreement", "opened_by"
    )


def session_facts(
    record: Session, by: Person | None = None, *, fresh: bool = True, entered: bool = True
) -> session_rules.Facts:
    """As the rules see a session now; `by` is who asks (the system where None)."""
    use = Use.MOUNT if rules.Mode(record.mode).shows_records else Use.OPEN  # invented records are nobody's
    return session_rules.Facts(
        coverage=covered(record.workspace, record.opened_by, use),
        workspace_open=record.workspace.status == rules.Status.OPEN,
        mode=rules.Mode(record.mode),
        openest=openest_today(record.workspace, rules.Mode(record.mode)),
        hours=record.workspace.hours,
        spent=spent(record.workspace),
        disk=project_disk(),
        disk_used=disk_used(record.workspace),
        own=by is None or by == record.opened_by,
        ticket_fresh=fresh,
        entered_here=entered,
    )


def session_decisions(record: Session, person: Person) -> dict[str, Decision]:
    """Enter and stop, for whom they are."""
    status, roles = session_rules.Status(record.status), roles_of(person, record.workspace)
    known = session_facts(record, person)
    found = session_rules.LIFECYCLE.decisions(status, roles, known)
    return {name: found[name] for name in ("enter", "stop") if name in found}


def ready_extracts() -> QuerySet[Extract]:
    """Extracts that passed the review before access and have no workspace yet."""
    found = Extract.objects.filter(status=extract_rules.Status.CLEARED, workspace__isnull=True)
    return found.select_related("link_run__agreement").order_by("pk")


def given_up() -> list[Job]:
    """Jobs that still wait for a worker though none will take them up: their task failed for good."""
    waiting = list(Job.objects.filter(status__in=WAITING))
    tasks = ProcrastinateJob.objects.filter(task_name=RUN, status__in=("todo", "doing"))
    alive = set(tasks.values_list("args__job", flat=True))
    return [job for job in waiting if job.pk not in alive]


def may_open(
    extract: Extract,
    person: Person,
    isolator: rules.Isolator = rules.Isolator.BUBBLEWRAP,
    hours: int = HOURS,
    mode: rules.Mode = rules.Mode.QUERY_ONLY,
) -> Decision:
    """Whether this person may open a workspace on this extract today."""
    agreement = extract.link_run.agreement
    roles = agreement_roles(person, agreement)
    known = rules.Facts(
        coverage=coverage(agreement, Asked(Use.OPEN, clock.today())),
        extract_cleared=extract.status == extract_rules.Status.CLEARED,
        opened=Workspace.objects.filter(extract=extract).exists(),
        apart=must_stay_apart(roles),
        isolator_here=isolator == rules.Isolator.BUBBLEWRAP
        or Enclave.objects.filter(strict_tier=True).exists(),
        mode_asked=mode,
        openest=openest(extract),
        pixels_here=Enclave.objects.filter(pixels=True).exists(),
        hours_asked=hours,
    )
    return rules.LIFECYCLE.may(None, rules.Action.OPEN, roles, known)


def weaker() -> bool:
    """Whether all projects' code may share one account: until the enclave has said that each has its own."""
    return not Enclave.objects.filter(accounts_apart=True).exists()


def shut(record: Workspace) -> Decision:
    """Whether the agreement still opens this workspace to anybody; the reasons why nobody gets in."""
    return coverage(record.agreement, Asked(Use.OPEN, clock.today()))


def whose_turn(record: Workspace) -> str:
    return _whose(record, working=record.jobs.filter(status__in=WAITING).exists())


def _whose(record: Workspace, working: bool) -> str:
    if record.status == rules.Status.CLOSED:
        return ""
    if not shut(record):
        return _("Enclave operator: close the workspace")
    if working:
        return _("The enclave: a job is under way")
    return _("The project’s researchers")


def todo(person: Person) -> list[Item]:
    """Extracts that wait for a workspace, workspaces whose agreement is over, and a researcher's own."""
    found, today = [], clock.today()
    if Role.ENCLAVE_OPERATOR in person.roles(today):
        ended = Q(agreement__ends_on__lt=today) | Q(agreement__ended_on__isnull=False)
        over = Workspace.objects.filter(ended, status=rules.Status.OPEN)
        found = [
            Item(
                _("Open the workspace of %s") % agreement,
                f"/workspaces/open/{agreement.number}/",
                Turn.YOURS,
                _("Enclave operator"),
            )
            for agreement in (extract.link_run.agreement for extract in ready_extracts()[:IN_DEPTH])
        ]
        found += [
            Item(_("Close %s") % record, record.get_absolute_url(), Turn.YOURS, _("Enclave operator"))
            for record in over.select_related("agreement").order_by("pk")[:IN_DEPTH]
            if not shut(record)
        ]
    return found + _own(person)


def _own(person: Person) -> list[Item]:
    """The workspaces of this person's projects."""
    if not researches(person):
        return []
    rooms = Workspace.objects.filter(Q(status=rules.Status.OPEN), agreement__recipients__person=person)
    whole = Workspace.objects.select_related("agreement__data_request")
    found = []
    looked_at = list(foremost(rooms.order_by("-pk"), whole.prefetch_related(*together("agreement__"))))
    jobs = Job.objects.filter(workspace__in=looked_at, status__in=WAITING)
    working = set(jobs.values_list("workspace", flat=True)) if looked_at else set()
    for record in looked_at:
        if not covered(record, person):
            found.append(Item(_("%s is shut to you") % record, record.get_absolute_url(), Turn.FINISHED))
            continue
        title = _("%s: analyze, and take results out") % record
        who = _whose(record, working=record.pk in working)
        turn = Turn.OTHERS if record.pk in working else Turn.YOURS
        found.append(Item(title, record.get_absolute_url(), turn, who, record.agreement.last_day))
    return found
