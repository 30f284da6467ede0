"""Release requests as JSON: where they stand, what the checks said of each file, what the caller may do."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja import Router, Schema
from ninja.security import django_auth

from charteroak.agencies.signin import signed_in
from charteroak.audit.receipt import WITHIN_PROJECT
from charteroak.outputs import actions, class_api, classes, files, marking, queries, questions, reopening
from charteroak.outputs import trace as tracing
from charteroak.outputs.left import receipt, released
from charteroak.outputs.lists import listed
from charteroak.outputs.models import ReleaseRequest
from charteroak.outputs.queries import Ballot
from charteroak.outputs.viewing import look
from charteroak.outputs.views import found
from charteroak.policy.decision import as_json as reasons
from charteroak.policy.explained import Kind
from charteroak.policy.release_request import Status, Vote
from charteroak.workspaces.queries import visible_to as workspaces_visible_to

router = Router(auth=django_auth, tags=["outputs"])
router.add_router("/classes", class_api.router)


class FileIn(Schema):
    output: int
    context: str = ""
    population: str = ""
    kinds: list[Kind] = []
    controls: str = ""


class BallotIn(Schema):
    file: int
    sha256: str
    vote: Vote
    comment: str = ""


class TextIn(Schema):
    text: str


class MarkIn(Schema):
    public: bool


class ReasonIn(Schema):
    because: str


@router.get("/", summary="Release requests; ?q, ?status, ?page, ?format")
def listing(request: HttpRequest) -> Any:
    return listed(request).told()


@router.post("/start/{number}", summary="Begin a release request for results of a project's workspace")
def start(request: HttpRequest, number: str) -> dict[str, Any]:
    room = get_object_or_404(workspaces_visible_to(signed_in(request)), agreement__number=number)
    return read(request, actions.start(workspace=room.pk, by=signed_in(request)).number)


@router.get("/{number}")
def read(request: HttpRequest, number: str) -> dict[str, Any]:
    record = found(request, number)
    decisions = queries.decisions(record, signed_in(request))
    return {
        "number": record.number,
        "status": record.status,
        "round": record.round,
        "public": record.public,
        "released": _released(record),
        "turn": queries.whose_turn(record) or None,
        "by_when": queries.by_when(record),
        "revoked_because": record.revoked_because,
        "preview_ends_on": record.preview_ends_on,
        "not_cleared": classes.still_to_clear(record),
        "cleared_ahead_no_longer": classes.lapsed(record),
        "files": [
            {
                "id": file.pk,
                "name": file.name,
                "sha256": file.sha256,
                "context": file.context,
                "population": file.population,
                "kinds": file.kinds,
                "controls": file.controls,
                "job": file.output.job_id,
                "verdict": file.verdict,
                "remark": file.remark or "",
                "summary": file.summary,
                **(WITHIN_PROJECT if file.verdict and file.derivation_id else {}),
            }
            for file in record.files.select_related("output")
        ],
        "questions": [
            {"id": one.pk, "text": one.text, "answer": one.answer, "round": one.round}
            for one in questions.shown(record, signed_in(request))
        ],
        "permitted": [name for name, decision in decisions.items() if decision],
        "actions": reasons(decisions),
    }


def _released(record: ReleaseRequest) -> list[dict[str, Any]]:
    """What is out, with the address at which those who read the request fetch it."""
    if record.status != Status.RELEASED:
        return []
    return [
        {
            "name": file.name,
            "sha256": file.sha256,
            "size": file.size,
            "href": f"/api{reverse('released_to_project', args=[record.number, file.name])}",
        }
        for file in record.release.files.all()
    ]


@router.post("/{number}/mark", summary="Say whether the results are for the public register")
def mark(request: HttpRequest, number: str, said: MarkIn) -> dict[str, Any]:
    marking.mark(pk=found(request, number).pk, by=signed_in(request), public=said.public)
    return read(request, number)


@router.get("/{number}/trace")
def trace(request: HttpRequest, number: str) -> dict[str, Any]:
    return tracing.trace(found(request, number).number).as_json()


@router.get(
    "/{number}/files/{pk}", summary="What is in a file and what the checks found; each look is on record"
)
def read_file(request: HttpRequest, number: str, pk: int) -> dict[str, Any]:
    shown = get_object_or_404(found(request, number).files, pk=pk)
    return {"id": shown.pk, "name": shown.name, "sha256": shown.sha256, **look(shown, signed_in(request))}


@router.get("/{number}/released/{name}", summary="The released bytes, for whoever may read the request")
def read_released(request: HttpRequest, number: str, name: str) -> Any:
    return released(request, number, name)


@router.get("/{number}/receipt/{name}.json", summary="The proof that the log holds the release of a file")
def read_receipt(request: HttpRequest, number: str, name: str) -> Any:
    return receipt(request, number, name)


@router.post("/{number}/add-file")
def add_file(request: HttpRequest, number: str, file: FileIn) -> dict[str, Any]:
    files.add(pk=found(request, number).pk, by=signed_in(request), **file.dict())
    return read(request, number)


@router.post("/{number}/adopt/{file}")
def adopt(request: HttpRequest, number: str, file: int) -> dict[str, Any]:
    files.adopt(pk=found(request, number).pk, by=signed_in(request), file=file)
    return read(request, number)


@router.post("/{number}/remove-file/{file}")
def remove_file(request: HttpRequest, number: str, file: int) -> dict[str, Any]:
    record = found(request, number)
    files.take_out(pk=record.pk, by=signed_in(request), file=get_object_or_404(record.files, pk=file).pk)
    return read(request, number)


@router.post("/{number}/review")
def review(request: HttpRequest, number: str, ballots: list[BallotIn]) -> dict[str, Any]:
    votes = {one.file: Ballot(one.vote, one.sha256, one.comment) for one in ballots}
    actions.review(pk=found(request, number).pk, by=signed_in(request), votes=votes)
    return read(request, number)


@router.post("/{number}/return")
def return_(request: HttpRequest, number: str, reason: ReasonIn) -> dict[str, Any]:
    actions.return_(pk=found(request, number).pk, by=signed_in(request), because=reason.because)
    return read(request, number)


@router.post("/{number}/turn_back", summary="Send it back at first sight, before anybody has reviewed it")
def turn_back(request: HttpRequest, number: str, reason: ReasonIn) -> dict[str, Any]:
    actions.turn_back(pk=found(request, number).pk, by=signed_in(request), because=reason.because)
    return read(request, number)


@router.post("/{number}/decline", summary="Send it back to the author, since the board’s motion was lost")
def decline(request: HttpRequest, number: str, reason: ReasonIn) -> dict[str, Any]:
    actions.decline(pk=found(request, number).pk, by=signed_in(request), because=reason.because)
    return read(request, number)


@router.post("/{number}/recall", summary="Take an agency's clearance of a release back")
def recall(request: HttpRequest, number: str, reason: ReasonIn) -> dict[str, Any]:
    actions.recall(pk=found(request, number).pk, by=signed_in(request), because=reason.because)
    return read(request, number)


@router.post("/{number}/revoke")
def revoke(request: HttpRequest, number: str, reason: ReasonIn) -> dict[str, Any]:
    actions.revoke(pk=found(request, number).pk, by=signed_in(request), because=reason.because)
    return read(request, number)


@router.post("/{number}/ask", summary="Ask the project about its outputs")
def ask(request: HttpRequest, number: str, said: TextIn) -> dict[str, Any]:
    questions.ask(pk=found(request, number).pk, by=signed_in(request), text=said.text)
    return read(request, number)


@router.post("/{number}/questions/{question}/answer", summary="Answer a question as the project")
def answer(request: HttpRequest, number: str, question: int, said: TextIn) -> dict[str, Any]:
    record, who = found(request, number), signed_in(request)
    asked = get_object_or_404(questions.shown(record, who), pk=question)
    questions.answer(pk=record.pk, question=asked.pk, by=who, text=said.text)
    return read(request, number)


@router.post("/{number}/clear/{agency}")
def clear(request: HttpRequest, number: str, agency: str) -> dict[str, Any]:
    actions.clear(pk=found(request, number).pk, by=signed_in(request), agency=agency)
    return read(request, number)


@router.post("/{number}/submit")
def submit(request: HttpRequest, number: str) -> dict[str, Any]:
    actions.submit(pk=found(request, number).pk, by=signed_in(request))
    return read(request, number)


@router.post("/{number}/retry")
def retry(request: HttpRequest, number: str) -> dict[str, Any]:
    actions.retry(pk=found(request, number).pk, by=signed_in(request))
    return read(request, number)


@router.post("/{number}/approve")
def approve(request: HttpRequest, number: str) -> dict[str, Any]:
    actions.approve(pk=found(request, number).pk, by=signed_in(request))
    return read(request, number)


@router.post("/{number}/reopen", summary="Back to agencies whose clearance ahead has ended")
def reopen(request: HttpRequest, number: str) -> dict[str, Any]:
    reopening.reopen(pk=found(request, number).pk, by=signed_in(request))
    return read(request, number)


@router.post("/{number}/withdraw")
def withdraw(request: HttpRequest, number: str) -> dict[str, Any]:
    actions.withdraw(pk=found(request, number).pk, by=signed_in(request))
    return read(request, number)
