"""The clocks of an executed agreement, from the last signature to its closing."""

from dataclasses import replace
from datetime import date, timedelta

from charteroak.adapters.calendar import closed_days
from charteroak.policy.after_signature import WARNED, Duty, Signed, match_due, match_elsewhere, runs_after
from charteroak.policy.clocks import Party, Stage, State

CLOSED = closed_days()
SIGNED_ON, LAST = date(2026, 10, 30), date(2027, 7, 31)
DUE = LAST + timedelta(days=45)
NEW = Signed(SIGNED_ON, LAST, Duty(None), (Duty(DUE), Duty(DUE)))
MATCHED = replace(NEW, identifiers=Duty(date(2026, 11, 13), began_on=date(2026, 11, 6)))


def stages(signed: Signed, today: date) -> dict[Stage, Party]:
    """Those that run."""
    return {one.stage: one.party for one in runs_after(signed, today) if one.ended_on is None}


def test_beside_the_platform_the_hub_sees_to_files_and_match_within_thirty_business_days() -> None:
    assert runs_after(NEW, SIGNED_ON) == []
    run = match_elsewhere(NEW, SIGNED_ON)
    assert (run.stage, run.party, run.ended_on) == (Stage.MATCH, Party.HUB, None)
    assert run.due(SIGNED_ON, CLOSED) == date(2026, 12, 15)  # Veterans Day and Thanksgiving are closed
    assert match_due(SIGNED_ON, CLOSED) == date(2026, 12, 15)
    assert run.state(date(2026, 12, 16), CLOSED) is State.OVERDUE


def test_the_confirmed_match_ends_that_and_starts_the_identifiers_clock() -> None:
    [identifiers] = runs_after(MATCHED, date(2026, 11, 9))
    assert match_elsewhere(MATCHED, date(2026, 11, 9)).ended_on == date(2026, 11, 6)
    assert identifiers.due(date(2026, 11, 9), CLOSED) == date(2026, 11, 13)


def test_the_end_is_announced_while_an_extension_can_still_be_had() -> None:
    assert Stage.END not in stages(MATCHED, LAST - WARNED - timedelta(days=1))
    [end] = [one for one in runs_after(MATCHED, LAST - WARNED) if one.stage is Stage.END]
    assert end.party is Party.APPLICANT
    assert end.due(LAST - WARNED, CLOSED) == LAST
    assert end.state(LAST - WARNED, CLOSED) is State.RUNNING
    assert end.state(LAST - timedelta(days=28), CLOSED) is State.SOON
    assert Stage.END not in stages(MATCHED, LAST + timedelta(days=1))
    longer = replace(MATCHED, last_day=date(2028, 7, 31))
    assert Stage.END not in stages(longer, LAST)


def test_after_the_end_the_policy_office_sees_all_destroyed_and_closes() -> None:
    done = Duty(date(2026, 11, 13), date(2026, 11, 12), date(2026, 11, 6))
    over = replace(MATCHED, identifiers=done)
    assert stages(over, LAST) == {Stage.END: Party.APPLICANT}
    assert stages(over, LAST + timedelta(days=1)) == {Stage.REST: Party.POLICY_OFFICE}
    gone = replace(over, rest=(Duty(DUE, date(2027, 9, 10)), Duty(DUE, date(2027, 9, 13))))
    assert stages(gone, DUE) == {Stage.CLOSING: Party.POLICY_OFFICE}
    [closing] = [one for one in runs_after(gone, DUE) if one.stage is Stage.CLOSING]
    assert closing.due(DUE, CLOSED) == date(2027, 9, 20)
    assert stages(replace(gone, closed_on=date(2027, 9, 14)), DUE) == {}


def test_what_ends_early_is_wound_up_from_that_day() -> None:
    ended = replace(NEW, last_day=date(2026, 11, 20), ended_early=True)
    assert stages(ended, date(2026, 11, 20)) == {Stage.REST: Party.POLICY_OFFICE}
