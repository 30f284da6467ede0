"""The sandbox as an OCI bundle."""

import json
from dataclasses import asdict

import pytest

from charteroak.sandbox import DATA, WORK, Limits, Mount, SandboxSpec, gvisor

SPEC = SandboxSpec((Mount("/mnt/0", DATA), Mount("/mnt/1", WORK, writable=True)), Limits(scratch=5 << 20))


def test_only_the_work_folder_can_be_written_and_there_is_no_power_and_no_network() -> None:
    made = gvisor.bundle(SPEC, ["true"], ["/etc/fonts/", "/etc/ld.so.cache"])
    bound = {each["destination"]: each["options"] for each in made.config["mounts"] if each["type"] == "bind"}
    assert [target for target, options in bound.items() if "rw" in options] == [WORK]
    assert set(bound) == {"/usr", "/etc/fonts", "/etc/ld.so.cache", DATA, WORK}
    assert not any(made.config["process"]["capabilities"].values())
    assert made.config["process"]["noNewPrivileges"]
    assert made.config["root"]["readonly"]
    assert "--network=none" in gvisor.FLAGS


def test_every_place_that_something_is_mounted_on_exists() -> None:
    made = gvisor.bundle(SPEC, ["true"], ["/etc/fonts/", "/etc/ld.so.cache"])
    there = {path.rstrip("/") for path in made.folders} | set(made.files) | {"/dev/shm"}
    assert {each["destination"] for each in made.config["mounts"]} <= there
    json.dumps(asdict(made))


def test_the_environment_and_the_limits_are_those_of_the_spec() -> None:
    process = gvisor.bundle(SPEC, ["true"]).config["process"]
    assert process["env"] == [f"{name}={value}" for name, value in SPEC.variables.items()]
    assert {each["type"]: each["hard"] for each in process["rlimits"]}[
        "RLIMIT_NOFILE"
    ] == SPEC.limits.open_files


@pytest.mark.parametrize("command", [[], ["true\0"]])
def test_no_command_is_refused(command: list[str]) -> None:
    with pytest.raises(ValueError, match="give a program"):
        gvisor.bundle(SPEC, command)
