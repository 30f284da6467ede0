"""Who takes the ticket of a page decides: the page that leaves, or the process that hands the view over."""

from pathlib import Path
from threading import Event, Thread

import pytest

from charteroak.adapters import showing
from charteroak.adapters.environment import Home
from charteroak.policy.decision import Refused, refuse


@pytest.fixture(autouse=True)
def views(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of views that no other test has left one in."""
    monkeypatch.setattr(showing, "home", lambda: Home(tmp_path))
    folder = Home(tmp_path).vault / "views"
    folder.mkdir(parents=True)
    return folder


def test_a_page_whose_patience_ends_during_the_hand_over_waits_for_it(
    monkeypatch: pytest.MonkeyPatch, views: Path
) -> None:
    """Otherwise the look would stand in the record, and nobody would have had it."""
    noting, gave_up, noted = Event(), Event(), []
    awaited = showing._awaited

    def impatient(answer: Path) -> bytes | None:
        if gave_up.is_set():
            return awaited(answer)
        noting.wait()
        gave_up.set()
        return None

    def note() -> None:
        noting.set()
        gave_up.wait()
        noted.append("look")

    threads: list[Thread] = []

    def defer(token: str, recipient: str) -> None:
        hands_over = Thread(target=showing.hand_over, args=(token, recipient, lambda: {"content": "1"}, note))
        threads.append(hands_over)
        hands_over.start()

    monkeypatch.setattr(showing, "_awaited", impatient)
    assert showing.read(showing.ask(defer)) == {"content": "1"}
    threads[0].join()
    assert noted == ["look"]
    assert not list(views.iterdir())


def test_a_look_that_cannot_be_recorded_is_not_shown(monkeypatch: pytest.MonkeyPatch, views: Path) -> None:
    monkeypatch.setattr(showing, "PATIENCE", 0.2)

    def refuses() -> None:
        refuse("log_closed", "The log takes nothing.").require()

    def defer(token: str, recipient: str) -> None:
        with pytest.raises(Refused):
            showing.hand_over(token, recipient, lambda: {"content": "1"}, refuses)

    with pytest.raises(showing.NotShown):
        showing.ask(defer)
    assert not list(views.iterdir())


def test_a_job_done_twice_is_one_look() -> None:
    """As after a worker that was killed: its job is taken up anew."""
    noted: list[str] = []

    def defer(token: str, recipient: str) -> None:
        for _ in range(2):
            showing.hand_over(token, recipient, lambda: {"content": "1"}, lambda: noted.append("look"))

    assert showing.read(showing.ask(defer)) == {"content": "1"}
    assert noted == ["look"]


def test_a_page_that_could_not_ask_leaves_nothing(views: Path) -> None:
    def defer(token: str, recipient: str) -> None:
        raise OSError("the queue is away")

    with pytest.raises(OSError, match="the queue is away"):
        showing.ask(defer)
    assert not list(views.iterdir())
