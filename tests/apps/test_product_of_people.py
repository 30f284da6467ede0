"""The same of people, agencies and what they hold here: see `test_product_by_route`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from apps import product_fees, product_members, product_people, product_programs, way
from apps.product import ACTORS, Scene
from apps.product_doors import TYPES, browser, differences, named_delegates, people, served, token
from charteroak.site.limits import BUCKETS

ROOMS = (product_people, product_members, product_fees, product_programs)
NO_DOOR = product_members.NO_DOOR | product_fees.NO_DOOR
SCENES: list[Scene] = [scene for room in ROOMS for scene in room.SCENES]


@pytest.fixture(scope="module")
def token_of(database_of_the_file: None) -> dict[str, str]:
    with way.day(way.DAY_ZERO):
        way.load()
        people()
        named_delegates()
        return {actor: token(actor) for actor in TYPES}


@pytest.fixture
def site(token_of: dict[str, str], rolled_back: None) -> Iterator[str]:
    with way.day(way.DAY_ZERO), served() as address:
        yield address


@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_every_door_says_what_the_table_says(scene: Scene, site: str, token_of: dict[str, str]) -> None:
    at = scene.build()
    clients = {actor: browser(actor) for actor in ACTORS}
    BUCKETS.left.clear()
    wrong = [one for act in scene.acts for one in differences(scene, act, at, clients, site, token_of)]
    assert not wrong, "\n".join(wrong)
