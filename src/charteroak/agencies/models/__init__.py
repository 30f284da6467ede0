"""Who takes part: agencies and their authority, people and what they hold, and how agencies join."""

from charteroak.agencies.models.accounts import DetailsChange, Invitation, InvitationKey
from charteroak.agencies.models.joining import JoiningRequest, MemberWord
from charteroak.agencies.models.people import (
    Agency,
    Authority,
    Cover,
    DepartureNotice,
    Employment,
    Instrument,
    People,
    Person,
    Pledge,
    RoleHeld,
    Training,
)

__all__ = [
    "Agency", "Authority", "Cover", "DepartureNotice", "DetailsChange", "Employment", "Instrument", "Invitation",
    "InvitationKey", "JoiningRequest", "MemberWord", "People", "Person", "Pledge", "RoleHeld", "Training",
]  # fmt: skip
