"""The hub's pages: the pipeline, clerical review, the match report, the review before access, certificates."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from charteroak.adapters import showing
from charteroak.agencies.models import Person
from charteroak.agencies.signin import signed_in
from charteroak.agreements import queries as agreements
from charteroak.agreements.models import Agreement, DestructionDuty
from charteroak.audit import looks
from charteroak.hub import actions, clerical, clocks, pictures, queries
from charteroak.hub.forms import pair_decisions
from charteroak.hub.lists import listed
from charteroak.hub.models import Extract, LinkRun
from charteroak.hub.pictures import percent
from charteroak.policy import extract as extract_rules
from charteroak.policy.decision import Refused
from charteroak.policy.delivery import FileKind
from charteroak.policy.link_run import Action, Status
from charteroak.policy.roles import Role

A_PAGE = 25  # pairs


def _visible(request: HttpRequest, number: str) -> Agreement:
    return get_object_or_404(queries.visible_to(signed_in(request)), number=number)


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    shown = listed(request)
    return shown.file or render(request, "hub/index.html", {"shown": shown})


@login_required
@never_cache
@require_safe
def pipeline(request: HttpRequest, number: str) -> HttpResponse:
    record, by = _visible(request, number), signed_in(request)
    run, extract = queries.run_of(record), queries.extract_of(record)
    context = {
        "record": record,
        "run": run,
        "extract": extract,
        "stages": pictures.stages(record, run, extract),
        "operator": Role.HUB_OPERATOR in queries.roles_of(by, record),
        "start": queries.start_decision(record, by),
        "duty": record.duties.filter(what=DestructionDuty.What.IDENTIFIERS).first(),
        "destroy": queries.destroy_decision(record, DestructionDuty.What.IDENTIFIERS, by),
        "turn": turn(record, run, extract),
        "due": _due(record),
        "working": _working(run, extract),
        **(_report(run, request) if run else {}),
        **(_access(extract, request) if extract else {}),
    }
    return render(request, "hub/agreement.html", context)


def _report(run: LinkRun, request: HttpRequest) -> dict[str, Any]:
    by = signed_in(request)
    confirmed = {one.agency.code: one for one in run.confirmations.select_related("agency", "by")}
    undecided = run.pairs_to_review - run.pair_decisions.count()
    return {
        "bars": pictures.rates(run.report),
        "passes": pictures.passes(run.report),
        "gaps": pictures.gaps(run.report),
        "undecided": undecided,
        "decided": run.pairs_to_review - undecided,
        "settle": queries.may(run, Action.SETTLE, by),
        "in_review": run.status == Status.IN_CLERICAL_REVIEW,
        "confirmations": [
            (code, confirmed.get(code), queries.confirm_decision(run, by, code))
            for code in agreements.contributors(run.agreement)
        ],
    }


def _access(extract: Extract, request: HttpRequest) -> dict[str, Any]:
    by, agreement = signed_in(request), extract.link_run.agreement
    return {
        "office": Role.POLICY_OFFICE in queries.roles_of(by, agreement),
        "clear": queries.clear_decision(extract, by),
        "columns": _columns(extract),
        "smallest_class": extract.summary.get("risk", {}).get("smallest_class"),
        "standing_out": pictures.standing_out(extract.summary),
        "drivers": pictures.drivers(extract.summary),
        "linked": _linked(extract),
    }


def _linked(extract: Extract) -> list[tuple[str, list[str], list[list[str]]]]:
    """Per column, a table: group by share linked to each other agency's file."""
    found = extract.summary.get("linked", {})
    files = sorted(found)
    columns = sorted({column for of in found.values() for column in of})
    return [
        (
            column,
            [column, *files],
            [
                [group, *(percent(found[file][column].get(group)) for file in files)]
                for group in sorted({group for file in files for group in found[file][column]})
            ],
        )
        for column in columns
    ]


def _columns(extract: Extract) -> list[list[Any]]:
    """Table, column, the clause that names it, share missing."""
    terms = agreements.terms(extract.link_run.agreement)
    missing = extract.summary.get("tables", {})
    return [
        [
            table,
            name,
            f"{terms.number}/{terms.elements[table.upper()].clause}",
            percent(missing[table]["missing"].get(name)),
        ]
        for table, of in sorted(extract.tables.items())
        if table.upper() in terms.elements
        for name in of["columns"]
        if name != "pid"
    ]


def turn(record: Agreement, run: LinkRun | None, extract: Extract | None) -> str:
    if run is None or run.status == Status.FAILED:
        lacking = queries.missing(record, FileKind.MATCHING)
        return ", ".join(lacking) or _("hub operator")
    if run.status == Status.IN_CLERICAL_REVIEW:
        return _("hub operator")
    if run.status == Status.SETTLED and run.crosswalk:
        confirmed = run.confirmations.values_list("agency__code", flat=True)
        return ", ".join(code for code in agreements.contributors(record) if code not in confirmed)
    if extract is not None and extract.status == extract_rules.Status.BUILT:
        return _("policy office")
    duty = record.duties.filter(what=DestructionDuty.What.IDENTIFIERS).first()
    if extract is not None and extract.built_at:
        return _("hub operator") if duty and not duty.done_at else ""
    return _("the hub works")


