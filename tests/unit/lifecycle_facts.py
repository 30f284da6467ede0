"""For each lifecycle, facts under which nothing speaks against a step, and for each rule what makes it refuse."""

from datetime import timedelta
from typing import Any

from charteroak.policy import (
    agency_review,
    agreement,
    data_request,
    delivery,
    extract,
    job,
    link_run,
    meeting,
    motion,
    release_request,
    workspace,
)
from charteroak.policy.decision import refuse

ENDED = refuse("agreement_ended", "Agreement 042 ended on 31 July 2027.")

# Facts under which nothing speaks against any step of the lifecycle …
NOTHING_AGAINST: dict[str, Any] = {
    "agency_review": agency_review.Facts(),
    "agreement": agreement.Facts(request_approved=True, signer_party=True),
    "data_request": data_request.Facts(
        agencies_asked=2, agencies_decided=2, columns_allowed=1, motion_carried=True, motion_lost=True
    ),
    "delivery": delivery.Facts(),
    "extract": extract.Facts(run_confirmed=True),
    "job": job.Facts(),
    "link_run": link_run.Facts(),
    "meeting": meeting.Facts(agenda_items=1, seats=6, present=4),
    "motion": motion.Facts(
        meeting_open=True,
        quorum=True,
        actor_present=True,
        actor_concerned=True,
        choice=motion.Choice.APPROVE,
        approvals=3,
    ),
    "release_request": release_request.Facts(files=1, reviews=2, motion_carried=True),
    "workspace": workspace.Facts(),
}
# … apart from those that two steps need to be different …
APART_FROM: dict[tuple[str, str], dict[str, Any]] = {
    ("meeting", "notice"): {"until_start": meeting.NOTICE},
    ("agreement", "destroy"): {"not_destroyed": ("extract",)},
    ("motion", "declare_lost"): {"rejections": 1},
}
# … and, for each rule, what makes it refuse.
AGAINST: dict[tuple[str, str], dict[str, Any]] = {
    ("agency_review", "own_request"): {"actor_on_team": True},
    ("agency_review", "not_in_review"): {"request_in_review": False},
    ("agency_review", "columns_undecided"): {"undecided_columns": ("SDE gpa",)},
    ("agency_review", "reason_missing"): {"reasonless_columns": ("SDE frpl",)},
    ("agreement", "request_not_approved"): {"request_approved": False},
    ("agreement", "clauses_missing"): {"missing_clauses": ("destruction",)},
    ("agreement", "not_a_party"): {"signer_party": False},
    ("agreement", "signed_already"): {"already_signed": True},
    ("agreement", "text_changed"): {"text_changed": True},
    ("agreement", "parties_unsigned"): {"unsigned": ("DOL",)},
    ("agreement", "still_in_force"): {"in_force": True},
    ("agreement", "nothing_left"): {"not_destroyed": ()},
    ("agreement", "not_destroyed"): {"not_destroyed": ("extract",)},
    ("data_request", "incomplete"): {"missing": ("purpose",)},
    ("data_request", "purpose_missing"): {"columns_without_purpose": ("SDE gpa",)},
    ("data_request", "fewer_than_two_agencies"): {"agencies_asked": 1},
    ("data_request", "own_request"): {"actor_on_team": True},
    ("data_request", "agencies_undecided"): {"agencies_decided": 1},
    ("data_request", "nothing_allowed"): {"columns_allowed": 0},
    ("data_request", "no_carried_motion"): {"motion_carried": False},
    ("data_request", "no_lost_motion"): {"motion_lost": False},
    ("delivery", "findings_open"): {"findings": 411},
    ("delivery", "another_accepted"): {"another_accepted": True},
    ("extract", "run_not_confirmed"): {"run_confirmed": False},
    ("extract", "beyond_the_agreement"): {"columns_beyond": ("pell",)},
    ("extract", "identifiers_found"): {"identifiers_found": ("ssn",)},
    ("extract", "own_access"): {"actor_is_recipient": True},
    ("job", "limits_not_enforced"): {"limits_enforced": False, "why_not_enforced": "it has no cgroups."},
    ("link_run", "recipient_links"): {"actor_is_recipient": True},
    ("link_run", "pairs_undecided"): {"pairs_undecided": 1},
    ("link_run", "agency_confirmed"): {"actor_agency_confirmed": True},
    ("link_run", "confirmations_missing"): {"to_confirm": ("SDE", "DOL"), "confirmed_by": ("SDE",)},
    ("meeting", "too_little_notice"): {"until_start": meeting.NOTICE - timedelta(seconds=1)},
    ("meeting", "empty_agenda"): {"agenda_items": 0},
    ("meeting", "before_its_time"): {"until_start": timedelta(minutes=1)},
    ("meeting", "no_quorum"): {"present": 3},
    ("meeting", "motions_undecided"): {"undecided_motions": 1},
    ("motion", "meeting_not_open"): {"meeting_open": False},
    ("motion", "no_quorum"): {"quorum": False},
    ("motion", "not_present"): {"actor_present": False},
    ("motion", "must_recuse"): {"actor_conflicted": True},
    ("motion", "not_concerned"): {"actor_concerned": False},
    ("motion", "must_decide"): {"choice": motion.Choice.NOTE},
    ("motion", "votes_missing"): {"concerned_not_voted": ("CSC",)},
    ("motion", "not_unanimous"): {"rejections": 1},
    ("motion", "unanimous"): {"rejections": 0},
    ("release_request", "no_files"): {"files": 0},
    ("release_request", "context_missing"): {"files_without_context": ("5.csv",)},
    ("release_request", "not_covered"): {"coverage": ENDED},
    ("release_request", "own_request"): {"actor_is_author": True},
    ("release_request", "reviewed_already"): {"actor_reviewed": True},
    ("release_request", "votes_missing"): {"votes_missing": ("5.csv",)},
    ("release_request", "comment_missing"): {"comments_missing": ("5.csv",)},
    ("release_request", "too_few_reviews"): {"reviews": 1},
    ("release_request", "split_vote"): {"files_in_conflict": ("5.csv",)},
    ("release_request", "changes_asked"): {"files_to_change": ("5.csv",)},
    ("release_request", "checks_failed"): {"files_failed": ("5.csv",)},
    ("release_request", "not_a_contributor"): {"actor_agency_contributes": False},
    ("release_request", "cleared_already"): {"actor_agency_cleared": True},
    ("release_request", "agencies_not_cleared"): {"agencies_not_cleared": ("DOL",)},
    ("release_request", "preview_running"): {"preview_days_left": 1},
    ("release_request", "no_carried_motion"): {"motion_carried": False},
    ("release_request", "bytes_differ"): {"bytes_differ": ("5.csv",)},
    ("workspace", "not_covered"): {"coverage": ENDED},
}
# A rule that hands on the clauses' own reason does not speak under its own name.
SPEAKS_AS = {"not_covered": "agreement_ended"}
