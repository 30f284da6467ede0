"""The airlock's way out: checked by machine, by two people, by every contributor, approved by the board."""

from dataclasses import dataclass
from enum import StrEnum

from charteroak.policy.decision import ALLOWED, Decision, Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role
from charteroak.policy.sentence import Sentence

REVIEWS_NEEDED = 2


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
    SUBMIT = "submit"
    CHECK = "check"
    GIVE_UP = "give_up"
    RETRY = "retry"
    REVIEW = "review"
    COMPLETE_REVIEW = "complete_review"
    TURN_BACK = "turn_back"  # at first sight, before anybody has read it
    RETURN = "return"
    CLEAR = "clear"
    BEGIN_PREVIEW = "begin_preview"
    APPROVE = "approve"
    RELEASE = "release"
    WITHDRAW = "withdraw"
    REVOKE = "revoke"
    RECALL = "recall"  # an agency takes its clearance back after all


class Vote(StrEnum):
    APPROVE = "approve"
    CHANGE = "change"


@dataclass(frozen=True)
class Facts:
    files: int = 0
    files_without_context: tuple[str, ...] = ()
    actor_is_author: bool = False
    actor_is_recipient: bool = False
    actor_reviewed: bool = False  # in this round
    votes_missing: tuple[str, ...] = ()  # files the actor has not voted on
    comments_missing: tuple[str, ...] = ()  # change asked without a comment
    reviews: int = 0  # distinct checkers, this round
    files_to_change: tuple[str, ...] = ()
    files_in_conflict: tuple[str, ...] = ()
    files_failed: tuple[str, ...] = ()  # a check says fail
    reason_given: bool = True  # of a revocation
    actor_agency_cleared: bool = False
    actor_agency_contributes: bool = True
    agencies_not_cleared: tuple[str, ...] = ()
    preview_days_left: int = 0
    motion_carried: bool = False
    bytes_differ: tuple[str, ...] = ()  # stored bytes no longer have the approved hash
    coverage: Decision = ALLOWED  # what policy.clauses.covers said of this step, today


def no_files(facts: Facts) -> Reason | None:
    return (
        None
        if facts.files
        else Reason("no_files", "There is no file in this request.", "Add one from a job.")
    )


def context_missing(facts: Facts) -> Reason | None:
    if facts.files_without_context:
        return Reason(
            "context_missing",
            Sentence("Context and controls missing: {files}.", files=facts.files_without_context),
            "Say what it shows and how it was protected.",
        )
    return None


def own_request(facts: Facts) -> Reason | None:
    if facts.actor_is_author or facts.actor_is_recipient:
        return Reason("own_request", "Nobody checks, clears or releases an output of their own project.")
    return None


def reviewed_already(facts: Facts) -> Reason | None:
    return Reason("reviewed_already", "You have reviewed this round.") if facts.actor_reviewed else None


def votes_missing(facts: Facts) -> Reason | None:
    if facts.votes_missing:
        return Reason("votes_missing", Sentence("No vote yet on: {files}.", files=facts.votes_missing))
    return None


def comment_missing(facts: Facts) -> Reason | None:
    if facts.comments_missing:
        return Reason(
            "comment_missing",
            Sentence("Change asked without saying which: {files}.", files=facts.comments_missing),
        )
    return None


def too_few_reviews(facts: Facts) -> Reason | None:
    if facts.reviews < REVIEWS_NEEDED:
        return Reason(
            "too_few_reviews",
            Sentence(
                "{reviews} of {needed} independent reviews are in.",
                reviews=facts.reviews,
                needed=REVIEWS_NEEDED,
            ),
        )
    return None


def review_begun(facts: Facts) -> Reason | None:
    if facts.reviews:
        return Reason("review_begun", "A review of this round is in.", "Review it too: then it is returned.")
    return None


def split_vote(facts: Facts) -> Reason | None:
    if facts.files_in_conflict:
        return Reason(
            "split_vote",
            Sentence("The checkers disagree on: {files}.", files=facts.files_in_conflict),
            "Return it.",
        )
    return None


def changes_asked(facts: Facts) -> Reason | None:
    if facts.files_to_change:
        return Reason(
            "changes_asked",
            Sentence("Changes were asked to: {files}.", files=facts.files_to_change),
            "Return it.",
        )
    return None


