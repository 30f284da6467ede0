"""An event is the last thing its transaction writes: until it is over, every other writer waits for the log."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from apps import hub_way, way, whole_way
from charteroak.audit.actions import LOCK
from conftest import connection_as

WRITES = ("INSERT", "UPDATE", "DELETE")


@contextmanager
def watched() -> Iterator[list[str]]:
    """What is written while the log's lock is held, the log itself apart."""
    late: list[str] = []
    held: set[int] = set()  # connections
    execute = CursorWrapper.execute

    def note(cursor: CursorWrapper, sql: str, params: Any = None) -> Any:
        said, connection = str(sql), id(cursor.db)
        if "pg_advisory_xact_lock" in said and params == [LOCK]:
            held.add(connection)
        elif connection in held and said.startswith(WRITES) and '"audit_' not in said:
            late.append(said[:120])
        return execute(cursor, sql, params)

    def over(end: Callable[..., Any]) -> Callable[..., Any]:
        def ended(connection: BaseDatabaseWrapper) -> Any:
            held.discard(id(connection))
            return end(connection)

        return ended

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(CursorWrapper, "execute", note)
        patched.setattr(BaseDatabaseWrapper, "commit", over(BaseDatabaseWrapper.commit))
        patched.setattr(BaseDatabaseWrapper, "rollback", over(BaseDatabaseWrapper.rollback))
        yield late


def test_over_the_whole_way_nothing_is_written_after_an_event(database_of_the_file: None) -> None:
    with way.day(hub_way.DAY), watched() as late:
        whole_way.scene(connection_as)
    assert late == []
