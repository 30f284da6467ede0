"""Agencies, authority and membership; people and their offices."""

from ninja import Router

from charteroak.agencies.api import cover, instruments, membership, people

router = Router(tags=["agencies"])
router.add_router("", membership.router)
router.add_router("", cover.router)  # its people/give-notice is no user name
router.add_router("", people.router)
router.add_router("", instruments.router)
