"""Pages of deliveries: what is expected from whom, what came, what is wrong with it and how to mend it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from charteroak.adapters import age, clock, stores
from charteroak.adapters.stores import HUB_KEYS, Store
from charteroak.adapters.streaming import streamed
from charteroak.adapters.vault import ObjectId
from charteroak.agencies.models import Agency, Person
from charteroak.agencies.queries import agencies_where
from charteroak.agencies.signin import signed_in
from charteroak.agreements.models import Agreement
from charteroak.policy.decision import Decision
from charteroak.policy.delivery import LIFECYCLE, Action, Status
from charteroak.policy.roles import Role
from charteroak.submissions import actions, agency_key, clocks, queries
from charteroak.submissions.delimited import Found
from charteroak.submissions.file_names import expected_name
from charteroak.submissions.forms import DeliverForm, FinderListForm, KeyForm
from charteroak.submissions.lists import listed
from charteroak.submissions.models import Delivery
from charteroak.submissions.queries import Expected


def _visible(request: HttpRequest, number: str) -> Agreement:
    return get_object_or_404(queries.visible_to(signed_in(request)), number=number)


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    shown = listed(request)
    return shown.file or render(request, "submissions/index.html", {"shown": shown})


@login_required
@never_cache
@require_safe
def agreement(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, _visible(request, number))


@login_required
@require_POST
def deliver(request: HttpRequest, number: str) -> HttpResponse:
    record = _visible(request, number)
    form = DeliverForm(request.POST, request.FILES, agreement=record)
    if not form.is_valid():
        return _page(request, record, deliver_form=form, status=422)
    file = form.cleaned_data["file"]
    actions.receive(number=number, by=signed_in(request), file_name=file.name, stream=file)
    messages.success(request, _("Received. The hub now checks it; this page shows the result."))
    return redirect("submissions_agreement", number)


@login_required
@require_POST
def register_key(request: HttpRequest, number: str) -> HttpResponse:
    record = _visible(request, number)
    form = KeyForm(request.POST, agencies=queries.finder_agencies(record))
    if not form.is_valid():
        return _page(request, record, key_form=form, status=422)
    made = agency_key.register(by=signed_in(request), **form.cleaned_data)
    messages.success(request, _("Registered. Its fingerprint is %s.") % made.fingerprint)
    return redirect("submissions_agreement", number)


@login_required
@require_POST
def order_finder_list(request: HttpRequest, number: str) -> HttpResponse:
    record = _visible(request, number)
    form = FinderListForm(request.POST, agreement=record)
    if not form.is_valid():
        return _page(request, record, finder_form=form, status=422)
    actions.order_finder_list(number=number, by=signed_in(request), **form.cleaned_data)
    messages.success(request, _("Ordered. The agency’s steward finds the list here when it is made."))
    return redirect("submissions_agreement", number)


def set_aside() -> Found:
    """What the agency reads of a delivery that the hub operator rejects."""
    return Found("", _("Set aside by the hub operator."), _("Ask the hub operator, then send it anew."))


@login_required
@require_POST
def reject(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    record = get_object_or_404(Delivery, pk=pk, agreement=_visible(request, number))
    actions.reject(pk=record.pk, by=signed_in(request), findings=[set_aside()])
    messages.success(request, _("Rejected. Its bytes stay in quarantine."))
    return redirect("submissions_agreement", number)


@login_required
@require_safe
def finder_list(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """The encrypted list for its agency's steward."""
    known = queries.finder_lists_for(_visible(request, number), signed_in(request))
    get_object_or_404(known.exclude(ciphertext=""), pk=pk)
    record = actions.record_download(pk=pk, by=signed_in(request))
    object_id = ObjectId(Store.INCOMING, record.ciphertext)
    content = stores.vault(Store.INCOMING).open_ciphertext(object_id)
    name = f"{record.agency.code}.{number}.finder_list.age"
    return streamed(request, content, name=name, kind="application/octet-stream")


