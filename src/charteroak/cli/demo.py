"""`oak demo`: request 042 from enquiry to release, then the site to look around in."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from charteroak.cli.written import Target, written

if TYPE_CHECKING:
    from types import FrameType

    from charteroak.demo.play import Play


class Interrupted(KeyboardInterrupt):
    """Someone stopped the demo with a signal."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def _interrupt(number: int, frame: "FrameType | None") -> None:  # noqa: ARG001 - a signal handler's arguments
    raise Interrupted(number)


@dataclass
class Course:
    """How far the demo is."""

    play: "Play | None" = None  # once the site answers
    finished: bool = False  # the request is released; from now on it only serves


@click.command()
@click.option(
    "--scale", type=click.FloatRange(0, min_open=True), default=1.0, show_default=True,
    help="How many times the people of a small state.",
)  # fmt: skip
@click.option("--new", is_flag=True, help="Start another request instead of going on with the last.")
@click.option(
    "--json",
    "json_file",
    type=Target(),
    metavar="FILE",
    help="Write a summary to FILE (- for standard output).",
)
@click.option(
    "--serve/--no-serve", default=None, help="Serve the site afterwards (default, unless DEMO_SERVE=0)."
)
@click.option(
    "--port", type=click.IntRange(1, 65535), envvar="CHARTEROAK_PORT", show_envvar=True, default=8042,
    show_default=True, help="Where the site is served; CHARTEROAK_PORT=8043 make demo is the same.",
)  # fmt: skip
def demo(scale: float, new: bool, json_file: Path | None, serve: bool | None, port: int) -> None:
    """Run request 042 from enquiry to release, then serve the site.

    Run again, it goes on where it stopped. Exit status 1 when a stage fails; the stage says why. 130 or 143 when
    it is interrupted (Ctrl-C, SIGTERM) before the end; 0 when it is stopped while it only serves.
    """
    import os
    import signal
    from time import sleep

    from charteroak.adapters import environment
    from charteroak.demo import run
    from charteroak.demo.play import say
    from charteroak.demo.server import is_ours, serving

    home = environment.home().root
    stays = os.environ.get("DEMO_SERVE") != "0" if serve is None else serve
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _interrupt)
    with _told(json_file) as course:
        say("Starting the database, the site and its workers …")
        run.password(home)
        with serving(home, port) as site:
            course.play = one = run.play(site, home, scale=scale, new=new)
            run.act(one)
            _write(json_file, run.summary(one))
            course.finished = True
            if stays:
                run.announce(one)
            while stays:
                sleep(3600)
        run.conclude(one, port, served=is_ours(home, port))


@contextmanager
def _told(json_file: Path | None) -> Iterator[Course]:
    """However the block ends: say why, write what was done, end with the status that says so."""
    from charteroak.demo import run
    from charteroak.demo.page import Stopped
    from charteroak.demo.play import say

    course = Course()
    try:
        yield course
    except Stopped as stopped:
        _write(json_file, run.unfinished(course.play, stopped))
        say(f"The demo stopped: {stopped}")
        sys.exit(1)
    except Interrupted as interrupted:
        if course.finished:
            say("\nStopped.")
            return
        say("\nInterrupted. Run it again to go on.")
        _write(json_file, run.unfinished(course.play, Stopped("interrupted")))
        sys.exit(128 + interrupted.number)


def _write(file: Path | None, found: dict[str, object]) -> None:
    if file is not None:
        with written(file) as opened:
            opened.write((json.dumps(found, indent=1) + "\n").encode())
