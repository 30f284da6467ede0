"""Whether each run has files and devices of its own is looked at in a run, and said where it has not."""

from pathlib import Path

import pytest

from charteroak.adapters import sandboxes
from charteroak.adapters.sandboxes import Capability, execution
from charteroak.adapters.sandboxes.examination import shared_between_runs

pytestmark = pytest.mark.sandbox
OF_THE_HOST = """\
111 110 0:40 / /usr ro,nosuid - ext4 /dev/vda1 rw
112 110 0:44 /alternatives /etc/alternatives ro,nosuid - overlay enclave ro,lowerdir=/etc:/mnt/none
118 117 0:48 /null /dev/null rw,nosuid - devtmpfs udev rw,size=4k
127 110 0:56 / /tmp rw,nosuid - tmpfs tmpfs rw,size=524288k
"""


def told() -> Capability:
    return next(one for one in sandboxes.capabilities() if one.name == "files of each run's own")


@pytest.mark.root
def test_by_root_each_run_has_files_and_devices_of_its_own() -> None:
    assert told().ok, told().detail


@pytest.mark.root
@pytest.mark.parametrize(
    ("lacking", "shared"), [('mount(OWN, path, "overlay"', "/etc, /usr"), ("os.mknod(own,", "devices")]
)
def test_where_the_launcher_goes_on_without_it_is_said_with_how_to_mend_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lacking: str, shared: str
) -> None:
    """The launcher is a program of its own: a copy of it runs here that finds no overlayfs, or may make no device."""
    written = execution.LAUNCHER.read_text(encoding="utf-8")
    assert written.count(lacking) == 1
    copy = tmp_path / "launcher.py"
    copy.write_text(written.replace(lacking, f"raise OSError; {lacking}"), encoding="utf-8")
    monkeypatch.setattr(execution, "LAUNCHER", copy)
    found = told()
    assert (found.ok, f"share the host's {shared}," in found.detail) == (False, True), found.detail
    assert "modprobe overlay" in found.mend


def test_what_is_shared_is_read_from_what_a_run_sees_mounted() -> None:
    assert shared_between_runs(OF_THE_HOST) == ["/usr", "devices"]
    own = OF_THE_HOST.replace("ext4 /dev/vda1 rw", "overlay enclave ro,lowerdir=/usr").replace(
        "size=4k", "size=64k"
    )
    assert shared_between_runs(own) == []
