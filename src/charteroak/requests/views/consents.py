"""A nation's consent on a request's page: put on record, withdrawn."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from charteroak.agencies.signin import signed_in
from charteroak.requests import actions, consents
from charteroak.requests.forms import ConsentForm, read
from charteroak.requests.views.detail import detail_page
from charteroak.requests.views.found import visible


@login_required
@require_POST
def record_consent(request: HttpRequest, number: str) -> HttpResponse:
    record, form = visible(request, number), ConsentForm(request.POST, request.FILES)
    if not form.is_valid():
        consents.may_record(record, signed_in(request)).require()
        return detail_page(request, record, {"consent": form})
    file = form.cleaned_data.pop("file")
    said = {**form.cleaned_data, "name": file.name, "content": read(file)}
    made = actions.record_consent(pk=record.pk, by=signed_in(request), **said)
    messages.success(request, _("On record: the consent of %s.") % made.nation)
    return redirect(record)


@login_required
@require_POST
def withdraw_consent(request: HttpRequest, number: str, consent: int) -> HttpResponse:
    record = visible(request, number)
    one = get_object_or_404(consents.of(record), pk=consent)
    actions.withdraw_consent(pk=one.pk, by=signed_in(request), because=request.POST.get("because", ""))
    messages.success(request, _("Withdrawn. Every use of the project’s records is refused from now on."))
    return redirect(record)
