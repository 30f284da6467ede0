"""Where a fault cannot be tried: skipped aloud here, a failure where CI promises the means."""

import os
import shutil

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = []
    if shutil.which("bwrap") is None and not os.environ.get("CI"):
        missing.append(("sandbox", "bubblewrap is not installed: make system"))
    if os.geteuid() != 0:
        missing.append(("root", "only the superuser can try this"))
    for mark, reason in missing:
        for item in items:
            if item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=reason))
