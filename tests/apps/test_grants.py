"""Each process may do with each table what the table of grants says, and nothing else."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache

import pytest
from django.db import ProgrammingError, connection, transaction

from charteroak.adapters.environment import Process
from charteroak.adapters.postgres import PROCESSES, role
from charteroak.agencies.models import Person
from charteroak.site import deferring, grants, workers

AsProcess = Callable[[str], AbstractContextManager[None]]


WORKERS = ("linker", "extractor", "enclave", "outputs", "notary", "post")
ASKED_FOR = {queue for _, queues in deferring.DEFERRED.values() for queue in queues}


def ask(task: str, queue: str, **columns: str | int) -> None:
    """Put a job into a queue, by hand."""
    values: dict[str, str | int] = {"queue_name": queue, "task_name": task, **columns}
    names, marks = ", ".join(values), ", ".join("%s" for _ in values)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO procrastinate_jobs ({names}) VALUES ({marks})", list(values.values()))  # noqa: S608 - this test's own names


@pytest.mark.parametrize("model", sorted(model for model, _ in grants.tables()))
def test_every_model_is_granted_to_somebody(model: str) -> None:
    assert any(grants.privileges(process, model) for process in PROCESSES), (
        f"name {model} (or its app) in site/grants.py"
    )


def test_every_grant_names_a_model_or_app_that_exists() -> None:
    models = {model for model, _ in grants.tables()}
    apps = {f"{model.split('.')[0]}.*" for model in models} | {"register.*"}  # reads only; has no tables yet
    for process, table in grants.GRANTS.items():
        assert set(table) <= models | apps, process


@pytest.mark.django_db
@pytest.mark.parametrize("process", PROCESSES)
def test_the_database_holds_exactly_what_the_table_says(process: Process) -> None:
    with connection.cursor() as cursor:
        for model, table in grants.tables():
            for privilege in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"):
                cursor.execute("SELECT has_table_privilege(%s, %s, %s)", [role(process), table, privilege])
                [(held,)] = cursor.fetchall()
                assert held == (privilege in grants.privileges(process, model)), (table, privilege)
                assert _columns(process, table, privilege) == _said_of(process, model, table, privilege), (
                    table
                )


def _columns(process: Process, table: str, privilege: str) -> set[str]:
    """The columns on which the database grants a privilege."""
    if privilege not in ("SELECT", "INSERT", "UPDATE"):
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = ('public.' || %s)::regclass AND attnum > 0"
            " AND NOT attisdropped AND has_column_privilege(%s, attrelid, attnum, %s)",
            [table, role(process), privilege],
        )
        return {name for (name,) in cursor.fetchall()}


def _said_of(process: Process, model: str, table: str, privilege: str) -> set[str]:
    for said in grants.privileges(process, model):
        word, _, columns = said.partition(" ")
        if word == privilege and columns:
            return set(columns.strip("()").split(", "))
        if said == privilege and privilege in ("SELECT", "INSERT", "UPDATE"):
            return _all_columns(table)
    return set()


@cache
def _all_columns(table: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT attname FROM pg_attribute WHERE attrelid = ('public.' || %s)::regclass"
                       " AND attnum > 0 AND NOT attisdropped", [table])  # fmt: skip
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.django_db
@pytest.mark.parametrize("process", PROCESSES)
def test_no_process_owns_or_creates_anything(process: Process) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = %s::regrole", [role(process)])
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT has_schema_privilege(%s, 'public', 'CREATE')", [role(process)])
        assert cursor.fetchone() == (False,)
        cursor.execute("SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls"
                       " FROM pg_roles WHERE rolname = %s", [role(process)])  # fmt: skip
        assert cursor.fetchone() == (False,)


@pytest.mark.parametrize(
    ("process", "query"),
    [
        ("notary", "SELECT 1 FROM agencies_person"),
        ("linker", "SELECT 1 FROM django_session"),
        ("enclave", "UPDATE agreements_clause SET id = id"),
        ("web", "DELETE FROM requests_datarequest"),
        (
            "web",
            "INSERT INTO audit_checkpoint (size, root, frontier, note, signed_at) VALUES (1, '', '', '', now())",
        ),
        ("outputs", "CREATE TABLE public.own (id int)"),
        ("web", "UPDATE agencies_agency SET name = name"),
        ("web", "UPDATE agencies_authority SET since = since"),
        ("web", "UPDATE agencies_training SET until = '2099-01-01'"),
        ("web", "DELETE FROM agencies_pledge"),
        ("web", "UPDATE agencies_person SET username = 'sam.reyes'"),
        ("web", "UPDATE agencies_detailschange SET because = 'none'"),
        ("web", "SELECT sealed FROM agencies_invitationkey"),
        ("outputs", "SELECT sealed FROM agencies_invitationkey"),
        ("web", "UPDATE agencies_invitation SET last_day = '2099-01-01'"),
        ("web", "UPDATE agencies_invitation SET digest = ''"),
        ("post", "UPDATE agencies_invitation SET used_at = NULL"),
        ("web", "UPDATE agencies_employment SET kind = 'state'"),
        ("web", "INSERT INTO agencies_person SELECT * FROM agencies_person"),
        ("web", "UPDATE agencies_roleheld SET role = 'board_chair'"),
        ("web", "UPDATE agencies_roleheld SET person_id = 1"),
        ("web", "UPDATE catalog_variable SET sensitivity = 'plain'"),
        ("web", "UPDATE catalog_dataset SET title = title"),
        ("web", "UPDATE board_seat SET person_id = 1"),
        ("web", "UPDATE agreements_signature SET text_hash = text_hash"),
        ("web", "UPDATE requests_nationconsent SET until = '2099-01-01'"),
        ("web", "UPDATE requests_nationconsent SET nation = nation"),
        ("web", "UPDATE workspaces_snapshot SET stored = stored"),
        ("web", "INSERT INTO workspaces_snapshot DEFAULT VALUES"),
        ("web", "UPDATE workspaces_input SET stored = stored"),
        ("web", "SELECT sealed FROM site_webhooksecret"),
        ("outputs", "SELECT sealed FROM site_webhooksecret"),
        ("web", "CREATE TEMPORARY TABLE audit_event (transaction xid8)"),
        *((worker, "SELECT password FROM public.agencies_person") for worker in WORKERS),
        *((worker, "SELECT 1 FROM public.mfa_authenticator") for worker in WORKERS),
    ],
)
def test_what_is_not_granted_is_refused(as_process: AsProcess, process: str, query: str) -> None:
    with (
        as_process(process),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(query)


@pytest.mark.parametrize("process", [one for one in WORKERS if one != "notary"])
def test_a_worker_sees_people_without_the_hashes_of_their_passwords(
    as_process: AsProcess, process: str
) -> None:
    with as_process("owner"):
        Person.objects.create(username="a", name="A", password="argon2$secret")
    with as_process(process):
        seen = Person.objects.get()
        assert (seen.username, seen.password) == ("a", "")
    assert Person.objects.get().password == "argon2$secret"  # the web compares it


def test_migrating_again_changes_nothing(as_process: AsProcess) -> None:
    from charteroak.site.database import migrate

    held = (
        "SELECT relname, relacl::text FROM pg_class WHERE relacl IS NOT NULL ORDER BY relname, relnamespace"
    )
    with as_process("owner"), connection.cursor() as cursor:
        cursor.execute(held)
        before = cursor.fetchall()
        migrate()
        cursor.execute(held)
        assert cursor.fetchall() == before
    assert os.environ["CHARTEROAK_PROCESS"] == "web"


@pytest.mark.parametrize(
    ("process", "queue"),
    [(queue.partition(".")[0], queue) for queue in sorted(ASKED_FOR)],
)
def test_every_worker_takes_the_jobs_of_its_queues(as_process: AsProcess, process: str, queue: str) -> None:
    assert queue in workers.queues(Process(process)), "nobody would do them"
    task = next(name for name, (_, queues) in deferring.DEFERRED.items() if queue in queues)
    asker = next(iter(deferring.DEFERRED[task][0]))
    with as_process(asker):
        ask(task, queue)
    with as_process(process), connection.cursor() as cursor:
        cursor.execute("SELECT procrastinate_register_worker_v1()")
        [(worker,)] = cursor.fetchall()
        cursor.execute("SELECT id FROM procrastinate_fetch_job_v2(ARRAY[%s::varchar], %s)", [queue, worker])
        [(job,)] = cursor.fetchall()
        cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'succeeded', false)", [job])


def test_every_task_says_who_may_ask_for_it_and_whose_queues_it_waits_in() -> None:
    from procrastinate.contrib.django import app

    ours = {
        name for name in app.tasks if not name.endswith("remove_old_jobs") and not name.startswith("tests.")
    }
    assert ours == set(deferring.DEFERRED)
    for name, (_, queues) in deferring.DEFERRED.items():
        if app.tasks[name].queue != "default":  # named where it is asked for
            assert {app.tasks[name].queue} == queues, name


def test_a_process_asks_for_the_jobs_that_are_its_to_ask_for_and_for_no_others(as_process: AsProcess) -> None:
    tried = 0
    for process in PROCESSES:
        with as_process(process):
            for task in (
                *deferring.DEFERRED,
                "builtin:procrastinate.builtin_tasks.remove_old_jobs",
                "os.system",
            ):
                askers, queues = deferring.DEFERRED.get(task, (frozenset(), frozenset()))
                for queue in {*PROCESSES, *ASKED_FOR, "default"}:
                    if process in askers and queue in queues:
                        ask(task, queue)
                    else:
                        with pytest.raises(ProgrammingError, match="may not ask for the job"):
                            ask(task, queue)
                    tried += 1
    assert tried > 900


def test_a_job_begins_by_waiting(as_process: AsProcess) -> None:
    with pytest.raises(ProgrammingError, match="begins by waiting"):
        ask("outputs:release", "outputs", status="doing")
    with pytest.raises(ProgrammingError, match="begins by waiting"):
        ask("outputs:release", "outputs", attempts=-7)


def test_nobody_changes_what_was_asked_for_nor_another_s_jobs(as_process: AsProcess) -> None:
    ask("outputs:release", "outputs", args='{"release_request": 1}')
    change = "UPDATE procrastinate_jobs SET {} WHERE task_name = 'outputs:release'"
    for process, what, told in (
        ("web", "status = 'failed'", "permission denied"),
        ("web", "args = '{}'", "permission denied"),
        ("enclave", "status = 'failed'", "may not change the job"),
        ("outputs", """args = '{"release_request": 2}'""", "may not change the job"),
        ("outputs", "task_name = 'outputs:show'", "may not change the job"),
        ("outputs", "queue_name = 'enclave'", "may not change the job"),
        ("outputs", "queue_name = 'outputs.pages'", "may not change the job"),
    ):
        with (
            as_process(process), pytest.raises(ProgrammingError, match=told), transaction.atomic(),
            connection.cursor() as cursor,
        ):  # fmt: skip
            cursor.execute(change.format(what))
    with as_process("outputs"), connection.cursor() as cursor:
        cursor.execute(change.format("status = 'doing'"))
        assert cursor.rowcount == 1
