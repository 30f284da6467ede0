"""Which process may do what with which table. What is not written here is refused by the database itself."""

from collections.abc import Iterator

from django.apps import apps
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from charteroak.adapters.environment import Process
from charteroak.adapters.postgres import PROCESSES, role
from charteroak.site import deferring, in_person, undecided
from charteroak.site.config import VIEWS

LOOK = ("SELECT",)
ADD = ("SELECT", "INSERT")
WORK = ("SELECT", "INSERT", "UPDATE")  # a row is locked before it changes, which takes UPDATE
KEEP = ("SELECT", "INSERT", "UPDATE", "DELETE")  # passing things only; records of decisions stay

ROOMS = (
    "agencies", "catalog", "requests", "board", "exceptions", "agreements", "elsewhere", "submissions", "hub",
    "workspaces", "outputs", "inputs", "register",
)  # fmt: skip
LOG = {"audit.event": ADD, "audit.checkpoint": LOOK}
JOBS = {
    "procrastinate.*": KEEP,
    "procrastinate.procrastinatejob": WORK,
    "procrastinate.procrastinateevent": ADD,
}
# The web asks for jobs and takes none; what it may ask for is in `deferring.py`.
ASKS = {
    "procrastinate.*": LOOK,
    "procrastinate.procrastinatejob": ADD,
    "procrastinate.procrastinateevent": ADD,
}
LOOK_AROUND = {f"{room}.*": LOOK for room in ROOMS} | {
    "agencies.person": (),
    "agencies.invitationkey": (),
    "auth.*": LOOK,
    "contenttypes.*": LOOK,
}
DESTRUCTION = {
    "agreements.destructionduty": WORK,
    "agreements.disclosurerecord": ADD,
}  # each process answers for its own keys

# What evidence rests on is changed by `oak setup` alone, as the owner.
GIVEN = (
    "board.board", "catalog.dataset", "catalog.variable",
)  # fmt: skip
# What a person said stays as they said it: added by the web in their name, changed by nobody.
SAID = (
    "agencies.authority", "agencies.departurenotice", "agencies.detailschange", "agencies.employment",
    "agencies.instrument", "agencies.instrument_parties",
    "agencies.joiningrequest", "agencies.memberword", "agencies.pledge", "agencies.training", "agreements.party",
    "agreements.recall", "agreements.redline", "agreements.retentionapproval", "agreements.signature", "board.standin",
    "board.vote", "elsewhere.happening", "hub.linkrun_inputs", "hub.matchconfirmation", "outputs.clearance",
    "outputs.clearedahead", "outputs.filevote", "outputs.review", "requests.acceptedterm", "requests.change",
    "requests.feeschedule", "requests.version", "submissions.agencykey",
)  # fmt: skip
# Written by the process that releases.
RELEASES = ("outputs.release", "outputs.releasedfile")
UNSAID = dict.fromkeys((*SAID, "hub.pairdecision"), LOOK)  # a worker puts no word into anybody's mouth
# An account is closed, an office ended, and an agency's part in the initiative changes; none is rewritten.
OFFICES = {
    "agencies.agency": ("SELECT", "INSERT", "UPDATE (status, joined_on, left_on, changed_by_id)"),
    "agencies.cover": ("SELECT", "INSERT", "UPDATE (ended_by_id, ended_at)"),
    "agencies.invitation": ("SELECT", "INSERT", "UPDATE (used_at, voided_by_id, voided_at)"),
    "agencies.invitationkey": ("INSERT",),  # the post alone reads it
    "agencies.person": (
        "SELECT",
        "INSERT (password, last_login, username, name, email, employer_id, employer_kind, is_active)",
        "UPDATE (password, last_login, is_active, employer_id, employer_kind, name, email)",
    ),
    "agencies.roleheld": ("SELECT", "INSERT", "UPDATE (until, changed_by_id)"),
    "board.seat": ("SELECT", "INSERT", "UPDATE (until, changed_by_id)"),
}

