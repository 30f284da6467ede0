"""An agreement as files: the tagged PDF with its exhibits, the draft for Word and back, the certificate."""

import hashlib

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from charteroak.adapters import pdf, word
from charteroak.adapters import seal as seals
from charteroak.agencies.signin import signed_in
from charteroak.agreements import actions, queries, round_trip
from charteroak.agreements.forms import WordForm
from charteroak.agreements.paper import sealed_paper, shown
from charteroak.agreements.views import agreement_page, found


@login_required
@require_safe
def as_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The agreement on paper, in the language it is kept in: words, terms, signatures, exhibits."""
    return pdf.file(shown(found(request, number)), f"agreement-{number}.pdf")


@login_required
@require_safe
def sealed(request: HttpRequest, number: str) -> HttpResponse:
    """The executed agreement under the installation's seal, as it was on that day."""
    paper = sealed_paper(found(request, number))
    if paper is None or paper.sealed is None:
        raise Http404
    return pdf.file(bytes(paper.sealed), f"agreement-{number}-sealed.pdf")


@login_required
@require_safe
def seal(request: HttpRequest, number: str) -> HttpResponse:
    """Whether the seal on the executed agreement holds, checked anew at every visit."""
    record = found(request, number)
    paper = sealed_paper(record)
    if paper is None or paper.sealed is None:
        raise Http404
    content = bytes(paper.sealed)
    shown = {
        "agreement": record,
        "paper": paper,
        "seal": seals.read(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "same_text": paper.text_hash == queries.text_hash(record.clauses.all()),
    }
    return render(request, "agreements/seal.html", shown)


@login_required
@require_safe
def as_word(request: HttpRequest, number: str) -> HttpResponse:
    """The draft for counsel's own program."""
    record = found(request, number)
    response = HttpResponse(round_trip.as_word(record), content_type=word.MIME)
    response.headers["Content-Disposition"] = f'attachment; filename="agreement-{number}.docx"'
    return response


@login_required
@require_POST
def take_in(request: HttpRequest, number: str) -> HttpResponse:
    record = found(request, number)
    form = WordForm(request.POST, request.FILES)
    if not form.is_valid():
        return agreement_page(request, record, take_in=form)
    changed = actions.take_in(pk=record.pk, by=signed_in(request), file=form.cleaned_data["file"].read())
    if changed:
        said = ngettext(
            "One clause changed: %(clauses)s.", "%(count)d clauses changed: %(clauses)s.", len(changed)
        )
        messages.success(request, said % {"count": len(changed), "clauses": ", ".join(changed)})
    else:
        messages.info(request, _("The file says what stands here already; nothing changed."))
    return redirect(record)


@login_required
@require_safe
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """That nothing held under the agreement is left, part by part."""
    record = found(request, number)
    if queries.destroyed_at(record) is None:
        raise Http404
    shown = {"agreement": record, "duties": record.duties.all()}
    return pdf.answer("agreements/certificate.html", shown, f"certificate-{number}.pdf")


@login_required
@require_safe
def certificate_of(request: HttpRequest, number: str, what: str) -> HttpResponse:
    """That one kind of thing held under the agreement is gone: a certificate each."""
    record = found(request, number)
    duty = get_object_or_404(record.duties, what=what, done_at__isnull=False)
    return pdf.answer(
        "agreements/certificate.html",
        {"agreement": record, "duties": [duty]},
        f"certificate-{number}-{what}.pdf",
    )
