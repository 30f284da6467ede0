"""The product of status, action and actor: what each knock must come to, by the tables alone.

Who holds which role and who may see a record is written down here and in the scenes, not asked of the site.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import charteroak.policy
from charteroak.policy.lifecycle import Lifecycle, Step
from charteroak.policy.roles import Role

DONE, SIGN_IN, NOT_THERE = "done", "sign-in", "404"
LIFECYCLES: dict[str, Lifecycle[Any, Any, Any]] = {
    found.name: module.LIFECYCLE
    for found in iter_modules(charteroak.policy.__path__)
    if hasattr(module := import_module(f"charteroak.policy.{found.name}"), "LIFECYCLE")
}


@dataclass(frozen=True)
class Actor:
    """Who knocks, in whose office where it is not their own, and what they hold for the initiative or an agency."""

    username: str
    roles: frozenset[Role] = frozenset()
    acts_for: str = ""  # user name of the office's holder
    office: Role | None = None


def _held(username: str, *roles: Role) -> Actor:
    return Actor(username, frozenset(roles))


def _acting(username: str, holder: str, office: Role) -> Actor:
    return Actor(username, frozenset({office}), holder, office)


ACTORS = {
    "anonymous": Actor(""),
    "author": _held("maya.ortiz", Role.RESEARCHER),
    "colleague": _held("lena.park", Role.RESEARCHER),
    "stranger": _held("eve.lang", Role.RESEARCHER),
    "steward": _held("ben.cole", Role.DATA_STEWARD),  # of SDE
    "delegate": _acting("dana.hill", "ben.cole", Role.DATA_STEWARD),
    "steward_beside": _held("priya.nair", Role.DATA_STEWARD),  # of CSC, which is asked as well
    "unasked": _held("fay.brook", Role.DATA_STEWARD),  # of an agency whose records nobody asked for
    "board": _held("grace.stone", Role.BOARD_MEMBER, Role.SIGNATORY),  # of SDE
    "signs_for": _acting("dana.hill", "grace.stone", Role.SIGNATORY),
    "recused": _held("carl.winter", Role.BOARD_MEMBER, Role.SIGNATORY),  # of the applicant's employer
    "chair": _held("june.fisher", Role.BOARD_CHAIR, Role.BOARD_MEMBER, Role.SIGNATORY),
    "counsel": _held("ann.weiss", Role.COUNSEL),
    "policy": _held("sam.reyes", Role.POLICY_OFFICE),
    "hub": _held("noor.haddad", Role.HUB_OPERATOR),
    "enclave": _held("kim.tran", Role.ENCLAVE_OPERATOR),
    "checker": _held("ida.moss", Role.OUTPUT_CHECKER),
    "auditor": _held("pat.lee", Role.AUDITOR),
}
SIGNED_IN = frozenset(ACTORS) - {"anonymous"}
ADDED = {
    "person": [
        {"username": "fay.brook", "name": "Fay Brook", "employer": "OEC", "roles": ["data_steward@OEC"]},
        {"username": "dana.hill", "name": "Dana Hill", "employer": "SDE", "roles": []},
        {"username": "hal.byrd", "name": "Hal Byrd", "employer": "OEC", "roles": ["board_member@OEC"]},
    ]
}

Body = Callable[[Any], dict[str, Any]] | dict[str, Any]


@dataclass(frozen=True)
class Act:
    """One act of a table at the doors that the site has for it; {names} in an address are the scene's."""

    action: StrEnum
    page: str
    api: str
    body: Body = field(default_factory=dict)
    form: Body | None = None  # where a page asks in another way
    in_person: str = ""  # the rule that refuses it to a program
    label: str = ""
    method: str = "POST"

    @property
    def name(self) -> str:
        return self.label or self.api.rstrip("/").rpartition("/")[2] or self.action.value


@dataclass(frozen=True)
class Scene:
    """A record at one status: how it gets there, who sees it, which roles it gives, what speaks against an act."""

    lifecycle: str
    status: StrEnum | None
    build: Callable[[], dict[str, Any]]
    acts: tuple[Act, ...]
    sees: frozenset[str]
    gives: Mapping[str, frozenset[Role]] = field(default_factory=dict)  # towards this record
    takes: Mapping[str, frozenset[Role]] = field(default_factory=dict)  # offices that are none towards it
    against: Mapping[tuple[str, str], frozenset[str]] = field(
        default_factory=dict
    )  # (act, actor or *) → rules
    now: Callable[[dict[str, Any]], str] | None = None  # the record's status, read anew
    silent: frozenset[tuple[str, str]] = (
        frozenset()
    )  # (act, actor): it is done already, and nothing is left to do
    title: str = ""

    def __str__(self) -> str:
        return f"{self.lifecycle}: {self.status or 'none yet'}{f', {self.title}' if self.title else ''}"

    def step(self, act: Act) -> Step[Any, Any] | None:
        return LIFECYCLES[self.lifecycle].table.get((self.status, act.action))

    def roles(self, actor: str) -> frozenset[Role]:
        return (ACTORS[actor].roles - self.takes.get(actor, frozenset())) | self.gives.get(actor, frozenset())

    def expected(self, act: Act, actor: str, *, typed: bool = False) -> str:
        """What this actor's knock must come to: whether they see it, then status, role and rules.

        `typed` by a program of theirs, which proves nothing in person.
        """
        if actor == "anonymous":
            return SIGN_IN
        if actor not in self.sees:
            return NOT_THERE
        step = self.step(act)
        if step is None:
            return "403 wrong_status"
        if not step.roles & self.roles(actor):
            return "403 wrong_role"
        rules = self.against.get((act.name, actor)) or self.against.get((act.name, "*")) or frozenset()
        if typed and act.in_person:
            rules |= {act.in_person}
        return " ".join(["403", *sorted(rules)]) if rules else DONE


def rules(**by_act: str) -> dict[tuple[str, str], frozenset[str]]:
    """What speaks against each of these acts, whoever takes it; names with a space between."""
    return {(act, "*"): frozenset(said.split()) for act, said in by_act.items()}


def told(body: Body, at: dict[str, Any]) -> dict[str, Any]:
    """What is sent, made anew for each knock: a file is read once."""
    return body(at) if callable(body) else body


def statuses(name: str) -> list[StrEnum | None]:
    """In order; None first where the table says who begins one."""
    begins: list[StrEnum | None] = [None] if any(at is None for at, _ in LIFECYCLES[name].table) else []
    return [*begins, *import_module(f"charteroak.policy.{name}").Status]


def actions(name: str) -> set[StrEnum]:
    return set(import_module(f"charteroak.policy.{name}").Action)
