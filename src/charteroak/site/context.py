"""What every page says around its content: names, mode, the day, the menu."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from charteroak.adapters import clock
from charteroak.adapters.environment import Mode
from charteroak.agencies.models import Person
from charteroak.site.rooms import menu


def page(request: HttpRequest) -> dict[str, Any]:
    config = settings.CONFIG
    user = getattr(request, "user", None)
    today = clock.today()
    return {
        "product_name": config.product_name,
        "initiative_name": config.initiative_name,
        "demo": config.mode is not Mode.PRODUCTION,
        "today": today,
        "this_room": request.path.split("/")[1],
        "menu": menu(user.roles(today) if isinstance(user, Person) else ()),
    }
