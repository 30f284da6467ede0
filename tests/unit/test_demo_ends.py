"""What a demo leaves that stopped before its end, or that serves nothing."""

from pathlib import Path

import pytest

from charteroak.demo import run
from charteroak.demo.diary import Diary
from charteroak.demo.page import Stopped
from charteroak.demo.play import Play


@pytest.fixture
def one(tmp_path: Path) -> Play:
    diary = Diary(tmp_path / "001.json")
    diary.finish("begin", number="042")
    diary.finish("stage Enquiry and fit check", seconds=1.5)
    return Play("http://localhost:1", "acorns", tmp_path, diary)


def refused(play: Play) -> None:
    raise Stopped("Why No seat.")


def test_the_summary_of_a_stopped_demo_has_the_stages_done_and_the_reason(one: Play) -> None:
    with pytest.raises(Stopped) as stopped:
        one.stage("Board meeting", refused)
    found = run.unfinished(one, stopped.value)
    assert found["stages"] == [
        {"name": "Enquiry and fit check", "seconds": 1.5, "ids": {"data_request": "042"}}
    ]
    assert found["failed"] == {"stage": "Board meeting", "reason": "Why No seat."}
    assert (found["data_request"], found["agreement"], found["release"]) == ("042", None, None)


def test_a_site_that_never_started_is_summed_up_too() -> None:
    found = run.unfinished(None, Stopped("Port 8042 is taken"))
    assert found["stages"] == []
    assert found["failed"] == {"stage": "Start", "reason": "Port 8042 is taken"}


def test_a_demo_that_serves_nothing_does_not_say_ready(one: Play, capsys: pytest.CaptureFixture[str]) -> None:
    one.diary.finish("start the release request", number="042-1")
    run.conclude(one, 8043, served=False)
    said = capsys.readouterr().err
    assert "Nothing is served now" in said
    assert f"CHARTEROAK_HOME={one.home} CHARTEROAK_PORT=8043 make serve" in said
    assert "Ready" not in said
