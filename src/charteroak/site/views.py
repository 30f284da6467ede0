"""The pages that belong to no room: home, how it works, sign-in, health."""

import sys
from datetime import date, timedelta
from typing import Any

from allauth.account.views import LoginView
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.db import InterfaceError, OperationalError, connection
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template import loader
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.defaults import server_error

from charteroak.adapters import calendars, clock
from charteroak.adapters.environment import Mode
from charteroak.adapters.vault import VaultError
from charteroak.agencies.held import held_on
from charteroak.agencies.models import Person, RoleHeld
from charteroak.agencies.worklist import Item, Turn
from charteroak.audit import queries as audit
from charteroak.site.second_factor import is_missing, is_shown
from charteroak.site.templatetags.lists import DAY_SALT
from charteroak.site.work import covered_by, work_of

LATELY = timedelta(days=180)
ENOUGH = 8  # finished records, with which nobody's acts are looked for in the log
LISTED = 100  # people of the demo whom the page of sign-in names
STEPS = [
    {
        "heading": _("Someone asks a question"),
        "text": _("A researcher in state service says what they want to learn, from which data, and why."),
    },
    {
        "heading": _("Each agency answers for its own data"),
        "text": _("A data steward allows or denies every column, and names the law that permits it."),
    },
    {
        "heading": _("The board decides in an open meeting"),
        "text": _("Only members whose agency’s data are asked for vote. The agenda is posted ahead of time."),
    },
    {
        "heading": _("Everyone signs an agreement"),
        "text": _(
            "It names people, columns, purpose, safeguards and the day on which the data are destroyed."
        ),
    },
    {
        "heading": _("Agencies send their files, encrypted"),
        "text": _("Names travel in one file and facts in another. No one outside the hub can open them."),
    },
    {
        "heading": _("The hub links, then destroys the names"),
        "text": _("Each person gets a random number that is used for this project only."),
    },
    {
        "heading": _("Researchers work in a sealed room"),
        "text": _("No network, no copies out. They see only the columns that the agreement names."),
    },
    {
        "heading": _("Results are checked before they leave"),
        "text": _("Two checkers and every agency look at each table. Small groups are hidden."),
    },
    {
        "heading": _("The public sees what came of it"),
        "text": _("The register lists the project, its data, its people’s roles and its results."),
    },
]


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if not isinstance(request.user, Person):
        return render(request, "welcome.html")
    items = list(work_of(request.user))
    lists = {turn.value: [item for item in items if item.state is turn] for turn in Turn}
    if len(lists[Turn.FINISHED.value]) < ENOUGH:
        lists[Turn.FINISHED.value] += _done_by(request.user, {item.href for item in items})
    return render(request, "home.html", {**lists, "covers": list(covered_by(request.user))})


def _done_by(person: Person, listed: set[str]) -> list[Item]:
    """The person's own acts of the last weeks, on records that are not listed anyway."""
    found = []
    for at, record in audit.done_by(person, since=clock.now() - LATELY):
        href: str = record.get_absolute_url()  # type: ignore[attr-defined] # asked for
        if href not in listed:
            when = date_format(clock.day_of(at))
            found.append(Item(str(record), href, Turn.FINISHED, _("you, on %s") % when))
    return found


@require_safe
def how_it_works(request: HttpRequest) -> HttpResponse:
    return render(request, "how_it_works.html", {"steps": STEPS})


@require_safe
def day(request: HttpRequest, told: str) -> HttpResponse:
    """One day of a page, for the reader's calendar; only this site can have made the address."""
    try:
        on, what, path = signing.loads(told, salt=DAY_SALT)
    except signing.BadSignature as wrong:
        raise Http404 from wrong
    entry = calendars.Entry(date.fromisoformat(on), what, request.build_absolute_uri(path))
    made = calendars.calendar([entry], made_at=clock.real_now())
    header = {"Content-Disposition": 'attachment; filename="day.ics"'}
    return HttpResponse(made, content_type="text/calendar; charset=utf-8", headers=header)


@login_required
@never_cache
@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """How to set a second factor up, or where to show it."""
    codes = is_mfa_enabled(request.user, types=[Authenticator.Type.TOTP])
    context = {
        "shown": is_shown(request),
        "needed": is_missing(request),
        "has_one": is_mfa_enabled(request.user),
        "show": "mfa_reauthenticate" if codes else "mfa_reauthenticate_webauthn",
    }
    return render(request, "second_factor.html", context)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view's signature
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    whose = {"Charteroak-Installation": settings.CONFIG.installation}
    return HttpResponse("ok\n", content_type="text/plain", headers=whose)


def failed(request: HttpRequest) -> HttpResponseBase:
    """A database that is being started again, or a store that is full, is no fault of the site: it says so."""
    error = sys.exc_info()[1]
    store = type(error) is VaultError  # an object that is missing or damaged is another matter
    if not store and not isinstance(error, OperationalError | InterfaceError):
        return server_error(request)
    page = loader.render_to_string("503.html", {"store": store})
    return HttpResponse(page, status=503, headers={"Retry-After": "60" if store else "2"})


class SignIn(LoginView):  # type: ignore[misc]  # allauth ships no types
    """In the demo the page lists the people; choosing one fills in the user name, never the password."""

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "login": self.request.GET.get("as", "")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if settings.CONFIG.mode is not Mode.PRODUCTION:
            held = Prefetch(
                "roles_held", RoleHeld.objects.filter(held_on(clock.today())).select_related("agency"), "held"
            )
            found = Person.objects.filter(is_active=True).order_by("name").prefetch_related(held)
            context["people"] = [(one, one.held) for one in found[:LISTED]]
        return context
