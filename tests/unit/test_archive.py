"""A work folder as one archive: whole, or not made at all."""

import io
import os
from pathlib import Path
from typing import Any

import pytest

from charteroak.adapters.sandboxes import archive


def test_a_folder_that_cannot_be_listed_ends_the_packing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "closed").mkdir()
    monkeypatch.chdir(tmp_path)
    lists = os.scandir

    def refuses(path: Any = ".") -> Any:
        if "closed" in str(path):
            raise PermissionError(path)
        return lists(path)

    monkeypatch.setattr(os, "scandir", refuses)
    with pytest.raises(PermissionError):
        archive.pack(io.BytesIO())
