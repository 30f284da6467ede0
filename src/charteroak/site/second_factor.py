"""Who signs, checks, operates or administers comes in with a second factor, where the operator requires it."""

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.audit.actions import record_refusal
from charteroak.policy.decision import Reason, Refused
from charteroak.site.middleware import GetResponse, as_json
from charteroak.site.tokens import token_of

# where a second factor is set up, shown, or not needed: who laid another's office down may need none
OPEN = ("/accounts/", "/language/", "/healthz", "/agencies/cover/stop/")


def second_factor(get_response: GetResponse) -> GetResponse:
    """Until it is shown, a person who needs one gets no further than the page that says how to set one up."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(OPEN) or not is_missing(request):
            return get_response(request)
        return _refused(request)

    return answer


def is_missing(request: HttpRequest) -> bool:
    """Whether this session lacks the second factor that one of the person's offices needs today.

    A token has what was shown in the session that made it.
    """
    wanted = settings.CONFIG.second_factor_roles
    if not wanted or not isinstance(request.user, Person):
        return False
    token = token_of(request.user)
    if token.second_factor if token else is_shown(request):
        return False
    return bool(request.user.roles(clock.today()) & wanted)


def is_shown(request: HttpRequest) -> bool:
    """Whether a code or a passkey was shown in this session."""
    return any(record["method"] == "mfa" for record in get_authentication_records(request, request.user))


def _refused(request: HttpRequest) -> HttpResponse:
    reason = Reason(
        "second_factor_missing",
        _("Your office needs a second factor: a code from an app, or a passkey."),
        _("Set one up under “Sign-in security”, then sign in with it."),
    )
    refused = Refused((reason,))
    record_refusal(refused, action="site:second_factor", by=request.user, subject=request.path)
    wanted = request.get_preferred_type(["text/html", "application/json"])
    if request.path.startswith("/api/") or wanted == "application/json":
        return JsonResponse(as_json(refused), status=403)
    return redirect("second_factor")