# "app.model", or "app.*" for the rest of its models
GRANTS: dict[Process, dict[str, tuple[str, ...]]] = {
    Process.WEB: {
        **{f"{room}.*": WORK for room in ROOMS},
        **dict.fromkeys(GIVEN, LOOK),
        **dict.fromkeys(SAID, ADD),
        **dict.fromkeys(RELEASES, LOOK),
        "agreements.recipient": ("SELECT", "INSERT", "DELETE"),  # who is named now; an amendment takes people out
        "agreements.signature": ("SELECT", "INSERT", "UPDATE (party_id, recall_id)"),  # a recall makes it void
        "agreements.disclosurerecord": ADD,
        "agreements.paper": LOOK,
        "agreements.letter": LOOK,
        "agreements.clockfigure": LOOK,
        "workspaces.snapshot": LOOK,  # the enclave alone packs and restores
        "workspaces.input": ("SELECT", "INSERT", "UPDATE (removed_at)"),
        # what was scanned, found and pinned after the request, the enclave alone says
        "inputs.inputrequest": (
            "SELECT", "INSERT", "UPDATE (status, because, reviewed_by_id, reviewed_at, placed_id)",
        ),
        "workspaces.enclave": LOOK,  # what another machine has, that machine says
        "board.attendance": ("SELECT", "INSERT", "UPDATE (person_id, at)"),  # a holder comes after their stand-in
        **OFFICES,
        "auth.*": LOOK,
        "contenttypes.*": LOOK,
        "sessions.*": KEEP,
        "account.*": KEEP,
        "mfa.*": KEEP,
        "site.token": ("SELECT", "INSERT", "UPDATE (status, revoked_by_id, revoked_at)"),
        "site.webhooksecret": ("INSERT",),
        "site.webhook": (
            "SELECT", "INSERT", "UPDATE (status, ended_by_id, ended_at, attempts, failure, next_attempt_at)",
        ),
        "site.keptanswer": KEEP,  # for a day
        "requests.requestedcolumn": KEEP,  # a draft's columns come and go
        "requests.teammember": KEEP,
        "requests.attachment": ("SELECT", "INSERT", "UPDATE (removed_by_id, removed_at)"),
        "requests.fee": (
            "SELECT", "INSERT", "UPDATE (status, because, reference, paid_on, settled_by_id, settled_at)",
        ),
        "requests.nationconsent": (
            "SELECT", "INSERT", "UPDATE (status, withdrawn_because, withdrawn_by_id, withdrawn_at)",
        ),
        "outputs.question": ("SELECT", "INSERT", "UPDATE (answer, answered_by_id, answered_at)"),
        "outputs.outputclass": (
            "SELECT", "INSERT", "UPDATE (status, withdrawn_because, withdrawn_by_id, withdrawn_at)",
        ),
        "outputs.classconsent": (
            "SELECT", "INSERT", "UPDATE (taken_back_because, taken_back_by_id, taken_back_at)",
        ),
        "outputs.outputfile": KEEP,  # put forward and taken out again
        **LOG,
        "audit.anonymousrefusals": WORK,
        **ASKS,
    },
    Process.LINKER: {**LOOK_AROUND, **DESTRUCTION, "submissions.*": WORK, "hub.*": WORK, **UNSAID, **LOG, **JOBS},
    Process.EXTRACTOR: {**LOOK_AROUND, **DESTRUCTION, "submissions.*": WORK, "hub.*": WORK, **UNSAID, **LOG, **JOBS},
    Process.ENCLAVE: {
        **LOOK_AROUND, **DESTRUCTION, "hub.extract": WORK, "workspaces.*": WORK,
        "inputs.inputrequest": (
            "SELECT", "UPDATE (status, because, name, size, sha256, stored, scanned_at, findings)",
        ),
        "outputs.releaserequest": WORK,  # a check that is not covered goes back
        **LOG, **JOBS,
    },
    Process.OUTPUTS: {
        **LOOK_AROUND, **DESTRUCTION, "workspaces.joboutput": WORK, "outputs.*": WORK, "outputs.question": LOOK,
        **UNSAID, "outputs.outputclass": LOOK, "outputs.classconsent": LOOK,
        **dict.fromkeys(RELEASES, ADD), **LOG, **JOBS,
    },
    Process.POST: {
        **LOOK_AROUND, "agreements.letter": WORK, "agreements.clockfigure": WORK, "agreements.paper": ADD,
        "agencies.invitation": ("SELECT", "UPDATE (sent_at, attempts, failure)"),
        "agencies.invitationkey": ("SELECT", "DELETE"),
        "site.webhooksecret": LOOK,
        "site.webhook": ("SELECT", "UPDATE (status, attempts, failure, next_attempt_at, next_index)"),
        **LOG, **JOBS,
    },
    Process.NOTARY: {
        "audit.event": ADD, "audit.checkpoint": ADD, "audit.anonymousrefusals": KEEP,
        "agreements.paper": ("SELECT", "UPDATE (sealed, sealed_at)"), **JOBS,
    },
}  # fmt: skip


