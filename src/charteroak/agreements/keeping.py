"""Pages on what was disclosed of an agency's records, and on the approvals under which records are destroyed."""

import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from charteroak.adapters import clock
from charteroak.adapters.listing import KINDS, PER_PAGE
from charteroak.adapters.spreadsheet import table, workbook
from charteroak.adapters.streaming import pieces, streamed
from charteroak.agencies.models import Agency
from charteroak.agencies.signin import signed_in
from charteroak.agreements import disclosures, retention
from charteroak.agreements.disclosures import Disclosure
from charteroak.agreements.forms import RetentionForm
from charteroak.agreements.lists import without_approval
from charteroak.agreements.models import Agreement, DisclosureRecord
from charteroak.agreements.views import found
from charteroak.policy.matter import Clock

YEAR = re.compile(r"20[0-9]{2}")
INDEX = re.compile(r"[0-9]{1,12}")


def _csv(rows: list[list[object]], name: str) -> HttpResponse:
    answer = HttpResponse(table(disclosures.HEAD, rows), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _file(request: HttpRequest, lines: Iterable[Disclosure], name: str) -> HttpResponseBase | None:
    """The lines as the file that `format` names."""
    wanted = request.GET.get("format")
    if wanted not in ("csv", "xlsx"):
        return None
    rows = [disclosures.cells(one) for one in lines]
    if wanted == "csv":
        return _csv(rows, f"{name}.csv")
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it has been read
    workbook(disclosures.HEAD, rows, file)
    return streamed(request, pieces(file), name=f"{name}.xlsx", kind=KINDS["xlsx"])


def whose(request: HttpRequest, number: str) -> tuple[Agreement, list[Agency]]:
    """The agreement, and the agencies whose record this reader may see; Http404 when there is none."""
    record = get_object_or_404(Agreement.objects, pk=found(request, number).pk)
    agencies = disclosures.seen_by(signed_in(request), record)
    if not agencies:
        raise Http404
    return record, agencies


@login_required
@require_safe
def disclosed(request: HttpRequest, number: str) -> HttpResponseBase:
    """The disclosures that the reader's office answers for, page by page; `?format=csv` and `xlsx` are all of them."""
    record, agencies = whose(request, number)
    if file := _file(request, disclosures.of(record, agencies), f"disclosures-{number}"):
        return file
    handed = DisclosureRecord.objects.filter(agreement=record, agency__in=agencies).select_related("agency")
    begun = asked_after(request)
    lines, after = disclosures.part(disclosures.of(record, agencies, begun), PER_PAGE)
    shown = {"agreement": record, "handed": handed, "agencies": agencies, "lines": lines}
    return render(request, "agreements/disclosures.html", {**shown, "begun": begun, "after": after})


def asked_after(request: HttpRequest) -> int:
    """The event of the log after which the address asks to read on; before the first when it names none."""
    after = request.GET.get("after", "")
    return int(after) if INDEX.fullmatch(after) else -1


@dataclass(frozen=True)
class Account:
    """One agency's record in a year, or ever (`year` is None), `after` an event of the log."""

    agencies: list[Agency]
    agency: Agency
    year: int | None
    after: int

    @property
    def name(self) -> str:
        return f"disclosures-{self.agency.code}-{self.year or 'all'}"

    def lines(self) -> Iterator[Disclosure]:
        return disclosures.across(self.agency, self.year, self.after)

    def page(self) -> tuple[list[Disclosure], int | None]:
        """As many lines as a page holds, and the event after which the next page begins; None on the last."""
        return disclosures.part(self.lines(), PER_PAGE)


def account(request: HttpRequest) -> Account:
    """What the address asks for: `agency` (the reader's first), `year` (or `all`), `after`. Raises Http404."""
    agencies = disclosures.answered_for(signed_in(request))
    asked, said = request.GET.get("agency", ""), request.GET.get("year", "")
    agency = next((one for one in agencies if asked in ("", one.code)), None)
    if agency is None:
        raise Http404
    year = int(said) if YEAR.fullmatch(said) else clock.today().year
    return Account(agencies, agency, None if said == "all" else year, asked_after(request))


@login_required
@require_safe
def accounts(request: HttpRequest) -> HttpResponseBase:
    """An agency's record under all its agreements; `?format=csv` and `xlsx` are the same as a file."""
    shown = account(request)
    if file := _file(request, shown.lines(), shown.name):
        return file
    lines, after = shown.page()
    years = range(clock.today().year, clock.today().year - 6, -1)  # accountings go back six years
    context = {"account": shown, "lines": lines, "after": after, "years": years}
    return render(request, "agreements/accounts.html", context)


@login_required
@require_safe
def handed_over(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """An agency's record as it was handed over before a destruction."""
    record, agencies = whose(request, number)
    one = get_object_or_404(DisclosureRecord, pk=pk, agreement=record, agency__in=agencies)
    rows = [
        [line[key] if key != "clauses" else " ".join(line[key]) for key in disclosures.HEAD]
        for line in one.content
    ]
    return _csv(rows, f"disclosures-{number}-{one.agency.code}-{one.what}.csv")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def approvals(request: HttpRequest) -> HttpResponseBase:
    """What certificates cite, and what comes near its day without it; `agreement` and `of` fill the form in."""
    by, lacking = signed_in(request), without_approval(request)
    begun = {"agreement": request.GET.get("agreement", ""), "what": request.GET.get("of", "")}
    form = RetentionForm(request.POST or None, initial=begun)
    if request.method == "POST":
        retention.may_record(by).require()
        if form.is_valid():
            said = form.cleaned_data
            retention.record(by=by, **(said | {"what": Clock(said["what"])}))
            messages.success(request, _("On record. Certificates cite it from now on."))
            return redirect("retention")
    shown = {"overview": retention.overview(), "decision": retention.may_record(by), "form": form}
    context = {**shown, "lacking": lacking}
    answer = render(request, "agreements/retention.html", context, status=400 if form.errors else 200)
    return lacking.file or answer
