"""The lists of workspaces, and of what ran in one: on the page and as files."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from charteroak.adapters.listing import Cell, Column, Filter, Listed, Listing
from charteroak.agencies.signin import signed_in
from charteroak.policy.job import Status as JobStatus
from charteroak.policy.lifecycle import choices
from charteroak.policy.session import Status as SessionStatus
from charteroak.policy.workspace import Mode, Status
from charteroak.workspaces import queries
from charteroak.workspaces.models import Workspace

WORKSPACES = Listing(
    name="workspaces",
    caption=_("Workspaces"),
    search=("agreement__number", "agreement__data_request__title"),
    filters=(Filter("status", _("Status"), lambda: choices(Status)),),
    columns=(
        Column("workspace", _("Workspace"), lambda record: Cell(str(record), record.get_absolute_url())),
        Column("title", _("Title"), lambda record: record.agreement.data_request.title),
        Column("status", _("Status"), lambda record: Cell(record.status, status_of=record)),
        Column("last_day", _("The agreement ends on"), lambda record: record.agreement.last_day, due=True),
    ),
    nothing=_("You are named in no project with a workspace."),
    next_step=_("It opens once the agreement is signed and the extract has passed its review."),
)


def listed(request: HttpRequest) -> Listed:
    """Those that whoever asks may see."""
    return WORKSPACES.of(request, queries.visible_to(signed_in(request)))


JOBS = Listing(
    name="jobs",
    caption=_("Jobs, the newest first"),
    search=("script_name", "submitted_by__name", "submitted_by__username", "outcome"),
    filters=(Filter("status", _("Status"), lambda: choices(JobStatus)),),
    columns=(
        Column("job", _("Job"), lambda one: Cell(str(one), one.get_absolute_url())),
        Column("status", _("Status"), lambda one: Cell(one.status, status_of=one)),
        Column("submitted_by", _("Sent by"), lambda one: one.submitted_by.name),
        Column("submitted_at", _("Sent"), lambda one: one.submitted_at),
        Column("started_at", _("Started"), lambda one: one.started_at),
        Column("ended_at", _("Ended"), lambda one: one.ended_at),
        Column("cpu_seconds", _("Processor time, in seconds"), lambda one: round(one.cpu_seconds)),
        Column("outcome", _("What came of it"), lambda one: one.outcome),
    ),
    nothing=_("No job has run yet."),
    next_step=_("Send a script; it runs when its turn comes."),
)

SESSIONS = Listing(
    name="sessions",
    caption=_("Sessions, the newest first"),
    search=("opened_by__name", "opened_by__username", "outcome"),
    filters=(
        Filter("status", _("Status"), lambda: choices(SessionStatus)),
        Filter("mode", _("Mode"), lambda: choices(Mode)),
    ),
    columns=(
        Column("session", _("Session"), lambda one: Cell(str(one), one.get_absolute_url())),
        Column("status", _("Status"), lambda one: Cell(one.status, status_of=one)),
        Column("mode", _("Mode"), lambda one: one.get_mode_display()),
        Column("opened_at", _("Opened"), lambda one: one.opened_at),
        Column("ended_at", _("Ended"), lambda one: one.ended_at),
        Column("cpu_seconds", _("Processor time, in seconds"), lambda one: round(one.cpu_seconds)),
        Column("outcome", _("What came of it"), lambda one: one.outcome),
    ),
    nothing=_("Nobody has opened a session yet."),
    next_step=_("A session is JupyterLab in the sandbox, in your browser."),
)


def jobs(request: HttpRequest, record: Workspace) -> Listed:
    return JOBS.of(request, record.jobs.select_related("submitted_by", "workspace__agreement"))


def sessions(request: HttpRequest, record: Workspace) -> Listed:
    return SESSIONS.of(request, record.sessions.select_related("opened_by", "workspace__agreement"))
