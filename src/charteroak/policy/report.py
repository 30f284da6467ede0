"""Which offices read which report."""

from collections.abc import Iterable
from enum import StrEnum

from charteroak.policy.decision import Decision, Reason
from charteroak.policy.roles import Role
from charteroak.policy.sentence import Sentence


class Report(StrEnum):
    PIPELINE = "pipeline"  # every request and where it stands
    REQUEST_LOG = "data_request_log"
    SHARING_LOG = "data_sharing_and_destruction_log"
    FIGURES = "figures"  # of a quarter or a year; no person, no project by name
    ACCESS = "access_on_a_day"
    CASE = "case_file"


_OFFICE = frozenset({Role.POLICY_OFFICE, Role.AUDITOR})
_BOARD = frozenset({Role.BOARD_CHAIR, Role.BOARD_MEMBER})
READERS: dict[Report, frozenset[Role]] = {
    Report.PIPELINE: _OFFICE | {Role.COUNSEL},
    Report.REQUEST_LOG: _OFFICE,
    Report.SHARING_LOG: _OFFICE,
    Report.FIGURES: _OFFICE | _BOARD | {Role.COUNSEL, Role.LEGISLATOR},
    Report.ACCESS: _OFFICE,
    Report.CASE: frozenset({Role.AUDITOR}),
}
ANY = frozenset().union(*READERS.values())


def may_read(report: Report, roles: Iterable[Role]) -> Decision:
    """Whether one of these offices reads this report."""
    readers = READERS[report]
    if readers & frozenset(roles):
        return Decision()
    said = Sentence("These offices read this: {roles}.", roles=tuple(sorted(readers)))
    return Decision((Reason("wrong_role", said, "Ask one of them, or the policy office."),))
