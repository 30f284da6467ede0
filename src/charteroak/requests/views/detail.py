"""A request's page, with every form that its reader is for."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from charteroak.agencies.models import Person
from charteroak.agencies.queries import disclosing
from charteroak.agencies.signin import signed_in
from charteroak.catalog.queries import rules_on
from charteroak.policy.data_request import Status
from charteroak.policy.request_change import COLUMNS, TEAM, amends, may_touch
from charteroak.requests import changes, consents, fees, papers, queries, reviewing
from charteroak.requests.fit_check import findings
from charteroak.requests.forms import (
    AppealForm,
    AttachForm,
    ChangeForm,
    ConsentForm,
    DecideForm,
    FixFeeForm,
    MemberForm,
    PaidForm,
    Part,
    ReturnForm,
    TextForm,
    WaiveForm,
    parts,
)
from charteroak.requests.models import AgencyReview, DataRequest
from charteroak.requests.timeline import timeline
from charteroak.requests.versions import heading
from charteroak.requests.views.found import visible


@login_required
@require_safe
def detail(request: HttpRequest, number: str) -> HttpResponse:
    return detail_page(request, visible(request, number))


def detail_page(
    request: HttpRequest,
    record: DataRequest,
    sent: Mapping[str, forms.Form] | None = None,
    typed: list[Part] | None = None,
) -> HttpResponse:
    """The request's page; `sent` and `typed` are forms with mistakes, shown as they were filled in."""
    wrong = sent or {}
    person = signed_in(request)
    decisions = queries.decisions(record, person)
    turn, by_when = queries.whose_turn(record)
    fitting = Status(record.status) in (*queries.WITH_APPLICANT, Status.SUBMITTED)
    return render(
        request,
        "requests/detail.html",
        {
            "record": record,
            "turn": turn,
            "by_when": by_when,
            "decisions": decisions,
            "editable": "edit" in decisions,
            **_change(record, person),
            **_consents(record, person, wrong),
            **_fee(record, person, wrong),
            "parts": typed or _answers(record, "edit" in decisions),
            "seen": record.revision,
            "terms": queries.open_terms(record, person) if "accept_terms" in decisions else {},
            "versions": record.versions.count(),
            "team": record.team.select_related("person__employer"),
            "papers": papers.held(record),
            "columns": queries.columns(record),
            "findings": findings(record) if fitting and decisions else [],
            "fitting": fitting and bool(decisions),
            "reviews": _reviews(record, person, wrong),
            **_told(request, record),
            "administration": queries.administration_of(record),
            **_forms(wrong),
        },
        status=400 if typed or wrong else 200,
    )


def _told(request: HttpRequest, record: DataRequest) -> dict[str, Any]:
    """What happened: the latest at first."""
    told = timeline(record)
    return {
        "timeline": told,
        "moments": told.moments if request.GET.get("timeline") == "all" else told.latest,
    }


def _answers(record: DataRequest, editable: bool) -> list[Part]:
    """Of a change, who edits sees what its kind may touch; who reads sees all: it says again what it leaves."""
    return parts(record, kind=record.kind_of_change if editable else None)


def _consents(record: DataRequest, person: Person, wrong: Mapping[str, forms.Form]) -> dict[str, Any]:
    """Shown where a consent is on record, or a column asks for one."""
    given = list(consents.of(record))
    variables = [column.variable for column in queries.columns(record)]
    return {
        "consents": given,
        "consent_asked": bool(given) or consents.asked(variables),
        "nations": consents.nations_of(variables),
        "consent_lacking": consents.lacking(record, variables),
        "records_consents": consents.records_them(person),
        "may_record_consent": consents.may_record(record, person),
        "consent_form": wrong.get("consent", ConsentForm()),
    }


def _fee(record: DataRequest, person: Person, wrong: Mapping[str, forms.Form]) -> dict[str, Any]:
    found = fees.shown(record)
    acts = fees.acts(record, person, found["fee"])
    return {
        **found,
        "fee_acts": acts,
        "may_owe": "fix" in acts and fees.may_owe(record),
        "fix_form": wrong.get("fix_fee", FixFeeForm()),
        "waive_form": wrong.get("waive_fee", WaiveForm()),
        "paid_form": wrong.get("mark_fee_paid", PaidForm()),
    }


def _change(record: DataRequest, person: Person) -> dict[str, Any]:
    family = queries.visible_to(person).filter(pk__in=changes.family(record))
    return {
        "touches": {name: may_touch(record.kind_of_change, name) for name in (TEAM, COLUMNS)},
        "against": _against(record),
        "begin_anew": _begin_anew(record, person),
        "changed_by": [
            (one, *queries.whose_turn(one)) for one in family.exclude(pk=record.pk).order_by("pk")
        ],
    }


def _begin_anew(record: DataRequest, person: Person) -> DataRequest | None:
    """Where a change that came to nothing is begun anew: at what stands."""
    came_to_nothing = record.status in (Status.DECLINED, Status.WITHDRAWN) and amends(record.kind_of_change)
    return changes.standing(record) if came_to_nothing and queries.on_team(person, record) else None


def _against(record: DataRequest) -> list[tuple[str, str, str]]:
    """What a change says otherwise than what was approved: part, before, now."""
    return [(heading(one.part), one.before, one.after) for one in changes.against(record)]


def _forms(wrong: Mapping[str, forms.Form]) -> dict[str, forms.Form]:
    return {
        "member_form": wrong.get("member", MemberForm()),
        "attach_form": wrong.get("attach", AttachForm()),
        "change_form": wrong.get("change", ChangeForm()),
        "appeal_form": wrong.get("appeal", AppealForm()),
        "return_form": wrong.get("return", ReturnForm()),
    }


def _reviews(record: DataRequest, person: Person, wrong: Mapping[str, forms.Form]) -> list[dict[str, Any]]:
    """What waits for this person comes first."""
    found = queries.reviews(record).prefetch_related("agency__authorities")
    return sorted((_review(review, person, wrong) for review in found), key=lambda item: not item["may"])


def _review(review: AgencyReview, person: Person, wrong: Mapping[str, forms.Form]) -> dict[str, Any]:
    """With the forms that this person gets, and those that came back with mistakes."""
    code, may = review.agency.code, reviewing.review_actions(review, person)
    shown = {
        "review": review,
        "may": may,
        "authority": disclosing(review.agency, queries.day_decided(review.data_request)),
    }
    if may & {"decide", "correct"} or f"decide-{code}" in wrong:
        columns = list(queries.columns_to_decide(review))
        form = wrong.get(f"decide-{code}")
        shown["decide"] = form or DecideForm(None, agency=code, columns=columns, conditions=review.conditions)
        shown["law"] = rules_on(column.variable for column in columns)
        every = review.data_request.columns.select_related("variable__dataset__agency")
        shown["lawful"] = queries.law_decision(review.data_request, every)
    for action in ("ask", "answer"):
        if action in may:
            shown[action] = wrong.get(f"{action}-{code}") or text_form(None, action, code)
    return shown


def text_form(data: Any, action: str, code: str) -> TextForm:
    label = _("Your question to the applicant") if action == "ask" else _("Your answer")
    return TextForm(data, label=label, auto_id=f"{action}-{code}-%s", initial={"once": uuid4()})
