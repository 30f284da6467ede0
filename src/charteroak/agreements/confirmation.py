"""Step-up sign-in: a signature counts only from a person who has just proved who they are."""

from datetime import UTC, datetime

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest

from charteroak.agencies.models import Person


def confirmed_at(request: HttpRequest) -> datetime | None:
    """When this session's person last showed password, code or passkey; real time. None when never.

    Who has a second factor proves it with that one: a password alone does not count.
    """
    if not isinstance(request.user, Person):
        return None
    strong = is_mfa_enabled(request.user)
    instants = [
        float(record["at"])
        for record in get_authentication_records(request, request.user)
        if record.get("method") == "mfa" or not strong
    ]
    return datetime.fromtimestamp(max(instants), UTC) if instants else None
