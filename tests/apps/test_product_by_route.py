"""Every status × action × actor by page, interface and command: all say what the tables say, and no more is done.

At each status of each lifecycle below a record is asked for each action of its table by everybody in `ACTORS`. What
must come of it is worked out from the table, from who holds which role (written down, not asked of the site) and from
what the scene says speaks against it. For each outcome one actor asks by page, interface and command; everybody else
by one of the first two, in turn, and where the table has no such step every third of them. Whoever is refused leaves
nothing behind but the refusal on record; whoever is not leaves the record at the status that the table says.

Not asked here: `LEFT`, and `ELSEWHERE` in each room's scenes: steps that another record's step takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from apps import product_agreements, product_board, product_requests, way
from apps.product import ACTORS, DONE, LIFECYCLES, Act, Scene, actions, statuses
from apps.product_doors import (
    OF_A_REFUSAL,
    Answer,
    browser,
    knock,
    named_delegates,
    people,
    served,
    token,
    type_,
)
from charteroak.site.limits import BUCKETS

ROOMS = (product_requests, product_agreements, product_board)
SCENES: list[Scene] = [scene for room in ROOMS for scene in room.SCENES]
# Steps that nobody takes at a door of their record: another record's step takes them.
ELSEWHERE: dict[str, set[Any]] = {name: apart for room in ROOMS for name, apart in room.ELSEWHERE.items()}
LEFT = {
    "account", "agency_key", "consent", "cover", "delivery", "elsewhere", "extract", "fee", "fee_schedule",
    "finder_list", "input_request", "instrument", "job", "link_run", "matter", "membership", "office",
    "output_class", "release_question", "release_request", "responsibility", "retention", "session", "token",
    "webhook", "workspace",
}  # fmt: skip
TYPES = [actor for actor, who in ACTORS.items() if who.username and who.office is None]


@pytest.fixture(scope="module")
def world(database_of_the_file: None) -> None:
    with way.day(way.DAY_ZERO):
        way.load()
        people()
        named_delegates()


@pytest.fixture(scope="module")
def token_of(world: None) -> dict[str, str]:
    with way.day(way.DAY_ZERO):
        return {actor: token(actor) for actor in TYPES}


@pytest.fixture
def on_the_day(token_of: dict[str, str], rolled_back: None) -> Iterator[None]:
    with way.day(way.DAY_ZERO):
        yield


@pytest.fixture
def site(on_the_day: None) -> Iterator[str]:
    with served() as address:
        yield address


@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_every_door_says_what_the_table_says(scene: Scene, site: str, token_of: dict[str, str]) -> None:
    at = scene.build()
    clients = {actor: browser(actor) for actor in ACTORS}
    BUCKETS.left.clear()
    wrong = [one for act in scene.acts for one in _differences(scene, act, at, clients, site, token_of)]
    assert not wrong, "\n".join(wrong)


def _differences(
    scene: Scene, act: Act, at: dict[str, Any], clients: dict[str, Client], site: str, words: dict[str, str]
) -> Iterator[str]:
    first = _firsts(scene, act, words)
    for actor, client in clients.items():
        expected, turn = scene.expected(act, actor), _turn(scene, act, actor)
        if actor in first:
            ways = [False, True]
        elif scene.step(act) is None and turn % 3:
            continue  # it is nobody's now, and each is asked at another act
        else:
            ways = [bool(turn % 2)]
        for api in ways:
            answer = knock(client, scene, act, at, api=api)
            yield from _wrong(scene, act, actor, expected, answer, "interface" if api else "page")
    for actor in first:
        answer = type_(site, words[actor], scene, act, at)
        yield from _wrong(scene, act, actor, scene.expected(act, actor, typed=True), answer, "command")


def _firsts(scene: Scene, act: Act, words: dict[str, str]) -> list[str]:
    """For each outcome one who knocks at all three doors; everybody else knocks at one, by turns."""
    first: dict[str, str] = {}
    for actor in words:
        first.setdefault(scene.expected(act, actor), actor)
    return list(first.values())


def _turn(scene: Scene, act: Act, actor: str) -> int:
    return [*ACTORS].index(actor) + scene.acts.index(act)


def _wrong(scene: Scene, act: Act, actor: str, expected: str, answer: Answer, door: str) -> Iterator[str]:
    said = f"{scene}: {act.name} by {actor} at the {door}"
    if answer.word != expected:
        yield f"{said}: {answer.word}, not {expected}"
    elif expected != DONE:
        if answer.left - OF_A_REFUSAL:
            yield f"{said}: refused, and yet written: {sorted(answer.left - OF_A_REFUSAL)}"
        if actor != "anonymous" and (answer.by, answer.event.endswith(":refused")) != (
            ACTORS[actor].username,
            True,
        ):
            yield f"{said}: the refusal is not on record, but {answer.event} of {answer.by}"
    elif (act.name, actor) not in scene.silent:
        step = scene.step(act)
        if answer.event.endswith(":refused") or answer.by != ACTORS[actor].username:
            yield f"{said}: done, and on record is {answer.event} of {answer.by}"
        if step is not None and answer.status not in ("", step.to):
            yield f"{said}: it is {answer.status} now, not {step.to}"


def test_no_status_and_no_action_of_a_table_is_left_out() -> None:
    for name in ELSEWHERE:
        at = {scene.status for scene in SCENES if scene.lifecycle == name}
        assert at == set(statuses(name)), f"{name}: no scene at {set(statuses(name)) - at}"
        taken = {act.action for scene in SCENES if scene.lifecycle == name for act in scene.acts}
        assert taken | ELSEWHERE[name] == actions(name), f"{name}: no door for {actions(name) - taken}"
        assert not taken & ELSEWHERE[name]


def test_no_lifecycle_is_left_out() -> None:
    assert set(ELSEWHERE) | LEFT == set(LIFECYCLES)
    assert not set(ELSEWHERE) & LEFT