@login_required
@require_safe
def hub_key(
    request: HttpRequest,  # noqa: ARG001 - a view's signature
    kind: str,
) -> HttpResponse:
    """The hub's public key for one kind of file, as `oak encrypt --recipient-file` reads it."""
    if kind not in HUB_KEYS:
        raise Http404
    try:
        answer = HttpResponse(stores.hub_recipient(kind) + "\n", content_type="text/plain")
    except FileNotFoundError:  # the hub has not made it yet
        raise Http404 from None
    answer.headers["Content-Disposition"] = f'attachment; filename="hub.{kind}.recipient"'
    return answer


def _page(
    request: HttpRequest,
    record: Agreement,
    *,
    deliver_form: DeliverForm | None = None,
    finder_form: FinderListForm | None = None,
    key_form: KeyForm | None = None,
    status: int = 200,
) -> HttpResponse:
    by = signed_in(request)
    files = queries.expected(record)
    own = agencies_where(by, Role.DATA_STEWARD)
    open_files = [file for file in files if file.agency in own and not file.accepted]
    context = {
        "record": record,
        "files": [_row(file) for file in files],
        "naming": [_naming(record, file) for file in open_files],
        "keys": [(kind, _key(kind)) for kind in HUB_KEYS],
        "deliver": _may_deliver(record, by, open_files),
        "deliver_form": deliver_form or DeliverForm(agreement=record),
        "deliveries": [(sent, _may_reject(sent, by)) for sent in queries.deliveries_for(record, by)],
        "finder_lists": [(found, found.agency in own) for found in queries.finder_lists_for(record, by)],
        "finder": _may_order(record, by),
        "registers": agency_key.may_register(finders[0], by)
        if (finders := _own_finders(record, own))
        else None,
        "key_form": key_form or KeyForm(agencies=[found.code for found in finders]),
        "registered": [(a.code, agency_key.newest(a)) for a in _finders(record)],
        "finder_form": finder_form or FinderListForm(agreement=record),
        "accepted": sum(file.accepted for file in files),
        "checking": any(f.latest and f.latest.status == Status.QUARANTINED for f in files),
        "turn": _turn(files),
        "due": min(clocks.due_days([record])[record.pk].values(), default=record.ends_on),
    }
    return render(request, "submissions/agreement.html", context, status=status)


def _row(file: Expected) -> dict[str, Any]:
    state = file.latest.status if file.latest else _("waits") if file.waits_for else _("expected")
    return {"file": file, "state": state}


def _naming(record: Agreement, file: Expected) -> dict[str, Any]:
    name = expected_name(file.agency.code, record.number, file.kind, clock.today())
    return {"file": file, "name": name, "plain": name.removesuffix(".age")}


def _key(kind: str) -> str:
    try:
        return age.recipient_fingerprint(stores.hub_recipient(kind))
    except FileNotFoundError:
        return ""


def _may_deliver(record: Agreement, by: Person, files: list[Expected]) -> Decision | None:
    """The decision on the upload form: for stewards with a file to send; None for everybody else."""
    decisions = [queries.deliver_decision(record, by, file.agency, file.kind) for file in files]
    return next((one for one in decisions if one.allowed), decisions[0] if decisions else None)


def _may_order(record: Agreement, by: Person) -> Decision | None:
    waiting = [
        code for code in queries.finder_agencies(record) if not record.finder_lists.filter(agency__code=code)
    ]
    if not waiting or Role.HUB_OPERATOR not in queries.roles_of(by):
        return None
    return queries.finder_decision(record, by, Agency.objects.get(code=waiting[0]))


def _own_finders(record: Agreement, own: list[Agency]) -> list[Agency]:
    return [found for found in _finders(record) if found in own]


def _finders(record: Agreement) -> list[Agency]:
    return list(Agency.objects.filter(code__in=queries.finder_agencies(record)))


def _may_reject(sent: Delivery, by: Person) -> bool:
    roles, facts = queries.roles_of(by, sent.agency), queries.facts(sent)
    return LIFECYCLE.may(Status(sent.status), Action.REJECT, roles, facts).allowed


def _turn(files: list[Expected]) -> str:
    checking = [f for f in files if f.latest and f.latest.status == Status.QUARANTINED]
    open_files = [f for f in files if not f.accepted and f not in checking]
    if open_files:
        agencies = sorted({f.agency.code for f in open_files if not f.waits_for})
        return ", ".join(agencies) or _("hub operator")
    return _("the hub checks") if checking else ""
