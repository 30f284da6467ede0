"""Release requests at every status, and the questions about them, for the product by route."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from apps import outputs_way, way
from apps.outputs_way import MAYA, TWO_TABLES, left, requested
from apps.product import Act, Scene, rules
from apps.product_doors import as_worker
from charteroak.adapters import clock
from charteroak.outputs import actions, checks, questions
from charteroak.outputs.models import Question, ReleaseRequest
from charteroak.policy import release_question
from charteroak.policy.release_request import Action, Status
from charteroak.policy.roles import Role
from charteroak.workspaces.models import Workspace

READERS = frozenset(
    {"author", "colleague", "steward", "delegate", "steward_beside", "board", "recused", "chair", "policy", "checker",
     "auditor"}
)  # fmt: skip
TEAM = {
    "author": frozenset({Role.RECIPIENT, Role.AUTHOR}),
    "colleague": frozenset({Role.RECIPIENT}),
}
BECAUSE = {"because": "Why."}


def _act(action: Action, name: str = "", page: str = "", **more: Any) -> Act:
    name = name or action.value
    door = f"/outputs/{{number}}/{page or name.replace('_', '-')}/"
    return Act(action, door, f"/api/outputs/{{number}}/{name}", **more)


def _ballots(at: dict[str, Any]) -> Any:
    return [{"file": pk, "sha256": sha256, "vote": "approve"} for pk, sha256 in at["files"].items()]


def _ballot_form(at: dict[str, Any]) -> dict[str, Any]:
    form: dict[str, Any] = {}
    for pk, sha256 in at["files"].items():
        form |= {f"vote-{pk}": "approve", f"sha256-{pk}": sha256, f"comment-{pk}": ""}
    return form


ACTS = (
    _act(
        Action.EDIT, "add-file",
        body=lambda at: {"output": at["output"], "context": "Counts.", "population": "All.", "kinds": ["count"]},
    ),
    _act(Action.EDIT, "remove-file/{file}", "files/{file}/remove", label="remove-file"),
    _act(Action.MARK, body={"public": False}, form={"public": "no"}),
    _act(Action.SUBMIT),
    _act(Action.RETRY),
    _act(Action.REVIEW, body=_ballots, form=_ballot_form),
    _act(Action.TURN_BACK, body=BECAUSE),
    _act(Action.RETURN, body=BECAUSE),
    _act(Action.DECLINE, body=BECAUSE),
    _act(Action.CLEAR, "clear/SDE", "clear/SDE", label="clear"),
    _act(Action.APPROVE),
    _act(Action.REOPEN),
    _act(Action.WITHDRAW),
    _act(Action.REVOKE, body=BECAUSE),
    _act(Action.RECALL, body=BECAUSE),
)  # fmt: skip


def _room() -> Workspace:
    return Workspace.objects.get()


def _draft() -> ReleaseRequest:
    """With one of two tables; the other may be added."""
    return requested(left(_room(), TWO_TABLES), ["flow.csv"])


def _submitted() -> ReleaseRequest:
    record = _draft()
    actions.submit(pk=record.pk, by=way.person(MAYA))
    return record


def _interrupted() -> ReleaseRequest:
    record = _submitted()
    with as_worker("outputs"):
        checks.give_up(pk=record.pk, round_=1)
    return record


def _checked() -> ReleaseRequest:
    return outputs_way.judged(as_worker, _draft())


def _half_reviewed() -> ReleaseRequest:
    record = _checked()
    outputs_way.vote(record, "ida.moss")
    return record


def _returned() -> ReleaseRequest:
    record = _checked()
    actions.turn_back(pk=record.pk, by=way.person("ida.moss"), because="Say more.")
    return record


def _reviewed() -> ReleaseRequest:
    return outputs_way.reviewed(_checked())


def _in_preview() -> ReleaseRequest:
    return outputs_way.cleared(_reviewed())


def _carried() -> ReleaseRequest:
    """The preview is over, the board's motion carried."""
    record = _in_preview()
    outputs_way.carried(record)
    clock.move_to(clock.now() + timedelta(days=31))
    return record


def _lost() -> ReleaseRequest:
    record = _in_preview()
    outputs_way.lost(record)
    return record


def _approved() -> ReleaseRequest:
    return outputs_way.approved(_in_preview())


def _released() -> ReleaseRequest:
    return outputs_way.released(as_worker, _approved())


def _withdrawn() -> ReleaseRequest:
    record = _checked()
    actions.withdraw(pk=record.pk, by=way.person(MAYA))
    return record


def _revoked() -> ReleaseRequest:
    record = _released()
    actions.revoke(pk=record.pk, by=way.person("ida.moss"), because="Why.")
    return record


