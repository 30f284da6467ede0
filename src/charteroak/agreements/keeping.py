"""Pages on what was disclosed of an agency's records, and on the approvals under which records are destroyed."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from charteroak.adapters import clock
from charteroak.adapters.download import KINDS, download
from charteroak.adapters.listing import PER_PAGE
from charteroak.agencies.models import Agency
from charteroak.agencies.signin import signed_in
from charteroak.agreements import disclosures, retention
from charteroak.agreements.disclosures import Disclosure, Sought
from charteroak.agreements.forms import RetentionForm
from charteroak.agreements.lists import without_approval
from charteroak.agreements.models import Agreement, DisclosureRecord
from charteroak.agreements.views import found
from charteroak.policy.matter import Clock

YEAR = re.compile(r"20[0-9]{2}")
INDEX = re.compile(r"[0-9]{1,12}")


def _file(request: HttpRequest, lines: Iterable[Disclosure], name: str) -> HttpResponseBase | None:
    """The lines as the file that `format` names."""
    wanted = request.GET.get("format")
    if wanted not in KINDS:
        return None
    return download(request, disclosures.HEAD, map(disclosures.cells, lines), name=name, kind=wanted)


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
    sought = sought_by(request)
    if file := _file(request, disclosures.of(record, agencies, sought=sought), f"disclosures-{number}"):
        return file
    handed = DisclosureRecord.objects.filter(agreement=record, agency__in=agencies).select_related("agency")
    begun = asked_after(request)
    lines, after = disclosures.part(disclosures.of(record, agencies, begun, sought), PER_PAGE)
    shown = {"agreement": record, "handed": handed, "agencies": agencies, "lines": lines}
    paged = {"begun": begun, "after": after, **_narrowed(sought)}
    return render(request, "agreements/disclosures.html", {**shown, **paged})


def sought_by(request: HttpRequest) -> Sought:
    """The words `q` and the kind `what` that the address asks for."""
    what = request.GET.get("what", "")
    words = request.GET.get("q", "").strip()[:200]
    return Sought(words, what if what in disclosures.KINDS else "")


def _narrowed(sought: Sought, **beside: object) -> dict[str, object]:
    """What the fields of a page show, and how the addresses of its parts and files begin."""
    said = {name: one for name, one in {**beside, "q": sought.words, "what": sought.what}.items() if one}
    query = f"{urlencode(said)}&" if said else ""
    return {"sought": sought, "kinds": disclosures.KINDS, "query": query}


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
    sought: Sought

    @property
    def name(self) -> str:
        return f"disclosures-{self.agency.code}-{self.year or 'all'}"

    def lines(self) -> Iterator[Disclosure]:
        return disclosures.across(self.agency, self.year, self.after, self.sought)

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
    whole = said == "all"
    return Account(agencies, agency, None if whole else year, asked_after(request), sought_by(request))


@login_required
@require_safe
def accounts(request: HttpRequest) -> HttpResponseBase:
    """An agency's record under all its agreements; `?format=csv` and `xlsx` are the same as a file."""
    shown = account(request)
    if file := _file(request, shown.lines(), shown.name):
        return file
    lines, after = shown.page()
    years = range(clock.today().year, clock.today().year - 6, -1)  # accountings go back six years
    narrowed = _narrowed(shown.sought, agency=shown.agency.code, year=shown.year or "all")
    context = {"account": shown, "lines": lines, "after": after, "years": years, **narrowed}
    return render(request, "agreements/accounts.html", context)


@login_required
@require_safe
def handed_over(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """An agency's record as it was handed over before a destruction."""
    record, agencies = whose(request, number)
    one = get_object_or_404(DisclosureRecord, pk=pk, agreement=record, agency__in=agencies)
    rows = [
        [line[key] if key != "clauses" else " ".join(line[key]) for key in disclosures.HEAD]
        for line in one.content
    ]
    name = f"disclosures-{number}-{one.agency.code}-{one.what}"
    return download(request, disclosures.HEAD, rows, name=name, kind="csv")


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
