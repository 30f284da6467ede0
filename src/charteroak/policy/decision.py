"""A decision and its reasons: what every page, button, job and mount receives when it asks."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Reason:
    """Why something is refused: the rule's name, what is wrong, what to do about it."""

    rule: str
    message: str
    mend: str = ""

    def __str__(self) -> str:
        return f"{self.message} {self.mend}".strip()


@dataclass(frozen=True)
class Decision:
    """Allowed when nothing speaks against it; `clauses` are what it rests on."""

    reasons: tuple[Reason, ...] = ()
    clauses: tuple[str, ...] = field(default=())

    @property
    def allowed(self) -> bool:
        return not self.reasons

    def __bool__(self) -> bool:
        return self.allowed

    def __and__(self, other: "Decision") -> "Decision":
        return Decision(self.reasons + other.reasons, self.clauses + other.clauses)

    def require(self) -> "Decision":
        """Return this decision, or raise Refused with its reasons."""
        if self.reasons:
            raise Refused(self.reasons)
        return self


class Refused(Exception):
    """Raised instead of acting. Carries reasons, never personal data."""

    def __init__(self, reasons: tuple[Reason, ...]) -> None:
        super().__init__(" ".join(str(reason) for reason in reasons))
        self.reasons = reasons


class Stale(Refused):
    """Raised instead of acting on what the person had before them, because it has changed since."""


def refuse(rule: str, message: str, mend: str = "") -> Decision:
    return Decision((Reason(rule, message, mend),))


def as_json(decisions: Mapping[str, Decision]) -> dict[str, dict[str, object]]:
    """By action whether it is allowed, and if not for which reasons, as the JSON interface tells it."""
    return {
        action: {
            "allowed": decision.allowed,
            "reasons": [
                {"rule": reason.rule, "message": reason.message, "mend": reason.mend}
                for reason in decision.reasons
            ],
        }
        for action, decision in decisions.items()
    }


ALLOWED = Decision()
