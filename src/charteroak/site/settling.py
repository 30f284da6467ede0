"""The search for garbage is kept out of answers: it is made between them, of the little that the last one left."""

import atexit
import gc
from typing import Any

from django.core.signals import request_finished

# Objects made before Python searches by itself: young ones, middle ones. It is for what makes very many at once; the
# young are searched after each answer and each job. A record read with others knows them and they know it, so that an
# answer leaves some 8,000 objects which only a search finds: 4 ms each time, where one answer in seven waited for 40.
SEARCHED_AFTER = (200_000, 50, 50)


def settle() -> None:
    """Once a program is up: what it loaded at its start, which is never garbage, is left out of every search."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SEARCHED_AFTER)
    request_finished.connect(tidy, dispatch_uid="tidy")
    atexit.register(gc.unfreeze)  # what must be let go at the end is


def tidy(**_sent: Any) -> None:
    """After an answer's last byte has been sent, or a job is done: a search of what was made since the last."""
    gc.collect(0)
