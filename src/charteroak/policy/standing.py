"""Whether a person may touch data today: account, training, confidentiality pledge, employer."""

from dataclasses import dataclass
from datetime import date

from charteroak.policy.decision import Decision, Reason
from charteroak.policy.roles import Role


@dataclass(frozen=True)
class Standing:
    """A person as the rules see them. Each date is the last day on which the thing holds; None: never."""

    username: str
    active: bool
    state_employee: bool
    training_until: date | None
    pledge_until: date | None
    left: bool = False  # notice was given, and its time is up
    roles: frozenset[Role] = frozenset()  # offices held today, and what this person is to the project

    def good(self, on: date) -> Decision:
        """Allowed when account, training and pledge all hold on that day."""
        reasons: list[Reason] = []
        if not self.active:
            reasons.append(Reason("account_closed", "This account is closed."))
        if self.left:
            reasons.append(Reason("has_left", "This person has left; their access is over."))
        if self.training_until is None or self.training_until < on:
            reasons.append(
                Reason(
                    "training_lapsed",
                    "Confidentiality training is missing or has lapsed.",
                    "Complete the training.",
                )
            )
        if self.pledge_until is None or self.pledge_until < on:
            reasons.append(
                Reason(
                    "pledge_lapsed",
                    "The confidentiality pledge is missing or has lapsed.",
                    "Sign the pledge.",
                )
            )
        return Decision(tuple(reasons))
