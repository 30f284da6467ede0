"""Every write about interactive sessions: opened, started, entered, metered, stopped, ended, refused."""

import hashlib
import hmac
import secrets
from dataclasses import replace
from datetime import datetime

from django.core import signing
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from charteroak.adapters import clock, environments, sandboxes
from charteroak.agencies.models import Person
from charteroak.audit import actions as audit
from charteroak.policy import session as rules
from charteroak.policy import workspace as workspace_rules
from charteroak.policy.decision import Decision, Reason, Refused
from charteroak.policy.roles import Role
from charteroak.policy.workspace import Mode
from charteroak.workspaces import queries
from charteroak.workspaces.actions import ENCLAVE
from charteroak.workspaces.models import Session, Workspace

TICKET, TICKET_SECONDS = "workspaces.session.ticket", 60
NAME = "abcdefghijklmnopqrstuvwxyz234567"  # letters of a session's name: 16 of them, 80 bits


@transaction.atomic
def open_(*, workspace: int, by: Person) -> Session:
    """Open a session in this person's name; it starts within seconds."""
    record = Workspace.objects.select_for_update(of=("self",)).select_related("agreement").get(pk=workspace)
    allowed = queries.may(record, by, workspace_rules.Action.OPEN_SESSION).require()
    session = Session.objects.create(
        workspace=record,
        mode=record.mode,
        name="".join(secrets.choice(NAME) for _letter in range(16)),
        opened_by=by,
        opened_at=clock.now(),
    )
    app.configure_task(queries.HOST, allow_unknown=False).defer(session=session.pk)
    audit.record(
        "workspaces:session:open",
        by=by,
        subject=session,
        workspace=audit.subject_of(record),
        mode=session.mode,
        clauses=list(allowed.clauses),
    )
    return session


def _locked(pk: int) -> Session:
    return (
        Session.objects.select_for_update(of=("self",))
        .select_related("workspace__agreement", "workspace__extract", "opened_by")
        .get(pk=pk)
    )


def _may(
    session: Session, action: rules.Action, by: Person | None, *, fresh: bool = True, entered: bool = True
) -> Decision:
    roles = {Role.SYSTEM} if by is None else queries.roles_of(by, session.workspace)
    known = queries.session_facts(session, by, fresh=fresh, entered=entered)
    return rules.LIFECYCLE.may(rules.Status(session.status), action, roles, known)


def start(*, pk: int, environment: str) -> Session | None:
    """The session, running, if it is covered today; None when there is nothing (more) to start. Safe to repeat."""
    try:
        return _start(pk, environment)
    except Refused as refused:
        turn_away(pk=pk, refused=refused)
        return None


@transaction.atomic
def _start(pk: int, environment: str) -> Session | None:
    session = _locked(pk)
    if session.status not in queries.IN_SESSION:
        return None
    limits = sandboxes.limits_enforced()  # of this machine, which is the one that runs it
    known = replace(
        queries.session_facts(session),
        limits_enforced=limits.ok,
        why_not_enforced=limits.detail,
        environment=environments.interactive(),
        pixels=session.mode != Mode.PIXEL or sandboxes.pixels_here().ok,
    )
    status = rules.Status(session.status)
    allowed = rules.LIFECYCLE.may(status, rules.Action.START, {Role.SYSTEM}, known).require()
    session.status, session.started_at = rules.Status.RUNNING, clock.now()
    session.environment, session.active_at = environment, clock.real_now()
    session.save()
    audit.record(
        "workspaces:session:start",
        by=ENCLAVE,
        subject=session,
        workspace=audit.subject_of(session.workspace),
        extract=audit.subject_of(session.workspace.extract),
        mode=session.mode,
        environment=environment,
        clauses=list(allowed.clauses),
    )
    return session


def ticket_for(session: Session) -> str:
    """A way in for its owner, good once and for a minute; a newer one makes it worthless."""
    return signing.dumps([session.pk, session.opened_by_id, clock.real_now().isoformat()], salt=TICKET)


@transaction.atomic
def enter(*, name: str, ticket: str) -> str:
    """Take a ticket; the key that this browser shows from now on, and no other.

    Raises Refused, Session.DoesNotExist.
    """
    session = _locked(Session.objects.get(name=name).pk)
    pk, person, issued = _read(ticket)
    fresh = pk == session.pk and (session.entered_at is None or issued > session.entered_at)
    by = Person.objects.get(pk=person)
    _may(session, rules.Action.ENTER, by, fresh=fresh).require()
    key = secrets.token_urlsafe(32)
    session.entered_at, session.key_hash, session.active_at = issued, _hash(key), clock.real_now()
    session.save()
    audit.record("workspaces:session:enter", by=by, subject=session)
    return key


