"""The roles people hold, and which of them must stay apart."""

from collections.abc import Iterable
from enum import StrEnum

from charteroak.policy.decision import Decision, Reason
from charteroak.policy.sentence import Sentence


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


_LINKS = Sentence("Who links the records must not analyse them.")
_CHECKS_OWN = Sentence("Nobody checks their own output.")
_CHECKS = Sentence("A project's researchers must not check its outputs.")
_ADMINISTERS = Sentence("Who administers the initiative opens no data.")
_GRANTS = Sentence("Who operates the enclave grants no access.")
_OPERATES = Sentence("Who operates the enclave does not analyse in it.")
_AUDITS = Sentence("An auditor holds no other office here.")

_APART: dict[frozenset[Role], Sentence] = {
    frozenset({Role.HUB_OPERATOR, Role.RECIPIENT}): _LINKS,
    frozenset({Role.HUB_OPERATOR, Role.RESEARCHER}): _LINKS,
    frozenset({Role.OUTPUT_CHECKER, Role.AUTHOR}): _CHECKS_OWN,
    frozenset({Role.OUTPUT_CHECKER, Role.RECIPIENT}): _CHECKS,
    frozenset({Role.OUTPUT_CHECKER, Role.RESEARCHER}): _CHECKS,
    frozenset({Role.POLICY_OFFICE, Role.RECIPIENT}): _ADMINISTERS,
    frozenset({Role.POLICY_OFFICE, Role.RESEARCHER}): _ADMINISTERS,
    frozenset({Role.POLICY_OFFICE, Role.HUB_OPERATOR}): _ADMINISTERS,
    frozenset({Role.POLICY_OFFICE, Role.OUTPUT_CHECKER}): _ADMINISTERS,
    frozenset({Role.ENCLAVE_OPERATOR, Role.POLICY_OFFICE}): _GRANTS,
    frozenset({Role.ENCLAVE_OPERATOR, Role.BOARD_CHAIR}): _GRANTS,
    frozenset({Role.ENCLAVE_OPERATOR, Role.BOARD_MEMBER}): _GRANTS,
    frozenset({Role.ENCLAVE_OPERATOR, Role.DATA_STEWARD}): _GRANTS,
    frozenset({Role.ENCLAVE_OPERATOR, Role.RECIPIENT}): _OPERATES,
    frozenset({Role.ENCLAVE_OPERATOR, Role.RESEARCHER}): _OPERATES,
    frozenset({Role.AUDITOR, Role.POLICY_OFFICE}): _AUDITS,
    frozenset({Role.AUDITOR, Role.HUB_OPERATOR}): _AUDITS,
    frozenset({Role.AUDITOR, Role.ENCLAVE_OPERATOR}): _AUDITS,
    frozenset({Role.AUDITOR, Role.OUTPUT_CHECKER}): _AUDITS,
    frozenset({Role.AUDITOR, Role.RECIPIENT}): _AUDITS,
}


def must_stay_apart(roles: Iterable[Role]) -> Decision:
    """Whether one person may hold all of `roles` on one project (or at all, for offices held everywhere)."""
    held = frozenset(roles)
    return Decision(
        tuple(
            Reason(
                "roles_must_stay_apart",
                Sentence("Held by one person: {roles}. {why}", roles=tuple(sorted(pair)), why=why),
                "Name another person for one of the two.",
            )
            for pair, why in _APART.items()
            if pair <= held
        )
    )


def pairs_apart() -> dict[frozenset[Role], str]:
    """Every pair that must stay apart, with the reason, for the generated reference page."""
    return dict(_APART)
