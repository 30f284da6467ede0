"""The whole of request 042, stage by stage, and what came of it."""

import secrets
from collections.abc import Callable
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

from charteroak.adapters import clock
from charteroak.adapters.environment import PORT
from charteroak.demo import agreement, hub, outputs, request
from charteroak.demo.diary import Diary
from charteroak.demo.page import Stopped
from charteroak.demo.play import AUDITOR, DAY_ZERO, Play, say
from charteroak.demo.server import oak

STAGES: dict[str, Callable[[Play], None]] = {
    "Enquiry and fit check": request.enquire,
    "Submitted and complete": request.submit,
    "Agencies decide, column by column": request.decide,
    "Board meeting": request.board,
    "Synthetic state": agreement.synthesize,
    "Agreement drafted and redlined": agreement.draft,
    "Agreement signed by every party": agreement.sign,
    "Files delivered, one rejected": agreement.deliver,
    "Pledges and training": agreement.clear_people,
    "Linked, doubtful pairs decided": hub.link,
    "Match confirmed, extract built": hub.confirm,
    "Cleared for access, workspace opened": hub.clear,
    "Identifiers destroyed": hub.destroy_identifiers,
    "Analysis in the sealed workspace": outputs.analyse,
    "Outputs put forward and checked": outputs.request_release,
    "Two checkers review, towns return": outputs.review,
    "Agencies clear, preview begins": outputs.clear,
    "Board approves, outputs released": outputs.release,
}


def password(home: Path) -> str:
    """The demo people's password: made once, kept where only its owner reads it."""
    kept = home / "demo" / "password"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept.touch(mode=0o600)
        kept.write_text(f"oak-{secrets.token_hex(6)}", encoding="ascii")
    return kept.read_text(encoding="ascii")


def set_up(home: Path) -> None:
    """The agencies, people, boards and catalog that request 042 finds in place."""
    people = files("charteroak.demo") / "people.toml"
    kept = home / "demo" / "password"
    oak("setup", "load", str(people), "--password-file", str(kept))
    dictionaries = files("charteroak.synthetic") / "dictionaries"
    oak("setup", "catalog", *(str(dictionaries / f"{agency}.toml") for agency in ("SDE", "CSC", "DOL")))


def play(site: str, home: Path, *, scale: float, new: bool) -> Play:
    """The run to go on with: the latest, or another when `new`."""
    root = home / "demo" / "runs"
    runs = sorted(root.glob("*.json")) if root.exists() else []
    if new or not runs:
        diary = Diary(root / f"{len(runs) + 1:03d}.json")
        started = max(DAY_ZERO, _next_tuesday(clock.today())) if runs else DAY_ZERO
        diary.finish("calendar", day_zero=started.isoformat(), scale=scale)
    else:
        diary = Diary(runs[-1])
    day_zero = date.fromisoformat(str(diary.found("calendar", "day_zero")))
    return Play(
        site,
        password(home),
        home,
        diary,
        scale=float(str(diary.found("calendar", "scale"))),
        day_zero=day_zero,
    )


def _next_tuesday(today: date) -> date:
    return today + timedelta(days=(1 - today.weekday()) % 7 or 7)


def act(one: Play) -> None:
    """Run every stage that is not done yet."""
    one.day(0)
    one.once("set up", lambda: set_up(one.home))
    for name, stage in STAGES.items():
        one.stage(name, stage)


def summary(one: Play) -> dict[str, object]:
    """What was done, for `oak demo --json`."""
    log = one.visitor(AUDITOR).json("/api/audit/size")
    return _so_far(one.diary) | {"events": log["events"]}


def unfinished(one: Play | None, stopped: Stopped) -> dict[str, object]:
    """The same when the demo stopped: the stages done so far, and why the next was not."""
    failed = {"stage": stopped.stage or "Start", "reason": str(stopped)}
    return _so_far(one.diary if one else None) | {"events": None, "failed": failed}


def _so_far(diary: Diary | None) -> dict[str, object]:
    """`diary`: None when not even the site started."""

    def found(step: str, what: str = "number") -> object:
        return diary.found(step, what) if diary and diary.done(step) else None

    number = found("begin")
    seconds = {name: found(f"stage {name}", "seconds") for name in STAGES}
    return {
        "stages": [
            {"name": name, "seconds": took, "ids": {"data_request": number}}
            for name, took in seconds.items()
            if took is not None
        ],
        "data_request": number,
        "agreement": number if diary and diary.done("draft") else None,
        "release": found("start the release request"),
    }


def announce(one: Play) -> None:
    """What to do next, and who to be."""
    release = one.diary.found("start the release request", "number")
    say(f"\nReady: {one.site}   password for everyone: {one.password}")
    say("  maya.ortiz researcher    ben.cole steward       june.fisher board chair   ann.weiss counsel")
    say(
        "  sam.reyes policy office  noor.haddad hub        kim.tran enclave          ida.moss, al.pike checkers"
    )
    say(
        "  pat.lee auditor          rep.dunn legislator    eve.lang, from another project: every door is shut"
    )
    say("One machine runs hub and enclave here, so its administrator sees both; in service they are apart.")
    say(f"Follow a number back to its signatures:  .venv/bin/oak trace {release}")


def conclude(one: Play, port: int, *, served: bool) -> None:
    """The same when this command does not serve the site itself."""
    if served:  # somebody else did all along
        announce(one)
        return
    release = one.diary.found("start the release request", "number")
    say(f"\nDone: request {one.number}, release {release}. Nothing is served now.")
    home = "" if one.home == Path("var").resolve() else f"CHARTEROAK_HOME={one.home} "
    moved = "" if port == PORT else f"CHARTEROAK_PORT={port} "
    say(f"Look around:  {home}{moved}make serve   password for everyone: {one.password}")
    say(f"Follow a number back to its signatures:  {home}.venv/bin/oak trace {release}")
