"""A signature, of whatever record, counts only from a person who has just proved who they are (step-up sign-in)."""

from charteroak.policy.decision import Reason
from charteroak.policy.sentence import Sentence

CONFIRMED_FOR = 5  # minutes for which a proof of who one is counts towards a signature


def not_confirmed(*, confirmed: bool) -> Reason | None:
    """`confirmed`: the signer has proved who they are within the last `CONFIRMED_FOR` minutes."""
    if confirmed:
        return None
    return Reason(
        "sign_in_not_confirmed",
        Sentence(
            "To sign, prove who you are again: it is good for {minutes} minutes.", minutes=CONFIRMED_FOR
        ),
        "Confirm your sign-in on the page that follows, in a browser; then the signature counts.",
    )
