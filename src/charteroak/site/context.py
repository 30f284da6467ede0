"""What every page says around its content: names, mode, the day, the menu."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from charteroak.adapters import clock
from charteroak.adapters.environment import Mode
from charteroak.site.rooms import OPEN


def page(request: HttpRequest) -> dict[str, Any]:
    config = settings.CONFIG
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    return {
        "product_name": config.product_name,
        "initiative_name": config.initiative_name,
        "demo": config.mode is not Mode.PRODUCTION,
        "today": clock.today(),
        "this_room": request.path.split("/")[1],
        "menu": [room for room in OPEN if room.public or signed_in],
    }
