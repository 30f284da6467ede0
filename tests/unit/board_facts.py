"""For each rule of the boards' lifecycles, what makes it refuse."""

from datetime import timedelta
from typing import Any

from charteroak.policy import meeting, motion
from charteroak.policy.decision import refuse
from charteroak.policy.roles import Role, must_stay_apart

BOARD: dict[tuple[str, str], dict[str, Any]] = {
    ("meeting", "too_little_notice"): {"until_start": meeting.NOTICE - timedelta(seconds=1)},
    ("meeting", "empty_agenda"): {"agenda_items": 0},
    ("meeting", "before_its_time"): {"until_start": timedelta(minutes=1)},
    ("meeting", "day_passed"): {"since_day": timedelta()},
    ("meeting", "sitting_over"): {"since_day": meeting.NIGHT},
    ("meeting", "because_missing"): {"because_said": False},
    ("meeting", "no_quorum"): {"present": 3},
    ("meeting", "motions_undecided"): {"undecided_motions": 1},
    ("meeting", "holder_may_come"): {"left_to_holder": True},
    ("meeting", "stand_in_voted"): {"stand_in_voted": True},
    ("meeting", "no_seat"): {"actor_seated": False},
    ("motion", "seat_without_vote"): {"actor_votes": False},
    ("motion", "votes_cast"): {"votes_cast": 1},
    ("motion", "not_reconsidered"): {"reconsidered": False},
    ("motion", "agenda_closed"): {"agenda_open": False},
    ("motion", "not_ready"): {"ready": False},
    ("motion", "not_before_the_board"): {"ready": False},
    ("follow_up", "sitting_over"): {
        "sitting": refuse("sitting_over", "The night has passed.", "Postpone it.")
    },
    ("motion", "meeting_not_open"): {"meeting_open": False},
    ("motion", "sitting_over"): {"sitting": refuse("sitting_over", "The night has passed.", "Postpone it.")},
    ("motion", "meeting_not_cancelled"): {"meeting_cancelled": False},
    ("motion", "no_quorum"): {"quorum": False},
    ("motion", "not_present"): {"actor_present": False},
    ("motion", "must_recuse"): {"actor_conflicted": True},
    ("motion", "not_concerned"): {"actor_concerned": False},
    ("motion", "must_decide"): {"choice": motion.Choice.NOTE},
    ("motion", "votes_missing"): {"concerned_not_voted": ("CSC",)},
    ("motion", "majority_missed"): {"rejections": 1},
    ("motion", "majority_reached"): {"rejections": 0},
    ("seat", "not_in_office"): {"in_office": False},
    ("seat", "holds_it_already"): {"holds_it": True},
    ("seat", "letter_not_dated"): {"letter_dated": False},
    ("seat", "board_meets"): {"board_meets": True},
    ("seat", "meeting_over"): {"meeting_over": True},
    ("seat", "roles_must_stay_apart"): {"apart": must_stay_apart({Role.ENCLAVE_OPERATOR, Role.BOARD_MEMBER})},
    ("follow_up", "outcome_missing"): {"outcome_said": False},
    ("follow_up", "meeting_not_open"): {"meeting_open": False},
}
