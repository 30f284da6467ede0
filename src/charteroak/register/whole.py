"""All that the public may know of a project, as programs read it: of one, or of every one together."""

from typing import Any

from django.db.models import Prefetch, QuerySet

from charteroak.board.models import Motion
from charteroak.outputs.models import ReleaseRequest
from charteroak.policy import motion as motion_rules
from charteroak.register.queries import (
    agencies,
    agreement_of,
    clock_of,
    data_shared,
    projects,
    releases_of,
    safeguards,
    timeline,
    within_count,
)
from charteroak.requests.models import DataRequest


def every_project() -> QuerySet[DataRequest]:
    """The same with all that `as_json` says of each: the same few queries however many there are."""
    with_text = projects().select_related("applicant__employer", "agreement__version")
    return with_text.prefetch_related(
        "columns__variable__dataset__agency",
        "agreement__clauses",
        "agreement__version__clauses",
        Prefetch("motions", Motion.objects.filter(status=motion_rules.Status.CARRIED), to_attr="carried"),
        Prefetch("agreement__workspace__release_requests", _out(), to_attr="out"),
    )


def _out() -> QuerySet[ReleaseRequest]:
    """What was released, also what was revoked since: the timeline tells of both."""
    found = ReleaseRequest.objects.filter(release__isnull=False, public=True)
    return found.select_related("release").prefetch_related("release__files").order_by("release__at")


def as_json(record: DataRequest) -> dict[str, Any]:
    """A project's public facts."""
    agreement = agreement_of(record)
    return {
        "number": record.number,
        "title": record.title,
        "status": record.status,
        "question": record.question,
        "purpose": record.purpose,
        "public_benefit": record.public_benefit,
        "legal_exception": record.legal_exception,
        "requested_by": record.applicant.employer.name if record.applicant.employer else None,
        "agencies": agencies(record),
        "data": data_shared(record),
        "safeguards": safeguards(record),
        "agreement": agreement.number if agreement else None,
        "clock": clock_of(record),
        "timeline": [{"on": moment.on, "what": moment.what} for moment in timeline(record)],
        "releases": [
            {
                "number": one.release_request.number,
                "at": one.at,
                "files": [
                    {"name": file.name, "sha256": file.sha256, "size": file.size} for file in one.files.all()
                ],
            }
            for one in releases_of(record)
        ],
        "released_not_public": within_count(record),
    }
