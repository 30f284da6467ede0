"""What stands outside an agreement and halts every use under it, whatever was signed."""

from charteroak.agencies.queries import may_move
from charteroak.exceptions.queries import may_proceed
from charteroak.policy.clauses import Asked, Terms
from charteroak.policy.decision import Decision


def halted(number: str, agreed: Terms, *uses: Asked) -> Decision:
    """Whether each agency whose records are used takes part today, and neither project nor person is suspended.

    Of a project `number`, whatever amendment holds. The agencies are the one that a use names, or all that contribute.
    """
    agencies = {code for one in uses for code in ([one.agency] if one.agency else agreed.elements)}
    people = {one.person.username for one in uses if one.person}
    return may_move(agencies) & may_proceed(number, people)
