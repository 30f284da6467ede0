"""Every request that somebody may see, and the page on which one begins."""

from uuid import uuid4

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from charteroak.agencies.signin import signed_in
from charteroak.requests import actions, queries
from charteroak.requests.forms import StartForm
from charteroak.requests.lists import listed


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponseBase:
    """Every request this person may see, with whose turn it is."""
    shown = listed(request)
    context = {"shown": shown, "begins": queries.may_begin(signed_in(request)).allowed}
    return shown.file or render(request, "requests/list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    form = StartForm(request.POST or None, initial={"once": uuid4()})
    if request.method == "POST" and form.is_valid():
        return redirect(actions.start(by=signed_in(request), **form.cleaned_data))
    return render(request, "requests/new.html", {"form": form}, status=400 if form.errors else 200)