def checks_failed(facts: Facts) -> Reason | None:
    if facts.files_failed:
        return Reason(
            "checks_failed",
            Sentence("The automatic checks fail: {files}.", files=facts.files_failed),
            "Mend the table.",
        )
    return None


def not_a_contributor(facts: Facts) -> Reason | None:
    if not facts.actor_agency_contributes:
        return Reason("not_a_contributor", "Only agencies whose records went in clear an output.")
    return None


def cleared_already(facts: Facts) -> Reason | None:
    return Reason("cleared_already", "Your agency has cleared this.") if facts.actor_agency_cleared else None


def agencies_not_cleared(facts: Facts) -> Reason | None:
    if facts.agencies_not_cleared:
        return Reason(
            "agencies_not_cleared",
            Sentence("Not yet cleared by: {agencies}.", agencies=facts.agencies_not_cleared),
        )
    return None


def preview_running(facts: Facts) -> Reason | None:
    if facts.preview_days_left > 0:
        return Reason(
            "preview_running",
            Sentence("Days left of the publication preview: {days}.", days=facts.preview_days_left),
        )
    return None


def no_carried_motion(facts: Facts) -> Reason | None:
    if not facts.motion_carried:
        return Reason("no_carried_motion", "The board has not carried a motion on these outputs.")
    return None


def bytes_differ(facts: Facts) -> Reason | None:
    if facts.bytes_differ:
        return Reason(
            "bytes_differ",
            Sentence("Not the bytes that were approved: {files}.", files=facts.bytes_differ),
            "Begin anew.",
        )
    return None


def reason_missing(facts: Facts) -> Reason | None:
    if not facts.reason_given:
        return Reason("reason_missing", "Say why it is revoked.", "The register tells everybody.")
    return None


def not_covered(facts: Facts) -> Decision:
    """The clauses' own reasons, so that every route names the same."""
    return facts.coverage


_SUBMIT = (no_files, context_missing, not_covered)

LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "release request",
    {
        (Status.DRAFT, Action.EDIT): step(Status.DRAFT, Role.RECIPIENT, rules=(not_covered,)),
        (Status.RETURNED, Action.EDIT): step(Status.RETURNED, Role.RECIPIENT, rules=(not_covered,)),
        (Status.DRAFT, Action.SUBMIT): step(Status.SUBMITTED, Role.AUTHOR, rules=_SUBMIT),
        (Status.RETURNED, Action.SUBMIT): step(Status.SUBMITTED, Role.AUTHOR, rules=_SUBMIT),
        (Status.SUBMITTED, Action.CHECK): step(Status.CHECKED, Role.SYSTEM),
        (Status.SUBMITTED, Action.RETURN): step(Status.RETURNED, Role.SYSTEM),  # covered no longer
        (Status.SUBMITTED, Action.GIVE_UP): step(Status.INTERRUPTED, Role.SYSTEM),
        (Status.INTERRUPTED, Action.RETRY): step(
            Status.SUBMITTED, Role.AUTHOR, Role.OUTPUT_CHECKER, rules=(no_files, not_covered)
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
            Status.RETURNED, Role.OUTPUT_CHECKER, rules=(own_request, review_begun, not_covered)
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
            Status.IN_PREVIEW, Role.DATA_STEWARD, rules=(own_request, agencies_not_cleared)
        ),
        (Status.REVIEWED, Action.RETURN): step(
            Status.RETURNED, Role.DATA_STEWARD, rules=(own_request, not_a_contributor)
        ),
        (Status.IN_PREVIEW, Action.APPROVE): step(
            Status.APPROVED,
            Role.BOARD_CHAIR,
            rules=(own_request, preview_running, no_carried_motion, bytes_differ, not_covered),
        ),
        (Status.APPROVED, Action.RELEASE): step(
            Status.RELEASED,
            Role.SYSTEM,
            rules=(agencies_not_cleared, bytes_differ, checks_failed, not_covered),
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
        **{
            (status, Action.WITHDRAW): step(Status.WITHDRAWN, Role.AUTHOR)
            for status in (
                Status.DRAFT,
                Status.SUBMITTED,
                Status.INTERRUPTED,
                Status.CHECKED,
                Status.RETURNED,
                Status.REVIEWED,
            )
        },
    },
)
