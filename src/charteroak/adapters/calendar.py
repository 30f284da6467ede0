"""The days on which Connecticut's state offices are closed, kept up by the `holidays` library."""

import os
from collections.abc import Container
from datetime import date
from functools import cache

import holidays

STATE = "CT"


@cache
def closed_days() -> Container[date]:
    """Legal holidays with the days on which they are kept (CGS 1-4), and what CHARTEROAK_CLOSED_DAYS adds.

    The latter lists dates by comma, such as a day of mourning that the Governor proclaims. Raises ValueError for
    what is no date.
    """
    found = holidays.country_holidays("US", subdiv=STATE)
    for proclaimed in filter(None, os.environ.get("CHARTEROAK_CLOSED_DAYS", "").split(",")):
        found[date.fromisoformat(proclaimed.strip())] = "Proclaimed"
    return found
