"""One sheet on a request for the members of the board: what, why, whose, what the agencies say, what has changed."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from charteroak.adapters import pdf
from charteroak.agencies.signin import signed_in
from charteroak.board import queries
from charteroak.board.models import Motion
from charteroak.policy.agency_review import Choice
from charteroak.requests.queries import reviews
from charteroak.requests.queries import visible_to as requests_visible_to
from charteroak.requests.versions import differences

LONGEST = 420  # characters of an answer, so that a request fits on one sheet


@login_required
@require_safe
def packet(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "board/packet.html", {"sheet": _sheet(_motion(request, pk))})


@login_required
@require_safe
def packet_file(request: HttpRequest, pk: int) -> HttpResponse:
    motion = _motion(request, pk)
    shown = {"sheet": _sheet(motion)}
    return pdf.answer("board/packet_paper.html", shown, f"packet-{motion.data_request.number}.pdf")


def _motion(request: HttpRequest, pk: int) -> Motion:
    """On the agenda of a meeting, and on a request, that this person may see; else 404."""
    reader = signed_in(request)
    found = Motion.objects.filter(
        meeting__in=queries.visible_to(reader), data_request__in=requests_visible_to(reader)
    )
    return get_object_or_404(
        found.select_related("meeting__board", "data_request__applicant__employer"), pk=pk
    )


def _sheet(motion: Motion) -> dict[str, Any]:
    record = motion.data_request
    columns = list(record.columns.select_related("variable__dataset__agency"))
    sent = list(record.versions.all())
    return {
        "motion": motion,
        "record": record,
        "team": [record.applicant, *(m.person for m in record.team.select_related("person__employer"))],
        "answers": [(name, _shortened(said)) for name, said in _answers(motion)],
        "agencies": [
            {
                "code": review.agency.code,
                "status": review,
                **_counts([c for c in columns if c.variable.dataset.agency_id == review.agency_id]),
                "conditions": _shortened(review.conditions),
            }
            for review in reviews(record)
        ],
        "concerned": [seat.name for seat in queries.concerned(motion)],
        "changed": len(differences(sent[-2].content, sent[-1].content)) if len(sent) > 1 else 0,
        "versions": len(sent),
    }


def _answers(motion: Motion) -> list[tuple[str, str]]:
    record = motion.data_request
    return [
        (_("Question"), record.question),
        (_("Purpose"), record.purpose),
        (_("Law"), _(record.legal_exception) if record.legal_exception else ""),
        (_("Benefit to the public"), record.public_benefit),
        (_("Outputs planned"), record.outputs_planned),
        (_("Publication plan"), record.publication_plan),
    ]


def _counts(columns: list[Any]) -> dict[str, Any]:
    denied = [c.variable.name for c in columns if c.choice == Choice.DENY]
    masked = [c.variable.name for c in columns if c.choice == Choice.MASK]
    conditional = [
        f"{c.variable.name} ({_shortened(c.reason)})" for c in columns if c.choice == Choice.CONDITION
    ]
    return {
        "asked": len(columns),
        "denied": ", ".join(denied),
        "masked": ", ".join(masked),
        "conditional": ", ".join(conditional),
    }


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0] + " …"
