"""The rooms in the order of the menu: address, name, and whether the public may enter."""

from dataclasses import dataclass
from importlib.util import find_spec

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Room:
    name: str
    label: Promise
    public: bool = False

    @property
    def prefix(self) -> str:
        return f"{self.name}/"

    def has(self, module: str) -> bool:
        return find_spec(f"charteroak.{self.name}.{module}") is not None


ROOMS = (
    Room("requests", _("Requests")),
    Room("board", _("Board"), public=True),
    Room("agreements", _("Agreements")),
    Room("submissions", _("Deliveries")),
    Room("hub", _("Hub")),
    Room("workspaces", _("Workspaces")),
    Room("outputs", _("Outputs")),
    Room("catalog", _("Catalog"), public=True),
    Room("agencies", _("Agencies"), public=True),
    Room("register", _("Register"), public=True),
    Room("audit", _("Log")),
)
OPEN = tuple(room for room in ROOMS if room.has("urls"))
