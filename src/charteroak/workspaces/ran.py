"""What ran in a workspace: every job and every session, each as a list of its own."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from charteroak.workspaces import lists
from charteroak.workspaces.views import found


@login_required
@require_safe
def jobs(request: HttpRequest, number: str) -> HttpResponseBase:
    record = found(request, number)
    shown = lists.jobs(request, record)
    return shown.file or render(request, "workspaces/ran.html", {"shown": shown, "workspace": record})


@login_required
@require_safe
def sessions(request: HttpRequest, number: str) -> HttpResponseBase:
    record = found(request, number)
    shown = lists.sessions(request, record)
    return shown.file or render(request, "workspaces/ran.html", {"shown": shown, "workspace": record})
