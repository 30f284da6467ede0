"""A request as it was sent, each time, beside the time before."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from charteroak.requests import queries
from charteroak.requests.versions import differences
from charteroak.requests.views.found import visible


@login_required
@require_safe
def version(request: HttpRequest, number: str, version: int) -> HttpResponse:
    """One version as sent, and what changed from the one before."""
    record = visible(request, number)
    sent = get_object_or_404(record.versions.select_related("submitted_by"), number=version)
    before = record.versions.filter(number=version - 1).first()
    parts = {**queries.PARTS, "team": "team"}
    shown = {
        "record": record,
        "version": sent,
        "before": before,
        "versions": record.versions.select_related("submitted_by"),
        "answers": [(_(words), sent.content["answers"].get(part)) for part, words in queries.PARTS.items()],
        "differences": [
            (_(parts[one.part]) if one.part in parts else one.part, one.before, one.after)
            for one in (differences(before.content, sent.content) if before else [])
        ],
    }
    return render(request, "requests/version.html", shown)
