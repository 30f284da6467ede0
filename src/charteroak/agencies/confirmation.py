"""Step-up sign-in: a signature counts only from a person who has just proved who they are."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.policy.decision import Refused
from charteroak.policy.signature import CONFIRMED_FOR


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


def is_fresh(at: datetime | None) -> bool:
    """Whether a proof given `at`, real time, counts towards a signature now."""
    return at is not None and clock.real_now() - at <= timedelta(minutes=CONFIRMED_FOR)


@contextmanager
def asking_who_it_is() -> Iterator[None]:
    """Where nothing but a fresh proof is missing allauth asks for it, then sends this very form again."""
    try:
        yield
    except Refused as refused:
        if [reason.rule for reason in refused.reasons] == ["sign_in_not_confirmed"]:
            raise ReauthenticationRequired from refused
        raise