def apply() -> None:
    """Make the database's grants say exactly what the table says. As the owner."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7236044)")  # two at once would trip over each other
        for process in PROCESSES:
            to = sql.Identifier(role(process))
            cursor.execute(sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(to))
            for privileges, tables in _by_privileges(process).items():
                command = sql.SQL("GRANT {} ON {} TO {}").format(
                    sql.SQL(", ").join(map(sql.SQL, privileges)),
                    sql.SQL(", ").join(map(sql.Identifier, tables)),
                    to,
                )
                cursor.execute(command)
            # the only tables whose numbers come from sequences of their own; the rest are identity columns
            cursor.execute(sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}").format(to))
        _let_workers_see_people(cursor)
        deferring.apply()
        in_person.apply()
        undecided.apply()


def _let_workers_see_people(cursor: CursorWrapper) -> None:
    """Workers see people without their passwords' hashes: in their search path a view stands before the table."""
    from charteroak.agencies.models import Person

    columns = [str(field.column) for field in Person._meta.concrete_fields]
    hashless = sql.SQL("''::text AS password")
    shown = [hashless if name == "password" else sql.Identifier(name) for name in columns]
    names = {
        "schema": sql.Identifier(VIEWS),
        "person": sql.Identifier(Person._meta.db_table),
        "shown": sql.SQL(", ").join(shown),
        "workers": sql.SQL(", ").join(
            sql.Identifier(role(process)) for process in PROCESSES if "agencies.person" in GRANTS[process]
            and process is not Process.WEB
        ),
    }  # fmt: skip
    for command in (
        "CREATE SCHEMA IF NOT EXISTS {schema}",
        "CREATE OR REPLACE VIEW {schema}.{person} AS SELECT {shown} FROM public.{person}",
        "GRANT USAGE ON SCHEMA {schema} TO {workers}",
        "GRANT SELECT ON {schema}.{person} TO {workers}",
    ):
        cursor.execute(sql.SQL(command).format(**names))


def privileges(process: Process, model: str) -> tuple[str, ...]:
    """What a process may do with the table of `app.model`; nothing unless the table above says so."""
    table = GRANTS[process]
    return table.get(model, table.get(f"{model.split('.')[0]}.*", ()))


def tables() -> Iterator[tuple[str, str]]:
    """Every model with a table, many-to-many tables included: (app.model, table)."""
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.proxy:
            yield model._meta.label_lower, model._meta.db_table


def _by_privileges(process: Process) -> dict[tuple[str, ...], list[str]]:
    found: dict[tuple[str, ...], list[str]] = {}
    for model, table in tables():
        if allowed := privileges(process, model):
            found.setdefault(allowed, []).append(table)
    return found
