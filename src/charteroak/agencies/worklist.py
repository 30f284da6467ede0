"""What a person sees on coming in: one line per record, whose turn it is and by when."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

IN_DEPTH = 6  # records of a room that a worklist asks the rules about; the room's own list holds them all


class Turn(StrEnum):
    YOURS = "yours"
    OTHERS = "others"
    FINISHED = "finished"


@dataclass(frozen=True)
class Item:
    """`title` says record and task; `whose_turn` is a person, role or agency in plain words."""

    title: str
    href: str
    state: Turn
    whose_turn: str = ""
    by_when: date | None = None
