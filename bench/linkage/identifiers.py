"""Numbers by which the synthetic state knows its people."""

import numpy as np
from numpy.typing import NDArray


def ssn(numbers: NDArray[np.int64]) -> NDArray[np.object_]:
    """Distinct numbers as distinct, well-formed social security numbers, spread over the whole range."""
    spread = (numbers * 387_420_491 + 104_729) % (898 * 99 * 9999)  # a factor that shares none with the range
    area, rest = spread // (99 * 9999) + 1, spread % (99 * 9999)
    area += area >= 666
    texts = [
        f"{a:03d}-{g:02d}-{s:04d}" for a, g, s in zip(area, rest // 9999 + 1, rest % 9999 + 1, strict=True)
    ]
    return np.array(texts, dtype=object)
