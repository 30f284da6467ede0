"""A sandbox as Kubernetes objects: a namespace that nothing enters or leaves, its quota, and one pod.

The objects are plain mappings; as JSON, `kubectl apply -f` reads them. What a pod cannot say for itself stands in
`NODES`.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from charteroak.sandbox.bubblewrap import UID
from charteroak.sandbox.seccomp import PERMITTED, REFUSED, Rule
from charteroak.sandbox.spec import MIB, SandboxSpec

PROFILE = "charteroak/sandbox.json"
"""The system-call profile's place below the kubelet's seccomp folder on every node."""
LABELS = {"app.kubernetes.io/name": "charteroak-sandbox"}
UNKNOWN_CALL = 38  # ENOSYS, as in the other filter: a program falls back to an older call
NODES = (
    "podPidsLimit of the kubelet holds the number of processes: at most the sandbox's",
    "containerLogMaxSize and containerLogMaxFiles=2 of the kubelet hold what is written to standard output",
    "the network plugin enforces NetworkPolicy, and refuses the address of the cloud's metadata service",
    "the runtime class has a kernel of its own (gVisor, Kata): a NetworkPolicy does not reach AF_VSOCK",
    "storage classes encrypt each project's volumes with a key of the project",
)
"""What the cluster must hold, for no field of a pod does."""
Object = dict[str, Any]


def manifests(
    spec: SandboxSpec,
    command: Sequence[str],
    *,
    name: str,
    namespace: str,
    image: str,
    claims: Mapping[str, str],
    runtime_class: str = "gvisor",
) -> list[Object]:
    """The objects that run `command` in `spec`, in the order in which they are applied.

    `image`: with its digest (`registry/name@sha256:…`), for a tag can come to mean other bytes. `claims`: source of
    each of the spec's mounts → name of the volume claim that holds it; paths of a host are not used. Raises ValueError
    for an image without a digest or a mount without a claim. Source: Kubernetes API v1, networking/v1; the profile
    "restricted" of the Pod Security Standards.
    """
    if "@sha256:" not in image:
        raise ValueError(f"image {image!r}: name it by digest, as in name@sha256:…")
    if missing := [mount.source for mount in spec.mounts if mount.source not in claims]:
        raise ValueError(f"no volume claim for {', '.join(missing)}: name one for each mount")
    if not command:
        raise ValueError("the command is empty: give a program and its arguments")
    return [
        _namespace(namespace),
        _nobody_in_or_out(namespace),
        _quota(spec, namespace),
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "namespace": namespace, "labels": LABELS},
            "spec": _pod(spec, command, image, claims, runtime_class),
        },
    ]


def _namespace(name: str) -> Object:
    enforced = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": LABELS | enforced}}


def _nobody_in_or_out(namespace: str) -> Object:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "nobody-in-or-out", "namespace": namespace, "labels": LABELS},
        "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "ingress": [], "egress": []},
    }


def _quota(spec: SandboxSpec, namespace: str) -> Object:
    most = {
        **{f"limits.{name}": amount for name, amount in _most(spec).items()},
        "pods": "1", "services": "0", "secrets": "0", "configmaps": "1",  # the cluster's certificate
    }  # fmt: skip
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "one-sandbox", "namespace": namespace, "labels": LABELS},
        "spec": {"hard": most},
    }


def _most(spec: SandboxSpec) -> dict[str, str]:
    limits = spec.limits
    return {
        "cpu": f"{math.ceil(limits.cpus * 1000)}m",
        "memory": str(limits.memory),
        "ephemeral-storage": str(2 * limits.output + MIB),  # the log, and what a node keeps of a container
    }


def _pod(
    spec: SandboxSpec, command: Sequence[str], image: str, claims: Mapping[str, str], runtime_class: str
) -> Object:
    limits = spec.limits
    return {
        "runtimeClassName": runtime_class,
        "restartPolicy": "Never",
        "activeDeadlineSeconds": math.ceil(limits.seconds),
        "terminationGracePeriodSeconds": 0,
        "hostname": spec.hostname,
        "hostUsers": False,
        "hostNetwork": False, "hostPID": False, "hostIPC": False,
        "shareProcessNamespace": False,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "dnsPolicy": "None",
        "dnsConfig": {"nameservers": ["127.0.0.1"]},  # one is demanded; nothing answers there
        "securityContext": {
            "runAsNonRoot": True, "runAsUser": UID, "runAsGroup": UID, "fsGroup": UID,
            "fsGroupChangePolicy": "OnRootMismatch", "supplementalGroups": [],
            "seccompProfile": {"type": "Localhost", "localhostProfile": PROFILE},
        },
        "containers": [_container(spec, command, image)],
        "volumes": [
            *({"name": f"mount-{at}",
               "persistentVolumeClaim": {"claimName": claims[mount.source], "readOnly": not mount.writable}}
              for at, mount in enumerate(spec.mounts)),
            *({"name": f"memory-{at}", "emptyDir": {"medium": "Memory", "sizeLimit": str(size)}}
              for at, size in enumerate(_in_memory(spec).values())),
        ],
    }  # fmt: skip


def _container(spec: SandboxSpec, command: Sequence[str], image: str) -> Object:
    return {
        "name": "sandbox",
        "image": image,
        "command": [*_bounded(spec), *command],
        "workingDir": spec.folder,
        "env": [{"name": key, "value": value} for key, value in spec.variables.items()],
        "resources": {"limits": _most(spec), "requests": _most(spec)},
        "securityContext": {
            "allowPrivilegeEscalation": False, "privileged": False, "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [
            *({"name": f"mount-{at}", "mountPath": mount.target, "readOnly": not mount.writable}
              for at, mount in enumerate(spec.mounts)),
            *({"name": f"memory-{at}", "mountPath": path} for at, path in enumerate(_in_memory(spec))),
        ],
    }  # fmt: skip


def _in_memory(spec: SandboxSpec) -> dict[str, int]:
    """Folders that live in the run's own memory, and their sizes."""
    return {"/tmp": spec.limits.scratch, "/dev/shm": spec.limits.shared_memory}  # noqa: S108 - the sandbox's own


