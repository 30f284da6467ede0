"""A sandbox is a value: the same in every log, and every line of it becomes bubblewrap's."""

import dataclasses
import json

import pytest

from charteroak.sandbox import DATA, WORK, Limits, Mount, SandboxSpec, arguments
from charteroak.sandbox.seccomp import PERMITTED, REFUSED

SPEC = SandboxSpec((Mount("/srv/extract", DATA), Mount("/srv/work", WORK, writable=True)), Limits(cpus=1.5))


def listed(spec: SandboxSpec, *command: str) -> list[str]:
    return arguments(spec, command or ("true",), files={"/etc/passwd": 7}, filters=[8, 9], status=10)


def follows(words: list[str], *wanted: str) -> bool:
    return any(tuple(words[at : at + len(wanted)]) == wanted for at in range(len(words)))


def test_data_is_read_only_and_work_is_not() -> None:
    words = listed(SPEC)
    assert follows(words, "--ro-bind", "/srv/extract", DATA)
    assert follows(words, "--bind", "/srv/work", WORK)
    assert words.count("--bind") == 1


def test_every_namespace_is_new_and_no_power_is_kept() -> None:
    words = listed(SPEC)
    assert {"--unshare-all", "--disable-userns", "--die-with-parent", "--new-session", "--clearenv"} <= set(
        words
    )
    assert "--share-net" not in words
    assert follows(words, "--cap-drop", "ALL")
    assert follows(words, "--add-seccomp-fd", "8", "--add-seccomp-fd", "9")


def test_the_command_cannot_add_a_flag_of_its_own() -> None:
    words = listed(SPEC, "--share-net", "--bind", "/", "/")
    assert words[words.index("--") + 1 :] == ["--share-net", "--bind", "/", "/"]


@pytest.mark.parametrize("command", [(), ("a\0b",)])
def test_a_command_must_be_one(command: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="empty or holds a NUL"):
        arguments(SPEC, command, files={}, filters=[], status=3)


@pytest.mark.parametrize("limit", [field.name for field in dataclasses.fields(Limits)])
@pytest.mark.parametrize("value", [0, -1, float("inf"), float("nan")])
def test_no_limit_can_be_switched_off(limit: str, value: float) -> None:
    with pytest.raises(ValueError, match=limit):
        Limits(**{limit: value})  # type: ignore[arg-type]  # the limit's name is the parameter


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("relative", DATA),
        ("/a/../b", DATA),
        ("/a\0", DATA),
        ("/a", "/usr"),
        ("/a", "/enclave/../usr"),
        ("/a", "/proc"),
    ],
)
def test_a_mount_stays_where_mounts_belong(source: str, target: str) -> None:
    with pytest.raises(ValueError, match="mount"):
        Mount(source, target)


def test_two_folders_cannot_hide_each_other() -> None:
    with pytest.raises(ValueError, match="share a target"):
        SandboxSpec((Mount("/a", DATA), Mount("/b", DATA)))


def test_equal_sandboxes_print_the_same_line_and_others_do_not() -> None:
    assert str(SPEC) == str(dataclasses.replace(SPEC))
    assert str(SPEC) != str(dataclasses.replace(SPEC, limits=Limits(cpus=2)))
    assert json.loads(str(SPEC))["mounts"][0] == {"source": "/srv/extract", "target": DATA, "writable": False}


def test_moving_folders_changes_only_where_they_come_from() -> None:
    moved = SPEC.with_sources({"/srv/extract": "/mnt/0"})
    assert [mount.source for mount in moved.mounts] == ["/mnt/0", "/srv/work"]
    assert [mount.target for mount in moved.mounts] == [DATA, WORK]


def test_thread_pools_are_sized_for_the_limit_and_not_for_the_host() -> None:
    assert SPEC.variables["POLARS_MAX_THREADS"] == "2"


DANGEROUS = """
mount umount2 pivot_root unshare setns chroot ptrace process_vm_readv process_vm_writev bpf perf_event_open
keyctl add_key request_key io_uring_setup userfaultfd open_by_handle_at pidfd_getfd init_module kexec_load
clone3 fsopen open_tree move_mount mount_setattr settimeofday clock_settime swapon reboot iopl
"""


@pytest.mark.parametrize("call", DANGEROUS.split())
def test_a_dangerous_call_is_not_on_the_list(call: str) -> None:
    assert call not in {rule.call for rule in PERMITTED}


def test_socket_and_ioctl_are_permitted_by_argument_only() -> None:
    for call in ("socket", "socketpair", "ioctl"):
        assert all(rule.arguments for rule in PERMITTED if rule.call == call)
    requests = {argument.value for rule in PERMITTED if rule.call == "ioctl" for argument in rule.arguments}
    assert not requests & {0x5412, 0x541C}  # TIOCSTI, TIOCLINUX


def test_what_is_refused_by_argument_is_otherwise_permitted() -> None:
    assert {rule.call for rule in REFUSED} <= {rule.call for rule in PERMITTED}
