"""How much of the enclave a project may use, asked whenever something is about to use it."""

from typing import Protocol

from charteroak.policy.decision import Reason
from charteroak.policy.sentence import Sentence

HOURS = 500  # of one processor that a project may use, unless its workspace is opened with more
MOST_HOURS = 1_000_000  # a hundred processors for more than a year


class Budget(Protocol):
    """Of facts: hours of one processor, allowed and used."""

    @property
    def hours(self) -> int: ...

    @property
    def spent(self) -> float: ...


def hours_spent(facts: Budget) -> Reason | None:
    if facts.spent >= facts.hours:
        return Reason(
            "hours_spent",
            Sentence("The project has used its {hours} hours of processor time.", hours=facts.hours),
            "Ask the enclave's operator for more.",
        )
    return None
