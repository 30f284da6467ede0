"""The search for garbage is kept out of answers: it is made between them, of the little that the last one left."""

import atexit
import gc
from typing import Any

from django.core.signals import request_finished

# Objects made before Python searches by itself: young ones, middle ones. It is for what makes very many at once; after
# each answer the young are searched anyway. A record read with others knows them and they know it, so that an answer
# leaves some 8,000 objects which only a search finds: 4 ms each time, where one in seven had to wait for 40.
SEARCHED_AFTER = (200_000, 50, 50)


def settle() -> None:
    """Once a program is up: what it loaded at its start, which is never garbage, is left out of every search."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SEARCHED_AFTER)
    request_finished.connect(_tidy, dispatch_uid="tidy")
    atexit.register(gc.unfreeze)  # what must be let go at the end is


def _tidy(**_sent: Any) -> None:
    """After the last byte of an answer has been sent."""
    gc.collect(0)
