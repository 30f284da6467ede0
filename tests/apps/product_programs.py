"""Tokens and webhooks of people's own programs at every status, for the product by route."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from apps import way
from apps.product import SIGNED_IN, Act, Scene
from apps.webhooks_way import subscribed
from charteroak.adapters import clock
from charteroak.policy import token, webhook
from charteroak.site import tokens, webhooks
from charteroak.site.models import Token, Webhook

EVE, URL = "eve.lang", "https://data.example.gov/news"
OWN = frozenset({"stranger"})  # nobody else finds one
MAKES, SENDS = token.Action, webhook.Action


def _until(_at: dict[str, Any]) -> dict[str, Any]:
    return {"label": "Ours", "last_day": f"{clock.today() + timedelta(days=9)}"}


def _made() -> dict[str, Any]:
    record, _words = tokens.create(
        by=way.person(EVE), label="Another", agency=None, last_day=clock.today() + timedelta(days=9), reads_only=True,
        second_factor=True,
    )  # fmt: skip
    return {"token": record.pk}


def _all_tokens() -> dict[str, Any]:
    for _one in range(token.MOST - 1):  # and the one with which the command asks
        _made()
    return {}


def _revoked() -> dict[str, Any]:
    at = _made()
    tokens.revoke(pk=at["token"], by=way.person(EVE))
    return at


def _of_token(at: dict[str, Any]) -> str:
    return Token.objects.get(pk=at["token"]).status


CREATE = Act(MAKES.CREATE, "/tokens/create/", "/api/tokens/create", body=_until, in_person="made_by_token")
REVOKE = Act(MAKES.REVOKE, "/tokens/{token}/revoke/", "/api/tokens/{token}/revoke")
TOKENS = (
    Scene("token", None, dict, (CREATE,), SIGNED_IN),
    Scene(
        "token", None, _all_tokens, (CREATE,), SIGNED_IN, title="one has all that anybody may have",
        against={("create", "stranger"): frozenset({"too_many_tokens"})},
    ),
    Scene("token", token.Status.ACTIVE, _made, (REVOKE,), OWN, now=_of_token),
    Scene("token", token.Status.REVOKED, _revoked, (REVOKE,), OWN, now=_of_token),
)  # fmt: skip


def _of_webhook(action: webhook.Action) -> Act:
    door = f"/webhooks/{{webhook}}/{action.value}"
    return Act(action, f"{door}/", f"/api{door}")


SUBSCRIBE = Act(
    SENDS.CREATE, "/webhooks/create/", "/api/webhooks/create",
    body=lambda at: {"label": "Ours", "url": at["url"]}, in_person="made_by_token",
)  # fmt: skip
ACTS = (_of_webhook(SENDS.RESUME), _of_webhook(SENDS.END))


def _active() -> dict[str, Any]:
    return {"webhook": subscribed(EVE, URL)[0].pk}


def _all_webhooks() -> dict[str, Any]:
    for _one in range(webhook.MOST):
        _active()
    return {"url": URL}


def _stopped() -> dict[str, Any]:
    at = _active()
    Webhook.objects.filter(pk=at["webhook"]).update(status=webhook.Status.STOPPED, failure="timeout")
    return at


def _ended() -> dict[str, Any]:
    at = _active()
    webhooks.end(pk=at["webhook"], by=way.person(EVE))
    return at


def _now(at: dict[str, Any]) -> str:
    return Webhook.objects.get(pk=at["webhook"]).status


WEBHOOKS = (
    Scene("webhook", None, lambda: {"url": URL}, (SUBSCRIBE,), SIGNED_IN),
    Scene(
        "webhook", None, lambda: {"url": "https://10.0.0.1/news"}, (SUBSCRIBE,), SIGNED_IN,
        title="to an address that is not public", against={("create", "*"): frozenset({"address_refused"})},
    ),
    Scene(
        "webhook", None, _all_webhooks, (SUBSCRIBE,), SIGNED_IN, title="one has all that anybody may have",
        against={("create", "stranger"): frozenset({"too_many_webhooks"})},
    ),
    Scene("webhook", webhook.Status.ACTIVE, _active, ACTS, OWN, now=_now),
    Scene("webhook", webhook.Status.STOPPED, _stopped, ACTS, OWN, now=_now),
    Scene("webhook", webhook.Status.ENDED, _ended, ACTS, OWN, now=_now),
)  # fmt: skip
SCENES = (*TOKENS, *WEBHOOKS)
ELSEWHERE: dict[str, set[Any]] = {
    "token": {MAKES.USE},  # whatever a program asks for, at any address of the interface
    "webhook": {SENDS.SEND, SENDS.STOP},  # what the process `post` does
}
