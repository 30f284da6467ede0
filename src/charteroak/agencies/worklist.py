"""What a person sees on coming in: one line per record, whose turn it is and by when."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from django.db.models import Model, QuerySet

from charteroak.policy.decision import Decision

Record = TypeVar("Record", bound=Model)

IN_DEPTH = 6  # records of a room that a worklist asks the rules about; the room's own list holds them all


class Turn(StrEnum):
    YOURS = "yours"
    OTHERS = "others"
    FINISHED = "finished"


@dataclass(frozen=True)
class Item:
    """`title` says record and task; `whose_turn` is a person, role or agency in plain words.

    `about` is what a letter says beside: which datasets, and who asks for them.
    """

    title: str
    href: str
    state: Turn
    whose_turn: str = ""
    by_when: date | None = None
    about: str = ""


def foremost(found: QuerySet[Record], read: QuerySet[Record], most: int = IN_DEPTH) -> QuerySet[Record]:
    """The first `most` of `found`, in its order, read with what `read` reads beside each.

    They are sought by key alone: a database that sorts thousands of whole rows, with those of other tables at their
    side, takes longer over it than over all else that a worklist asks.
    """
    return read.filter(pk__in=found.values("pk")[:most]).order_by(*found.query.order_by)


def waits_for(steps: Collection[StrEnum], decisions: Callable[[], Mapping[str, Decision]]) -> bool:
    """Whether one of the `steps` that are offered here is allowed; without any no facts are asked for."""
    return bool(steps) and any(one.allowed for name, one in decisions().items() if name in steps)
