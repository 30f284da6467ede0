"""Every write about workspaces and their jobs: opened, closed; submitted, started, ended, cancelled."""

from charteroak.workspaces.actions.enclave import tell
from charteroak.workspaces.actions.job import (
    Left,
    cancel,
    end,
    give_up,
    goes_on,
    locked_job,
    measure,
    queued,
    start,
    submit_job,
    turn_away,
)
from charteroak.workspaces.actions.workspace import ENCLAVE, allow_hours, close, open_, remove

__all__ = [
    "ENCLAVE",
    "Left",
    "allow_hours",
    "cancel",
    "close",
    "end",
    "give_up",
    "goes_on",
    "locked_job",
    "measure",
    "open_",
    "queued",
    "remove",
    "start",
    "submit_job",
    "tell",
    "turn_away",
]