def _due(record: Agreement) -> date | None:
    """By when the next step is due, be it the destruction of the identifiers."""
    duty = record.duties.filter(what=DestructionDuty.What.IDENTIFIERS, done_at__isnull=True).first()
    days = (clocks.due_days([record]).get(record.data_request.number), duty.due_on if duty else None)
    return min((day for day in days if day is not None), default=None)


def _working(run: LinkRun | None, extract: Extract | None) -> str:
    if run is not None and run.status == Status.STARTED:
        return _("The hub compares the files")
    if run is not None and run.status == Status.SETTLED and not run.crosswalk:
        return _("The hub writes the crosswalk")
    if extract is not None and extract.status == extract_rules.Status.ORDERED:
        return _("The extract is being built")
    return ""


@login_required
@never_cache
@require_safe
def pairs(request: HttpRequest, number: str) -> HttpResponse:
    """Doubtful pairs side by side. What is shown is sealed to this one page view and kept nowhere."""
    record, by = _visible(request, number), signed_in(request)
    run = queries.run_of(record)
    if run is None or Role.HUB_OPERATOR not in queries.roles_of(by, record):
        raise Http404
    decision = clerical.may_decide(run, by)
    decided = {one.pair: one.same_person for one in run.pair_decisions.all()}
    numbers = _asked_for(request, run, set(decided)) if decision else []
    context: dict[str, Any] = {"record": record, "run": run, "decision": decision, "decided": len(decided)}
    if numbers:
        context |= _shown(run, by, numbers, decided)
    return render(request, "hub/pairs.html", context)


def _asked_for(request: HttpRequest, run: LinkRun, decided: set[int]) -> list[int]:
    one = request.GET.get("pair", "")
    if one.isdigit() and 1 <= int(one) <= run.pairs_to_review:
        return [int(one)]
    undecided = [number for number in range(1, run.pairs_to_review + 1) if number not in decided]
    return undecided if request.GET.get("all") else undecided[:A_PAGE]


def _shown(run: LinkRun, by: Person, numbers: list[int], decided: dict[int, bool]) -> dict[str, Any]:
    try:
        said = looks.ask("hub:show_pairs", by=by, link_run=run.pk, numbers=numbers)
    except showing.NotShown as not_shown:
        return {"not_shown": str(not_shown)}
    except Refused as refused:
        return {"not_shown": str(refused)}
    for pair in said["pairs"]:
        pair["decided"] = decided.get(pair["number"])
        for field in pair["fields"]:
            field["marked"] = clerical.differences(field["left"] or "", field["right"] or "")
    return {"pairs": said["pairs"]}


@login_required
@require_POST
def decide_pairs(request: HttpRequest, number: str) -> HttpResponse:
    _visible(request, number)
    decisions = pair_decisions(request.POST)
    if not decisions:
        messages.warning(request, _("Nothing was decided: choose “same” or “different” for a pair."))
        return redirect("hub_pairs", number)
    actions.decide_pairs(number=number, by=signed_in(request), decisions=decisions)
    messages.success(request, _("%d decided.") % len(decisions))
    return redirect("hub_pairs", number)


@login_required
@require_POST
def start_link_run(request: HttpRequest, number: str) -> HttpResponse:
    _visible(request, number)
    actions.start_link_run(number=number, by=signed_in(request))
    messages.success(request, _("Started. This page shows the result."))
    return redirect("hub_agreement", number)


@login_required
@require_POST
def settle(request: HttpRequest, number: str) -> HttpResponse:
    _visible(request, number)
    actions.settle(number=number, by=signed_in(request))
    messages.success(request, _("Settled. Each contributing agency’s steward now confirms the match."))
    return redirect("hub_agreement", number)


@login_required
@require_POST
def confirm(request: HttpRequest, number: str, agency: str) -> HttpResponse:
    _visible(request, number)
    actions.confirm(number=number, by=signed_in(request), agency=agency)
    messages.success(request, _("Confirmed for %s.") % agency)
    return redirect("hub_agreement", number)


@login_required
@require_POST
def clear_extract(request: HttpRequest, number: str) -> HttpResponse:
    _visible(request, number)
    actions.clear_extract(number=number, by=signed_in(request))
    messages.success(request, _("Cleared. The enclave operator may open the workspace."))
    return redirect("hub_agreement", number)


@login_required
@require_POST
def destroy_identifiers(request: HttpRequest, number: str) -> HttpResponse:
    _visible(request, number)
    actions.destroy_identifiers(number=number, by=signed_in(request))
    messages.success(request, _("Ordered. The certificate appears here when it is done."))
    return redirect("hub_agreement", number)


@login_required
@require_safe
def certificate(request: HttpRequest, number: str, what: str) -> HttpResponse:
    """Printable: what was destroyed, by which process, under which keys, and what could still restore it."""
    record = _visible(request, number)
    duty = get_object_or_404(DestructionDuty, agreement=record, what=what, done_at__isnull=False)
    return render(request, "hub/certificate.html", {"record": record, "duty": duty})
