"""What a script or a session reads: the extract, or invented records of its shape."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from charteroak.hub.models import Extract
from charteroak.workspaces import folders, invented


@contextmanager
def mounted(extract: Extract, account: int, *, real: bool, purpose: str) -> Iterator[Path]:
    """A folder in memory with the one or the other, for `account` to read, for the length of the block."""
    opened = folders.mounted if real else invented.mounted
    with opened(extract, account, purpose=purpose) as folder:
        yield folder
