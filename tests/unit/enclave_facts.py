"""For each rule of the enclave's lifecycles, what makes it refuse."""

from typing import Any

from charteroak.policy import budget, input_request, job, workspace
from charteroak.policy.decision import refuse
from charteroak.policy.roles import Role, must_stay_apart

ENDED = refuse("agreement_ended", "Agreement 042 ended on 31 July 2027.")

ENCLAVE: dict[tuple[str, str], dict[str, Any]] = {
    ("job", "not_covered"): {"coverage": ENDED},
    ("job", "workspace_closed"): {"workspace_open": False},
    ("job", "nothing_to_repeat"): {"invented": True},
    ("job", "language_not_here"): {"script_name": "script.R", "languages": frozenset({job.Language.PYTHON})},
    ("job", "disk_spent"): {"disk_used": budget.DISK},
    ("session", "disk_spent"): {"disk_used": budget.DISK},
    ("workspace", "folder_in_use"): {"folder_in_use": True},
    ("workspace", "disk_spent"): {"disk_used": budget.DISK},
    ("job", "hours_spent"): {"spent": float(budget.HOURS)},
    ("job", "limits_not_enforced"): {"limits_enforced": False, "why_not_enforced": "it has no cgroups."},
    ("input_request", "type_not_allowed"): {"file_name": "codes.sas7bdat"},
    ("input_request", "name_not_plain"): {"file_name": "../codes.csv"},
    ("input_request", "file_empty"): {"size": 0},
    ("input_request", "file_too_large"): {"size": input_request.LARGEST + 1},
    ("input_request", "purpose_missing"): {"purpose_given": False},
    ("input_request", "workspace_closed"): {"workspace_open": False},
    ("input_request", "not_covered"): {"coverage": ENDED},
    ("input_request", "own_request"): {"actor_is_recipient": True},
    ("input_request", "scan_failed"): {"scan_failed": ("ssn",)},
    ("input_request", "bytes_differ"): {"bytes_differ": True},
    ("input_request", "name_taken"): {"name_taken": True},
    ("input_request", "comment_missing"): {"comment_given": False},
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
    ("session", "hours_spent"): {"spent": float(budget.HOURS)},
    ("session", "not_covered"): {"coverage": ENDED},
    ("session", "workspace_closed"): {"workspace_open": False},
    ("session", "not_your_session"): {"own": False},
    ("session", "ticket_used"): {"ticket_fresh": False},
    ("session", "entered_elsewhere"): {"entered_here": False},
    ("session", "session_limits_not_enforced"): {"limits_enforced": False, "why_not_enforced": "none."},
    ("session", "no_jupyterlab"): {"environment": False},
    ("session", "no_pixels"): {"pixels": False},
    ("workspace", "session_open_already"): {"in_session": True},
    ("workspace", "not_covered"): {"coverage": ENDED},
    ("workspace", "extract_not_cleared"): {"extract_cleared": False},
    ("workspace", "opened_already"): {"opened": True},
    ("workspace", "roles_must_stay_apart"): {
        "apart": must_stay_apart({Role.ENCLAVE_OPERATOR, Role.RECIPIENT})
    },
    ("workspace", "language_unknown"): {"script_name": "script.sas"},
    ("workspace", "hours_spent"): {"spent": float(budget.HOURS)},
    ("workspace", "isolator_not_here"): {"isolator_here": False},
    ("workspace", "mode_too_open"): {"mode_asked": workspace.Mode.PIXEL},
    ("workspace", "pixels_not_here"): {
        "mode_asked": workspace.Mode.PIXEL,
        "openest": workspace.Mode.BROWSER,
        "pixels_here": False,
    },
    ("workspace", "no_session_in_gvisor"): {
        "isolator": workspace.Isolator.GVISOR,
        "mode": workspace.Mode.BROWSER,
    },
    ("workspace", "not_more_hours"): {"hours_asked": budget.MOST_HOURS + 1},
    ("workspace", "no_script"): {"script": 0},
    ("workspace", "script_too_long"): {"script": workspace.LARGEST_SCRIPT + 1},
}
