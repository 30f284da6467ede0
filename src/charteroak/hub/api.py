"""The hub as JSON: run, extract, destruction, and what the caller may do."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from ninja.security import django_auth

from charteroak.agencies.models import Person
from charteroak.agencies.signin import signed_in
from charteroak.agreements import queries as agreements
from charteroak.agreements.models import Agreement, DestructionDuty
from charteroak.hub import actions, queries, views
from charteroak.hub.lists import listed
from charteroak.hub.models import Extract, LinkRun
from charteroak.policy import link_run as link_rules

router = Router(auth=django_auth, tags=["hub"])


class Confirm(Schema):
    agency: str


class Decide(Schema):
    decisions: dict[int, bool]  # pair's number → same person?


def _visible(request: HttpRequest, number: str) -> Agreement:
    return get_object_or_404(queries.visible_to(signed_in(request)), number=number)


@router.get("/", summary="Agreements that the hub links; ?q, ?page, ?format")
def listing(request: HttpRequest) -> Any:
    return listed(request).told()


@router.get("/{number}")
def read(request: HttpRequest, number: str) -> dict[str, Any]:
    record, by = _visible(request, number), signed_in(request)
    run, extract = queries.run_of(record), queries.extract_of(record)
    duty = record.duties.filter(what=DestructionDuty.What.IDENTIFIERS).first()
    return {
        "number": record.number,
        "status": _status(run),
        "link_run": _run(run) if run else None,
        "extract": _extract(extract) if extract else None,
        "turn": views.turn(record, run, extract) or None,
        "identifiers_due": duty.due_on if duty else None,
        "identifiers_destroyed": duty.done_at if duty else None,
        "permitted": permitted(record, run, extract, by),
    }


@router.get("/{number}/certificate/{what}", summary="What was destroyed and how, as the page has it")
def certificate(request: HttpRequest, number: str, what: str) -> Any:
    return views.certificate(request, number, what)


def _status(run: LinkRun | None) -> str | None:
    """A settled run counts as such when its crosswalk is there: until then nobody can go on."""
    if run is None:
        return None
    return "settling" if run.status == link_rules.Status.SETTLED and not run.crosswalk else run.status


def _run(run: LinkRun) -> dict[str, Any]:
    return {
        "id": run.pk,
        "status": run.status,
        "recipe": run.recipe_hash,
        "report": run.report,
        "pairs_to_review": run.pairs_to_review,
        "pairs_decided": run.pair_decisions.count(),
        "confirmed_by": list(run.confirmations.values_list("agency__code", flat=True)),
    }


def _extract(extract: Extract) -> dict[str, Any]:
    return {
        "id": extract.pk,
        "status": extract.status,
        "tables": extract.tables,
        "summary": extract.summary,
    }


def permitted(record: Agreement, run: LinkRun | None, extract: Extract | None, by: Person) -> list[str]:
    """What this person may do here now, as the actions themselves would decide."""
    found = ["start-link-run"] if queries.start_decision(record, by) else []
    if run is not None:
        for action in (link_rules.Action.DECIDE_PAIR, link_rules.Action.SETTLE):
            if queries.may(run, action, by):
                found.append({"decide_pair": "decide-pairs"}.get(action, action))
        codes = agreements.contributors(record)
        found += [f"confirm-{code}" for code in codes if queries.confirm_decision(run, by, code)]
    if extract is not None and queries.clear_decision(extract, by):
        found.append("clear-extract")
    if queries.destroy_decision(record, DestructionDuty.What.IDENTIFIERS, by):
        found.append("destroy-identifiers")
    return found


@router.post("/{number}/start-link-run")
def start_link_run(request: HttpRequest, number: str) -> dict[str, Any]:
    _visible(request, number)
    return _run(actions.start_link_run(number=number, by=signed_in(request)))


@router.post("/{number}/decide-pairs")
def decide_pairs(request: HttpRequest, number: str, said: Decide) -> dict[str, Any]:
    _visible(request, number)
    actions.decide_pairs(number=number, by=signed_in(request), decisions=said.decisions)
    return {"decided": len(said.decisions)}


@router.post("/{number}/settle")
def settle(request: HttpRequest, number: str) -> dict[str, Any]:
    _visible(request, number)
    actions.settle(number=number, by=signed_in(request))
    return {"status": "settling"}


@router.post("/{number}/confirm")
def confirm(request: HttpRequest, number: str, said: Confirm) -> dict[str, Any]:
    _visible(request, number)
    actions.confirm(number=number, by=signed_in(request), agency=said.agency)
    return {"confirmed": said.agency}


@router.post("/{number}/clear-extract")
def clear_extract(request: HttpRequest, number: str) -> dict[str, Any]:
    _visible(request, number)
    actions.clear_extract(number=number, by=signed_in(request))
    return {"status": "cleared"}


@router.post("/{number}/destroy-identifiers")
def destroy_identifiers(request: HttpRequest, number: str) -> dict[str, Any]:
    _visible(request, number)
    actions.destroy_identifiers(number=number, by=signed_in(request))
    return {"ordered": "identifiers"}
