"""The clocks of a release request: its checks, what is revised, the agencies' clearances, the preview, the vote."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from charteroak.policy.clocks import PREVIEW_OVER, Moment, Run, Stage, runs

OF_EACH_AGENCY = (":complete_review", ":begin_preview")
LEAVES = (":return", ":decline", ":withdraw", ":lapse")  # and nothing of it goes out by that round


def agencies_started(
    name: str, on: date, named: Iterable[str], joined: Mapping[str, date]
) -> tuple[str, ...]:
    """The codes of the agencies whose clock an event starts, in order; none for an event that starts none of theirs.

    Reopened, it starts the clocks of those that the event has `named`; its review or its preview those of every agency
    that contributed by that day. `joined`: since when each has.
    """
    if name.endswith(":reopen"):
        return tuple(sorted(named))
    if name.endswith(OF_EACH_AGENCY):
        return tuple(sorted(code for code, since in joined.items() if since <= on))
    return ()


def runs_of_outputs(moments: Iterable[Moment], preview_ends_on: date | None, today: date) -> list[Run]:
    """Every turn of a release request that has begun by `today`. `moments` are in order.

    `preview_ends_on` is the agreement's days counted from the last clearance: nobody ends the preview, its day does.
    """
    told = [step for one in moments for step in _steps(one)]
    if preview_ends_on is not None and preview_ends_on <= today and not _left(told, preview_ends_on):
        at = next((at for at, one in enumerate(told) if one.on >= preview_ends_on and _after(one)), len(told))
        told.insert(at, Moment(PREVIEW_OVER, preview_ends_on))
    return [
        run._replace(fixed_due=preview_ends_on) if run.stage is Stage.PREVIEW else run for run in runs(told)
    ]


def _left(told: Sequence[Moment], ends_on: date) -> bool:
    """Whether the last preview was left before the day on which it would have ended."""
    begun = max((at for at, one in enumerate(told) if one.name.endswith(":begin_preview")), default=0)
    return any(one.on < ends_on and one.name.endswith(LEAVES) for one in told[begun:])


def _steps(moment: Moment) -> tuple[Moment, ...]:
    """Reopened, it waits for agencies and the board at once: its preview has been."""
    reopened = moment.name.endswith(":reopen")
    return (moment, Moment(PREVIEW_OVER, moment.on)) if reopened else (moment,)


def _after(moment: Moment) -> bool:
    """What can only come once the preview began, be it on the day on which it ends."""
    return moment.name.endswith((":approve", ":release", ":revoke", ":recall", *LEAVES))
