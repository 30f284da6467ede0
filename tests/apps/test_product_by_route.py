"""Every status × action × actor by page, interface and command: all say what the tables say, and no more is done.

At each status of each lifecycle below a record is asked for each action of its table by everybody in `ACTORS`. What
must come of it is worked out from the table, from who holds which role (written down, not asked of the site) and from
what the scene says speaks against it. For each outcome one actor asks by page, interface and command; everybody else
by one of the first two, in turn, and where the table has no such step every third of them. Whoever is refused leaves
nothing behind but the refusal on record; whoever is not leaves the record at the status that the table says.

Not asked: `NO_DOOR`, and `ELSEWHERE` in each room’s scenes: steps that another record’s step takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from apps import (
    product_agreements,
    product_board,
    product_requests,
    test_product_at_the_hub,
    test_product_in_the_enclave,
    test_product_of_people,
    way,
)
from apps.product import ACTORS, LIFECYCLES, Scene, actions, statuses
from apps.product_doors import TYPES, browser, differences, named_delegates, people, served, token
from charteroak.site.limits import BUCKETS

ROOMS = (product_requests, product_agreements, product_board)
SCENES: list[Scene] = [scene for room in ROOMS for scene in room.SCENES]
LATER = (test_product_in_the_enclave, test_product_of_people, test_product_at_the_hub)
ALL = (*ROOMS, *(room for file in LATER for room in file.ROOMS))
# Steps that nobody takes at a door of their record: another record's step takes them, or a worker.
ELSEWHERE: dict[str, set[Any]] = {name: apart for room in ALL for name, apart in room.ELSEWHERE.items()}
# Statuses at which nothing is asked of a record: it has no door, and its table no step.
NO_DOOR: dict[str, set[Any]] = {**test_product_at_the_hub.NO_DOOR, **test_product_of_people.NO_DOOR}


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
    wrong = [one for act in scene.acts for one in differences(scene, act, at, clients, site, token_of)]
    assert not wrong, "\n".join(wrong)


def test_no_status_and_no_action_of_a_table_is_left_out() -> None:
    for name in ELSEWHERE:
        ours = [scene for room in ALL for scene in room.SCENES if scene.lifecycle == name]
        at = {scene.status for scene in ours}
        asked = set(statuses(name)) - NO_DOOR.get(name, set())
        assert at == asked, f"{name}: no scene at {asked - at}"
        assert not NO_DOOR.get(name, set()) & {begun for begun, _ in LIFECYCLES[name].table}
        taken = {act.action for scene in ours for act in scene.acts}
        assert taken | ELSEWHERE[name] == actions(name), f"{name}: no door for {actions(name) - taken}"
        assert not taken & ELSEWHERE[name]


def test_no_lifecycle_is_left_out() -> None:
    assert set(ELSEWHERE) == set(LIFECYCLES)
