"""Fees, what is charged, and the consents of nations at every status, for the product by route."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from apps import way
from apps.product import SIGNED_IN, Act, Scene
from apps.product_requests import ALWAYS, HEARD
from apps.requests_way import FEES
from charteroak.adapters import clock
from charteroak.policy import consent, fee, fee_schedule
from charteroak.requests import actions
from charteroak.requests.models import DataRequest, Fee, NationConsent

SAM, MAYA, PDF = "sam.reyes", "maya.ortiz", b"%PDF-1.7 letter of the nation"
BECAUSE = {"because": "Why."}


def _act(action: Any, name: str, **more: Any) -> Act:
    door = f"/requests/{{number}}/{name}"
    return Act(action, f"{door}/", f"/api{door}", label=action.value, **more)


def _paid(_at: dict[str, Any]) -> dict[str, Any]:
    return {"reference": "T-1", "paid_on": f"{clock.today()}"}


OF_FEES = (
    _act(fee.Action.FIX, "fix-fee", body={"hours": "2"}),
    _act(fee.Action.WAIVE, "waive-fee", body=BECAUSE),
    _act(fee.Action.MARK_PAID, "mark-fee-paid", body=_paid),
)


def _charged(build: Callable[[], DataRequest]) -> Callable[[], dict[str, Any]]:
    """These fees are in force when the request is sent."""

    def built() -> dict[str, Any]:
        amounts: dict[str, Any] = {name: Decimal(value) for name, value in FEES.items() if name != "under"}
        actions.set_fees(by=way.person(SAM), since=clock.today(), under=FEES["under"], **amounts)
        return {"number": build().number}

    return built


def _due() -> DataRequest:
    record = way.approved()
    actions.fix_fee(pk=record.pk, by=way.person(SAM), hours=Decimal(2))
    return record


def _waived() -> DataRequest:
    record = _due()
    actions.waive_fee(pk=record.pk, by=way.person(SAM), because="By the commissioner's order.")
    return record


def _settled() -> DataRequest:
    record = _due()
    actions.mark_fee_paid(pk=record.pk, by=way.person(SAM), reference="T-1", paid_on=clock.today())
    return record


def _of_fee(at: dict[str, Any]) -> str:
    return Fee.objects.get(data_request__number=at["number"]).status


def _fee(
    status: fee.Status | None, build: Callable[[], dict[str, Any]], title: str = "", *rules: str
) -> Scene:
    refused = {("fix", "policy"): frozenset(rules)} if rules else {}
    return Scene("fee", status, build, OF_FEES, HEARD, now=_of_fee, title=title, against=refused)


FEES_OWED = (
    _fee(None, _charged(way.approved)),
    _fee(None, _charged(way.recommended), "not approved yet", "not_approved"),
    _fee(None, lambda: {"number": way.approved().number}, "nothing is charged", "nothing_due"),
    _fee(fee.Status.DUE, _charged(_due)),
    _fee(fee.Status.WAIVED, _charged(_waived)),
    _fee(fee.Status.PAID, _charged(_settled)),
)
SET = Act(
    fee_schedule.Action.SET, "/requests/fees/set/", "/api/requests/fees/set",
    body=lambda at: FEES | {"since": f"{at['since']}"},
)  # fmt: skip


def _since(days: int) -> Callable[[], dict[str, Any]]:
    return lambda: {"since": clock.today() + timedelta(days=days)}


SCHEDULES = (
    Scene("fee_schedule", None, _since(0), (SET,), SIGNED_IN),
    Scene(
        "fee_schedule", None, _since(-1), (SET,), SIGNED_IN, title="for a day that is over",
        against={("set", "policy"): frozenset({"backdated"})},
    ),
)  # fmt: skip


def _letter(_at: dict[str, Any]) -> dict[str, Any]:
    today = clock.today()
    return {
        "nation": "A nation", "publication": "Tables.", "given_on": f"{today}", "until": f"{today}",
        "file": SimpleUploadedFile("nation.pdf", PDF),
    }  # fmt: skip


RECORD = _act(consent.Action.RECORD, "record-consent", body=_letter)
TAKE_BACK = _act(consent.Action.WITHDRAW, "consents/{consent}/withdraw", body=BECAUSE)


def _draft() -> dict[str, Any]:
    return {"number": way.filled_in().number}


def _over() -> dict[str, Any]:
    record = way.filled_in()
    actions.submit(pk=record.pk, by=way.person(MAYA))
    actions.withdraw(pk=record.pk, by=way.person(MAYA))
    return {"number": record.number}


def _recorded() -> dict[str, Any]:
    record, today = way.filled_in(), clock.today()
    made = actions.record_consent(
        pk=record.pk, by=way.person(SAM), nation="A nation", publication="Tables.", given_on=today, until=today,
        name="nation.pdf", content=PDF,
    )  # fmt: skip
    return {"number": record.number, "consent": made.pk}


def _taken_back() -> dict[str, Any]:
    at = _recorded()
    actions.withdraw_consent(pk=at["consent"], by=way.person(SAM), because="The council decided so.")
    return at


def _of_consent(at: dict[str, Any]) -> str:
    return NationConsent.objects.get(pk=at["consent"]).status


OVER = {("record", actor): frozenset({"request_over"}) for actor in ("policy", "counsel")}
CONSENTS = (
    Scene("consent", None, _draft, (RECORD,), ALWAYS),
    Scene("consent", None, _over, (RECORD,), ALWAYS, against=OVER, title="the request was withdrawn"),
    Scene("consent", consent.Status.RECORDED, _recorded, (TAKE_BACK,), ALWAYS, now=_of_consent),
    Scene("consent", consent.Status.WITHDRAWN, _taken_back, (TAKE_BACK,), ALWAYS, now=_of_consent),
)
SCENES = (*FEES_OWED, *SCHEDULES, *CONSENTS)
ELSEWHERE: dict[str, set[Any]] = {"fee": set(), "fee_schedule": set(), "consent": set()}
NO_DOOR: dict[str, set[Any]] = {"fee_schedule": {fee_schedule.Status.SET}}  # the next stands beside it
