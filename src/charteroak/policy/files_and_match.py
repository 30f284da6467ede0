"""The clocks from the signature to the cleared extract: each agency's files, linking, confirmations, the review."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from charteroak.policy.clocks import Party, Run, Stage


@dataclass(frozen=True)
class Files:
    """What one agency sends. `asked_on` is None while it must wait for the hub's finder list.

    `numbers_on`: where it answers such a list, the day since which the hub could make it.
    """

    agency: str
    asked_on: date | None
    matching_on: date | None = None  # accepted
    all_on: date | None = None  # the last of its files accepted
    numbers_on: date | None = None


@dataclass(frozen=True)
class Match:
    """How far files and match are. `over_on`: the identifiers are destroyed or the agreement ended; nothing is sent."""

    files: tuple[Files, ...]
    settled_on: date | None = None
    confirmed_on: tuple[tuple[str, date], ...] = ()  # agency, day
    complete: bool = False  # confirmed by all that had to: an agency that joins later does not confirm
    built_on: date | None = None
    cleared_on: date | None = None
    over_on: date | None = None


def runs_to_the_extract(match: Match) -> list[Run]:
    """Every turn from the signature to the cleared extract that has begun, in the order of the way."""
    found = [
        Run(Stage.FILES, Party.AGENCY, one.agency, one.asked_on, one.all_on)
        for one in match.files
        if one.asked_on is not None
    ]
    found += [
        Run(Stage.FINDER_LIST, Party.HUB, one.agency, one.numbers_on, one.asked_on)
        for one in match.files
        if one.numbers_on is not None
    ]
    found += _linking(match)
    found += _confirming(match)
    if match.built_on is not None:
        found.append(Run(Stage.ACCESS, Party.POLICY_OFFICE, "", match.built_on, match.cleared_on))
    return [one for run in found for one in _until(run, match.over_on)]


def _until(run: Run, over_on: date | None) -> Iterator[Run]:
    """The run as it was on the day on which all ended; none where it would only have begun then."""
    if over_on is None or run.ended_on is not None:
        yield run
    elif run.began_on < over_on:
        yield run._replace(ended_on=over_on)


def _linking(match: Match) -> Iterator[Run]:
    """The hub links once every agency's matching file is there; one that joined later is not waited for afterwards."""
    days = [one.matching_on for one in match.files]
    there = [day for day in days if day is not None and (not match.settled_on or day <= match.settled_on)]
    if there and (match.settled_on is not None or None not in days):
        yield Run(Stage.LINKING, Party.HUB, "", max(there), match.settled_on)


def _confirming(match: Match) -> Iterator[Run]:
    """Each agency looks at the match once it is settled and every file is there."""
    confirmed = dict(match.confirmed_on)
    last = max(confirmed.values(), default=None)
    there = [one.all_on for one in match.files if one.all_on is not None and (not last or one.all_on <= last)]
    if match.settled_on is None or not there or (len(there) < len(match.files) and last is None):
        return
    began = max(match.settled_on, *there)
    for one in match.files:
        on = confirmed.get(one.agency)
        if on is not None or not match.complete:
            yield Run(Stage.CONFIRMATION, Party.AGENCY, one.agency, began, on)
