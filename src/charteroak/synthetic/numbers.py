"""Social security numbers that were never issued, and who among the invented people holds one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from charteroak.synthetic.names import Words

_LOW, _HIGH = 1, 999_999  # area 000: never issued, and every number begins with a zero as Connecticut's do
WORKFORCE_SHARE = 1 / 3  # of the block is in DOL's store


def ssn_block() -> tuple[int, int]:
    """The lowest and the highest number of the never-issued block, both included.

    Numbers are written with nine digits. DOL knows a third of the block, so a number drawn at random from it
    serves as a decoy in a finder list. Source: SSA never issues area numbers 000, 666 and 900–999.
    """
    return _LOW, _HIGH


@dataclass(frozen=True)
class Numbers:
    """Every number of the block once, and a DOL record number for each, both in random order."""

    ssn: NDArray[np.int32]
    record: NDArray[np.int32]


def shuffle_numbers(rng: np.random.Generator) -> Numbers:
    block = np.arange(_LOW, _HIGH + 1, dtype=np.int32)
    return Numbers(ssn=rng.permutation(block), record=rng.permutation(block))


def nine_digits(number: NDArray[np.integer]) -> Words:
    return np.char.zfill(number.astype("U9"), 9)


def record_ids(letter: str, number: NDArray[np.integer]) -> Words:
    """S000417, C002210, D118820."""
    return np.char.add(letter, np.char.zfill(number.astype("U6"), 6))