def _bounded(spec: SandboxSpec) -> list[str]:
    """Limits of each process, which a pod has no fields for: set by the first one, inherited by the rest."""
    limits = spec.limits
    return ["prlimit", "--core=0", f"--nofile={limits.open_files}", f"--fsize={limits.file_size}", "--"]


def seccomp_profile() -> Object:
    """The permitted system calls as a profile of the container runtime (OCI runtime specification, linux.seccomp).

    A call whose bits are refused is permitted where none of them is set: a profile has one filter, where bubblewrap
    takes two.
    """
    forbidden: dict[str, dict[int, int]] = {}
    for rule in REFUSED:
        for argument in rule.arguments:
            bits = forbidden.setdefault(rule.call, {})
            bits[argument.index] = bits.get(argument.index, 0) | argument.mask
    return {
        "defaultAction": "SCMP_ACT_ERRNO",
        "defaultErrnoRet": UNKNOWN_CALL,
        "archMap": [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": []}],
        "syscalls": [_permitted(rule, forbidden.get(rule.call, {})) for rule in PERMITTED],
    }


def _permitted(rule: Rule, forbidden: Mapping[int, int]) -> Object:
    asked = [(each.index, each.mask, each.value) for each in rule.arguments]
    asked += [(index, mask, 0) for index, mask in forbidden.items()]
    return {
        "names": [rule.call],
        "action": "SCMP_ACT_ALLOW",
        "args": [
            {"index": index, "value": mask, "valueTwo": value, "op": "SCMP_CMP_MASKED_EQ"}
            for index, mask, value in asked
        ],
    }
