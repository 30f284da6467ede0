"""Request 042 while every answer is lost and every process killed: it goes on, once; nothing unapproved leaves."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from charteroak.adapters import clock, environment
from charteroak.adapters.environment import Home
from charteroak.audit.checkpoint import verifier_key
from charteroak.audit.note import Verifier
from charteroak.audit.verify import verify
from charteroak.demo import request, run
from charteroak.demo.page import Unanswered
from charteroak.demo.play import AUDITOR, Play
from charteroak.demo.request import MAYA
from charteroak.demo.server import serving
from conftest import free_port
from faults.misfortune import KILLED, Misfortune, Unlucky

pytestmark = pytest.mark.sandbox

SCALE = 0.1
# how often each act belongs to request 042; what is not named here, once
OFTEN = {
    "agencies:pledge:sign": 3,
    "agencies:training:complete": 3,
    "agreements:agreement:sign": 7,
    "board:meeting:attend": 12,
    "board:meeting:close": 2,
    "board:meeting:notice": 2,
    "board:meeting:open": 2,
    "board:meeting:plan": 2,
    "board:motion:add": 2,
    "board:motion:declare_carried": 2,
    "board:motion:vote": 12,
    "catalog:dictionary:load": 3,
    "hub:link_run:confirm": 3,
    "outputs:file:add": 7,
    "outputs:release_request:clear": 3,
    "outputs:release_request:review": 2,
    "requests:agency_review:decide": 3,
    "requests:data_request:ask_columns": 2,
    "requests:data_request:record_historic": 3,
    "requests:team_member:add": 2,
    "submissions:delivery:accept": 6,
    "submissions:delivery:destroy": 4,
    "submissions:delivery:receive": 7,
}
AGAIN = {
    "hub:link_run:show_pairs",
    "hub:link_run:decide_pairs",
    "workspaces:job:start",
}  # harmless, however often
ONCE = {
    "agreements:agreement:execute",
    "hub:destruction:complete",
    "hub:extract:build",
    "hub:link_run:link",
    "hub:link_run:write_crosswalk",
    "outputs:release_request:release",
    "submissions:delivery:reject",
    "workspaces:job:succeed",
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    port = free_port()
    monkeypatch.setenv("CHARTEROAK_HOME", str(tmp_path))
    monkeypatch.setenv("CHARTEROAK_PORT", str(port))
    monkeypatch.setenv("CHARTEROAK_MODE", "demo")
    run.password(tmp_path)
    yield Home(tmp_path)
    clock.reset()


def test_request_042_goes_on_whatever_is_killed(home: Home) -> None:
    misfortune, finished = Misfortune(home), False
    while not finished:
        with serving(home.root, environment.port()) as site:
            one = run.play(site, home.root, scale=SCALE, new=False)
            one.sign_in = partial(Unlucky, misfortune)
            finished = goes_on(one, misfortune)
            if finished:
                assert misfortune.killed == Counter(
                    victim for victims in KILLED.values() for victim in victims
                )
                nothing_was_done_twice(misfortune)
                what_left_was_approved(one, misfortune)
                the_log_is_whole(one)
                run_again_it_changes_nothing(one, misfortune)
                another_follows(one)


def goes_on(one: Play, misfortune: Misfortune) -> bool:
    """Run the demo again and again, as one would; False when the whole site was killed."""
    seen = -1
    while misfortune.supervised:
        try:
            run.act(one)
        except Unanswered:
            if misfortune.happened == seen:
                raise  # nobody's doing but the site's own
            seen = misfortune.happened
        else:
            return True
    misfortune.supervised = True
    return False


def nothing_was_done_twice(misfortune: Misfortune) -> None:
    acts = Counter(str(name) for (name,) in misfortune.ask("SELECT name FROM audit_event"))
    expected = {name: OFTEN.get(name, 1) for name in acts}
    assert {name: acts[name] for name in acts if name not in AGAIN} == {
        name: often for name, often in expected.items() if name not in AGAIN
    }
    assert OFTEN.keys() | ONCE <= acts.keys()


def what_left_was_approved(one: Play, misfortune: Misfortune) -> None:
    assert misfortune.released() == misfortune.approved()
    assert len(misfortune.released()) == OFTEN["outputs:file:add"]
    release = one.diary.found("start the release request", "number")
    assert one.visitor(MAYA).json(f"/api/outputs/{release}/trace")["missing"] == []


def the_log_is_whole(one: Play) -> None:
    key = Verifier.parse(verifier_key(Home(one.home)).read_text("utf-8"))
    exported = one.visitor(AUDITOR).download("/audit/export/")
    verdict = verify(exported.splitlines(keepends=True), key)
    assert verdict.whole, verdict.finding


def run_again_it_changes_nothing(one: Play, misfortune: Misfortune) -> None:
    held = misfortune.ask("SELECT count(*) FROM audit_event")
    run.act(run.play(one.site, one.home, scale=1.0, new=False))
    assert misfortune.ask("SELECT count(*) FROM audit_event") == held


def another_follows(one: Play) -> None:
    another = run.play(one.site, one.home, scale=SCALE, new=True)
    request.enquire(another)
    assert another.number == "043"
    assert another.day_zero > one.day_zero
