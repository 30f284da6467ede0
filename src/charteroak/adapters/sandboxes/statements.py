"""A SQL script inside the sandbox, by DuckDB: python statements.py SCRIPT MEBIBYTES.

Runs alone in the research environment. Each table of the extract is a view of its name. What the script may set, load
or read is closed before its first statement, so that a slip is told where it is made; what holds it is the sandbox,
where there is nothing else to read.
"""

import sys
from pathlib import Path

import duckdb

DATA, WORK = "/enclave/data", "/enclave/work"
SHOWN = 100  # rows of each answer, in the log
CLOSED = (
    f"SET allowed_directories = ['{DATA}/', '{WORK}/']",
    "SET enable_external_access = false",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET allow_community_extensions = false",
    "SET lock_configuration = true",
)


def opened(mebibytes: int) -> duckdb.DuckDBPyConnection:
    """A database in memory with the extract's tables, on one thread, so that a repeat gives the same bytes."""
    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": 1,
        "memory_limit": f"{mebibytes}MiB",
    }
    connection = duckdb.connect(config=settings)
    for path in sorted(Path(DATA).glob("*.parquet")):
        name = path.stem.replace('"', '""')
        connection.execute(f"""CREATE VIEW "{name}" AS SELECT * FROM read_parquet('{path}')""")  # noqa: S608 - our own files
    for statement in CLOSED:
        connection.execute(statement)
    return connection


def run(script: str, mebibytes: int) -> int:
    """Every statement in turn; what it answers is printed. The exit status: 1 at the first that fails."""
    connection = opened(mebibytes)
    try:
        for statement in connection.extract_statements(script):
            answer = connection.execute(statement)
            if answer.description:
                print("\t".join(str(column[0]) for column in answer.description))
                for row in answer.fetchmany(SHOWN):
                    print("\t".join(map(str, row)))
    except duckdb.Error as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]).read_text(encoding="utf-8"), int(sys.argv[2])))
