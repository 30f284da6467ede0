"""Data requests as JSON: the same facts, the same actions, the same refusals as the pages."""

from charteroak.requests.api import consents, fees, papers, reviews
from charteroak.requests.api.requests import router

__all__ = ["consents", "fees", "papers", "reviews", "router"]
