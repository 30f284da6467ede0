"""How much of the enclave a project may use, asked whenever something is about to use it."""

from typing import Protocol

from charteroak.policy.decision import Reason
from charteroak.policy.sentence import Sentence

DISK = 200 << 30  # bytes that a project may keep, unless the installation says otherwise
HOURS = 500  # of one processor that a project may use, unless its workspace is opened with more
MOST_HOURS = 1_000_000  # a hundred processors for more than a year


class Hours(Protocol):
    """Of facts: hours of one processor, allowed and used."""

    @property
    def hours(self) -> int: ...

    @property
    def spent(self) -> float: ...


class Disk(Protocol):
    """Of facts: bytes on the disk, allowed and used."""

    @property
    def disk(self) -> int: ...

    @property
    def disk_used(self) -> int: ...


def hours_spent(facts: Hours) -> Reason | None:
    if facts.spent >= facts.hours:
        return Reason(
            "hours_spent",
            Sentence("The project has used its {hours} hours of processor time.", hours=facts.hours),
            "Ask the enclave's operator for more.",
        )
    return None


def disk_spent(facts: Disk) -> Reason | None:
    if facts.disk_used >= facts.disk:
        return Reason(
            "disk_spent",
            Sentence(
                "The project keeps all of the {most} MiB of disk that it may keep.", most=facts.disk >> 20
            ),
            "Ask the enclave's operator for more, or to remove inputs that are not needed.",
        )
    return None
