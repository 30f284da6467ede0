"""The clocks of a release request: checkers, the author's changes, each agency, the preview, the board."""

from datetime import date

import pytest

from charteroak.adapters.calendar import closed_days
from charteroak.policy.clocks import Moment, Party, Run, Stage, State
from charteroak.policy.output_clocks import agencies_started, runs_of_outputs

CLOSED = closed_days()
AGENCIES = ("CSC", "SDE")


def moment(day: int, name: str, agency: str = "", agencies: tuple[str, ...] = ()) -> Moment:
    return Moment(f"outputs:release_request:{name}", date(2027, 1, day), agency, agencies)


BEGUN = [moment(4, "submit"), moment(4, "check")]
AGAIN = [*BEGUN, moment(7, "return"), moment(8, "submit"), moment(8, "check")]
REVIEWED = [*AGAIN, moment(12, "review"), moment(13, "complete_review", agencies=AGENCIES)]
PREVIEW = [
    *REVIEWED, moment(14, "clear", "SDE"), moment(19, "clear", "CSC"),
    moment(19, "begin_preview", agencies=AGENCIES),
]  # fmt: skip
ENDS = date(2027, 2, 18)


def running(moments: list[Moment], preview: date | None = None, today: date = date(2027, 1, 20)) -> list[Run]:
    return [one for one in runs_of_outputs(moments, preview, today) if one.ended_on is None]


def test_the_checkers_have_five_business_days_and_the_author_as_long_as_it_takes() -> None:
    [checks] = running(BEGUN)
    assert (checks.stage, checks.party) == (Stage.CHECKS, Party.CHECKER)
    assert checks.due(date(2027, 1, 5), CLOSED) == date(2027, 1, 11)
    [revision] = running([*BEGUN, moment(7, "return")])
    assert (revision.party, revision.due(date(2027, 1, 8), CLOSED)) == (Party.APPLICANT, None)
    [turned_back] = running([*BEGUN, moment(7, "turn_back")])
    assert (turned_back.stage, turned_back.party) == (Stage.REVISION, Party.APPLICANT)
    [second] = running(AGAIN)
    assert (second.stage, second.began_on) == (Stage.CHECKS, date(2027, 1, 8))


def test_each_contributor_clears_on_a_clock_of_its_own() -> None:
    assert [(one.stage, one.whose) for one in running(REVIEWED)] == [
        (Stage.CLEARANCE, "CSC"), (Stage.CLEARANCE, "SDE"),
    ]  # fmt: skip
    [left] = running([*REVIEWED, moment(14, "clear", "SDE")])
    assert left.whose == "CSC"


def test_the_preview_ends_by_its_day_and_the_board_decides_afterwards() -> None:
    found = running(PREVIEW, ENDS)
    assert {(one.stage, one.whose, one.due(date(2027, 1, 20), CLOSED)) for one in found} == {
        (Stage.PREVIEW, "CSC", ENDS), (Stage.PREVIEW, "SDE", ENDS),
    }  # fmt: skip
    assert {one.state(date(2027, 2, 17), CLOSED) for one in found} == {State.SOON}
    [board] = running(PREVIEW, ENDS, today=ENDS)
    assert (board.stage, board.party, board.began_on) == (Stage.RELEASE, Party.BOARD, ENDS)
    approved = Moment("outputs:release_request:approve", ENDS)
    assert running([*PREVIEW, approved], ENDS, today=ENDS) == []
    decision = next(
        one for one in runs_of_outputs([*PREVIEW, approved], ENDS, ENDS) if one.party is Party.BOARD
    )
    assert (decision.began_on, decision.ended_on) == (ENDS, ENDS)


def test_reopened_it_waits_for_the_agencies_that_must_look_and_then_for_the_board() -> None:
    way = [
        *PREVIEW, Moment("outputs:release_request:approve", ENDS),
        Moment("outputs:release_request:reopen", ENDS, agencies=("SDE",)),
    ]  # fmt: skip
    found = running(way, ENDS, today=ENDS)
    assert {(one.stage, one.whose, one.due(ENDS, CLOSED)) for one in found} == {
        (Stage.CLEARANCE, "SDE", date(2027, 2, 25)), (Stage.RELEASE, "", date(2027, 3, 22)),
    }  # fmt: skip
    way.append(Moment("outputs:release_request:clear", date(2027, 2, 19), "SDE"))
    [board] = running(way, ENDS, today=date(2027, 2, 19))
    assert (board.party, board.began_on) == (Party.BOARD, ENDS)
    way.append(Moment("outputs:release_request:approve", date(2027, 3, 1)))
    assert running(way, ENDS, today=date(2027, 3, 1)) == []


def test_an_event_starts_the_clocks_of_the_agencies_that_had_joined_or_of_those_it_names() -> None:
    joined = {"SDE": date(2027, 1, 4), "CSC": date(2027, 1, 4), "DOL": date(2027, 1, 20)}

    def started(name: str, day: int, *named: str) -> tuple[str, ...]:
        return agencies_started(f"outputs:release_request:{name}", date(2027, 1, day), named, joined)

    for every in ("complete_review", "begin_preview"):
        assert started(every, 13) == ("CSC", "SDE"), "who joins later owes nothing yet"
        assert started(every, 20) == ("CSC", "DOL", "SDE")
    assert started("reopen", 25, "SDE", "DOL") == ("DOL", "SDE"), "nobody else must look again"
    assert started("recall", 25, "SDE") == started("clear", 25) == ()


def test_what_is_withdrawn_waits_for_nobody() -> None:
    for begun in (BEGUN, [*BEGUN, moment(7, "return")], REVIEWED):
        assert running([*begun, moment(14, "withdraw")]) == []


def test_what_is_cleared_ahead_waits_for_no_steward_of_that_agency() -> None:
    [left] = running([*REVIEWED, moment(13, "clear_ahead", "SDE")])
    assert (left.stage, left.whose) == (Stage.CLEARANCE, "CSC")


@pytest.mark.parametrize(
    ("name", "stage"), [("return", Stage.REVISION), ("decline", Stage.REVISION), ("withdraw", None)]
)
def test_a_preview_that_was_left_does_not_end_on_its_day(name: str, stage: Stage | None) -> None:
    left = [*PREVIEW, moment(20, name)]
    assert [one.stage for one in running(left, ENDS, today=date(2027, 3, 1))] == ([stage] if stage else [])
    late = [*PREVIEW, Moment(f"outputs:release_request:{name}", date(2027, 2, 22))]
    assert [one.stage for one in running(late, ENDS, today=date(2027, 3, 1))] == ([stage] if stage else [])
    [board] = [one for one in runs_of_outputs(late, ENDS, date(2027, 3, 1)) if one.stage is Stage.RELEASE]
    assert (board.began_on, board.ended_on) == (ENDS, date(2027, 2, 22))
    again = [
        *left,
        moment(21, "submit"),
        moment(21, "check"),
        moment(22, "complete_review", agencies=AGENCIES),
    ]
    anew = [*again, moment(25, "begin_preview", agencies=AGENCIES)]
    if stage:
        [board] = running(anew, date(2027, 2, 25), today=date(2027, 3, 1))
        assert (board.stage, board.began_on) == (Stage.RELEASE, date(2027, 2, 25))
