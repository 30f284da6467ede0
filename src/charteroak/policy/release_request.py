"""The airlock's way out: checked by machine, by two people, by every contributor, approved by the board."""

from enum import StrEnum

from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.release_rules import (
    REVIEWS_NEEDED,
    Facts,
    agencies_not_cleared,
    agreement_runs,
    all_cleared,
    bytes_differ,
    changes_asked,
    checks_failed,
    cleared_already,
    comment_missing,
    context_missing,
    no_carried_motion,
    no_files,
    no_lost_motion,
    not_a_contributor,
    not_covered,
    nothing_ended,
    own_request,
    preview_running,
    reason_missing,
    review_begun,
    reviewed_already,
    split_vote,
    too_few_reviews,
    too_many_checks,
    votes_missing,
)
from charteroak.policy.roles import Role

__all__ = ["LIFECYCLE", "REVIEWS_NEEDED", "Action", "Facts", "Status", "Vote", "own_request"]


class Status(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"  # automatic checks under way
    INTERRUPTED = "interrupted"  # the checks could not be made, through nobody's file
    CHECKED = "checked"  # the output checkers' turn
    RETURNED = "returned"  # changes asked; a new round begins when sent again
    REVIEWED = "reviewed"  # two checkers approve; the agencies' turn
    IN_PREVIEW = "in_preview"  # every agency cleared; the publication preview runs
    APPROVED = "approved"  # the board approved; frozen
    RELEASED = "released"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"  # nobody fetches it any more; what it said stays known to the checks


class Action(StrEnum):
    EDIT = "edit"
    MARK = "mark"  # for the public register, or for the project’s people alone
    SUBMIT = "submit"
    CHECK = "check"
    GIVE_UP = "give_up"
    RETRY = "retry"
    REVIEW = "review"
    COMPLETE_REVIEW = "complete_review"
    TURN_BACK = "turn_back"  # at first sight, before anybody has read it
    RETURN = "return"
    DECLINE = "decline"  # the board’s motion on it was lost: back to the author
    CLEAR = "clear"
    BEGIN_PREVIEW = "begin_preview"
    APPROVE = "approve"
    RELEASE = "release"
    REOPEN = "reopen"  # what cleared it ahead holds no longer: agencies and board again
    WITHDRAW = "withdraw"
    LAPSE = "lapse"  # by itself, once the agreement or its author’s access is over
    REVOKE = "revoke"
    RECALL = "recall"  # an agency takes its clearance back after all


class Vote(StrEnum):
    APPROVE = "approve"
    CHANGE = "change"


NOT_APPROVED = (
    Status.DRAFT,
    Status.SUBMITTED,
    Status.INTERRUPTED,
    Status.CHECKED,
    Status.RETURNED,
    Status.REVIEWED,
    Status.IN_PREVIEW,
)
_SUBMIT = (no_files, context_missing, too_many_checks, not_covered)

LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "release request",
    {
        (Status.DRAFT, Action.EDIT): step(Status.DRAFT, Role.RECIPIENT, rules=(not_covered,)),
        (Status.RETURNED, Action.EDIT): step(Status.RETURNED, Role.RECIPIENT, rules=(not_covered,)),
        (Status.DRAFT, Action.MARK): step(Status.DRAFT, Role.AUTHOR, rules=(not_covered,)),
        (Status.RETURNED, Action.MARK): step(Status.RETURNED, Role.AUTHOR, rules=(not_covered,)),
        (Status.DRAFT, Action.SUBMIT): step(Status.SUBMITTED, Role.AUTHOR, rules=_SUBMIT),
        (Status.RETURNED, Action.SUBMIT): step(Status.SUBMITTED, Role.AUTHOR, rules=_SUBMIT),
        (Status.SUBMITTED, Action.CHECK): step(Status.CHECKED, Role.SYSTEM),
        (Status.SUBMITTED, Action.RETURN): step(Status.RETURNED, Role.SYSTEM),  # covered no longer
        (Status.SUBMITTED, Action.GIVE_UP): step(Status.INTERRUPTED, Role.SYSTEM),
        (Status.INTERRUPTED, Action.RETRY): step(
            Status.SUBMITTED, Role.AUTHOR, Role.OUTPUT_CHECKER, rules=(no_files, too_many_checks, not_covered)
        ),
        (Status.CHECKED, Action.REVIEW): step(
            Status.CHECKED,
            Role.OUTPUT_CHECKER,
            rules=(own_request, reviewed_already, votes_missing, comment_missing, not_covered),
        ),
        (Status.CHECKED, Action.COMPLETE_REVIEW): step(
            Status.REVIEWED,
            Role.OUTPUT_CHECKER,
            rules=(own_request, too_few_reviews, split_vote, changes_asked, checks_failed, not_covered),
        ),
        (Status.CHECKED, Action.TURN_BACK): step(
            Status.RETURNED, Role.OUTPUT_CHECKER, rules=(own_request, review_begun)
        ),
        (Status.CHECKED, Action.RETURN): step(
            Status.RETURNED, Role.OUTPUT_CHECKER, rules=(own_request, too_few_reviews)
        ),
        (Status.REVIEWED, Action.CLEAR): step(
            Status.REVIEWED,
            Role.DATA_STEWARD,
            rules=(own_request, not_a_contributor, cleared_already, not_covered),
        ),
        (Status.REVIEWED, Action.BEGIN_PREVIEW): step(
            Status.IN_PREVIEW,
            Role.DATA_STEWARD,
            Role.OUTPUT_CHECKER,  # where every agency has cleared ahead, the last review
            rules=(own_request, agencies_not_cleared),
        ),
        (Status.REVIEWED, Action.RETURN): step(
            Status.RETURNED, Role.DATA_STEWARD, rules=(own_request, not_a_contributor)
        ),
        (Status.IN_PREVIEW, Action.CLEAR): step(  # an agency whose clearance ahead holds no longer
            Status.IN_PREVIEW,
            Role.DATA_STEWARD,
            rules=(own_request, not_a_contributor, cleared_already, not_covered),
        ),
        (Status.IN_PREVIEW, Action.RETURN): step(
            Status.RETURNED, Role.DATA_STEWARD, rules=(own_request, not_a_contributor)
        ),
        (Status.IN_PREVIEW, Action.DECLINE): step(
            Status.RETURNED, Role.BOARD_CHAIR, rules=(own_request, no_lost_motion)
        ),
        (Status.IN_PREVIEW, Action.APPROVE): step(
            Status.APPROVED,
            Role.BOARD_CHAIR,
            rules=(
                own_request,
                agencies_not_cleared,
                preview_running,
                no_carried_motion,
                bytes_differ,
                not_covered,
            ),
        ),
        (Status.APPROVED, Action.RELEASE): step(
            Status.RELEASED,
            Role.SYSTEM,
            rules=(agencies_not_cleared, bytes_differ, checks_failed, not_covered),
        ),
        (Status.APPROVED, Action.REOPEN): step(
            Status.IN_PREVIEW,
            Role.SYSTEM,
            Role.AUTHOR,
            Role.OUTPUT_CHECKER,
            Role.BOARD_CHAIR,
            rules=(all_cleared,),
        ),
        **{
            (status, Action.REVOKE): step(
                Status.REVOKED, Role.OUTPUT_CHECKER, Role.BOARD_CHAIR, rules=(own_request, reason_missing)
            )
            for status in (Status.APPROVED, Status.RELEASED)
        },
        **{
            (status, Action.RECALL): step(
                Status.REVOKED, Role.DATA_STEWARD, rules=(own_request, not_a_contributor, reason_missing)
            )
            for status in (Status.APPROVED, Status.RELEASED)
        },
        **{(status, Action.WITHDRAW): step(Status.WITHDRAWN, Role.AUTHOR) for status in NOT_APPROVED},
        **{
            (status, Action.LAPSE): step(Status.WITHDRAWN, Role.SYSTEM, rules=(nothing_ended,))
            for status in NOT_APPROVED
        },
        # what the board has approved stands whether or not its author is still there
        (Status.APPROVED, Action.LAPSE): step(Status.WITHDRAWN, Role.SYSTEM, rules=(agreement_runs,)),
    },
)
