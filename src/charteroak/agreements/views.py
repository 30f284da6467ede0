"""Agreements as their readers, counsel and signatories see them: words beside what the system enforces."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from charteroak.adapters import clock
from charteroak.adapters.calendar import closed_days
from charteroak.agencies.confirmation import asking_who_it_is, confirmed_at
from charteroak.agencies.models import Person
from charteroak.agencies.signin import signed_in
from charteroak.agreements import (
    actions,
    amending,
    clocks,
    disclosures,
    drafting,
    queries,
    retention,
    turns,
    worklist,
)
from charteroak.agreements.checklist import checklist
from charteroak.agreements.difference import difference
from charteroak.agreements.enforcement import enforced
from charteroak.agreements.forms import (
    DraftForm,
    RecallForm,
    RedlineForm,
    SignForm,
    TerminateForm,
    WithdrawForm,
    WordForm,
)
from charteroak.agreements.lists import listed
from charteroak.agreements.models import Agreement, Clause, DestructionDuty, Redline
from charteroak.agreements.paper import is_sealed
from charteroak.agreements.recall import recalls
from charteroak.agreements.terms import preclears
from charteroak.policy.after_signature import match_due
from charteroak.policy.agency_review import Choice
from charteroak.policy.agreement import Status
from charteroak.policy.decision import ALLOWED, Decision
from charteroak.policy.retention import ASKED_AHEAD
from charteroak.requests import fees
from charteroak.requests.models import AgencyReview, DataRequest, RequestedColumn


def found(request: HttpRequest, number: str) -> Agreement:
    return get_object_or_404(
        queries.visible_to(signed_in(request)).select_related("data_request", "amends", "version"),
        number=number,
    )


@login_required
@require_safe
def agreements(request: HttpRequest) -> HttpResponseBase:
    by = signed_in(request)
    shown = listed(request)
    drafts = by.roles(clock.today()) & queries.DRAFTERS
    context = {
        "shown": shown,
        "to_draft": queries.to_draft()[: worklist.LISTED] if drafts else [],
        "accounts": disclosures.reads_accounts(by),
    }
    return shown.file or render(request, "agreements/agreements.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, number: str) -> HttpResponse:
    """What the agreement will be made of; the button makes it."""
    by = signed_in(request)
    if not by.roles(clock.today()) & queries.DRAFTERS:
        raise Http404
    record = get_object_or_404(DataRequest, number=number)
    if request.method == "POST":
        seen = DraftForm(request.POST)
        made = actions.draft(
            data_request_pk=record.pk,
            by=by,
            sensitive_seen=seen.is_valid() and seen.cleaned_data["sensitive_seen"],
        )
        messages.success(request, _("The agreement is drafted."))
        return redirect(made)
    drafted = Agreement.every.filter(data_request=record).first()
    if drafted is not None:
        return redirect(drafted)
    decision = queries.draft_decision(record, by)
    shown = {
        "data_request": record,
        "decision": decision,
        "form": DraftForm(initial={"sensitive_seen": amending.sensitive_seen(record)}),
        "parties": drafting.parties_to(record) if decision.allowed else [],
        "decided": [(review, _decided(review)) for review in record.reviews.select_related("agency")],
    }
    return render(request, "agreements/draft.html", shown)


def _decided(review: AgencyReview) -> list[tuple[str, list[RequestedColumn]]]:
    """An agency's columns by what it decided: allowed, masked, denied."""
    columns = review.data_request.columns.filter(variable__dataset__agency=review.agency)
    found = [
        (label, list(columns.filter(choice=choice).select_related("variable")))
        for choice, label in (
            (Choice.ALLOW, _("Allowed")),
            (Choice.MASK, _("Allowed when masked")),
            (Choice.CONDITION, _("Allowed under a condition")),
            (Choice.DENY, _("Denied")),
        )
    ]
    return [(label, those) for label, those in found if those]


@login_required
@require_safe
def agreement(request: HttpRequest, number: str) -> HttpResponse:
    return agreement_page(request, found(request, number))


def _unsignable(record: Agreement, by: Person) -> Decision | None:
    """Why a text that waits for this person's signature takes none."""
    waits = record.status == Status.IN_SIGNATURE and queries.signs_for(by, record).filter(
        signature__isnull=True
    )
    decision = queries.may_be_signed(record)
    return decision if waits and waits.exists() and not decision else None


