"""Agreements at every status, first texts and amendments, for the product by route."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from apps import changes_way, way
from apps.product import SIGNED_IN, Act, Scene, rules
from apps.retention_way import approve
from charteroak.adapters import clock
from charteroak.agreements import actions, round_trip
from charteroak.agreements.models import Agreement, Party
from charteroak.policy.agreement import Action, Status
from charteroak.policy.request_change import Kind
from charteroak.policy.roles import Role
from charteroak.requests import actions as requests

READERS = SIGNED_IN - {"stranger"}  # every office here, and the people of the project
RECIPIENTS = {actor: frozenset({Role.RECIPIENT}) for actor in ("author", "colleague")}
NO_PARTY = {"chair": frozenset({Role.SIGNATORY})}  # signs for an agency that is no party
BECAUSE = {"because": "Why."}
Against = Mapping[tuple[str, str], frozenset[str]]


def _act(action: Action, **more: Any) -> Act:
    name = action.value
    return Act(
        action,
        f"/agreements/{{number}}/{name.replace('_', '-')}/",
        f"/api/agreements/{{number}}/{name}",
        **more,
    )


def _signs(at: dict[str, Any]) -> dict[str, Any]:
    return {"party": at["party"], "text_hash": at["text_hash"], "intent": "I sign."}


def _ticks(at: dict[str, Any]) -> dict[str, Any]:
    return {"text_hash": at["text_hash"], "intent": "on"}


def _file(at: dict[str, Any]) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("agreement.docx", at["word"])}


DRAFT = Act(Action.DRAFT, "/agreements/draft/{number}/", "/api/agreements/{number}/draft")
ACTS = (
    Act(
        Action.REDLINE, "/agreements/{number}/redline/{clause}/", "/api/agreements/{number}/redline",
        body=lambda at: {"clause": at["clause_number"], "text": at["text"]}, form=lambda at: {"text": at["text"]},
    ),
    Act(
        Action.REDLINE, "/agreements/{number}/take-in/", "/api/agreements/{number}/take_in", body=_file,
    ),
    _act(Action.OPEN_FOR_SIGNATURE),
    Act(
        Action.SIGN, "/agreements/{number}/sign/{party}/", "/api/agreements/{number}/sign", body=_signs, form=_ticks,
        in_person="sign_in_not_confirmed",
    ),
    _act(Action.RECALL, body=BECAUSE),
    _act(Action.WITHDRAW, body=BECAUSE),
    _act(Action.TERMINATE, body=BECAUSE),
    _act(Action.DESTROY),
    _act(Action.CLOSE),
)  # fmt: skip


def opened(record: Agreement) -> Agreement:
    actions.open_for_signature(pk=record.pk, by=way.person("ann.weiss"))
    return _fresh(record)


def _signed_by(record: Agreement, *parties: Party) -> Agreement:
    for party in parties:
        actions.sign(
            party=party.pk, by=party.signatory, text_hash=record.text_hash, intent="I sign.",
            confirmed_at=clock.real_now(),
        )  # fmt: skip
    return _fresh(record)


def _fresh(record: Agreement) -> Agreement:
    return Agreement.every.get(pk=record.pk)


def _sde(record: Agreement) -> Party:
    return record.parties.get(agency__code="SDE")


def _all_but_sde() -> Agreement:
    record = opened(way.drafted())
    return _signed_by(record, *record.parties.exclude(agency__code="SDE").select_related("signatory"))


def _withdrawn() -> Agreement:
    record = _amendment()
    actions.withdraw(pk=record.pk, by=way.person("ann.weiss"), because="Why.")
    return _fresh(record)


def _terminated() -> Agreement:
    record = way.executed()
    actions.terminate(pk=record.pk, by=way.person("sam.reyes"), because="The work is done.")
    return _fresh(record)


def _approved() -> Agreement:
    """Ended, with an approval on record for everything that an order would destroy early."""
    record = _terminated()
    approve()
    return record


def _destroyed() -> Agreement:
    record = _terminated()
    record.duties.update(done_at=clock.now(), certificate={})  # as the processes that hold the keys say it
    return record


def _closed() -> Agreement:
    record = _destroyed()
    actions.close(pk=record.pk, by=way.person("sam.reyes"))
    return _fresh(record)


def _amendment() -> Agreement:
    way.executed()
    change = changes_way.begun(Kind.EXTENSION)
    requests.edit(pk=change.pk, by=way.person("maya.ortiz"), ends_on=clock.today() + timedelta(days=500))
    return changes_way.amendment(change)


def _amended() -> Agreement:
    return way.signed(_amendment())


def _at(record: Agreement) -> dict[str, Any]:
    clause = record.clauses.get(kind="breach")
    return {
        "number": record.number, "pk": record.pk, "party": _sde(record).pk, "text_hash": record.text_hash or "0" * 64,
        "clause": clause.pk, "clause_number": clause.number, "text": clause.text.replace("at once", "within the hour"),
        "word": round_trip.as_word(record),
    }  # fmt: skip


def _now(at: dict[str, Any]) -> str:
    return _fresh(Agreement(pk=at["pk"])).status


def _scene(
    status: Status, build: Callable[[], Agreement], title: str = "", against: Against | None = None
) -> Scene:
    return Scene(
        "agreement", status, lambda: _at(build()), ACTS, READERS, gives=RECIPIENTS, takes=NO_PARTY,
        against=against or {}, now=_now, title=title,
        silent=frozenset({("take_in", "counsel")}),  # it comes back as it went
    )  # fmt: skip


def _undrafted() -> dict[str, Any]:
    way.hub_keys()
    return {"number": way.approved().number}


FIRST = rules(withdraw="no_amendment") | {
    ("withdraw", "policy"): frozenset({"no_amendment", "drafted_by_another"})
}
NOT_SDE = {("sign", "recused"): frozenset({"not_a_party"})}
BY_ANOTHER = {("withdraw", "policy"): frozenset({"drafted_by_another"})}
AMENDS = rules(
    terminate="amends_another", destroy="amends_another nothing_left still_in_force",
    close="amends_another still_in_force",
)  # fmt: skip
SCENES = (
    Scene("agreement", None, _undrafted, (DRAFT,), frozenset({"counsel", "policy"})),
    _scene(Status.DRAFTED, way.drafted, against=FIRST),
    _scene(Status.DRAFTED, _amendment, "an amendment", BY_ANOTHER),
    _scene(Status.IN_SIGNATURE, lambda: opened(way.drafted()), against=FIRST | NOT_SDE),
    _scene(
        Status.IN_SIGNATURE, lambda: _signed_by(record := opened(way.drafted()), _sde(record)), "signed by SDE",
        FIRST | rules(sign="signed_already") | {("sign", "recused"): frozenset({"not_a_party", "signed_already"})},
    ),
    _scene(Status.IN_SIGNATURE, lambda: opened(_amendment()), "an amendment", BY_ANOTHER | NOT_SDE),
    _scene(
        Status.EXECUTED, way.executed,
        against=rules(destroy="still_in_force", close="not_destroyed still_in_force"),
    ),
    _scene(Status.EXECUTED, _amended, "an amendment", AMENDS),
    _scene(Status.TERMINATED, _terminated, against=rules(destroy="retention_unapproved", close="not_destroyed")),
    _scene(Status.TERMINATED, _approved, "approved for retention", rules(close="not_destroyed")),
    _scene(Status.TERMINATED, _destroyed, "all destroyed", rules(destroy="nothing_left")),
    _scene(Status.WITHDRAWN, _withdrawn),
    _scene(Status.CLOSED, _closed),
)  # fmt: skip
ELSEWHERE = {"agreement": {Action.EXECUTE}}  # the last signature takes it
