"""The platform that the enclave's figures are taken on: its database, an agreement in force, a reviewed extract."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

RECORDS = 1_000_000  # of the extract that a session opens


@contextmanager
def opened(conftest: Any) -> Iterator[Any]:
    """A database with a reviewed extract of a million records; the extract."""
    from apps import hub_way, outputs_way, way
    from charteroak.adapters import postgres
    from charteroak.adapters.environment import home
    from charteroak.audit.checkpoint import make_signing_key
    from charteroak.site.database import migrate

    with postgres.running(home(), durable=False):
        from django.db import connection

        with conftest.connection_as("owner"):
            migrate()
        connection.settings_dict.update(conftest._as_web())
        make_signing_key(home())
        with way.day(hub_way.DAY):
            with conftest.connection_as("owner"):
                way.load()
            extract = outputs_way.small_extract(conftest.connection_as)
            with conftest.owner_beside():
                enlarge(extract)
            try:
                yield extract
            finally:
                connection.close()  # else the database waits a minute for it


def enlarge(extract: Any) -> None:
    """A million records in place of the small extract's few."""
    import numpy as np
    import polars as pl

    from apps.hub_way import NUMBER
    from charteroak.adapters import stores
    from charteroak.adapters.stores import Store

    chance = np.random.default_rng(42)
    frame = pl.DataFrame({
        "pid": [f"{number:032x}" for number in range(RECORDS)],
        "race_eth": chance.choice(["W", "H", "B", "A"], RECORDS),
        "year": chance.integers(2010, 2026, RECORDS),
        "wage": chance.integers(0, 9_000_000, RECORDS) / 100,
    })  # fmt: skip
    content = io.BytesIO()
    frame.write_parquet(content)
    digest = hashlib.sha256(content.getvalue()).hexdigest()
    content.seek(0)
    sealed = stores.vault(Store.EXTRACT).put(content, project=NUMBER, store=Store.EXTRACT)
    extract.tables["sde"] = {"columns": frame.columns, "rows": frame.height, "sha256": digest}
    extract.stored["sde"] = sealed.sha256
    extract.save()
