"""What a program loaded at its start is left out of the search for garbage, which it never is."""

import atexit
import gc


def settle() -> None:
    """Once a program is up: else every full collection walks all of it, in the middle of what somebody waits for."""
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)  # what must be let go at the end is