def agreement_page(request: HttpRequest, record: Agreement, **in_error: forms.Form) -> HttpResponse:
    by = signed_in(request)
    shown = _text(record)
    decisions = queries.decisions(record, by)
    redlines = decisions.get("redline")
    for one in shown["clauses"]:
        one["locked"] = one["clause"].wording.locked
        one["redline"] = None if one["locked"] else redlines
        one["form"] = in_error.get(f"redline-{one['clause'].pk}") or RedlineForm.of(one["clause"])
        one["opened"] = f"redline-{one['clause'].pk}" in in_error
    wanted = [
        (party, in_error.get(f"sign-{party.pk}") or SignForm(party, shown["text_hash"]))
        for party in queries.signatures_wanted(record, by)
    ]
    shown |= {
        "turn": worklist.whose_turn(record),
        "due": due_on(record),
        "decisions": decisions,
        "compared": amending.compared(record),
        "versions": amending.versions(record),
        "checklist": checklist(record.clauses.all()),
        "wanted": wanted,
        "unsignable": _unsignable(record, by),
        "sign_decision": ALLOWED,
        "duties": retention.told(record),
        "asked_ahead": clock.today() + ASKED_AHEAD,
        "approves": retention.may_record(by).allowed,
        "discloses": record.amends is None and bool(disclosures.seen_by(by, record)),
        "preclears": preclears(record),
        "today": clock.today(),
        "sealed": is_sealed(record),
        "all_destroyed": queries.destroyed_at(record),
        "closing": record.ended_on is not None or record.ends_on < clock.today(),
        **_ways_out(in_error),
        **({} if record.amends else turns.of_changes(record.data_request, by)),
        "word_form": in_error.get("take_in") or WordForm(),
        "redline": redlines,
        **fees.shown(record.data_request),
    }
    return render(request, "agreements/agreement.html", shown, status=400 if in_error else 200)


def _ways_out(in_error: dict[str, forms.Form]) -> dict[str, forms.Form]:
    return {
        "terminate_form": in_error.get("terminate") or TerminateForm(),
        "withdraw_form": in_error.get("withdraw") or WithdrawForm(),
        "recall_form": in_error.get("recall") or RecallForm(),
    }


def _text(record: Agreement) -> dict[str, Any]:
    """The agreement as it reads now, with its hash, its enforcement and its signatures."""
    clauses = list(record.clauses.prefetch_related("redlines__by"))
    return {
        "agreement": record,
        "text_hash": queries.text_hash(clauses),
        "clauses": [
            {
                "clause": clause,
                "enforced": enforced(clause),
                "redlines": [
                    (one, difference(one.before, one.after), _terms_moved(clause, one))
                    for one in clause.redlines.order_by("at")
                ],
            }
            for clause in clauses
        ],
        "parties": record.parties.select_related("agency", "signatory", "signature__by"),
        "recalls": recalls(record),
    }


def _terms_moved(clause: Clause, change: Redline) -> list[tuple[str, list[str]]]:
    """What the system would no longer do after a redline, and what instead; empty when its words alone changed."""
    if change.terms_before is None or change.terms_after is None:
        return []
    before, after = (
        enforced(clause.with_terms(terms)) for terms in (change.terms_before, change.terms_after)
    )
    gone, come = [one for one in before if one not in after], [one for one in after if one not in before]
    return [("removed", gone), ("added", come)]


@login_required
@require_POST
def redline(request: HttpRequest, number: str, clause: int) -> HttpResponse:
    record = found(request, number)
    changed = get_object_or_404(Clause, agreement=record, pk=clause)
    form = RedlineForm(request.POST, auto_id=f"redline-{clause}-%s")
    if not form.is_valid():
        return agreement_page(request, record, **{f"redline-{clause}": form})
    actions.redline(clause=changed.pk, by=signed_in(request), **form.cleaned_data)
    messages.success(request, _("Clause %s reads as you wrote it.") % changed.number)
    return redirect(record)


@login_required
@require_POST
def open_for_signature(request: HttpRequest, number: str) -> HttpResponse:
    record = found(request, number)
    actions.open_for_signature(pk=record.pk, by=signed_in(request))
    messages.success(request, _("The text is frozen; the parties may sign."))
    return redirect(record)


@login_required
@require_POST
def sign(request: HttpRequest, number: str, party: int) -> HttpResponse:
    record = found(request, number)
    wanted = get_object_or_404(record.parties, pk=party)
    form = SignForm(wanted, "", request.POST)
    if not form.is_valid():
        return agreement_page(request, record, **{f"sign-{party}": form})
    with asking_who_it_is():
        actions.sign(
            party=party,
            by=signed_in(request),
            text_hash=form.cleaned_data["text_hash"],
            intent=str(form.statement),
            confirmed_at=confirmed_at(request),
        )
    messages.success(request, _("You have signed for %s.") % wanted.agency.name)
    return redirect(record)


def due_on(record: Agreement) -> date | None:
    """By when: the draft's clock, the match confirmed, the last day in force, then the next destruction."""
    if record.executed_on is None:
        return clocks.due_of(record)
    unmatched = record.duties.filter(what=DestructionDuty.What.IDENTIFIERS, began_on=None, done_at=None)
    if record.last_day > clock.today() and unmatched.exists():
        return match_due(record.executed_on, closed_days())
    waiting = record.duties.filter(done_at__isnull=True, due_on__isnull=False)
    due: date | None = waiting.order_by("due_on").values_list("due_on", flat=True).first()
    return due if due and record.last_day <= clock.today() else record.last_day
