"""The JSON interface: every room's router under its own name, with a page that describes it."""

from importlib import import_module

from django.http import Http404, HttpRequest, HttpResponse
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


@api.exception_handler(Http404)
def not_found(request: HttpRequest, missing: Http404) -> HttpResponse:  # noqa: ARG001 - the framework's signature
    """On to the middleware, which puts it on record as it does for a page."""
    raise missing
