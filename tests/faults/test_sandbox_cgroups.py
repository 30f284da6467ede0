"""Groups of the second version, as far as this kernel offers them: entered, killed and removed for real."""

import os
import subprocess
from pathlib import Path

import pytest

from charteroak.adapters import sandboxes
from charteroak.adapters.sandboxes import cgroups
from charteroak.adapters.sandboxes.cgroups import Group
from charteroak.sandbox import Limits, SandboxSpec

pytestmark = [pytest.mark.sandbox, pytest.mark.root]


def unified() -> Path:
    for line in Path("/proc/self/mountinfo").read_text(encoding="ascii").splitlines():
        if " - cgroup2 " in line:
            return Path(line.split()[4])
    pytest.skip("this kernel has no unified hierarchy mounted")


def test_a_group_is_killed_and_removed_with_all_its_processes() -> None:
    group = Group(2, (unified() / "charteroak-1-test",))
    group.folders[0].mkdir()
    command = f"echo 0 > {group.entrances[0]}; sleep 1000 & sleep 1000 & echo ready; wait"
    with subprocess.Popen(["sh", "-c", command], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        group.kill()
        assert process.wait() == -9
    group.remove()
    assert not group.folders[0].exists()


def test_what_the_kernel_counted_is_read_in_both_versions(tmp_path: Path) -> None:
    (tmp_path / "memory.events").write_text("low 0\noom 1\noom_kill 2\noom_group_kill 1\n", encoding="ascii")
    (tmp_path / "memory.peak").write_text("4096\n", encoding="ascii")
    (tmp_path / "memory.oom_control").write_text("oom_kill_disable 0\noom_kill 0\n", encoding="ascii")
    (tmp_path / "memory.max_usage_in_bytes").write_text("8192\n", encoding="ascii")
    assert (Group(2, (tmp_path,)).out_of_memory, Group(2, (tmp_path,)).peak_memory) == (True, 4096)
    assert (Group(1, (tmp_path,)).out_of_memory, Group(1, (tmp_path,)).peak_memory) == (False, 8192)


def test_limits_that_the_kernel_refuses_are_no_run_and_leave_no_group() -> None:
    where = cgroups.hierarchies()
    assert not isinstance(where, str)
    spec = SandboxSpec(limits=Limits(cpus=0.001))  # a tenth of a millisecond per period; the least is one
    with pytest.raises(sandboxes.LimitsNotEnforced, match="cpu"):
        sandboxes.run(spec, ["true"])
    assert not [left for folder in where.folders for left in folder.glob(f"charteroak-{os.getpid()}-*")]
