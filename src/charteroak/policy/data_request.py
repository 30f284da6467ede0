"""The life of a data request, from enquiry to the board's decision."""

from enum import StrEnum

from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.request_rules import (
    Facts,
    agencies_undecided,
    appeal_late,
    appealed_already,
    because_missing,
    beyond_the_change,
    change_underway,
    decided_before,
    end_passed,
    fewer_than_two_agencies,
    grounds_missing,
    incomplete,
    law_forbids,
    no_carried_motion,
    no_lost_motion,
    nothing_allowed,
    nothing_changed,
    nothing_to_amend,
    own_request,
    purpose_missing,
    review_not_current,
    terms_open,
    unreadable,
)
from charteroak.policy.roles import Role

__all__ = ["FIT_TO_SEND", "LIFECYCLE", "SETTLED", "UNDECIDED", "Action", "Facts", "Status"]


class Status(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    IN_REVIEW = "in_review"  # complete; each agency asked decides for itself
    RECOMMENDED = "recommended"  # every agency asked has decided; the board's turn
    APPROVED = "approved"
    DECLINED = "declined"
    APPEALED = "appealed"  # declined; the board hears it once more
    WITHDRAWN = "withdrawn"


SETTLED = (Status.APPROVED, Status.DECLINED, Status.WITHDRAWN)
UNDECIDED = (Status.DRAFT, Status.SUBMITTED, Status.RETURNED, Status.IN_REVIEW, Status.RECOMMENDED)


class Action(StrEnum):
    START = "start"
    EDIT = "edit"
    ACCEPT_TERMS = "accept_terms"
    SUBMIT = "submit"
    RETURN = "return"
    ACCEPT_AS_COMPLETE = "accept_as_complete"
    RECOMMEND = "recommend"
    APPROVE = "approve"
    DECLINE = "decline"
    RECONSIDER = "reconsider"
    APPEAL = "appeal"
    WITHDRAW_APPEAL = "withdraw_appeal"  # the board’s decision stands
    CHANGE = "change"  # begins a request of its own, which changes this one
    WITHDRAW = "withdraw"


FIT_TO_SEND = (
    incomplete, unreadable, end_passed, review_not_current, purpose_missing, law_forbids, fewer_than_two_agencies,
    beyond_the_change, nothing_changed, nothing_to_amend, terms_open,
)  # fmt: skip

LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "data request",
    {
        (None, Action.START): step(Status.DRAFT, Role.RESEARCHER),
        (Status.DRAFT, Action.EDIT): step(Status.DRAFT, Role.APPLICANT, rules=(beyond_the_change,)),
        (Status.RETURNED, Action.EDIT): step(Status.RETURNED, Role.APPLICANT, rules=(beyond_the_change,)),
        (Status.DRAFT, Action.ACCEPT_TERMS): step(Status.DRAFT, Role.APPLICANT),
        (Status.RETURNED, Action.ACCEPT_TERMS): step(Status.RETURNED, Role.APPLICANT),
        (Status.DRAFT, Action.SUBMIT): step(Status.SUBMITTED, Role.APPLICANT, rules=FIT_TO_SEND),
        (Status.RETURNED, Action.SUBMIT): step(Status.SUBMITTED, Role.APPLICANT, rules=FIT_TO_SEND),
        (Status.SUBMITTED, Action.RETURN): step(Status.RETURNED, Role.POLICY_OFFICE, rules=(own_request,)),
        (Status.SUBMITTED, Action.ACCEPT_AS_COMPLETE): step(
            Status.IN_REVIEW, Role.POLICY_OFFICE, rules=(own_request,)
        ),
        (Status.IN_REVIEW, Action.RECOMMEND): step(
            Status.RECOMMENDED,
            Role.DATA_STEWARD,
            Role.POLICY_OFFICE,  # of a change that leaves nothing for an agency to decide
            rules=(own_request, agencies_undecided),
        ),
        **{
            (status, Action.APPROVE): step(
                Status.APPROVED,
                Role.BOARD_CHAIR,
                rules=(own_request, end_passed, nothing_allowed, no_carried_motion),
            )
            for status in (Status.RECOMMENDED, Status.APPEALED)
        },
        **{
            (status, Action.DECLINE): step(
                Status.DECLINED, Role.BOARD_CHAIR, rules=(own_request, no_lost_motion)
            )
            for status in (Status.RECOMMENDED, Status.APPEALED)
        },
        **{
            (status, Action.RECONSIDER): step(
                Status.RECOMMENDED, Role.BOARD_CHAIR, rules=(own_request, no_carried_motion)
            )
            for status in (Status.APPROVED, Status.DECLINED)
        },
        (Status.APPROVED, Action.CHANGE): step(
            Status.APPROVED,
            Role.APPLICANT,
            rules=(because_missing, decided_before, change_underway, nothing_to_amend),
        ),
        (Status.DECLINED, Action.APPEAL): step(
            Status.APPEALED, Role.APPLICANT, rules=(grounds_missing, appealed_already, appeal_late)
        ),
        (Status.APPEALED, Action.WITHDRAW_APPEAL): step(Status.DECLINED, Role.APPLICANT),
        **{(status, Action.WITHDRAW): step(Status.WITHDRAWN, Role.APPLICANT) for status in UNDECIDED},
    },
)
