"""What happens beside the platform, at every status, for the product by route."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from apps import way
from apps.product import Act, Scene
from apps.product_deliveries import STEWARDS, WATCH, agreement
from charteroak.adapters import clock
from charteroak.agreements.models import DestructionDuty
from charteroak.elsewhere import actions, queries
from charteroak.exceptions import actions as exceptions
from charteroak.policy.delivery import FileKind
from charteroak.policy.elsewhere import Action, Status
from charteroak.policy.matter import Clock, Kind

HASH = "ab" * 32
HUB, ENCLAVE = "destroy/identifiers", "destroy/extract"  # whose it is to certify


def _on(**more: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda _at: {"on": f"{clock.today()}", **more}


def _ahead(at: dict[str, Any]) -> dict[str, Any]:
    """What nobody can put on record: no hash, on a day that is not yet."""
    return _sent(at) | {"sha256": "none", "on": f"{clock.today() + timedelta(days=1)}"}


_sent = _on(kind="matching", file_name="SDE.matching", sha256=HASH, way="SFTP")
_gone = _on(way="Overwritten.")


def _act(action: Action, name: str, body: Any, label: str = "") -> Act:
    door = f"/elsewhere/{{number}}/{name}"
    return Act(action, f"{door}/", f"/api{door}", body=body, label=label or name)


SEND = _act(Action.SEND, "send/SDE", _sent)
BADLY = _act(Action.SEND, "send/SDE", _ahead, "badly")
MATCH = _act(Action.MATCH, "match", _on())
CONFIRM = _act(Action.CONFIRM, "confirm/SDE", _on())
LAST = _act(Action.COMPLETE_CONFIRMATION, "confirm/SDE", _on(), "last")
DELIVER = _act(Action.DELIVER, "deliver", _on(file_name="extract", sha256=HASH, way="SFTP"))
IDENTIFIERS, EXTRACT = (_act(Action.DESTROY, name, _gone) for name in (HUB, ENCLAVE))
ACTS = (SEND, BADLY, MATCH, CONFIRM, DELIVER, IDENTIFIERS, EXTRACT)


def _against(everybody: Mapping[str, str]) -> dict[tuple[str, str], frozenset[str]]:
    """What the scene says against acts, beside what always speaks against those who are not asked."""
    always = {
        (SEND.name, "steward_beside"): "another_agency",
        (BADLY.name, "*"): "day_out_of_range hash_missing",
        (BADLY.name, "steward_beside"): "another_agency day_out_of_range hash_missing",
        (CONFIRM.name, "steward_beside"): "another_agency",
        (LAST.name, "steward_beside"): "another_agency",
        (IDENTIFIERS.name, "enclave"): "another_certifies",
        (EXTRACT.name, "hub"): "another_certifies",
    }
    said = {name: everybody.get(name, "") for name in (one.name for one in (*ACTS, LAST))}
    found = {(name, "*"): rules for name, rules in said.items() if rules}
    for (name, who), rules in always.items():
        found[name, who] = f"{rules} {said[name]}"
    return {key: frozenset(rules.split()) for key, rules in found.items()}


def _all_sent() -> None:
    for agency, steward in way.STEWARDS.items():
        actions.send(
            number=agreement().number, by=way.person(steward), agency=agency, kind=FileKind.MATCHING,
            file_name=f"{agency}.matching", sha256=HASH, on=clock.today(), way="SFTP",
        )  # fmt: skip


def _matched(*confirmed: str) -> None:
    _all_sent()
    number, today = agreement().number, clock.today()
    actions.match(number=number, by=way.person("noor.haddad"), on=today)
    for agency in confirmed:
        actions.confirm(number=number, by=way.person(way.STEWARDS[agency]), agency=agency, on=today)


def _delivered() -> None:
    _matched(*way.STEWARDS)
    actions.deliver(
        number=agreement().number, by=way.person("noor.haddad"), file_name="extract", sha256=HASH, on=clock.today(),
        way="SFTP",
    )  # fmt: skip


def _destroyed() -> None:
    _matched(*way.STEWARDS)
    actions.destroy(
        number=agreement().number, by=way.person("noor.haddad"), what=DestructionDuty.What.IDENTIFIERS,
        on=clock.today(), way="Overwritten.",
    )  # fmt: skip


def _held() -> None:
    _delivered()
    exceptions.record(
        by=way.person("ann.weiss"), kind=Kind.LEGAL_HOLD, what="A suit.", known_on=clock.today(),
        number=agreement().number, clocks=[Clock.IDENTIFIERS],
    )  # fmt: skip


def _scene(status: Status, build: Callable[[], None], title: str = "", *acts: Act, **against: str) -> Scene:
    def built() -> dict[str, Any]:
        build()
        return {"number": agreement().number}

    doors = {act.name.replace("/", "_"): act.name for act in (*ACTS, LAST)}
    return Scene(
        "elsewhere", status, built, acts or ACTS, WATCH | STEWARDS | {"enclave"}, title=title,
        against=_against({doors[name]: rules for name, rules in against.items()}),
        now=lambda _at: queries.status_of(agreement()),
    )  # fmt: skip


def _nothing() -> None:
    """No file is on record."""


HERE = "moved_here"
MOVED_HERE = _scene(
    Status.SENDING, _nothing, "where files are moved by the platform", send_SDE=HERE, badly=HERE, confirm_SDE=HERE,
    match=f"{HERE} files_missing", deliver=HERE, destroy_identifiers=HERE, destroy_extract=HERE,
)  # fmt: skip
GOVERNING = (  # where nothing is moved by the platform
    _scene(Status.SENDING, _nothing, match="files_missing"),
    _scene(Status.SENDING, _all_sent, "all sent"),
    _scene(Status.MATCHED, _matched),
    _scene(Status.MATCHED, lambda: _matched("SDE"), "confirmed by SDE", confirm_SDE="confirmed_already"),
    _scene(Status.MATCHED, lambda: _matched("CSC", "DOL"), "confirmed by all but SDE", LAST),
    _scene(Status.CONFIRMED, lambda: _matched(*way.STEWARDS)),
    _scene(
        Status.CONFIRMED, _destroyed, "identifiers destroyed", send_SDE="files_destroyed", badly="files_destroyed",
        destroy_identifiers="destroyed_already",
    ),
    _scene(Status.DELIVERED, _delivered),
    _scene(Status.DELIVERED, _held, "a legal hold", destroy_identifiers="legal_hold"),
)  # fmt: skip
SCENES = (MOVED_HERE, *GOVERNING)
ELSEWHERE: dict[str, set[Any]] = {"elsewhere": set()}
