"""Each process may do with each table what the table of grants says, and nothing else."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import ProgrammingError, connection, transaction

from charteroak.adapters.environment import Process
from charteroak.adapters.postgres import PROCESSES, role
from charteroak.site import grants

AsProcess = Callable[[str], AbstractContextManager[None]]


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


def test_migrating_again_changes_nothing(as_process: AsProcess) -> None:
    from charteroak.site.database import migrate

    held = "SELECT relname, relacl::text FROM pg_class WHERE relacl IS NOT NULL ORDER BY 1"
    with as_process("owner"), connection.cursor() as cursor:
        cursor.execute(held)
        before = cursor.fetchall()
        migrate()
        cursor.execute(held)
        assert cursor.fetchall() == before
    assert os.environ["CHARTEROAK_PROCESS"] == "web"


@pytest.mark.parametrize("process", ["linker", "extractor", "enclave", "outputs", "notary"])
def test_every_worker_can_take_and_defer_jobs(as_process: AsProcess, process: str) -> None:
    with as_process(process), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES (%s, 'tests.none')", [process]
        )
        cursor.execute("SELECT procrastinate_register_worker_v1()")
        [(worker,)] = cursor.fetchall()
        cursor.execute("SELECT id FROM procrastinate_fetch_job_v2(ARRAY[%s::varchar], %s)", [process, worker])
        [(job,)] = cursor.fetchall()
        cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'succeeded', false)", [job])
