"""Whose clock runs, for how long and until when, on request 042's own days."""

import sys
from datetime import date, timedelta
from types import FrameType

import pytest

from charteroak.adapters.calendar import closed_days
from charteroak.policy.clocks import HEEDED, Moment, Party, Run, Stage, State, medians, runs

CLOSED = closed_days()
ASKED = ("CSC", "DOL", "SDE")


def on(number: int) -> date:
    return date(2026, 9, 8) + timedelta(days=number)


def moment(number: int, name: str, agency: str = "", agencies: tuple[str, ...] = ()) -> Moment:
    return Moment(name, on(number), agency, agencies)


SIGNING = ("DOL:hub", "SDE:contributor")
WAY = [
    moment(0, "requests:data_request:start"),
    moment(6, "requests:data_request:submit"),
    moment(9, "requests:data_request:accept_as_complete", agencies=ASKED),
    moment(17, "requests:agency_review:decide", "SDE"),
    moment(20, "requests:question:ask", "DOL"),
    moment(21, "requests:agency_review:decide", "CSC"),
    moment(22, "requests:question:answer", "DOL"),
    moment(23, "requests:agency_review:decide", "DOL"),
    moment(31, "requests:data_request:approve"),
    moment(35, "agreements:agreement:draft"),
    moment(52, "agreements:agreement:open_for_signature", agencies=SIGNING),
    moment(52, "agreements:agreement:sign", "SDE:contributor"),
    moment(55, "agreements:agreement:sign", "DOL:hub"),
]


def of(stage: Stage, moments: list[Moment], whose: str = "") -> Run:
    return next(one for one in runs(moments) if one.stage is stage and one.whose == whose)


@pytest.mark.parametrize(
    ("stage", "whose", "party", "days"),
    [
        (Stage.APPLICATION, "", Party.APPLICANT, 4),
        (Stage.COMPLETENESS, "", Party.POLICY_OFFICE, 3),
        (Stage.DECISION, "SDE", Party.AGENCY, 6),
        (Stage.DECISION, "DOL", Party.AGENCY, 8),  # ten, two of which the applicant had
        (Stage.ANSWER, "DOL", Party.APPLICANT, 2),
        (Stage.BOARD, "", Party.BOARD, 6),
        (Stage.DRAFT, "", Party.COUNSEL, 1),
        (Stage.SIGNATURE, "DOL:hub", Party.SIGNATORY, 1),
    ],
)
def test_042_holds_each_party_for_its_own_business_days(
    stage: Stage, whose: str, party: Party, days: int
) -> None:
    found = of(stage, WAY, whose)
    assert (found.party, found.days_held(on(60), CLOSED)) == (party, days)


def test_a_question_stops_the_agencys_clock_and_moves_its_due_day() -> None:
    asked = WAY[:5]
    before, waiting = of(Stage.DECISION, WAY[:4], "DOL"), of(Stage.DECISION, asked, "DOL")
    assert waiting.state(on(21), CLOSED) is State.PAUSED
    answered = of(Stage.DECISION, WAY[:7], "DOL")
    assert before.due(on(22), CLOSED) == date(2026, 10, 8)
    assert answered.due(on(22), CLOSED) == date(2026, 10, 13), "two business days later; a holiday between"
    assert of(Stage.DECISION, asked, "CSC").state(on(21), CLOSED) is State.RUNNING, "another agency's runs on"


def test_a_return_begins_the_applicants_clock_anew_and_a_withdrawal_ends_all() -> None:
    returned = [
        *WAY[:2],
        moment(9, "requests:data_request:return"),
        moment(13, "requests:data_request:submit"),
    ]
    found = runs(returned)
    assert [one.stage for one in found].count(Stage.APPLICATION) == 2
    assert [one.stage for one in found if one.ended_on is None] == [Stage.COMPLETENESS]
    withdrawn = runs([*WAY[:5], moment(21, "requests:data_request:withdraw")])
    assert all(one.ended_on for one in withdrawn)


def test_the_board_begins_when_the_last_agency_has_decided() -> None:
    assert of(Stage.BOARD, WAY).began_on == on(23)
    assert not [one for one in runs(WAY[:7]) if one.stage is Stage.BOARD]


def test_a_reminder_two_days_before_overdue_after_and_cover_three_days_later() -> None:
    run = Run(Stage.DRAFT, Party.COUNSEL, "", date(2026, 10, 9))  # a Friday; Monday is a holiday
    due = run.due(on(35), CLOSED)
    assert due == date(2026, 10, 19)
    assert run.state(date(2026, 10, 14), CLOSED) is State.RUNNING
    assert run.state(date(2026, 10, 15), CLOSED) is State.SOON
    assert run.state(due, CLOSED) is State.SOON
    assert run.state(date(2026, 10, 20), CLOSED) is State.OVERDUE
    assert not run.is_late(date(2026, 10, 21), CLOSED)
    assert run.is_late(date(2026, 10, 22), CLOSED)


def test_what_is_reconsidered_or_appealed_is_the_boards_turn_again() -> None:
    for so_far in (WAY[:9], WAY[:10], WAY[:12]):
        again = runs([*so_far, moment(44, "requests:data_request:reconsider")])
        assert [(one.stage, one.party) for one in again if one.ended_on is None] == [
            (Stage.BOARD, Party.BOARD)
        ]
    declined = [*WAY[:8], moment(40, "requests:data_request:decline")]
    assert all(one.ended_on for one in runs(declined))
    appealed = runs([*declined, moment(44, "requests:data_request:appeal")])
    assert [(one.stage, one.began_on) for one in appealed if one.ended_on is None] == [(Stage.BOARD, on(44))]


def test_a_due_day_by_law_does_not_move() -> None:
    run = Run(Stage.DESTRUCTION, Party.HUB, "", on(59), fixed_due=on(69))
    assert run.due(on(60), CLOSED) == on(69)
    assert run.state(on(70), CLOSED) is State.OVERDUE


def test_medians_are_of_turns_that_ended() -> None:
    figures = {one.stage: one for one in medians(runs(WAY[:6]), CLOSED)}
    assert figures[Stage.DECISION].turns == 2
    assert figures[Stage.DECISION].median_days == 7.0
    assert Stage.ANSWER not in figures


def test_what_no_clock_heeds_changes_none() -> None:
    assert runs([*WAY, moment(56, "requests:data_request:edit")]) == runs(WAY)
    assert "requests:data_request:edit" not in HEEDED


def calls_for(moments: list[Moment]) -> int:
    """How many functions are called on the way, each counted."""
    called = 0

    def count(_frame: FrameType, event: str, _arg: object) -> None:
        nonlocal called
        called += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        runs(moments)
    finally:
        sys.setprofile(before)
    return called


def test_a_project_of_many_years_costs_as_much_for_each_event_as_a_young_one() -> None:
    def years(number: int) -> list[Moment]:
        """Each with a set of results that is checked, and a review that waits for the agency that left."""
        return [
            one
            for at in range(number)
            for one in (
                moment(at, "requests:data_request:accept_as_complete", agencies=("DCF",)),
                moment(at, "outputs:release_request:check"),
                moment(at, "requests:agency_review:decide", "SDE"),
                moment(at, "outputs:release_request:complete_review", agencies=("SDE",)),
            )
        ]

    assert calls_for(years(400)) <= 2.1 * calls_for(years(200))
