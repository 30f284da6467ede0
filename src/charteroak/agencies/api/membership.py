"""Agencies and authority for anyone; joining, suspension and leaving for those whose office it is."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.security import django_auth

from charteroak.adapters import clock
from charteroak.agencies import lists, membership, queries
from charteroak.agencies.confirmation import confirmed_at
from charteroak.agencies.models import Agency, Authority, JoiningRequest, MemberWord
from charteroak.agencies.queries import membership as reads
from charteroak.agencies.signin import signed_in
from charteroak.agencies.views.membership import named, reader, visible

router = Router(tags=["agencies"])


class Joining(Schema):
    code: str
    name: str
    kind: Agency.Kind
    received_on: date
    address: str = ""
    telephone: str = ""
    authority: str = ""
    records: str = ""
    security: str = ""
    conflicts: str = ""


class Word(Schema):
    """`met_on` for what a board decided, `because` where something ends, `text_hash` for a signature.

    What was written, and `received_on`, where an agency asks again.
    """

    met_on: date | None = None
    because: str = ""
    text_hash: str = ""
    intent: str = ""
    received_on: date | None = None
    authority: str = ""
    records: str = ""
    security: str = ""
    conflicts: str = ""


def _authority(found: Authority | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "agency": found.agency.code,
        "citation": found.citation,
        "instrument": found.instrument,
        "since": found.since,
        "until": found.until,
        "verified": found.verified,
    }


def _written(asked: JoiningRequest) -> dict[str, Any]:
    """A written request, which began a procedure; `words` name it by its id."""
    said = {part: getattr(asked, part) for part in reads.PARTS}
    before = {"member_from": asked.member_from, "member_until": asked.member_until}
    return {"id": asked.pk, "received_on": asked.received_on, **said, **before}


def _word(one: MemberWord) -> dict[str, Any]:
    return {
        "act": one.act,
        "agency": one.speaker.code if one.speaker else None,
        "on": one.on,
        "met_on": one.met_on,
        "request": one.joining_request_id,
    }


def _facts(request: HttpRequest, agency: Agency) -> dict[str, Any]:
    person = reader(request)
    decisions = reads.decisions(agency, person) if person else {}
    procedures = reads.procedures(agency, person)
    return {
        "code": agency.code,
        "name": agency.name,
        "kind": agency.kind,
        "status": agency.status,
        "address": agency.address,
        "telephone": agency.telephone,
        "joined_on": agency.joined_on,
        "left_on": agency.left_on,
        "authority": _authority(queries.authority_of(agency, clock.today())),
        "requests": [_written(asked) for asked, _ in procedures if asked],
        "words": [_word(one) for _, words in reversed(procedures) for one in words],
        "permitted": [action.replace("_", "-") for action, decision in decisions.items() if decision],
        "refused": {
            action.replace("_", "-"): [str(reason) for reason in decision.reasons]
            for action, decision in decisions.items()
            if not decision
        },
    }


@router.get("/", summary="Participating agencies and their authority to disclose")
def agencies(request: HttpRequest) -> dict[str, Any]:
    today, person = clock.today(), reader(request)
    return {
        "agencies": [
            {
                "code": agency.code,
                "name": agency.name,
                "kind": agency.kind,
                "status": agency.status,
                "joined_on": agency.joined_on,
                "authority": _authority(queries.disclosing(agency, today)),
            }
            for agency in queries.agencies_visible_to(person).prefetch_related("authorities")
        ]
    }


@router.get("/administration", summary="Who administered the initiative on a day")
def administration(request: HttpRequest, on: date | None = None) -> dict[str, Any]:  # noqa: ARG001 - the framework's signature
    day = on or clock.today()
    return {"on": day, "administration": _authority(queries.administration_on(day))}


@router.post("/join", auth=django_auth, summary="Enter an agency's written request to join")
def join(request: HttpRequest, body: Joining) -> dict[str, Any]:
    return _facts(request, membership.ask_to_join(by=signed_in(request), **body.dict()))


@router.get("/members", summary="The same, page by page; ?q, ?kind, ?status, ?page, ?format")
def members(request: HttpRequest) -> Any:
    return lists.agencies(request).told()


@router.get("/members/{code}", summary="An agency's part in the initiative")
def read(request: HttpRequest, code: str) -> dict[str, Any]:
    return _facts(request, visible(request, code))


@router.post(
    "/members/{code}/{action}", auth=django_auth, summary="What a board decided or an agency's head says"
)
def act(request: HttpRequest, code: str, action: str, body: Word) -> dict[str, Any]:
    found = visible(request, code)
    by, at = signed_in(request), confirmed_at(request)
    membership.act(pk=found.pk, by=by, action=named(action), confirmed_at=at, **body.dict())
    return _facts(request, visible(request, code))
