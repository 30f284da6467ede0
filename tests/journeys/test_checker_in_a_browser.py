"""An output checker at the keys: from a file to a decision by one chord, and on to the next file by it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from apps import outputs_way, way
from apps.hub_way import DAY, worker
from apps.outputs_way import left, requested
from charteroak.adapters.environment import Process
from charteroak.outputs.models import FileVote, ReleaseRequest
from journeys.keyboard import Keyboard
from journeys.visitor import Visitor

pytestmark = pytest.mark.browser
TOWNS = b"town,cte,people,suppressed\nAsh,0,40,\nAsh,1,,primary\nElm,0,,complementary\nElm,1,31,\n"


@pytest.fixture
def record(
    live_database: None, as_process: Callable[[str], AbstractContextManager[object]]
) -> Iterator[ReleaseRequest]:
    with way.day(DAY):
        files = {"a.csv": TOWNS, "b.csv": b"year,people\n2019,120\n", "c.txt": b"Counts of graduates."}
        yield outputs_way.judged(as_process, requested(left(outputs_way.workspace(as_process), files)))


def test_a_checker_decides_on_each_file_by_one_chord_and_is_at_the_next(
    record: ReleaseRequest, address: str, visit: Callable[..., Visitor]
) -> None:
    with worker(Process.OUTPUTS):
        _at_the_keys(record, Keyboard(visit(address)))
    cast = {
        one.file.name: (one.vote, one.comment)
        for one in FileVote.objects.filter(review__by__username="ida.moss")
    }
    said = ("change", "Which classes?")
    assert cast == {"a.csv": ("approve", ""), "b.csv": said, "c.txt": ("approve", "")}


def _at_the_keys(record: ReleaseRequest, ida: Keyboard) -> None:
    page = ida.who.page
    first, second, third = (
        f"{ida.who.address}/outputs/{record.number}/files/{file.pk}/" for file in record.files.all()
    )
    ida.come("ida.moss", first.removeprefix(ida.who.address))
    _pressed(ida, lambda: _chord(ida, "n"), second)
    _pressed(ida, lambda: _chord(ida, "p"), first)
    _pressed(ida, lambda: _chord(ida, "a"), second)
    _chord(ida, "c")
    assert page.evaluate("document.activeElement.id") == "id_comment"
    page.keyboard.type("Which classes?")
    _pressed(ida, lambda: page.keyboard.press("Enter"), third)
    _pressed(ida, lambda: _chord(ida, "a"), ida.who.address + record.get_absolute_url())


def _chord(ida: Keyboard, key: str) -> None:
    """Alt and a letter, as a keyboard sends it: Playwright's own leaves out the letter that Chromium looks for."""
    hands = ida.who.context.new_cdp_session(ida.who.page)
    sent = {
        "modifiers": 1,
        "key": key,
        "code": f"Key{key.upper()}",
        "windowsVirtualKeyCode": ord(key.upper()),
    }
    hands.send("Input.dispatchKeyEvent", {"type": "keyDown", "unmodifiedText": key, **sent})
    hands.send("Input.dispatchKeyEvent", {"type": "keyUp", **sent})


def _pressed(ida: Keyboard, press: Callable[[], None], leads_to: str) -> None:
    """One press, wherever the focus is."""
    with ida.who.page.expect_navigation():
        press()
    assert ida.who.page.url == leads_to
    assert "cannot be shown yet" not in ida.who.page.content()
