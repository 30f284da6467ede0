"""The sandbox as Kubernetes objects: valid for the API, as closed as the one on a single machine."""

import _socket
import errno
import json
import os
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kubernetes_validate
import pyseccomp
import pytest
from click.testing import CliRunner

from charteroak.cli import main
from charteroak.sandbox import DATA, WORK, Limits, Mount, SandboxSpec, kubernetes

IMAGE = "research@sha256:" + "a" * 64
SPEC = SandboxSpec(
    (Mount("/vault/extract", DATA), Mount("/vault/work", WORK, writable=True)),
    Limits(memory=2 << 30, cpus=1.5, seconds=90.5),
)
CLAIMS = {"/vault/extract": "extract-042", "/vault/work": "work-042"}
PAGE = Path(__file__).parents[2] / "docs" / "kubernetes.md"


def objects(**changed: Any) -> dict[str, Any]:
    given = {"name": "run-1", "namespace": "project-042", "image": IMAGE, "claims": CLAIMS} | changed
    made = kubernetes.manifests(SPEC, ["python", "analysis.py"], **given)
    return {each["kind"]: each for each in made}


@pytest.fixture
def pod() -> Any:
    return objects()["Pod"]["spec"]


def test_the_api_server_would_take_each_object() -> None:
    for each in objects().values():
        kubernetes_validate.validate(each, "1.37.0", strict=True)
    wrong = objects()["Pod"] | {"sepc": {}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, "1.37.0", strict=True)


def test_nothing_enters_or_leaves_the_projects_namespace() -> None:
    made = objects()
    assert made["NetworkPolicy"]["spec"] == {
        "podSelector": {}, "policyTypes": ["Ingress", "Egress"], "ingress": [], "egress": [],
    }  # fmt: skip
    labels = made["Namespace"]["metadata"]["labels"]
    assert {labels[f"pod-security.kubernetes.io/{mode}"] for mode in ("enforce", "audit", "warn")} == {
        "restricted"
    }
    assert {each["metadata"].get("namespace", "project-042") for each in made.values()} == {"project-042"}


def test_the_pod_has_no_powers_no_token_and_nothing_of_its_node(pod: Any) -> None:
    assert not pod["automountServiceAccountToken"]
    assert not any(
        pod[name] for name in ("hostNetwork", "hostPID", "hostIPC", "hostUsers", "enableServiceLinks")
    )
    assert all(set(volume) <= {"name", "persistentVolumeClaim", "emptyDir"} for volume in pod["volumes"])
    inside = pod["containers"][0]["securityContext"]
    assert inside["capabilities"] == {"drop": ["ALL"]}
    assert inside["readOnlyRootFilesystem"]
    assert not inside["allowPrivilegeEscalation"]
    assert pod["securityContext"]["runAsNonRoot"]


def test_the_extract_is_read_only_twice_and_only_the_work_folder_can_be_written(pod: Any) -> None:
    seen = {each["mountPath"]: each for each in pod["containers"][0]["volumeMounts"]}
    claims = {each["name"]: each.get("persistentVolumeClaim") for each in pod["volumes"]}
    assert seen[DATA]["readOnly"]
    assert claims[seen[DATA]["name"]] == {"claimName": "extract-042", "readOnly": True}
    assert [path for path, each in seen.items() if not each.get("readOnly") and claims[each["name"]]] == [
        WORK
    ]


def test_every_limit_of_the_run_stands_in_the_pod_or_is_asked_of_the_nodes(pod: Any) -> None:
    container = pod["containers"][0]
    assert container["resources"]["limits"] == container["resources"]["requests"]
    assert container["resources"]["limits"]["memory"] == str(SPEC.limits.memory)
    assert container["resources"]["limits"]["cpu"] == "1500m"
    assert pod["activeDeadlineSeconds"] == 91, "whole seconds, rounded up"
    assert container["command"][:4] == ["prlimit", "--core=0", "--nofile=4096", f"--fsize={8 << 30}"]
    sizes = {each["emptyDir"]["sizeLimit"] for each in pod["volumes"] if "emptyDir" in each}
    assert sizes == {str(SPEC.limits.scratch), str(SPEC.limits.shared_memory)}
    assert any("podPidsLimit" in line for line in kubernetes.NODES)
    assert {each["name"]: each["value"] for each in container["env"]} == SPEC.variables


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"image": "research:latest"}, "by digest"),
        ({"claims": {"/vault/extract": "extract-042"}}, "no volume claim for /vault/work"),
    ],
)
def test_what_could_come_to_mean_something_else_is_refused(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        objects(**changed)


def held_by_the_profile(act: Callable[[], object]) -> int:
    """What the system says to `act` in a process of its own under the profile: 0, or the number of the error."""
    child = os.fork()
    if child == 0:
        try:
            _install()
            act()
            os._exit(0)
        except OSError as error:
            os._exit(error.errno or 255)
        finally:
            os._exit(254)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _install() -> None:
    profile = kubernetes.seccomp_profile()
    held = pyseccomp.SyscallFilter(pyseccomp.ERRNO(profile["defaultErrnoRet"]))
    for rule in profile["syscalls"]:
        for name in rule["names"]:
            tests = [
                pyseccomp.Arg(each["index"], pyseccomp.MASKED_EQ, each["value"], each["valueTwo"])
                for each in rule["args"]
            ]
            number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
            if number != -1:
                held.add_rule(pyseccomp.ALLOW, number, *tests)
    held.load()


@pytest.mark.parametrize(
    ("act", "answer"),
    [
        (lambda: os.close(os.open("/dev/null", os.O_RDONLY)), 0),
        (lambda: os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0), 0),
        (lambda: _socket.socket(40, _socket.SOCK_STREAM), errno.ENOSYS),
        (lambda: os.open("/proc/self/mem", os.O_RDONLY | os.O_CREAT, 0o4755), errno.ENOSYS),
        (lambda: os.chmod("/dev/null", 0o4666), errno.ENOSYS),  # noqa: PTH101, S103 - the system call itself
        (lambda: os.chroot("/"), errno.ENOSYS),
    ],
    ids=["open", "start a program", "vsock", "set-id file", "set-id bit", "chroot"],
)
def test_the_profile_permits_ordinary_computing_and_nothing_more(
    act: Callable[[], object], answer: int
) -> None:
    assert held_by_the_profile(act) == answer


def test_the_page_shows_commands_that_work() -> None:
    shown = [
        line.removeprefix("    ")
        for line in PAGE.read_text().splitlines()
        if line.startswith("    oak sandbox")
    ]
    assert len(shown) == 2
    for line in shown:
        done = CliRunner().invoke(main, shlex.split(line.split(" > ")[0].split(" | ")[0])[1:])
        assert done.exit_code == 0, done.output
        printed = json.loads(done.stdout)
        for each in printed.get("items", []):
            kubernetes_validate.validate(each, "1.37.0", strict=True)
    assert all(line in PAGE.read_text() for line in kubernetes.NODES), (
        "what the nodes must hold is on the page"
    )


def test_a_tag_instead_of_a_digest_is_refused_by_the_command() -> None:
    done = CliRunner().invoke(
        main, ["sandbox", "manifest", "--namespace", "p", "--image", "x:1", "--", "true"]
    )
    assert done.exit_code == 2
    assert "sha256" in done.output
