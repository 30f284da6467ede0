"""Link runs and extracts at every status, for the product by route."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from apps import way
from apps.product import Act, Scene, rules
from apps.product_deliveries import ANOTHERS, accepted, agreement, numbered, of_room, scene
from apps.product_doors import as_worker
from charteroak.adapters import clock
from charteroak.agencies.models import Agency
from charteroak.hub.models import Extract, LinkRun
from charteroak.policy import extract, link_run
from charteroak.policy.delivery import FileKind
from charteroak.workspaces.models import Workspace


def _run(status: link_run.Status | None, **said: Any) -> dict[str, Any]:
    """The hub as the world's workspace was never opened, with a run as its processes left it."""
    with as_worker("owner"):
        for table in (Workspace, Extract, LinkRun):
            table.objects.all().delete()
        if status is not None:
            LinkRun.objects.create(
                agreement=agreement(), status=status, started_by=way.person("noor.haddad"), started_at=clock.now(),
                **said,
            )  # fmt: skip
    return numbered()


def _reviewed(decided: int) -> dict[str, Any]:
    """Of two doubtful pairs so many are decided."""
    at = _run(link_run.Status.IN_CLERICAL_REVIEW, pairs_to_review=2)
    with as_worker("owner"):
        for pair in range(1, decided + 1):
            LinkRun.objects.get().pair_decisions.create(
                pair=pair, same_person=True, by=way.person("noor.haddad"), at=clock.now()
            )
    return at


def _settled(*confirmed: str) -> dict[str, Any]:
    at = _run(link_run.Status.SETTLED, crosswalk="c" * 64)
    accepted(*FileKind)
    with as_worker("owner"):
        for agency in confirmed:
            LinkRun.objects.get().confirmations.create(
                agency=Agency.objects.get(code=agency), by=way.person(way.STEWARDS[agency]), at=clock.now()
            )
    return at


RUNS, RUN = link_run.Action, link_run.Status
START = of_room("hub", RUNS.START, "start-link-run")
DECIDE = Act(
    RUNS.DECIDE_PAIR, "/hub/{number}/pairs/decide-pairs/", "/api/hub/{number}/decide-pairs",
    body={"decisions": {"1": True}}, form={"pair-1": "same"},
)  # fmt: skip
SETTLE = of_room("hub", RUNS.SETTLE, "settle")
CONFIRM, LAST = (
    Act(action, "/hub/{number}/confirm/SDE/", "/api/hub/{number}/confirm", body={"agency": "SDE"}, form={})
    for action in (RUNS.CONFIRM, RUNS.COMPLETE_CONFIRMATION)
)
OF_RUNS = (DECIDE, SETTLE, CONFIRM)


def _runs(
    status: link_run.Status, build: Callable[[], dict[str, Any]], title: str = "", *acts: Act, **more: Any
) -> Scene:
    return scene(
        "link_run", status, build, *(acts or OF_RUNS), takes=ANOTHERS, title=title,
        now=lambda _at: LinkRun.objects.get().status, **more,
    )  # fmt: skip


def _after_a_failure() -> dict[str, Any]:
    _run(RUN.FAILED)
    return accepted(FileKind.MATCHING)


def _to_link() -> dict[str, Any]:
    _run(None)
    return accepted(FileKind.MATCHING)


LINKS = (
    scene(
        "link_run", None, lambda: _run(None), START, title="no files",
        against=rules(**{START.name: "files_missing"}),
    ),
    scene("link_run", None, _to_link, START, title="all files"),
    scene("link_run", None, _after_a_failure, START, title="after one that failed"),
    scene(
        "link_run", None, lambda: _settled(), START, title="another", against=rules(**{START.name: "run_exists"})
    ),
    _runs(RUN.STARTED, lambda: _run(RUN.STARTED)),
    _runs(RUN.IN_CLERICAL_REVIEW, lambda: _reviewed(1), against=rules(settle="pairs_undecided")),
    _runs(RUN.IN_CLERICAL_REVIEW, lambda: _reviewed(2), "all decided"),
    _runs(RUN.SETTLED, _settled),
    _runs(
        RUN.SETTLED, lambda: _run(RUN.SETTLED), "no crosswalk, no analysis files",
        against=rules(confirm="crosswalk_not_written files_missing"),
    ),
    _runs(RUN.SETTLED, lambda: _settled("SDE"), "confirmed by SDE", against=rules(confirm="agency_confirmed")),
    _runs(RUN.SETTLED, lambda: _settled("CSC", "DOL"), "confirmed by all but SDE", LAST),
    _runs(RUN.CONFIRMED, lambda: _run(RUN.CONFIRMED)),
    _runs(RUN.FAILED, lambda: _run(RUN.FAILED), sees=frozenset()),  # no run counts
)  # fmt: skip
CLEAR = of_room("hub", extract.Action.CLEAR, "clear-extract")
WITHIN, BEYOND, OPEN = "race_eth", "frpl", "ssn"  # agreed, denied, and a direct identifier


def _extract(status: extract.Status, column: str = WITHIN) -> dict[str, Any]:
    cleared = status is extract.Status.CLEARED
    with as_worker("owner"):
        Extract.objects.update(
            status=status, built_at=None if status is extract.Status.ORDERED else clock.now(),
            cleared_by=way.person("sam.reyes") if cleared else None, cleared_at=clock.now() if cleared else None,
            tables={"sde": {"columns": ["pid", column], "rows": 1, "sha256": "0" * 64}},
        )  # fmt: skip
        LinkRun.objects.update(status=RUN.CONFIRMED)
    return numbered()


def _own() -> dict[str, Any]:
    with as_worker("owner"):
        agreement().recipients.create(person=way.person("sam.reyes"))
    return _extract(extract.Status.BUILT)


def _extracts(
    status: extract.Status, title: str = "", said: str = "", build: Callable[[], dict[str, Any]] | None = None
) -> Scene:
    return scene(
        "extract", status, build or (lambda: _extract(status)), CLEAR, title=title,
        against=rules(**{CLEAR.name: said}) if said else {}, now=lambda _at: Extract.objects.get().status,
    )  # fmt: skip


BUILT = extract.Status.BUILT
EXTRACTS = (
    *(_extracts(status) for status in extract.Status),
    _extracts(BUILT, "beyond the agreement", "beyond_the_agreement", lambda: _extract(BUILT, BEYOND)),
    _extracts(
        BUILT, "an identifier", "beyond_the_agreement identifiers_found", lambda: _extract(BUILT, OPEN)
    ),
    _extracts(BUILT, "for whom it is", "own_access", _own),
)
SCENES = LINKS + EXTRACTS
# What the hub's own processes do.
ELSEWHERE: dict[str, set[Any]] = {
    "link_run": {RUNS.LINK, RUNS.FAIL, RUNS.REOPEN},
    "extract": {extract.Action.BUILD, extract.Action.DESTROY},
}
