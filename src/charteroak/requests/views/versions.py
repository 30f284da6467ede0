"""A request as it was sent, each time, beside the time before."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from charteroak.policy.attachment import Kind
from charteroak.policy.sentence import words
from charteroak.requests.answers import ANSWERS
from charteroak.requests.models import DataRequest, Version
from charteroak.requests.versions import differences, heading
from charteroak.requests.views.found import visible


@login_required
@require_safe
def version(request: HttpRequest, number: str, version: int) -> HttpResponse:
    """One version as sent, and what changed from the one before."""
    record = visible(request, number)
    sent = get_object_or_404(record.versions.select_related("submitted_by"), number=version)
    before = record.versions.filter(number=version - 1).first()
    shown = {
        "record": record,
        "version": sent,
        "before": before,
        "versions": record.versions.select_related("submitted_by"),
        "answers": [(_(words), sent.content["answers"].get(part)) for part, words in ANSWERS.items()],
        "columns": sorted(sent.content["columns"].items()),
        "papers": _papers(record, sent),
        "differences": [
            (heading(one.part), one.before, one.after)
            for one in (differences(before.content, sent.content) if before else [])
        ],
    }
    return render(request, "requests/version.html", shown)


def _papers(record: DataRequest, sent: Version) -> list[tuple[str, str, str, str]]:
    """Name, kind, hash and address of each paper of the version."""
    at = {(one.name, one.sha256): one.get_absolute_url() for one in record.attachments.all()}
    return [
        (name, words(Kind(kind)), sha256, at.get((name, sha256), ""))
        for name, (kind, sha256) in sent.content.get("papers", {}).items()
    ]
