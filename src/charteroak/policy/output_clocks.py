"""The clocks of a release request: its checks, what is revised, the agencies' clearances, the preview, the vote."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from charteroak.policy.clocks import PREVIEW_OVER, Moment, Run, Stage, runs


def runs_of_outputs(moments: Iterable[Moment], preview_ends_on: date | None, today: date) -> list[Run]:
    """Every turn of a release request that has begun by `today`. `moments` are in order.

    `preview_ends_on` is the agreement's days counted from the last clearance: nobody ends the preview, its day does.
    """
    told = [step for one in moments for step in _steps(one)]
    if preview_ends_on is not None and preview_ends_on <= today:
        at = next((at for at, one in enumerate(told) if one.on >= preview_ends_on and _after(one)), len(told))
        told.insert(at, Moment(PREVIEW_OVER, preview_ends_on))
    return [
        replace(run, fixed_due=preview_ends_on) if run.stage is Stage.PREVIEW else run for run in runs(told)
    ]


def _steps(moment: Moment) -> tuple[Moment, ...]:
    """Reopened, it waits for agencies and the board at once: its preview has been."""
    reopened = moment.name.endswith(":reopen")
    return (moment, Moment(PREVIEW_OVER, moment.on)) if reopened else (moment,)


def _after(moment: Moment) -> bool:
    """What can only come once the preview began, be it on the day on which it ends."""
    return moment.name.endswith((":approve", ":release", ":revoke", ":recall"))
