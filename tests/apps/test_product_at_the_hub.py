"""The same of the hub, of files beside it, of matters, retention and output classes: see `test_product_by_route`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from apps import (
    hub_way,
    outputs_way,
    product_deliveries,
    product_elsewhere,
    product_exceptions,
    product_hub,
    way,
)
from apps.product import ACTORS, Scene
from apps.product_doors import TYPES, as_web, browser, differences, named_delegates, people, served, token
from charteroak.adapters import clock
from charteroak.site.limits import BUCKETS
from conftest import connection_as

ROOMS = (product_exceptions, product_deliveries, product_hub, product_elsewhere)
NO_DOOR = {**product_exceptions.NO_DOOR, **product_deliveries.NO_DOOR}
SCENES: list[Scene] = [scene for room in ROOMS for scene in room.SCENES]


@pytest.fixture(scope="module")
def token_of(database_of_the_file: None) -> Iterator[dict[str, str]]:
    with way.day(hub_way.DAY):
        outputs_way.workspace(connection_as, preclear_days=90)
        people()
        named_delegates()
        words = {actor: token(actor) for actor in TYPES}
        with as_web():
            yield words


@pytest.fixture(scope="module")
def begun(token_of: dict[str, str]) -> datetime:
    """When all is prepared: no scene's days are the next one's."""
    return clock.now()


@pytest.fixture(autouse=True)
def governing(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files go beside the platform, where the scene is about that."""
    if scene in product_elsewhere.GOVERNING:
        monkeypatch.setenv("CHARTEROAK_GOVERNANCE_ONLY", "1")


@pytest.fixture
def site(begun: datetime, rolled_back: None) -> Iterator[str]:
    clock.move_to(begun)
    with served() as address:
        yield address


@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_every_door_says_what_the_table_says(scene: Scene, site: str, token_of: dict[str, str]) -> None:
    at = scene.build()
    clients = {actor: browser(actor) for actor in ACTORS}
    BUCKETS.left.clear()
    wrong = [one for act in scene.acts for one in differences(scene, act, at, clients, site, token_of)]
    assert not wrong, "\n".join(wrong)
