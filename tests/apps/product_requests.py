"""Data requests and their reviews by SDE at every status, for the product by route."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from apps import requests_way, way
from apps.board_way import decided, moved
from apps.product import SIGNED_IN, Act, Scene
from charteroak.catalog.models import Variable
from charteroak.policy.agency_review import Action as Step
from charteroak.policy.agency_review import Status as Review
from charteroak.policy.data_request import Action, Status
from charteroak.policy.motion import Choice
from charteroak.policy.roles import Role
from charteroak.requests import actions, steward
from charteroak.requests.models import AgencyReview, DataRequest

TEAM = frozenset({"author", "colleague"})
ALWAYS = TEAM | {"policy", "counsel", "auditor"}
ASKED = ALWAYS | {"steward", "delegate", "steward_beside"}  # once each agency has its turn
HEARD = ASKED | {"board", "signs_for", "recused", "chair"}  # once it is the board's
APPLIES = {actor: frozenset({Role.APPLICANT}) for actor in TEAM}
BECAUSE = {"because": "Why."}
NOT_ACCEPTED = {("submit", "colleague"): frozenset({"terms_open"})}


def _act(action: Action, name: str = "", **more: Any) -> Act:
    name = name or action.value.replace("_", "-")
    return Act(action, f"/requests/{{number}}/{name}/", f"/api/requests/{{number}}/{name}", **more)


def _paper(_at: dict[str, Any]) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("plan.pdf", b"%PDF-1.7"), "kind": "other_paper"}


ACTS = (
    _act(Action.EDIT, body={"question": "Why?"}),
    _act(
        Action.EDIT, "columns", body=lambda at: {"purposes": {at["variable"]: "For another reason."}},
        form=lambda at: {f"column-{at['variable']}": "on", f"purpose-{at['variable']}": "For another reason."},
    ),
    _act(Action.EDIT, "add-member", body={"person": "eve.lang"}),
    _act(Action.EDIT, "remove-member", body={"person": "jonah.reed"}),
    _act(Action.EDIT, "attach", body=_paper),
    _act(Action.ACCEPT_TERMS),
    _act(Action.SUBMIT),
    _act(Action.RETURN, body=BECAUSE),
    _act(Action.ACCEPT_AS_COMPLETE),
    _act(Action.APPEAL, body={"grounds": "Tables by region only."}),
    _act(Action.WITHDRAW_APPEAL),
    _act(Action.CHANGE, body=BECAUSE | {"kind": "extension"}),
    _act(Action.WITHDRAW),
)  # fmt: skip
START = Act(Action.START, "/requests/new/", "/api/requests/start", body={"title": "Another project"})


def _submitted() -> DataRequest:
    record = way.filled_in()
    actions.submit(pk=record.pk, by=way.person("maya.ortiz"))
    return record


def _returned() -> DataRequest:
    record = _submitted()
    actions.return_(pk=record.pk, by=way.person("sam.reyes"), because="Say more.")
    return record


def _in_review() -> DataRequest:
    return requests_way.accepted(_submitted())


def _declined() -> DataRequest:
    record = way.recommended()
    decided(moved(), Choice.REJECT)
    return record


def _appealed() -> DataRequest:
    record = _declined()
    actions.appeal(pk=record.pk, by=way.person("maya.ortiz"), grounds="Tables by region only.")
    return record


def _withdrawn(before: Callable[[], DataRequest]) -> Callable[[], DataRequest]:
    def built() -> DataRequest:
        record = before()
        actions.withdraw(pk=record.pk, by=way.person("maya.ortiz"))
        return record

    return built


def _at(record: DataRequest) -> dict[str, Any]:
    return {"number": record.number, "pk": record.pk, "variable": Variable.objects.earliest("pk").pk}


def _now(at: dict[str, Any]) -> str:
    return DataRequest.objects.get(pk=at["pk"]).status


def _scene(status: Status, build: Callable[[], DataRequest], sees: frozenset[str], title: str = "") -> Scene:
    return Scene(
        "data_request", status, lambda: _at(build()), ACTS, sees, gives=APPLIES, now=_now, title=title,
        silent=frozenset({("accept-terms", "author")}), against=NOT_ACCEPTED,
    )  # fmt: skip


REQUESTS = (
    Scene("data_request", None, dict, (START,), SIGNED_IN),
    _scene(Status.DRAFT, way.filled_in, ALWAYS),
    _scene(Status.SUBMITTED, _submitted, ALWAYS),
    _scene(Status.RETURNED, _returned, ALWAYS),
    _scene(Status.IN_REVIEW, _in_review, ASKED),
    _scene(Status.RECOMMENDED, way.recommended, HEARD),
    _scene(Status.APPROVED, way.approved, HEARD),
    _scene(Status.DECLINED, _declined, HEARD),
    _scene(Status.APPEALED, _appealed, HEARD),
    _scene(Status.WITHDRAWN, _withdrawn(way.filled_in), ALWAYS, "before it was sent"),
    _scene(Status.WITHDRAWN, _withdrawn(_in_review), ASKED, "under review"),
)


def _choices(at: dict[str, Any]) -> dict[str, Any]:
    return {"columns": {pk: {"choice": "allow"} for pk in at["columns"]}}


def _ticked(at: dict[str, Any]) -> dict[str, Any]:
    return {f"choice-{pk}": "allow" for pk in at["columns"]}


def _step(action: Step, name: str = "", **more: Any) -> Act:
    door = f"/requests/{{number}}/reviews/SDE/{name or action.value}"
    return Act(action, f"{door}/", f"/api{door}", **more)


STEPS = (
    _step(Step.ASK, body={"text": "Why?"}),
    _step(Step.ANSWER, body={"text": "So."}),
    _step(Step.TAKE_QUESTION_BACK, "take-back"),
    _step(Step.DECIDE, body=_choices, form=_ticked),
    _step(Step.CORRECT, body=_choices, form=_ticked),
)


def _of_sde(record: DataRequest) -> AgencyReview:
    return requests_way.review_of(record, "SDE")


def _questioned() -> DataRequest:
    record = _in_review()
    steward.ask(pk=_of_sde(record).pk, by=way.person("ben.cole"), text="Why?")
    return record


def _decided() -> DataRequest:
    record = _in_review()
    requests_way.decide(record, "SDE", "ben.cole")
    return record


def _review(
    status: Review, build: Callable[[], DataRequest], sees: frozenset[str], title: str = "", **more: Any
) -> Scene:
    def built() -> dict[str, Any]:
        review = _of_sde(build())
        columns = review.data_request.columns.filter(variable__dataset__agency__code="SDE")
        return _at(review.data_request) | {"columns": [one.pk for one in columns]}

    def now(at: dict[str, Any]) -> str:
        return AgencyReview.objects.get(data_request=at["pk"], agency__code="SDE").status

    beside = {"steward_beside": frozenset({Role.DATA_STEWARD})}
    return Scene(
        "agency_review", status, built, STEPS, sees, gives=APPLIES, takes=beside, now=now, title=title, **more
    )


OVER = {(step.name, "*"): frozenset({"not_in_review"}) for step in STEPS}
REVIEWS = (
    _review(Review.WAITING, _in_review, ASKED),
    _review(Review.WAITING, _withdrawn(_in_review), ASKED, "withdrawn", against=OVER),
    _review(Review.QUESTION_ASKED, _questioned, ASKED),
    _review(Review.QUESTION_ASKED, _withdrawn(_questioned), ASKED, "withdrawn", against=OVER),
    _review(Review.DECIDED, _decided, ASKED),
    _review(Review.DECIDED, way.recommended, HEARD, "the board’s", against=OVER),
)
# The last agency's decision takes the first, the chair's declaration of a motion the others.
ELSEWHERE = {
    "data_request": {Action.RECOMMEND, Action.APPROVE, Action.DECLINE, Action.RECONSIDER},
    "agency_review": set[Any](),
}
SCENES = REQUESTS + REVIEWS
