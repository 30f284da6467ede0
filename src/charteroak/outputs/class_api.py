"""Classes of outputs as JSON."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.security import django_auth

from charteroak.agencies.signin import signed_in
from charteroak.outputs import class_pages, classes, classing
from charteroak.outputs.lists import CLASSES
from charteroak.policy.decision import as_json

router = Router(auth=django_auth, tags=["outputs"])


class ClassIn(Schema):
    says: str
    statistics: list[str]  # count, share, mean, sum
    minimum_people: int
    until: date


class ReasonIn(Schema):
    because: str


@router.get("/listed", summary="Classes of outputs that you may see; ?q, ?status, ?page, ?format")
def listed(request: HttpRequest) -> Any:
    return CLASSES.of(request, classes.visible_to(signed_in(request))).told()


@router.get("/of/{number}", summary="One class, and what you may do with it now")
def read(request: HttpRequest, number: str) -> dict[str, Any]:
    record = class_pages.found(request, number)
    motion, decisions = classes.motion_on(record), classes.decisions(record, signed_in(request))
    return {
        "number": record.number,
        "status": record.status,
        "says": record.says,
        "statistics": record.statistics,
        "minimum_people": record.minimum_people,
        "until": record.until,
        "motion": motion.pk if motion else None,
        "consents": [one.agency.code for one in classes.consents(record)],
        "holds": as_json({"clear": classes.holds_today(record)})["clear"],
        "permitted": [name for name, decision in decisions.items() if decision],
        "actions": as_json(decisions),
    }


@router.post("/define/{number}", summary="Define a class of outputs for an agreement")
def define(request: HttpRequest, number: str, body: ClassIn) -> dict[str, Any]:
    agreement = class_pages.agreement_found(request, number)
    made = classing.define(agreement=agreement.pk, by=signed_in(request), **body.dict())
    return read(request, made.number)


@router.post("/of/{number}/consent/{agency}", summary="Your agency consents to the class")
def consent(request: HttpRequest, number: str, agency: str) -> dict[str, Any]:
    classing.consent(pk=class_pages.found(request, number).pk, by=signed_in(request), agency=agency)
    return read(request, number)


@router.post("/of/{number}/take-back/{agency}", summary="Your agency takes its consent back")
def take_back(request: HttpRequest, number: str, agency: str, body: ReasonIn) -> dict[str, Any]:
    record = class_pages.found(request, number)
    classing.take_back(pk=record.pk, by=signed_in(request), agency=agency, because=body.because)
    return read(request, number)


@router.post("/of/{number}/withdraw", summary="The board withdraws the class")
def withdraw(request: HttpRequest, number: str, body: ReasonIn) -> dict[str, Any]:
    record = class_pages.found(request, number)
    classing.withdraw(pk=record.pk, by=signed_in(request), because=body.because)
    return read(request, number)
