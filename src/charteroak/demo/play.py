"""The stage on which request 042 is acted: who is signed in, which day it is, what has been done already."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from charteroak.adapters import clock
from charteroak.demo.diary import Diary
from charteroak.demo.page import Stopped, Unanswered
from charteroak.demo.visitor import Fields, Visitor

AUDITOR = "pat.lee"
DAY_ZERO = date(2026, 9, 8)  # a Tuesday; the calendar of request 042 counts from here


@dataclass
class Play:
    """One run through the calendar. Every step is one person's, over HTTP."""

    site: str
    password: str
    home: Path
    diary: Diary
    scale: float = 1.0
    day_zero: date = DAY_ZERO
    seconds: dict[str, float] = field(default_factory=dict)
    sign_in: Callable[[str, str, str], Visitor] = Visitor  # (site, user name, password)
    _visitors: dict[str, Visitor] = field(default_factory=dict)

    @property
    def number(self) -> str:
        """The data request's number."""
        return str(self.diary.found("begin", "number"))

    def visitor(self, username: str) -> Visitor:
        if username not in self._visitors:
            self._visitors[username] = self.sign_in(self.site, username, self.password)
        return self._visitors[username]

    def sign_in_again(self, username: str) -> Visitor:
        """A new session: a signature wants a person who has just proved who they are."""
        self._visitors.pop(username, None)
        return self.visitor(username)

    def day(self, number: int, at: time = time(10)) -> date:
        """Move domain time to that day of the calendar unless it is there or later; it never goes back."""
        wanted = self.day_zero + timedelta(days=number)
        instant = datetime.combine(wanted, at, clock.STATE_TIME)
        if not clock.is_moved() or clock.now() < instant:
            clock.move_to(instant)
        return wanted

    def once(self, step: str, act: Callable[[], Mapping[str, Any] | None]) -> None:
        """Do a step unless it is done; note what it found out."""
        if not self.diary.done(step):
            self.diary.begin(step)
            self.diary.finish(step, **(act() or {}))

    def do(
        self,
        step: str,
        who: str,
        path: str,
        action: str,
        fields: Fields | None = None,
        *,
        files: Mapping[str, Path] | None = None,
        found: Callable[[], Mapping[str, Any]] | None = None,
    ) -> None:
        """`who` opens `path`, fills in the form of `action` and sends it; once. Then `found` looks what came of it.

        A step that was begun and never noted as done is looked up in the site's log before it is sent again.
        """
        if self.diary.done(step):
            return
        visitor = self.visitor(who)
        reached = self.diary.in_doubt(step) and self._acts(who) != self.diary.found(step, "acts")
        if not reached:
            page = visitor.open(path)
            self.diary.begin(step, acts=self._acts(who))
            try:
                visitor.submit(page, action, fields, files)
            except Unanswered:
                raise
            except Stopped:
                self.diary.forget(step)
                raise
        self.diary.finish(step, **(found() if found else {}))

    def _acts(self, who: str) -> object:
        """How many acts the log has of that person, as the auditor sees it."""
        return self.visitor(AUDITOR).json(f"/api/audit/acts?by={who}")["acts"]

    def stage(self, name: str, act: Callable[["Play"], None]) -> None:
        """Run a stage with a line that says what is going on and how long it took."""
        if self.diary.done(f"stage {name}"):
            return
        say(f"  {name} …", end="")
        began = monotonic()
        try:
            act(self)
        except Stopped as stopped:
            say(" stopped")
            stopped.stage = name
            raise
        self.seconds[name] = round(monotonic() - began, 2)
        self.diary.finish(f"stage {name}", seconds=self.seconds[name])
        say(f" {self.seconds[name]:.1f} s")


def say(words: str, end: str = "\n") -> None:
    """Progress goes to standard error; standard output stays free for results."""
    sys.stderr.write(words + end)
    sys.stderr.flush()