def _at(record: ReleaseRequest) -> dict[str, Any]:
    record.refresh_from_db()
    files = dict(record.files.values_list("pk", "sha256"))
    other = record.files.get().output.job.outputs.get(name="towns.csv")
    return {"number": record.number, "pk": record.pk, "files": files, "file": min(files), "output": other.pk}


def _now(at: dict[str, Any]) -> str:
    return ReleaseRequest.objects.get(pk=at["pk"]).status


def _scene(status: Status, build: Callable[[], ReleaseRequest], title: str = "", **more: Any) -> Scene:
    return Scene(
        "release_request",
        status,
        lambda: _at(build()),
        ACTS,
        READERS,
        gives=TEAM,
        now=_now,
        title=title,
        **more,
    )


ANOTHERS = {
    ("clear", "steward_beside"): frozenset({"not_a_contributor"})
}  # of CSC: it clears nothing for SDE
TWICE = {("clear", actor): frozenset({"cleared_already"}) for actor in ("steward", "delegate")}
REQUESTS = (
    _scene(Status.DRAFT, _draft),
    _scene(Status.SUBMITTED, _submitted),
    _scene(Status.INTERRUPTED, _interrupted),
    _scene(Status.CHECKED, _checked, against={("return", "checker"): frozenset({"too_few_reviews"})}),
    _scene(
        Status.CHECKED, _half_reviewed, "reviewed once", against={
            ("return", "checker"): frozenset({"too_few_reviews"}),
            ("review", "checker"): frozenset({"reviewed_already"}),
            ("turn_back", "checker"): frozenset({"review_begun"}),
        },
    ),
    _scene(Status.RETURNED, _returned),
    _scene(Status.REVIEWED, _reviewed, against=ANOTHERS),
    _scene(
        Status.IN_PREVIEW, _in_preview,
        against=ANOTHERS | TWICE | rules(approve="no_carried_motion preview_running", decline="no_lost_motion"),
    ),
    _scene(
        Status.IN_PREVIEW, _carried, "carried", against=ANOTHERS | TWICE | rules(decline="no_lost_motion"),
    ),
    _scene(
        Status.IN_PREVIEW, _lost, "lost",
        against=ANOTHERS | TWICE | rules(approve="no_carried_motion preview_running"),
    ),
    _scene(Status.APPROVED, _approved, against=rules(reopen="all_cleared")),
    _scene(Status.RELEASED, _released),
    _scene(Status.WITHDRAWN, _withdrawn),
    _scene(Status.REVOKED, _revoked),
)  # fmt: skip
ASKS, ABOUT = release_question.Action, release_question.Status
ASK = Act(ASKS.ASK, "/outputs/{number}/ask/", "/api/outputs/{number}/ask", body={"text": "Why?"})
ANSWER = Act(
    ASKS.ANSWER, "/outputs/{number}/questions/{question}/answer/",
    "/api/outputs/{number}/questions/{question}/answer", body={"text": "So."},
)  # fmt: skip


def _asked() -> dict[str, Any]:
    record = _checked()
    question = questions.ask(pk=record.pk, by=way.person("ida.moss"), text="Why?")
    return {"number": record.number, "pk": record.pk, "question": question.pk}


def _answered() -> dict[str, Any]:
    at = _asked()
    questions.answer(pk=at["pk"], question=at["question"], by=way.person(MAYA), text="So.")
    return at


def _of_question(at: dict[str, Any]) -> str:
    return ABOUT.ANSWERED if Question.objects.get(pk=at["question"]).answered_at else ABOUT.ASKED


def _question(status: release_question.Status | None, build: Any, title: str = "", **more: Any) -> Scene:
    acts, sees = ((ASK,), READERS) if status is None else ((ANSWER,), HEARS)
    return Scene("release_question", status, build, acts, sees, gives=TEAM, title=title, **more)


HEARS = frozenset({"author", "colleague", "checker"})  # the project, and who asked
STEWARDS = ("steward", "delegate", "steward_beside")
QUESTIONS = (
    _question(
        None, lambda: _at(_checked()), "the checkers’ turn",
        against={("ask", actor): frozenset({"not_your_turn"}) for actor in STEWARDS},
    ),
    _question(
        None, lambda: _at(_reviewed()), "the agencies’ turn",
        against={("ask", "checker"): frozenset({"not_your_turn"})},
    ),
    _question(ABOUT.ASKED, _asked, now=_of_question),
    _question(ABOUT.ANSWERED, _answered, now=_of_question),
)  # fmt: skip
SCENES = REQUESTS + QUESTIONS
ELSEWHERE: dict[str, set[Any]] = {
    "release_request": {  # the platform's workers, the second review and the last agency's word
        Action.CHECK, Action.GIVE_UP, Action.RELEASE, Action.LAPSE, Action.COMPLETE_REVIEW, Action.BEGIN_PREVIEW,
    },
    "release_question": set(),
}  # fmt: skip
