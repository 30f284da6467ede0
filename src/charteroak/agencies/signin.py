"""Who is signed in. Accounts are made by invitation of the policy office; nobody signs themselves up."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.http import Http404, HttpRequest

from charteroak.agencies.models import Person

ACTING = "acting_under_cover"  # in the session: the cover under which this person acts


class InvitedOnly(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - the adapter's signature
        return False

    def set_password(self, user: Person, password: str) -> None:
        """The hash alone is written: the site may change nothing else about a person."""
        user.set_password(password)
        user.save(update_fields=["password"])


class WithAccess(AuthenticationBackend):  # type: ignore[misc]  # as above
    def user_can_authenticate(self, user: Person) -> bool:
        """Who has left is out like one whose account is closed: at the next request of any session."""
        return bool(super().user_can_authenticate(user)) and not user.left


def signed_in(request: HttpRequest) -> Person:
    """The person behind a request. To a visitor without a sign-in what is asked for does not exist."""
    if not isinstance(request.user, Person):
        raise Http404
    return request.user
