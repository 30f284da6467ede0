"""Which process may do what with which table. What is not written here is refused by the database itself."""

from collections.abc import Iterator

from django.apps import apps
from django.db import connection, transaction
from psycopg import sql

from charteroak.adapters.environment import Process
from charteroak.adapters.postgres import PROCESSES, role

LOOK = ("SELECT",)
ADD = ("SELECT", "INSERT")
WORK = ("SELECT", "INSERT", "UPDATE")  # a row is locked before it changes, which takes UPDATE
KEEP = ("SELECT", "INSERT", "UPDATE", "DELETE")  # passing things only; records of decisions stay

ROOMS = (
    "agencies", "catalog", "requests", "board", "agreements", "submissions", "hub", "workspaces", "outputs", "register",
)  # fmt: skip
LOG = {"audit.event": ADD, "audit.checkpoint": LOOK}
JOBS = {"procrastinate.*": KEEP}
LOOK_AROUND = {f"{room}.*": LOOK for room in ROOMS} | {"auth.*": LOOK, "contenttypes.*": LOOK}
DESTRUCTION = {"agreements.destructionduty": WORK}  # each process answers for its own keys

# What a person said stays as they said it: added by the web in their name, changed by nobody.
SAID = (
    "agreements.party", "agreements.recipient", "agreements.redline", "agreements.signature", "board.attendance",
    "board.board", "board.seat", "board.vote", "hub.linkrun_inputs", "hub.matchconfirmation", "outputs.clearance",
    "outputs.filevote", "outputs.review",
)  # fmt: skip
# Written by the process that releases.
RELEASES = ("outputs.release", "outputs.releasedfile")
UNSAID = dict.fromkeys((*SAID, "hub.pairdecision"), LOOK)  # a worker puts no word into anybody's mouth

# "app.model", or "app.*" for the rest of its models
GRANTS: dict[Process, dict[str, tuple[str, ...]]] = {
    Process.WEB: {
        **{f"{room}.*": WORK for room in ROOMS},
        **dict.fromkeys(SAID, ADD),
        **dict.fromkeys(RELEASES, LOOK),
        "auth.*": LOOK,
        "contenttypes.*": LOOK,
        "sessions.*": KEEP,
        "account.*": KEEP,
        "mfa.*": KEEP,
        "requests.requestedcolumn": KEEP,  # a draft's columns come and go
        "requests.teammember": KEEP,
        "outputs.outputfile": KEEP,  # put forward and taken out again
        **LOG,
        "audit.anonymousrefusals": WORK,
        **JOBS,
    },
    Process.LINKER: {**LOOK_AROUND, **DESTRUCTION, "submissions.*": WORK, "hub.*": WORK, **UNSAID, **LOG, **JOBS},
    Process.EXTRACTOR: {**LOOK_AROUND, **DESTRUCTION, "submissions.*": WORK, "hub.*": WORK, **UNSAID, **LOG, **JOBS},
    Process.ENCLAVE: {
        **LOOK_AROUND, **DESTRUCTION, "hub.extract": WORK, "workspaces.*": WORK,
        "outputs.releaserequest": WORK,  # a check that is not covered goes back
        **LOG, **JOBS,
    },
    Process.OUTPUTS: {
        **LOOK_AROUND, **DESTRUCTION, "workspaces.joboutput": WORK, "outputs.*": WORK, **UNSAID,
        **dict.fromkeys(RELEASES, ADD), **LOG, **JOBS,
    },
    Process.NOTARY: {"audit.event": ADD, "audit.checkpoint": ADD, "audit.anonymousrefusals": KEEP, **JOBS},
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
