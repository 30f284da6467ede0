"""A request as its people carry it, step by step."""

import tomllib
from pathlib import Path
from typing import Any

from charteroak.agencies.models import Person
from charteroak.catalog.models import Variable
from charteroak.policy.agency_review import Choice
from charteroak.requests import actions, queries, steward
from charteroak.requests.models import AgencyReview, DataRequest

SOURCE = Path(__file__).parents[2] / "src" / "charteroak"


AUDIT_OR_EVALUATION = "FERPA audit or evaluation, 34 CFR 99.31(a)(3) and 99.35"
PEOPLE = tomllib.loads((SOURCE / "demo" / "people.toml").read_text("utf-8"))


FEES: dict[str, Any] = {
    "per_request": "100.00", "per_agency": "25.50", "per_hour": "50.00", "under": "Fee policy of 2026",
}  # fmt: skip
ANSWERS: dict[str, Any] = {
    "question": "Do concentrators earn more?",
    "purpose": "Evaluation of career and technical education.",
    "public_benefit": "Shows where it pays.",
    "need": "Public tables do not follow a person from school to work.",
    "learning_agenda": "Which programs lead to good jobs.",
    "analysis_plan": "Regression with the covariates asked for; tables by town and cluster.",
    "schedule": "Tables after six months, a brief after nine.",
    "months": 10,
    "funding": "Own means.",
    "legal_exception": AUDIT_OR_EVALUATION,
    "first_year": 2019,
    "last_year": 2026,
    "outputs_planned": "Tables.",
    "publication_plan": "A brief.",
    "ends_on": "2027-07-31",
}


def named(username: str) -> Person:
    return Person.objects.get(username=username)


def study_columns(*names: str) -> list[int]:
    return list(Variable.objects.filter(use="study", name__in=names).values_list("pk", flat=True))


def fresh(record: DataRequest) -> DataRequest:
    return DataRequest.objects.get(pk=record.pk)


def review_of(record: DataRequest, code: str) -> AgencyReview:
    return AgencyReview.objects.get(data_request=record, agency__code=code)


def decide(record: DataRequest, code: str, by: str, choice: Choice = Choice.ALLOW, reason: str = "") -> None:
    review = review_of(record, code)
    choices = {column.pk: (choice, reason) for column in queries.columns_of(review)}
    steward.decide(pk=review.pk, by=named(by), choices=choices)


def recommended(record: DataRequest) -> None:
    for code, by in (("SDE", "ben.cole"), ("CSC", "priya.nair"), ("DOL", "lou.grant")):
        decide(record, code, by)


def history() -> None:
    """What was decided before this program."""
    for given in PEOPLE["historic_request"]:
        actions.record_historic(**given, by="setup")


def begun() -> DataRequest:
    return actions.start(by=named("maya.ortiz"), title="CTE and earnings")


def sent(record: DataRequest) -> DataRequest:
    """Filled in, with columns of three agencies, and sent."""
    maya = named("maya.ortiz")
    actions.edit(pk=record.pk, by=maya, **ANSWERS)
    columns = study_columns("gpa", "frpl", "campus", "total_wage")
    actions.ask_columns(pk=record.pk, by=maya, purposes=dict.fromkeys(columns, "Needed."))
    actions.accept_terms(pk=record.pk, by=maya)
    actions.submit(pk=record.pk, by=maya)
    return fresh(record)


def accepted(record: DataRequest) -> DataRequest:
    """Found complete: each agency's turn."""
    actions.accept_as_complete(pk=record.pk, by=named("sam.reyes"))
    return fresh(record)
