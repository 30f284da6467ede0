"""The roles people hold, and which of them must stay apart."""

from collections.abc import Iterable
from enum import StrEnum

from charteroak.policy.decision import Decision, Reason


class Role(StrEnum):
    # held for the initiative or for an agency
    POLICY_OFFICE = "policy_office"  # administers the initiative; opens no data
    COUNSEL = "counsel"
    DATA_STEWARD = "data_steward"  # of an agency
    SIGNATORY = "signatory"  # of an agency or of the recipient's employer
    BOARD_CHAIR = "board_chair"
    BOARD_MEMBER = "board_member"  # for an agency
    HUB_OPERATOR = "hub_operator"
    ENCLAVE_OPERATOR = "enclave_operator"  # operates; grants no access
    OUTPUT_CHECKER = "output_checker"
    RESEARCHER = "researcher"
    AUDITOR = "auditor"
    LEGISLATOR = "legislator"
    # held towards one record
    APPLICANT = "applicant"  # wrote this request
    RECIPIENT = "data_recipient"  # named in this agreement
    AUTHOR = "author"  # asked for this release
    # the platform's own workers
    SYSTEM = "system"


_APART: dict[frozenset[Role], str] = {
    frozenset({Role.HUB_OPERATOR, Role.RECIPIENT}): "Who links the records must not analyse them.",
    frozenset({Role.HUB_OPERATOR, Role.RESEARCHER}): "Who links the records must not analyse them.",
    frozenset({Role.OUTPUT_CHECKER, Role.AUTHOR}): "Nobody checks their own output.",
    frozenset({Role.OUTPUT_CHECKER, Role.RECIPIENT}): "A project's researchers must not check its outputs.",
    frozenset({Role.OUTPUT_CHECKER, Role.RESEARCHER}): "A project's researchers must not check its outputs.",
    frozenset({Role.POLICY_OFFICE, Role.RECIPIENT}): "Who administers the initiative opens no data.",
    frozenset({Role.POLICY_OFFICE, Role.RESEARCHER}): "Who administers the initiative opens no data.",
    frozenset({Role.POLICY_OFFICE, Role.HUB_OPERATOR}): "Who administers the initiative opens no data.",
    frozenset({Role.POLICY_OFFICE, Role.OUTPUT_CHECKER}): "Who administers the initiative opens no data.",
    frozenset({Role.ENCLAVE_OPERATOR, Role.POLICY_OFFICE}): "Who operates the enclave grants no access.",
    frozenset({Role.ENCLAVE_OPERATOR, Role.BOARD_CHAIR}): "Who operates the enclave grants no access.",
    frozenset({Role.ENCLAVE_OPERATOR, Role.BOARD_MEMBER}): "Who operates the enclave grants no access.",
    frozenset({Role.ENCLAVE_OPERATOR, Role.DATA_STEWARD}): "Who operates the enclave grants no access.",
    frozenset({Role.ENCLAVE_OPERATOR, Role.RECIPIENT}): "Who operates the enclave does not analyse in it.",
    frozenset({Role.ENCLAVE_OPERATOR, Role.RESEARCHER}): "Who operates the enclave does not analyse in it.",
    frozenset({Role.AUDITOR, Role.POLICY_OFFICE}): "An auditor holds no other office here.",
    frozenset({Role.AUDITOR, Role.HUB_OPERATOR}): "An auditor holds no other office here.",
    frozenset({Role.AUDITOR, Role.ENCLAVE_OPERATOR}): "An auditor holds no other office here.",
    frozenset({Role.AUDITOR, Role.OUTPUT_CHECKER}): "An auditor holds no other office here.",
    frozenset({Role.AUDITOR, Role.RECIPIENT}): "An auditor holds no other office here.",
}


def must_stay_apart(roles: Iterable[Role]) -> Decision:
    """Whether one person may hold all of `roles` on one project (or at all, for offices held everywhere)."""
    held = frozenset(roles)
    return Decision(
        tuple(
            Reason(
                "roles_must_stay_apart",
                f"{' and '.join(sorted(role.value.replace('_', ' ') for role in pair))}: {why}",
                "Name another person for one of the two.",
            )
            for pair, why in _APART.items()
            if pair <= held
        )
    )


def pairs_apart() -> dict[frozenset[Role], str]:
    """Every pair that must stay apart, with the reason, for the generated reference page."""
    return dict(_APART)
