"""Agencies, authority and membership; people and their offices."""

from ninja import Router

from charteroak.agencies.api import membership, people

router = Router(tags=["agencies"])
router.add_router("", membership.router)
router.add_router("", people.router)
