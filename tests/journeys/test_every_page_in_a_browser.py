"""Every page of the site as one of its readers sees it: nothing to object to, in each way of looking."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from playwright.sync_api import Route

from apps import hub_way, measured, way, whole_way
from charteroak.adapters import showing
from charteroak.adapters.environment import home
from charteroak.audit.checkpoint import make_signing_key
from conftest import connection_as
from journeys.keyboard import PASSWORD, Keyboard
from journeys.visitor import Visitor

if TYPE_CHECKING:
    from apps.whole_way import Scene

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MOST_TO_DO = ("policy", "chair", "steward", "counsel", "recipient", "checker", "enclave", "hub", "auditor")

NOT_PAGES = ("/api/", "/workspaces/001/sessions/1/")  # the last leads on by itself: test_session_in_a_browser


@pytest.fixture
def at(live_database: None) -> "Iterator[Scene]":
    """As every address is knocked at."""
    with way.day(hub_way.DAY), pytest.MonkeyPatch.context() as patched:
        patched.setattr(showing, "PATIENCE", 0.0)
        make_signing_key(home())
        with (
            ThreadPoolExecutor() as beside
        ):  # signing runs a loop of its own, and the browser's runs in this thread
            made = beside.submit(_scene).result()
        yield made


def _scene() -> "Scene":
    try:
        return whole_way.scene(connection_as)
    finally:
        connection.close()


def readers(at: "Scene") -> dict[str, list[str]]:
    """By reader their pages; each page once, for the one with most to do there, and the home for everyone."""
    by_page: dict[str, list[str]] = {}
    for template, actor in measured.pages(stages=False):
        if not template.startswith(NOT_PAGES):
            by_page.setdefault(template.format(**vars(at)), []).append(actor)
    found: dict[str, list[str]] = {}
    for page, actors in by_page.items():
        first = next((actor for actor in MOST_TO_DO if actor in actors), actors[0])
        for actor in actors if page == "/" else [first]:
            found.setdefault(actor, []).append(page)
    return found


def standing_still(route: Route) -> None:
    """A page that renews itself, without that: it would go while it is judged."""
    answer = route.fetch()
    kept = {name: value for name, value in answer.headers.items() if name != "refresh"}
    route.fulfill(response=answer, headers=kept)


def test_nothing_to_object_to_on_any_page(at: "Scene", address: str, visit: Callable[..., Visitor]) -> None:
    judged = 0
    for actor, pages in readers(at).items():
        someone = Keyboard(visit(address))
        if username := whole_way.ACTORS[actor]:
            someone.who.sign_in(username, PASSWORD)
        for page in pages:
            answer = someone.who.context.request.get(address + page)
            assert answer.ok, f"{actor}: {page}"
            if answer.headers["content-type"].startswith("text/html"):  # not a file
                if "refresh" in answer.headers:
                    someone.who.page.route(address + page, standing_still)
                someone.who.page.goto(address + page)
                someone.judge()
                judged += 1
    assert judged > 60
