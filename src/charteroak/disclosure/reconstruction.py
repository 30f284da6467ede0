"""How many sets of records fit some published statistics: few means that they are nearly published."""

from functools import cache


def possible(
    count: int, low: int, high: int, *, mean: float | None = None, median: float | None = None
) -> int:
    """The number of multisets of `count` whole values from `low` to `high` with this mean and median.

    A mean is taken to be exact: `count` times it is the sum, rounded to a whole number. Every median of an odd
    count is a value; of an even one, half the sum of the two in the middle. Raises ValueError for a count below
    1 or an empty range. Source: Garfinkel, Abowd and Martindale, CACM 62(3), 2019.
    """
    if count < 1 or low > high:
        raise ValueError(f"{count} values from {low} to {high}: there are none")
    total = None if mean is None else round(mean * count)
    return _ways(count, low, high, total, median)


def _ways(count: int, low: int, high: int, total: int | None, median: float | None) -> int:
    @cache
    def ways(placed: int, least: int, left: int | None, middle: int) -> int:
        """Ways to place the rest, in ascending order, none below `least`."""
        if placed == count:
            return int(left in (None, 0))
        found = 0
        for number in range(least, high + 1):
            rest = count - placed
            if left is not None and (number * rest > left or number + high * (rest - 1) < left):
                continue
            lower = number if placed == (count - 1) // 2 else middle
            if median is not None and placed == count // 2 and (lower + number) / 2 != median:
                continue
            found += ways(placed + 1, number, None if left is None else left - number, lower)
        return found

    return ways(0, low, total, 0)
