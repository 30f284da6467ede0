"""One's own standing; offices, for the policy office."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from ninja.security import django_auth

from charteroak.adapters import clock
from charteroak.agencies import accounts, actions, employment, lists, queries
from charteroak.agencies.models import Person, RoleHeld
from charteroak.agencies.queries import accounts as account_reads
from charteroak.agencies.signin import signed_in
from charteroak.policy.roles import Role

router = Router(tags=["agencies"])


class Office(Schema):
    role: Role
    agency: str | None = None
    until: date | None = None


class Newcomer(Schema):
    """`employer` is an agency's code, or absent where none takes part."""

    username: str
    name: str
    email: str
    employer: str | None = None
    kind: Person.Employer


class Details(Schema):
    """`because` says who asked for it, and how that is known."""

    name: str
    email: str
    because: str


class Move(Schema):
    """`employer` is an agency's code, or absent where none takes part; `since` the first day there."""

    employer: str | None = None
    kind: Person.Employer
    since: date


def _visible(request: HttpRequest, username: str) -> Person:
    return get_object_or_404(queries.visible_to(signed_in(request)), username=username)


def _facts(request: HttpRequest, person: Person) -> dict[str, Any]:
    standing = person.standing()
    by, held = signed_in(request), list(queries.roles_held(person))
    grants = queries.grants_roles(by)
    mine = ["complete-training", "sign-pledge"] if person == request.user else []
    return {
        "username": person.username,
        "name": person.name,
        "email": person.email,
        "employer": person.employer.code if person.employer else None,
        "employer_kind": person.employer_kind,
        "active": person.is_active,
        "status": queries.status_of(person),
        "last_sign_in": person.last_login and clock.day_of(person.last_login),
        "first_key": _first_key(person),
        "training_until": standing.training_until,
        "pledge_until": standing.pledge_until,
        "offices": [
            {
                "id": one.pk,
                "role": one.role,
                "agency": one.agency.code if one.agency else None,
                "until": one.until,
            }
            for one in held
        ],
        "permitted": [
            *mine,
            *(["grant-role"] if grants and person.is_active and not person.awaited else []),
            *(["end-role"] if grants and held else []),
            *(["change-details"] if account_reads.may_change_some_details(by, person) else []),
            *(["send-key"] if account_reads.may_send_key(by, person) else []),
            *(["void-key"] if account_reads.may_void_key(by, person) else []),
            *(["move"] if queries.may_move_somewhere(by, person) else []),
            *(["close-account"] if queries.may_close(by, person) else []),
        ],
    }


def _first_key(person: Person) -> dict[str, Any] | None:
    """Until it is used: whether it was sent, to when it is good, and what went wrong; never the key."""
    key = person.invitations.last() if person.awaited else None
    if key is None:
        return None
    return {
        "open": key.is_open,
        "last_day": key.last_day,
        "sent_at": key.sent_at,
        "failure": key.failure or None,
    }


@router.post("/add-person", auth=django_auth, summary="Add a person: the post takes them a key, good once")
def add_person(request: HttpRequest, body: Newcomer) -> dict[str, Any]:
    return _facts(request, accounts.add(by=signed_in(request), **body.dict()))


@router.get("/people", auth=django_auth, summary="Accounts and offices; ?q, ?role, ?agency, ?page, ?format")
def people(request: HttpRequest) -> Any:
    return lists.people(request).told()


@router.get("/people/me", auth=django_auth, summary="Your own offices, training and pledge")
def me(request: HttpRequest) -> dict[str, Any]:
    return _facts(request, signed_in(request))


@router.post("/people/me/complete-training", auth=django_auth, summary="Record your training")
def complete_training(request: HttpRequest) -> dict[str, Any]:
    actions.complete_training(by=signed_in(request))
    return _facts(request, signed_in(request))


@router.post("/people/me/sign-pledge", auth=django_auth, summary="Sign the confidentiality pledge")
def sign_pledge(request: HttpRequest) -> dict[str, Any]:
    actions.sign_pledge(by=signed_in(request))
    return _facts(request, signed_in(request))


@router.get("/people/{username}", auth=django_auth, summary="A person's offices and standing")
def person(request: HttpRequest, username: str) -> dict[str, Any]:
    return _facts(request, _visible(request, username))


@router.post("/people/{username}/grant-role", auth=django_auth, summary="Grant an office as of today")
def grant_role(request: HttpRequest, username: str, body: Office) -> dict[str, Any]:
    held = _visible(request, username)
    actions.grant_role(person=held.pk, by=signed_in(request), **body.dict())
    return _facts(request, held)


@router.post(
    "/people/{username}/change-details", auth=django_auth, summary="Put another name or address on file"
)
def change_details(request: HttpRequest, username: str, body: Details) -> dict[str, Any]:
    holder = _visible(request, username)
    accounts.change_details(person=holder.pk, by=signed_in(request), **body.dict())
    return _facts(request, _visible(request, username))


@router.post(
    "/people/{username}/send-key", auth=django_auth, summary="Send a new first key; the one before is void"
)
def send_key(request: HttpRequest, username: str) -> dict[str, Any]:
    accounts.send_key(person=_visible(request, username).pk, by=signed_in(request))
    return _facts(request, _visible(request, username))


@router.post("/people/{username}/void-key", auth=django_auth, summary="Make a person's first key void")
def void_key(request: HttpRequest, username: str) -> dict[str, Any]:
    accounts.void_key(person=_visible(request, username).pk, by=signed_in(request))
    return _facts(request, _visible(request, username))


@router.post("/people/{username}/move", auth=django_auth, summary="Record that a person changes employer")
def move(request: HttpRequest, username: str, body: Move) -> dict[str, Any]:
    holder = _visible(request, username)
    employment.move(person=holder.pk, by=signed_in(request), **body.dict())
    return _facts(request, _visible(request, username))


@router.post("/people/{username}/close-account", auth=django_auth, summary="Close an account today")
def close_account(request: HttpRequest, username: str) -> dict[str, Any]:
    holder = _visible(request, username)
    actions.close_account(person=holder.pk, by=signed_in(request))
    return _facts(request, _visible(request, username))


@router.post("/roles/{pk}/end", auth=django_auth, summary="End an office as of today")
def end_role(request: HttpRequest, pk: int) -> dict[str, Any]:
    held = get_object_or_404(RoleHeld, pk=pk, person__in=queries.visible_to(signed_in(request)))
    actions.end_role(held=pk, by=signed_in(request))
    return _facts(request, held.person)
