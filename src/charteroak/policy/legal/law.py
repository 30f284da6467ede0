"""Rules that hold together, and what they come to: always the strictest of them, with the rules as reasons."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from charteroak.policy.decision import Decision, Reason
from charteroak.policy.legal.regime import Rule


@dataclass(frozen=True)
class Law:
    """A set of rules. `|` joins two: what either asks for is asked for, what either refuses is refused."""

    rules: frozenset[Rule] = frozenset()

    def __or__(self, other: "Law") -> "Law":
        return Law(self.rules | other.rules)

    @property
    def keys(self) -> list[str]:
        return sorted(rule.key for rule in self.rules)

    @property
    def clauses(self) -> dict[str, list[Rule]]:
        """Each kind of clause that an agreement must have, with the rules that ask for it."""
        kinds = sorted({kind for rule in self.rules for kind in rule.clauses})
        return {kind: self._where(lambda rule, kind=kind: kind in rule.clauses) for kind in kinds}  # type: ignore[misc]

    def asks_for(self, kind: str) -> bool:
        """Whether an agreement must have a clause of this kind."""
        return any(kind in rule.clauses for rule in self.rules)

    @property
    def appetites(self) -> list[str]:
        """Names of the disclosure rules that outputs obey together."""
        return sorted({rule.appetite for rule in self.rules if rule.appetite})

    @property
    def for_state_employees_only(self) -> list[Rule]:
        return self._where(lambda rule: rule.state_employees_only)

    @property
    def combined(self) -> list[Rule]:
        """Rules that forbid what stands here together: their own elements beside those of a regime that they name."""
        present = {rule.regime for rule in self.rules}
        return self._where(lambda rule: bool(rule.not_with & present))

    @property
    def likely_denied(self) -> list[Rule]:
        return self._where(lambda rule: rule.likely_denied)

    @property
    def identifiers_days(self) -> int | None:
        """Calendar days from the confirmed match to the destruction of identifiers; None where no rule counts so."""
        return _fewest(rule.identifiers_days for rule in self.rules)

    @property
    def identifiers_business_days(self) -> int | None:
        return _fewest(rule.identifiers_business_days for rule in self.rules)

    @property
    def breach_notice_days(self) -> int | None:
        return _fewest(rule.breach_notice_days for rule in self.rules)

    @property
    def without_consent(self) -> list[Rule]:
        """Rules that hold only as long as the consent that they ask for is not on record."""
        return self._where(lambda rule: rule.lifted_by_consent)

    def with_consent(self) -> "Law":
        """The same law once that consent is on record."""
        return Law(self.rules - frozenset(self.without_consent))

    def may_see(self, *, state_employee: bool) -> Decision:
        """Whether a person of this kind may see the records."""
        return _refused(() if state_employee else self.for_state_employees_only)

    def may_be_shared(self) -> Decision:
        """Whether the elements may be shared at all, and all of them together."""
        return _refused(self._where(lambda rule: rule.refused)) & _refused(self.combined)

    def may_be_asked(self, *, exception: str) -> Decision:
        """Whether they may be asked for under the exception that the request names."""
        unnamed = self._where(lambda rule: bool(rule.exceptions) and exception not in rule.exceptions)
        return self.may_be_shared() & _refused(unnamed)

    def _where(self, holds: Callable[[Rule], bool]) -> list[Rule]:
        return sorted(filter(holds, self.rules), key=lambda rule: rule.key)


def _refused(rules: Iterable[Rule]) -> Decision:
    return Decision(tuple(Reason(rule.name, rule.told, rule.mend) for rule in rules))


def _fewest(days: Iterable[int | None]) -> int | None:
    return min((count for count in days if count is not None), default=None)
