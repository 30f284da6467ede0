"""The rooms in the order of the menu: address, name, who works there, and whether the public may enter."""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from charteroak.adapters.environment import governance_only
from charteroak.policy import report
from charteroak.policy.roles import Role

WITH_FILES = {
    "submissions",
    "hub",
    "workspaces",
    "inputs",
    "outputs",
}  # closed where the platform governs only
WITHOUT_FILES = {"elsewhere"}  # entered by the address alone where the platform moves files itself
THE_BOARD = {Role.BOARD_CHAIR, Role.BOARD_MEMBER}
THE_OFFICE = {Role.POLICY_OFFICE, Role.AUDITOR}
PARTNERS = {Role.RESEARCHER, Role.DATA_STEWARD, Role.COUNSEL, Role.SIGNATORY}
OPERATORS = {Role.HUB_OPERATOR, Role.ENCLAVE_OPERATOR, Role.OUTPUT_CHECKER}


@dataclass(frozen=True)
class Room:
    """`roles` work here and find it in their menu; what they may see inside, the room itself decides."""

    name: str
    label: Promise
    roles: frozenset[Role] = frozenset()
    public: bool = False

    @property
    def prefix(self) -> str:
        return f"{self.name}/"

    def has(self, module: str) -> bool:
        return find_spec(f"charteroak.{self.name}.{module}") is not None


def room(name: str, label: Promise, *workers: Iterable[Role]) -> Room:
    """A room for these roles; without any it is everybody's, the public's too."""
    return Room(name, label, frozenset().union(*workers), public=not workers)


ROOMS = (
    room("requests", _("Requests"), PARTNERS, THE_BOARD, THE_OFFICE),
    room("board", _("Board")),
    room("agreements", _("Agreements"), PARTNERS, THE_BOARD, THE_OFFICE, OPERATORS),
    room("exceptions", _("Exceptions"), {Role.COUNSEL}, THE_OFFICE),
    room("submissions", _("Deliveries"), {Role.DATA_STEWARD, Role.HUB_OPERATOR}, THE_OFFICE),
    room("elsewhere", _("Files"), {Role.DATA_STEWARD}, OPERATORS, THE_OFFICE),
    room("hub", _("Hub"), {Role.DATA_STEWARD, Role.HUB_OPERATOR}, THE_OFFICE),
    room("workspaces", _("Workspaces"), {Role.RESEARCHER, Role.ENCLAVE_OPERATOR, Role.OUTPUT_CHECKER, Role.AUDITOR}),
    room("inputs", _("Inputs"), {Role.RESEARCHER, Role.OUTPUT_CHECKER, Role.AUDITOR}),
    room("outputs", _("Outputs"), {Role.RESEARCHER, Role.DATA_STEWARD, Role.OUTPUT_CHECKER}, THE_BOARD, THE_OFFICE),
    room("catalog", _("Catalog")),
    room("agencies", _("Agencies")),
    room("register", _("Register")),
    Room("reports", _("Reports"), report.ANY),
    room("audit", _("Log"), {Role.AUDITOR}),
)  # fmt: skip


def open_rooms() -> list[Room]:
    """The rooms where work is done: with files only where this installation moves them."""
    closed = WITH_FILES if governance_only() else WITHOUT_FILES
    return [one for one in ROOMS if one.name not in closed]


def menu(roles: Iterable[Role]) -> list[Room]:
    """The public's open rooms, and those where one of these roles works."""
    return [one for one in open_rooms() if one.public or one.roles & frozenset(roles)]
