"""A SQL script in its sandbox: reads the extract and writes the work folder; nothing else is read, loaded or set."""

from pathlib import Path

import polars as pl
import pytest

from charteroak.adapters import environments, sandboxes
from charteroak.adapters.environment import home
from charteroak.adapters.sandboxes import STATEMENTS
from charteroak.sandbox import DATA, WORK, Limits, Mount, SandboxSpec

pytestmark = pytest.mark.sandbox

WANTED = (
    "SELECT count(*) FROM sde",
    "CREATE TABLE mine AS SELECT * FROM sde",
    "COPY (SELECT 1 AS a) TO 'outbox/a.csv'",
    "COPY (SELECT 1 AS a) TO '/enclave/work/a.parquet'",
    "SELECT * FROM read_parquet('/enclave/data/sde.parquet')",
    "ATTACH '/enclave/work/own.duckdb' AS own",
)
REFUSED = (
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/enclave/data/../../etc/passwd')",
    "SELECT * FROM read_text('/proc/1/environ')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM '/etc/os-release.csv'",
    "COPY (SELECT 1) TO '/tmp/a.csv'",
    "COPY (SELECT 1) TO '/enclave/data/a.csv'",
    "CREATE TABLE t (a VARCHAR); COPY t FROM '/etc/passwd'",
    "ATTACH '/tmp/other.duckdb' AS other",
    "ATTACH 'http://127.0.0.1:1/a.duckdb' AS other",
    "SELECT * FROM read_csv('http://127.0.0.1:1/a.csv')",
    "SELECT * FROM read_csv('s3://a/b.csv')",
    "INSTALL httpfs",
    "LOAD httpfs",
    "INSTALL spatial FROM community",
    "LOAD '/enclave/work/own.duckdb_extension'",
    "SET enable_external_access = true",
    "SET allowed_directories = ['/']",
    "SET lock_configuration = false",
    "RESET lock_configuration",
    "SET autoinstall_known_extensions = true",
    "SET allow_unsigned_extensions = true",
    "SET temp_directory = '/enclave/data'",
    "SET threads = 64",
    "CALL enable_logging()",
    "EXPORT DATABASE '/tmp/all'",
    "CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')",
)
REASONS = (  # a statement that fails for another reason, a slip in it, was not refused
    "by configuration", "through configuration", "has been locked", "requires the extension",
    "Read-only file system", "exists in the httpfs extension", "Could not establish connection",
)  # fmt: skip

UNLOCKED = """
import sys, duckdb
connection = duckdb.connect()
for where in ("/etc/passwd", sys.argv[1] + "/*"):
    print(connection.execute("select count(*) from glob(?)", [where]).fetchone())
connection.execute("copy (select 1) to '/enclave/data/a.csv'")
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sql")
    for name in ("data", "work", "code"):
        (folder / name).mkdir()
    (folder / "work" / "outbox").mkdir()
    pl.DataFrame({"name": ["a", "b"]}).write_parquet(folder / "data" / "sde.parquet")
    (folder / "secret.csv").write_text("a\nsecret\n", encoding="utf-8")
    (folder / "code" / STATEMENTS.name).write_bytes(STATEMENTS.read_bytes())
    return folder


def ended(place: Path, script: str, command: list[str] | None = None) -> sandboxes.Ended:
    (place / "code" / "script.sql").write_text(script, encoding="utf-8")
    mounts = (
        Mount(str(place / "data"), DATA),
        Mount(str(place / "code"), "/enclave/code"),
        Mount(str(place / "work"), WORK, writable=True),
        environments.build(home().environments).mount,
    )
    run = ["python", f"/enclave/code/{STATEMENTS.name}", "/enclave/code/script.sql", "500"]
    return sandboxes.run(SandboxSpec(mounts, Limits(memory=1 << 30)), command or run)


@pytest.mark.parametrize("statement", WANTED)
def test_what_a_script_is_for(place: Path, statement: str) -> None:
    assert ended(place, statement).status == 0


@pytest.mark.parametrize("statement", REFUSED)
def test_what_no_script_may(place: Path, statement: str) -> None:
    found = ended(place, f"SELECT 'begun'; {statement}; SELECT 'went on'")
    said = found.stdout.decode()
    assert "begun" in said
    assert "went on" not in said
    refused = found.stderr.decode()
    assert any(reason in refused for reason in REASONS), refused


def test_a_new_connection_is_not_locked_and_finds_nothing_either(place: Path) -> None:
    """Python can open a database without these settings: what it reads then is still the sandbox's alone."""
    found = ended(place, "", ["python", "-c", UNLOCKED, str(place)])
    assert found.stdout.decode().splitlines() == ["(1,)", "(0,)"], (
        "its own list of accounts, and nothing of the host"
    )
    assert b"Read-only file system" in found.stderr
