"""Where a project is on its way from enquiry to destruction: one stage at a time."""

from enum import StrEnum


class Stage(StrEnum):
    """In the order of the way; from `CLOSED` on they are its ends."""

    WITH_APPLICANT = "with_the_applicant"
    COMPLETENESS = "completeness_check"
    AGENCIES = "agencies_decide"
    BOARD = "board_decides"
    DRAFTING = "agreement_to_be_drafted"
    TEXT = "agreeing_on_the_text"
    SIGNATURE = "in_signature"
    SHARING = "files_and_linking"
    ANALYSIS = "analysis"
    DESTRUCTION = "records_to_be_destroyed"
    CLOSED = "closed"
    AMENDED = "part_of_the_agreement_it_changed"
    BEFORE = "decided_before_this_program"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
