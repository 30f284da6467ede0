"""Accounts, offices and cover at every status, for the product by route."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from apps import accounts_way, way
from apps.product import SIGNED_IN, Act, Scene
from charteroak.adapters import clock
from charteroak.agencies import accounts, actions, queries
from charteroak.agencies import cover as covers
from charteroak.agencies.models import Cover, RoleHeld
from charteroak.agencies.queries import cover as covering
from charteroak.policy import account, cover, office
from charteroak.policy.roles import Role

KEEPS, SAM, MAYA, KIM = frozenset({"policy", "auditor"}), "sam.reyes", "maya.ortiz", "kim.tran"
OF_SDE = frozenset({"steward", "delegate", "board", "signs_for"})
OF_OWS = frozenset({"author", "colleague", "stranger", "recused"})
DOES = account.Action


def _plain(action: Any, name: str = "", **more: Any) -> Act:
    door = f"/agencies/people/{{username}}/{name or action.value.replace('_', '-')}"
    return Act(action, f"{door}/", f"/api{door}", **more)


def _notice(at: dict[str, Any]) -> dict[str, Any]:
    return {"person": at["username"], "last_day": f"{clock.today() + timedelta(days=9)}"}


ADD = Act(
    DOES.ADD, "/agencies/add-person/", "/api/agencies/add-person",
    body={"username": "lev.roth", "name": "Lev Roth", "email": "lev.roth@example.org", "kind": "other"},
)  # fmt: skip
OF_ACCOUNTS = (
    _plain(DOES.CHANGE_DETAILS, body={"name": "N. Byrd", "email": "n.byrd@example.org", "because": "Why."}),
    _plain(DOES.SEND_KEY),
    _plain(DOES.VOID_KEY),
    _plain(DOES.MOVE, body={"kind": "contractor", "since": "2026-09-01"}),
    _plain(DOES.CLOSE, "close-account"),
)
NOTICE = Act(
    DOES.GIVE_NOTICE, "/agencies/people/give-notice/", "/api/agencies/people/give-notice", body=_notice
)


def _voided() -> str:
    holder = accounts_way.added()
    accounts.void_key(person=holder.pk, by=way.person(SAM))
    return holder.username


def _leaving() -> str:
    holder = way.person(MAYA)
    actions.give_notice(person=holder.pk, last_day=clock.today() + timedelta(days=9), by=way.person(SAM))
    return MAYA


def _closed(before: Callable[[], str]) -> Callable[[], str]:
    def built() -> str:
        username = before()
        actions.close_account(person=way.person(username).pk, by=way.person(SAM))
        return username

    return built


def _invited() -> str:
    return accounts_way.added().username


def _account(
    status: account.Status, build: Callable[[], str], title: str = "", **more: Any
) -> tuple[Scene, Scene]:
    """What the policy office does, and the notice that anybody gives of a colleague."""
    colleagues = more.pop("colleagues", OF_OWS)
    also = more.pop("also", frozenset())

    def built() -> dict[str, Any]:
        return {"username": build()}

    def now(at: dict[str, Any]) -> str:
        return queries.status_of(way.person(at["username"]))

    said = f"{title}, notice" if title else "notice"
    return (
        Scene("account", status, built, OF_ACCOUNTS, KEEPS | also, title=title, now=now, **more),
        Scene("account", status, built, (NOTICE,), colleagues | {"policy"}, title=said, now=now),
    )


OWN = {
    ("change-details", "policy"): frozenset({"own_details"}),
    ("move", "policy"): frozenset({"own_employer"}),
}
NO_KEY = {("void-key", "*"): frozenset({"no_key"})}
ACCOUNTS = (
    Scene("account", None, dict, (ADD,), SIGNED_IN),
    *_account(account.Status.INVITED, _invited, colleagues=OF_SDE),
    *_account(account.Status.INVITED, _voided, "its key is void", colleagues=OF_SDE, against=NO_KEY),
    *_account(account.Status.OPEN, lambda: MAYA, also=frozenset({"author"})),
    *_account(
        account.Status.OPEN, lambda: SAM, "one's own", colleagues=frozenset({"counsel", "checker", "auditor"}),
        against=OWN,
    ),
    *_account(account.Status.LEAVING, _leaving, also=frozenset({"author"})),
    *_account(account.Status.CLOSED, _closed(lambda: "hal.byrd"), colleagues=frozenset({"unasked", "chair"})),
    *_account(account.Status.CLOSED, _closed(_invited), "before the first sign-in", colleagues=OF_SDE),
)  # fmt: skip
GRANT = _plain(office.Action.GRANT, "grant-role", body={"role": "counsel"}, label="grant")
END = Act(office.Action.END, "/agencies/roles/{held}/end/", "/api/agencies/roles/{held}/end")


def _office(username: str) -> RoleHeld:
    return RoleHeld.objects.exclude(role=Role.BOARD_MEMBER).get(person__username=username)


def _held() -> dict[str, Any]:
    return {"held": _office(MAYA).pk}


def _laid_down() -> dict[str, Any]:
    at = {"held": _office("joe.blake").pk}
    actions.end_role(held=at["held"], by=way.person(SAM))
    return at


def _of_office(at: dict[str, Any]) -> str:
    held = RoleHeld.objects.get(pk=at["held"])
    over = held.until is not None and held.until < clock.today()
    return office.Status.ENDED if over else office.Status.HELD


def _grant(username: str, *against: str, **more: Any) -> Scene:
    refused = {("grant", "policy"): frozenset(against)} if against else {}
    build = more.pop("build", lambda: username)
    return Scene(
        "office", None, lambda: {"username": build()}, (GRANT,), KEEPS | more.pop("also", frozenset()),
        against=refused, title=f"to {username}",
    )  # fmt: skip


OFFICES = (
    _grant("hal.byrd"),
    _grant("ben.cole", also=frozenset({"steward"})),
    _grant(SAM, "own_role"),
    _grant("ann.weiss", "held_already", also=frozenset({"counsel"})),
    _grant("noa.berg", "not_signed_in_yet", build=_invited),
    _grant("the one who left", "account_closed", build=_closed(lambda: "hal.byrd")),
    Scene("office", office.Status.HELD, _held, (END,), KEEPS | {"author"}, now=_of_office),
    Scene("office", office.Status.ENDED, _laid_down, (END,), KEEPS, now=_of_office),
)


def _delegate(at: dict[str, Any]) -> dict[str, Any]:
    today = clock.today()
    return {
        "office": at["office"], "delegate": at["delegate"], "letter": "Mail of today.",
        "since": f"{today}", "until": f"{today + timedelta(days=9)}",
    }  # fmt: skip


NAME = _plain(cover.Action.NAME_DELEGATE, body=_delegate, label="name")
END_COVER = Act(
    cover.Action.END_COVER, "/agencies/cover/{cover}/end/", "/api/agencies/cover/{cover}/end", label="end"
)


def _to_cover(holder: str, delegate: str) -> Callable[[], dict[str, Any]]:
    return lambda: {"username": holder, "office": _office(holder).pk, "delegate": delegate}


def _covered() -> dict[str, Any]:
    made = covers.name_delegate(
        office=_office(KIM).pk, delegate="joe.blake", since=clock.today(), until=clock.today(),
        letter="Mail of today.", by=way.person(KIM),
    )  # fmt: skip
    return {"cover": made.pk}


def _acted_for() -> dict[str, Any]:
    return {"cover": Cover.objects.get(office=_office("ben.cole")).pk}


def _over() -> dict[str, Any]:
    at = _covered()
    covers.end_cover(pk=at["cover"], by=way.person(KIM))
    return at


def _of_cover(at: dict[str, Any]) -> str:
    named = covering.in_force(clock.today()).filter(pk=at["cover"])
    return cover.Status.NAMED if named.exists() else cover.Status.ENDED


def _cover(status: cover.Status, build: Callable[[], dict[str, Any]], *sees: str, **more: Any) -> Scene:
    return Scene("cover", status, build, (END_COVER,), frozenset({"policy", *sees}), now=_of_cover, **more)


NOT_THEIRS = {("end", actor): frozenset({"not_the_holder"}) for actor in ("delegate", "signs_for")}
COVERS = (
    Scene("cover", None, _to_cover(KIM, "joe.blake"), (NAME,), KEEPS | {"enclave"}),
    Scene(
        "cover", None, _to_cover("noor.haddad", "ruth.vega"), (NAME,), KEEPS | {"hub"}, title="of the hub's",
    ),
    _cover(cover.Status.NAMED, _covered, "enclave"),
    _cover(
        cover.Status.NAMED, _acted_for, "steward", "delegate", "signs_for", title="while it is acted under",
        against=NOT_THEIRS,
    ),
    _cover(cover.Status.ENDED, _over, "enclave"),
)  # fmt: skip
SCENES = (*ACCOUNTS, *OFFICES, *COVERS)
ELSEWHERE: dict[str, set[Any]] = {
    # the first sign-in, by whoever shows the key; another password, by who runs the machine: nobody is signed in
    "account": {DOES.USE_KEY, DOES.SET_PASSWORD},
    "office": set(),
    "cover": set(),
}
