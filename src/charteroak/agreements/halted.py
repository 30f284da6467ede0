"""What stands outside an agreement and halts every use under it, whatever was signed."""

from charteroak.agencies.queries import may_move
from charteroak.policy.clauses import Asked, Terms
from charteroak.policy.decision import Decision


def halted(agreed: Terms, *uses: Asked) -> Decision:
    """Whether each agency whose records are used takes part today: the one named, or all that contribute."""
    return may_move({code for one in uses for code in ([one.agency] if one.agency else agreed.elements)})
