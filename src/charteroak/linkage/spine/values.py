"""Numbers a new file's values as the spine does, and adds the values that it has not seen."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from charteroak.linkage.encode import Encoded
from charteroak.linkage.levels import Tables
from charteroak.linkage.spine.spine import Spine, value_hashes


def numbered(spine: Spine, new: Encoded) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.uint64]]:
    """The spine's number of each of the new file's values; those that it has not seen come after its own: which these
    are, and the hashes of them.
    """
    hashes = value_hashes(new)
    place = np.minimum(np.searchsorted(spine.hashes, hashes), max(len(spine.hashes) - 1, 0))
    seen = spine.hashes[place] == hashes
    number = np.where(seen, spine.numbers[place], -1).astype(np.int32)
    fresh = np.flatnonzero(~seen)
    number[fresh] = len(spine.numbers) + np.arange(len(fresh), dtype=np.int32)
    return number, fresh, hashes[fresh]


def together(old: Tables, new: Tables, fresh: NDArray[np.int64]) -> Tables:
    """The spine's values and behind them the fresh ones; the records are the spine's."""
    offset, chars = _ragged(old.offset, old.chars, new.offset, new.chars, fresh)
    groups_at, groups = _ragged(old.groups_at, old.groups, new.groups_at, new.groups, fresh)
    tokens_at, tokens = _ragged(old.tokens_at, old.tokens, new.tokens_at, new.tokens, fresh)
    return old._replace(
        number=np.concatenate([old.number, new.number[fresh]]),
        letters=np.concatenate([old.letters, new.letters[fresh]]),
        digits=np.concatenate([old.digits, new.digits[fresh]]),
        offset=offset, chars=chars, groups_at=groups_at, groups=groups, tokens_at=tokens_at, tokens=tokens,
    )  # fmt: skip


def _ragged(
    at: NDArray[np.int64],
    items: NDArray[Any],
    new_at: NDArray[np.int64],
    new_items: NDArray[Any],
    rows: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Lists one after another, with some of another set of lists behind them."""
    size = new_at[rows + 1] - new_at[rows]
    ends = np.cumsum(size)
    taken = np.repeat(new_at[rows] - (ends - size), size) + np.arange(int(size.sum()))
    return np.concatenate([at, at[-1] + ends]), np.concatenate([items, new_items[taken]])
