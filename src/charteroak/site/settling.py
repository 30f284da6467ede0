"""The search for garbage is kept out of answers: nobody waits for a walk through all that a process holds."""

import atexit
import gc

# Objects made before a search, young ones, middle ones: one answer leaves some 5,000 that only a search finds, and a
# search of everything takes .1 s. With Python's own figures every tenth answer waits for one, with these one in 500.
SEARCHED_AFTER = (50_000, 10, 50)


def settle() -> None:
    """Once a program is up: what it loaded at its start, which is never garbage, is left out of every search."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SEARCHED_AFTER)
    atexit.register(gc.unfreeze)  # what must be let go at the end is
