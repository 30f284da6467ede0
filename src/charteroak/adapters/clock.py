"""Domain time: the day by which clocks, expiries and decisions are judged. The demo may move it; production refuses."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from charteroak.adapters.environment import Mode, home, mode

STATE_TIME = ZoneInfo("America/New_York")


class ClockMoved(RuntimeError):
    """A moved clock was found in production."""


def real_now() -> datetime:
    """The machine's own time, in UTC."""
    return datetime.now(UTC)


def now() -> datetime:
    """Domain time in UTC: the machine's time plus what the demo moved it by.

    Raises ClockMoved in production when a moved clock is found: remove the file it names.
    """
    moved = home().clock
    try:
        seconds = float(moved.read_text(encoding="ascii"))
    except FileNotFoundError:
        return real_now()
    if mode() is Mode.PRODUCTION:
        raise ClockMoved(f"Production runs on real time only; remove {moved} and restart.")
    return real_now() + timedelta(seconds=seconds)


def today() -> date:
    """The working day in the state's own time zone."""
    return day_of(now())


def day_of(instant: datetime) -> date:
    """The day on which an instant falls in the state's own time zone."""
    return instant.astimezone(STATE_TIME).date()


def midnight(day: date) -> datetime:
    """The first instant of the day in the state's own time zone."""
    return datetime.combine(day, time.min, STATE_TIME)


def is_moved() -> bool:
    """Whether domain time is the demo's own."""
    return home().clock.exists()


def move_to(instant: datetime) -> None:
    """Set domain time to `instant` (aware); it runs on from there. Demo and tests only."""
    if mode() is Mode.PRODUCTION:
        raise ClockMoved("Production runs on real time only.")
    moved = home().clock
    moved.parent.mkdir(parents=True, exist_ok=True)
    staged = moved.with_suffix(".new")
    staged.write_text(f"{(instant - real_now()).total_seconds():.3f}", encoding="ascii")
    staged.chmod(0o644)
    staged.replace(moved)


def reset() -> None:
    """Back to real time."""
    home().clock.unlink(missing_ok=True)
