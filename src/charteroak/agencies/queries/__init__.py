"""Every read about agencies and people, by record."""

from charteroak.agencies.models import Person
from charteroak.agencies.queries import accounts, membership, people
from charteroak.agencies.queries.authority import (
    Line,
    administration_on,
    answers_for,
    authority_of,
    disclosing,
    holding,
    in_force,
    matrix,
)
from charteroak.agencies.queries.membership import agencies_visible_to, may_move
from charteroak.agencies.queries.people import (
    agencies_where,
    grants_roles,
    holders,
    may_be_noticed,
    may_close,
    may_end,
    may_give_notice,
    may_grant,
    may_move_somewhere,
    reads_accounts,
    roles_held,
    status_of,
    visible_to,
)
from charteroak.agencies.worklist import Item

__all__ = [
    "Line", "administration_on", "agencies_visible_to", "agencies_where", "answers_for", "authority_of", "disclosing",
    "grants_roles", "holders", "holding", "in_force", "matrix", "may_be_noticed", "may_close", "may_end",
    "may_give_notice", "may_grant", "may_move", "may_move_somewhere", "reads_accounts", "roles_held", "status_of",
    "todo", "visible_to",
]  # fmt: skip


def todo(person: Person) -> list[Item]:
    """Training and pledge, first keys that ran out, and agencies that are joining."""
    return [*people.todo(person), *accounts.todo(person), *membership.todo(person)]