def _read(ticket: str) -> tuple[int, int, datetime]:
    try:
        pk, person, issued = signing.loads(ticket, salt=TICKET, max_age=TICKET_SECONDS)
        return pk, person, datetime.fromisoformat(issued)
    except signing.BadSignature:
        said = _("This way in is no longer good.")
        raise Refused((Reason("ticket_used", said, _("Enter again from the workspace’s page.")),)) from None


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def admitted(*, name: str, key: str, bytes_out: int, active: bool) -> tuple[Decision, Mode]:
    """Whether the browser with this key may go on, and how; counts what went out since the last time it was asked.

    Raises Session.DoesNotExist.
    """
    session = Session.objects.select_related("workspace__agreement", "workspace__extract", "opened_by").get(
        name=name
    )
    if bytes_out or active:
        meter(pk=session.pk, bytes_out=bytes_out, active=active)
    entered = bool(session.key_hash) and hmac.compare_digest(session.key_hash, _hash(key))
    decision = _may(session, rules.Action.GO_ON, session.opened_by, entered=entered)
    return decision, Mode(session.mode)


@transaction.atomic
def meter(*, pk: int, bytes_out: int, active: bool) -> None:
    """Count bytes that went to the browser; once they are more than anybody reads, that is on the record."""
    session = _locked(pk)
    session.bytes_out += bytes_out
    if active:
        session.active_at = clock.real_now()
    alarm = session.bytes_out > rules.alarm(Mode(session.mode)) and session.alarm_at is None
    session.alarm_at = clock.now() if alarm else session.alarm_at
    session.save()
    if alarm:
        audit.record("workspaces:session:alarm", by=ENCLAVE, subject=session, bytes_out=session.bytes_out)


def goes_on(*, pk: int) -> bool:
    """Whether a session may run on; not when it was stopped or nobody uses it. Raises Refused when not covered."""
    session = Session.objects.select_related("workspace__agreement", "workspace__extract", "opened_by").get(
        pk=pk
    )
    if session.status != rules.Status.RUNNING:
        return False
    _may(session, rules.Action.START, None).require()
    return session.active_at is None or clock.real_now() - session.active_at < rules.IDLE


def measure(*, pk: int, cpu_seconds: float, memory: int, work: int, active: bool) -> None:
    """Note what the session has used so far; `cpu_seconds` since the last note."""
    said = {"cpu_seconds": F("cpu_seconds") + cpu_seconds, "memory": memory, "work": work}
    if active:
        said["active_at"] = clock.real_now()
    Session.objects.filter(pk=pk).update(**said)


@transaction.atomic
def stop(*, pk: int, by: Person) -> None:
    """Stop a session; its sandbox is ended within seconds, and the work folder stays."""
    session = _locked(pk)
    _may(session, rules.Action.STOP, by).require()
    session.status = rules.Status.ENDED
    session.stopped_by, session.stopped_at = by, clock.now()
    session.ended_at, session.outcome, session.key_hash = clock.now(), _("Stopped."), ""
    session.save()
    audit.record("workspaces:session:stop", by=by, subject=session, bytes_out=session.bytes_out)


@transaction.atomic
def end(*, pk: int, outcome: str) -> None:
    """Note that a session's sandbox ended by itself or at a limit; one that was stopped stays as it is."""
    session = _locked(pk)
    if session.status not in queries.IN_SESSION:
        return
    session.status = rules.LIFECYCLE.after(rules.Status(session.status), rules.Action.END)
    session.ended_at, session.outcome, session.key_hash = clock.now(), outcome[:300], ""
    session.save()
    audit.record("workspaces:session:end", by=ENCLAVE, subject=session, bytes_out=session.bytes_out)


def _in_lines(refused: Refused) -> str:
    """Each sentence on a line of its own, so that a page finds it in the reader's language."""
    return "\n".join(said for one in refused.reasons for said in (one.message, one.mend) if said)


def turn_away(*, pk: int, refused: Refused) -> None:
    """Note that a session was refused or ended for lack of a clause, and why."""
    with transaction.atomic():
        session = _locked(pk)
        if session.status not in queries.IN_SESSION:
            return
        running = session.status == rules.Status.RUNNING
        session.status, session.ended_at = rules.Status.REFUSED, clock.now()
        session.outcome, session.key_hash = _in_lines(refused)[:300], ""
        session.save()
        audit.record(
            "workspaces:session:refuse",
            by=ENCLAVE,
            subject=session,
            rules=[reason.rule for reason in refused.reasons],
        )
    action = f"workspaces:session:{'go_on' if running else 'start'}"
    audit.record_refusal(refused, action=action, by=session.opened_by, subject=session)
