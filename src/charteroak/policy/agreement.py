"""The life of a data sharing agreement: drafted from the decisions, signed by all, in force, ended."""

from enum import StrEnum

from charteroak.policy.agreement_rules import (
    Facts,
    amendment_unsigned,
    amends_another,
    approval_set_aside,
    clauses_missing,
    decided_before,
    drafted_already,
    drafted_by_another,
    end_passed,
    identifiers_destroyed,
    law_forbids,
    newcomers_not_cleared,
    no_amendment,
    not_a_party,
    not_destroyed,
    nothing_left,
    nothing_to_amend,
    parties_unsigned,
    request_not_approved,
    retention_unapproved,
    sign_in_not_confirmed,
    signed_already,
    still_in_force,
    still_sealed,
    superseded,
    text_changed,
)
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role

__all__ = ["LIFECYCLE", "Action", "Facts", "Status", "approval_set_aside"]


class Status(StrEnum):
    DRAFTED = "drafted"
    IN_SIGNATURE = "in_signature"
    EXECUTED = "executed"
    TERMINATED = "terminated"
    WITHDRAWN = "withdrawn"  # an amendment that not all signed, or a text whose last day came first
    CLOSED = "closed"  # everything under it destroyed, certificate issued


class Action(StrEnum):
    DRAFT = "draft"
    REDLINE = "redline"
    OPEN_FOR_SIGNATURE = "open_for_signature"
    SIGN = "sign"
    EXECUTE = "execute"
    RECALL = "recall"  # back to counsel, for other words: what was signed so far counts no longer
    WITHDRAW = "withdraw"
    TERMINATE = "terminate"
    DESTROY = "destroy"  # today, instead of at the due date
    CLOSE = "close"


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "agreement",
    {
        (None, Action.DRAFT): step(
            Status.DRAFTED, Role.COUNSEL, Role.POLICY_OFFICE,
            rules=(
                request_not_approved, decided_before, drafted_already, law_forbids, end_passed,
                nothing_to_amend, amendment_unsigned, superseded, identifiers_destroyed,
            ),
        ),
        (Status.DRAFTED, Action.REDLINE): step(Status.DRAFTED, Role.COUNSEL),
        (Status.DRAFTED, Action.OPEN_FOR_SIGNATURE): step(
            Status.IN_SIGNATURE, Role.COUNSEL,
            rules=(
                request_not_approved, clauses_missing, end_passed,
                nothing_to_amend, identifiers_destroyed, newcomers_not_cleared,
            ),
        ),
        (Status.IN_SIGNATURE, Action.SIGN): step(
            Status.IN_SIGNATURE, Role.SIGNATORY,
            rules=(request_not_approved, end_passed, not_a_party, signed_already, text_changed, sign_in_not_confirmed),
        ),
        (Status.IN_SIGNATURE, Action.EXECUTE): step(
            Status.EXECUTED, Role.SIGNATORY,
            rules=(
                request_not_approved, parties_unsigned, text_changed, end_passed,
                nothing_to_amend, identifiers_destroyed, newcomers_not_cleared,
            ),
        ),
        (Status.IN_SIGNATURE, Action.RECALL): step(Status.DRAFTED, Role.COUNSEL, rules=(end_passed,)),
        **{
            (status, Action.WITHDRAW): step(
                Status.WITHDRAWN, Role.COUNSEL, Role.POLICY_OFFICE, rules=(no_amendment, drafted_by_another)
            )
            for status in (Status.DRAFTED, Status.IN_SIGNATURE)
        },
        (Status.EXECUTED, Action.TERMINATE): step(
            Status.TERMINATED, Role.SIGNATORY, Role.POLICY_OFFICE, rules=(amends_another,)
        ),
        **{
            (status, Action.DESTROY): step(
                status, Role.POLICY_OFFICE, Role.ENCLAVE_OPERATOR,
                rules=(amends_another, still_in_force, nothing_left, retention_unapproved),
            )
            for status in (Status.EXECUTED, Status.TERMINATED)
        },
        **{
            (status, Action.CLOSE): step(
                Status.CLOSED, Role.POLICY_OFFICE,
                rules=(amends_another, still_in_force, not_destroyed, still_sealed),
            )
            for status in (Status.EXECUTED, Status.TERMINATED)
        },
    },
)  # fmt: skip
