"""Lifecycles as tables: in which status, which role may do what, and what speaks against it."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from charteroak.policy.decision import Decision, Reason
from charteroak.policy.roles import Role
from charteroak.policy.sentence import Sentence, words

S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)
F = TypeVar("F")

Rule = Callable[[F], Reason | Decision | None]


@dataclass(frozen=True)
class Step(Generic[S, F]):
    """Where an action leads (`to`), who may take it (`roles`), and the rules that may refuse it."""

    to: S
    roles: frozenset[Role]
    rules: tuple[Rule[F], ...] = ()


def step(to: S, *roles: Role, rules: tuple[Rule[F], ...] = ()) -> Step[S, F]:
    return Step(to, frozenset(roles), rules)


class Lifecycle(Generic[S, A, F]):
    """A table of steps keyed by (status, action). Anything absent is refused.

    The status is None where a record does not exist yet: the action begins it.
    """

    def __init__(self, name: str, table: Mapping[tuple[S | None, A], Step[S, F]]) -> None:
        self.name = name
        self.table = dict(table)

    def may(self, status: S | None, action: A, roles: Iterable[Role], facts: F) -> Decision:
        """Whether holders of `roles` may take `action` now: role first, then every rule's reason at once.

        When allowed, with the clauses that its rules rest on.
        """
        found = self.table.get((status, action))
        if found is None:
            return Decision(
                (
                    Reason(
                        "wrong_status",
                        Sentence(
                            "“{action}” is not possible while this is “{status}”.",
                            action=action,
                            status=status,
                        ),
                        self._when(action),
                    ),
                )
            )
        if not found.roles & frozenset(roles):
            who = tuple(sorted(found.roles))
            said = Sentence("Only {roles} may “{action}”.", roles=who, action=action)
            return Decision((Reason("wrong_role", said),))
        decision = Decision()
        for rule in found.rules:
            against = rule(facts)
            if against is not None:
                decision &= against if isinstance(against, Decision) else Decision((against,))
        return decision

    def after(self, status: S | None, action: A) -> S:
        """The status that `action` leads to. Raises KeyError for a step that is not in the table."""
        return self.table[status, action].to

    def decisions(self, status: S, roles: Iterable[Role], facts: F) -> dict[str, Decision]:
        """What these roles are for at this status: each action allowed, or refused with reasons."""
        held = frozenset(roles)
        return {action.value: self.may(status, action, held, facts) for action in self.offered(status, held)}

    def offered(self, status: S | None, roles: Iterable[Role], aside: Collection[A] = ()) -> list[A]:
        """What these roles are for at this status, the steps `aside` apart, whatever speaks against it now: without
        any of it, ask no facts.
        """
        held = frozenset(roles)
        return [
            action
            for (at, action), step in self.table.items()
            if at == status and step.roles & held and action not in aside
        ]

    def stages(self, roles: Iterable[Role], aside: Collection[A] = ()) -> frozenset[S]:
        """The statuses at which these roles are for something, the steps `aside` apart: elsewhere nothing waits."""
        held = frozenset(roles)
        return frozenset(
            at
            for (at, action), step in self.table.items()
            if at is not None and step.roles & held and action not in aside
        )

    def permitted(self, status: S, roles: Iterable[Role], facts: F) -> list[A]:
        held = frozenset(roles)
        return [
            action
            for (at, action) in self.table
            if at == status and self.may(status, action, held, facts).allowed
        ]

    def _when(self, action: A) -> str:
        at = tuple(status for (status, name) in self.table if name == action)
        return Sentence("It is possible while this is: {statuses}.", statuses=at) if at else ""


def choices(names: type[StrEnum]) -> list[tuple[str, str]]:
    """Value and plain words of each, as a form or a column wants them."""
    return [(name.value, words(name)) for name in names]
