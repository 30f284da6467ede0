"""What speaks against a step of a release request: each rule named by its reason to refuse."""

from dataclasses import dataclass
from datetime import date, timedelta

from charteroak.policy.decision import ALLOWED, Decision, Reason
from charteroak.policy.explained import Part, still_to_say
from charteroak.policy.sentence import Sentence

REVIEWS_NEEDED = 2
WEEK = timedelta(days=7)
CHECKS_A_WEEK = 20  # of one project: a refusal tells something too, and many of them tell more


@dataclass(frozen=True)
class Facts:
    files: int = 0
    files_unexplained: tuple[tuple[str, tuple[Part, ...]], ...] = ()  # a file, and what is not said of it
    checks_lately: tuple[date, ...] = ()  # within a week, of all release requests of the project, in order
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
    motion_lost: bool = False  # the board’s last word since every agency cleared
    agreement_over: bool = False
    author_gone: bool = False  # account closed, left, or named by the agreement no more
    bytes_differ: tuple[str, ...] = ()  # stored bytes no longer have the approved hash
    coverage: Decision = ALLOWED  # what policy.clauses.covers said of this step, today


def no_files(facts: Facts) -> Reason | None:
    return (
        None
        if facts.files
        else Reason("no_files", "There is no file in this request.", "Add one from a job.")
    )


def context_missing(facts: Facts) -> Reason | None:
    if facts.files_unexplained:
        files = tuple(still_to_say(file, parts) for file, parts in facts.files_unexplained)
        return Reason(
            "context_missing",
            Sentence("Still to be said: {files}.", files=files),
            "Put the file forward again and say it: the same file takes the place of the one before.",
        )
    return None


def too_many_checks(facts: Facts) -> Reason | None:
    """Each time that outputs go to the checks counts, whether a check ended or could not be made."""
    made = facts.checks_lately
    if len(made) >= CHECKS_A_WEEK:
        return Reason(
            "too_many_checks",
            Sentence(
                "Outputs of this project went to the checks {checks} times within a week. They may go again on {day}.",
                checks=len(made),
                day=made[-CHECKS_A_WEEK] + WEEK,
            ),
            "Until then, look at the verdicts inside the workspace.",
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
        return Reason(
            "votes_missing", Sentence("No vote yet on: {files}.", files=facts.votes_missing), "Vote on each."
        )
    return None


def comment_missing(facts: Facts) -> Reason | None:
    if facts.comments_missing:
        return Reason(
            "comment_missing",
            Sentence("Change asked without saying which: {files}.", files=facts.comments_missing),
            "Say of each what must change.",
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
            "Checkers who have not reviewed this round do so first.",
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
            "Their stewards clear it first.",
        )
    return None


def all_cleared(facts: Facts) -> Reason | None:
    if not facts.agencies_not_cleared:
        return Reason("all_cleared", "Every agency has cleared this.", "It is released as it is.")
    return None


def preview_running(facts: Facts) -> Reason | None:
    if facts.preview_days_left > 0:
        return Reason(
            "preview_running",
            Sentence("Days left of the publication preview: {days}.", days=facts.preview_days_left),
            "Approve it once they are over.",
        )
    return None


def no_carried_motion(facts: Facts) -> Reason | None:
    if not facts.motion_carried:
        return Reason(
            "no_carried_motion",
            "The board has not carried a motion on these outputs.",
            "The policy office puts one on an agenda; the board votes after the last agency’s clearance.",
        )
    return None


def no_lost_motion(facts: Facts) -> Reason | None:
    if not facts.motion_lost:
        return Reason(
            "no_lost_motion",
            "The board has not voted down a motion on these outputs.",
            "Until it does, a contributing agency’s steward may return them and their author take them back.",
        )
    return None


def bytes_differ(facts: Facts) -> Reason | None:
    if facts.bytes_differ:
        return Reason(
            "bytes_differ",
            Sentence("Not the bytes that were approved: {files}.", files=facts.bytes_differ),
            "Begin anew.",
        )
    return None


def agreement_runs(facts: Facts) -> Reason | None:
    if not facts.agreement_over:
        return Reason("agreement_runs", "The agreement is not over.", "A checker or the chair may revoke it.")
    return None


def nothing_ended(facts: Facts) -> Reason | None:
    if not (facts.agreement_over or facts.author_gone):
        return Reason(
            "nothing_ended",
            "Neither the agreement nor its author’s access is over.",
            "Its author may take it back.",
        )
    return None


def reason_missing(facts: Facts) -> Reason | None:
    if not facts.reason_given:
        return Reason("reason_missing", "Say why it is revoked.", "Whoever could read the results is told.")
    return None


def not_covered(facts: Facts) -> Decision:
    """The clauses' own reasons, so that every route names the same."""
    return facts.coverage
