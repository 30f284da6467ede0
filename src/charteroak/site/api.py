"""The JSON interface: every room's router under its own name, with a page that describes it."""

from importlib import import_module

from ninja import NinjaAPI

from charteroak.adapters import environment
from charteroak.site.rooms import ROOMS

api = NinjaAPI(
    title=environment.product_name(),
    version="1",
    description="The same rules as the pages: what a page refuses, this refuses with the same reasons.",
    docs_url=None,  # its page loads scripts from elsewhere; the description itself is at openapi.json
)
for room in ROOMS:
    if room.has("api"):
        api.add_router(f"/{room.name}", import_module(f"charteroak.{room.name}.api").router)
