"""The JSON interface: every room's router under its own name, with a page that describes it."""

from importlib import import_module
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from charteroak.adapters import environment
from charteroak.adapters.showing import AGAIN, NotShown
from charteroak.site import token_api, webhook_api, worklist_api
from charteroak.site.rooms import ROOMS

DESCRIPTION = """The same rules as the pages: what a page refuses, this refuses with the same reasons.

Sign in with a session, or send `Authorization: Bearer TOKEN`: a token is made on the page “Tokens”, for one agency or
all of yours, and ends with your access; one that only delivers files is told nothing of any record. Each answer about a
record lists under `actions` what you may do with it now, and of what you may not, why; under `turn` and `by_when`,
whose turn it is and by when. Lists take `q`, their filters, `page` and `format` (csv, xlsx, ics), as on the pages.
`Idempotency-Key: KEY` with a POST makes sure that it acts once, however often it is sent within a day; what was cut
off before it acted acts when it is sent again. `If-Match: ETAG` with a POST is refused with 412 once the record has
changed since you read it. `RateLimit` says how many requests are left; 429 says in `Retry-After` how long to wait.
"""


class Described(NinjaAPI):
    """With the token among the ways to come in, which no router names: a token stands for its holder's session."""

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        told = super().get_openapi_schema(**given)
        ways = told["components"].setdefault("securitySchemes", {})
        ways["token"] = {"type": "http", "scheme": "bearer"}
        for acts in told["paths"].values():
            for act in acts.values():
                if "security" in act:
                    act["security"].append({"token": []})
        return told


api = Described(
    title=environment.product_name(),
    version="1",
    description=DESCRIPTION,
    docs_url=None,  # its page loads scripts from elsewhere; the description itself is at openapi.json
)
api.add_router("/tokens", token_api.router)
api.add_router("/webhooks", webhook_api.router)
api.add_router("/worklist", worklist_api.router)
for room in ROOMS:
    if room.has("api"):
        api.add_router(f"/{room.name}", import_module(f"charteroak.{room.name}.api").router)


@api.exception_handler(NotShown)
def not_shown(request: HttpRequest, late: NotShown) -> HttpResponse:  # noqa: ARG001 - as below
    """What another process shows is not there yet: to be asked for again."""
    return JsonResponse({"detail": str(late)}, status=503, headers={"Retry-After": AGAIN["Retry-After"]})


@api.exception_handler(Http404)
def not_found(request: HttpRequest, missing: Http404) -> HttpResponse:  # noqa: ARG001 - the framework's signature
    """On to the middleware, which puts it on record as it does for a page."""
    raise missing
