"""What left: its bytes, its receipt, and the way back from it to the signed clauses."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from charteroak.audit.queries import NotYetSigned
from charteroak.audit.signed import LogAltered
from charteroak.outputs import fetching
from charteroak.outputs import trace as tracing
from charteroak.outputs.lineage import stages
from charteroak.outputs.models import ReleasedFile, ReleaseRequest
from charteroak.outputs.views import found
from charteroak.policy.release_request import Status


@login_required
@require_safe
def trace(request: HttpRequest, number: str) -> HttpResponse:
    record = found(request, number)
    chain = tracing.trace(record.number)
    shown = {"record": record, "trace": chain, "stages": stages(chain)}
    return render(request, "outputs/trace.html", shown)


@login_required
@require_safe
def receipt(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """The proof that the log holds the release of this file."""
    record = found(request, number)
    _file(record, name)
    try:
        made = tracing.receipt_of(record.number)
    except (NotYetSigned, LogAltered) as wait:
        return HttpResponse(f"{wait}\n", status=503, content_type="text/plain", headers={"Retry-After": "10"})
    response = HttpResponse(made.to_json(), content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.receipt.json"'
    return response


@login_required
@require_safe
def released(request: HttpRequest, number: str, name: str) -> HttpResponseBase:
    """The released bytes for whoever may read the request, also where the register does not have them."""
    return fetching.download(request, _file(found(request, number), name))


def _file(record: ReleaseRequest, name: str) -> ReleasedFile:
    """What is out by that name. Raises Http404, also of what was revoked."""
    if record.status != Status.RELEASED:
        raise Http404
    return get_object_or_404(record.release.files, name=name)
