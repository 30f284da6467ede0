"""Decisions on doubtful pairs, as the clerical page posts them."""

import re

from django.http import QueryDict

_FIELD = re.compile(r"pair-(\d{1,6})")
_SAID = {"same": True, "different": False}


def pair_decisions(posted: QueryDict) -> dict[int, bool]:
    """`pair-<number>` = same or different; a pair left open is left out."""
    return {
        int(field[1]): _SAID[value]
        for name, value in posted.items()
        if (field := _FIELD.fullmatch(name)) and isinstance(value, str) and value in _SAID
    }
