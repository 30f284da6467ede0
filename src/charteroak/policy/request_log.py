"""The words of P20 WIN's data request log, as its manual has them."""

from enum import StrEnum

from charteroak.policy.data_request import Status


class Logged(StrEnum):
    RECEIVED = "received"
    APPROVED = "approved"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"


_DECIDED = {
    Status.APPROVED: Logged.APPROVED,
    Status.DECLINED: Logged.DENIED,
    Status.APPEALED: Logged.DENIED,
    Status.WITHDRAWN: Logged.WITHDRAWN,
}


def logged(status: Status) -> Logged:
    """The log's word for a request in this status; what is not decided yet was received."""
    return _DECIDED.get(status, Logged.RECEIVED)
