"""What the public may know of each project. Public facts only: no draft, no person's record, no unreleased output."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agreements.models import Agreement
from charteroak.agreements.queries import destroyed_at, terms
from charteroak.board.models import Motion
from charteroak.catalog.models import Variable
from charteroak.outputs.models import Release, ReleaseRequest
from charteroak.policy import motion as motion_rules
from charteroak.policy import release_request
from charteroak.policy.agency_review import SHARED, Choice
from charteroak.policy.data_request import Status
from charteroak.requests.models import DataRequest, RequestedColumn


def projects() -> QuerySet[DataRequest]:
    """Requests that the policy office found complete, and those decided before this program."""
    return (
        DataRequest.objects.filter(Q(accepted_at__isnull=False) | Q(status=Status.APPROVED))
        .exclude(status=Status.WITHDRAWN)
        .select_related("applicant__employer", "agreement")
        .prefetch_related("agreement__duties")
        .annotate(
            released=Subquery(_release_counts(public=True)),
            within=Subquery(_release_counts(public=False)),
            not_public=ArraySubquery(_not_public()),
            contributed=ArraySubquery(_agency_names()),
        )
        .order_by("-number")
    )


def _carried_of(record: DataRequest) -> Iterable[Motion]:
    """Motions that the board carried; already there in a record of `whole.every_project`."""
    known: list[Motion] | None = getattr(record, "carried", None)
    return (
        Motion.objects.filter(data_request=record, status=motion_rules.Status.CARRIED)
        if known is None
        else known
    )


def releases_of(record: DataRequest) -> list[Release]:
    """As `releases`, oldest first."""
    return [one for one in _ever_out(record) if not _is_revoked(one)]


def _ever_out(record: DataRequest) -> list[Release]:
    """What was released, also what was revoked since; already there in a record of `whole.every_project`."""
    if not hasattr(record, "carried"):
        return list(_every_release(record).prefetch_related("files"))
    workspace = getattr(getattr(record, "agreement", None), "workspace", None)
    return [one.release for one in workspace.out] if workspace else []


def _is_revoked(one: Release) -> bool:
    return one.release_request.status == release_request.Status.REVOKED


PUBLIC = {"release_request__public": True}
REVOKED = {"release_request__status": release_request.Status.REVOKED}


def _agency_names() -> QuerySet[Any, Any]:
    """Of the agencies whose columns are asked for or shared, for many projects at once."""
    asked = RequestedColumn.objects.filter(data_request=OuterRef("pk")).exclude(choice=Choice.DENY)
    return asked.order_by().values_list("variable__dataset__agency__name", flat=True).distinct()


def _not_public() -> QuerySet[Any, Any]:
    """Numbers of a project's outputs that are not for the register, for many projects at once."""
    of_project = ReleaseRequest.objects.filter(workspace__agreement__data_request=OuterRef("pk"))
    return of_project.filter(public=False).order_by().values_list("number", flat=True)


def _release_counts(*, public: bool) -> QuerySet[Any, Any]:
    """How many sets of results of a project are out, on the register or beside it, for many projects at once."""
    of_project = "release_request__workspace__agreement__data_request"
    of_these = {of_project: OuterRef("pk"), "release_request__public": public}
    found = Release.objects.filter(**of_these).exclude(**REVOKED).order_by()
    counted: QuerySet[Any, Any] = found.values(of_project).annotate(n=Count("pk")).values("n")
    return counted


def release_count(record: DataRequest) -> int:
    """How many sets of results are out; of a record that `projects` fetched."""
    return getattr(record, "released", None) or 0


def within_count(record: DataRequest) -> int:
    """How many more are out that the register does not show; of a record that `projects` fetched."""
    return getattr(record, "within", None) or 0


def agreement_of(record: DataRequest) -> Agreement | None:
    """The agreement once every party has signed it."""
    found: Agreement | None = getattr(record, "agreement", None)  # as projects() fetched it
    return found if found is not None and found.executed_on is not None else None


def releases(record: DataRequest) -> QuerySet[Release]:
    """What anybody may fetch; see `revoked` for what nobody may any more."""
    return _every_release(record).exclude(**REVOKED).prefetch_related("files")


def revoked(record: DataRequest) -> QuerySet[Release]:
    return _every_release(record).filter(**REVOKED)


def _every_release(record: DataRequest) -> QuerySet[Release]:
    found = Release.objects.filter(release_request__workspace__agreement__data_request=record)
    found = found.filter(**PUBLIC)
    return found.select_related("release_request").order_by("at")


def agencies(record: DataRequest) -> list[str]:
    """Names of the agencies whose records are asked for or shared; of a record that `projects` fetched."""
    return sorted(getattr(record, "contributed", None) or ())


@dataclass(frozen=True)
class Moment:
    """A day in the project's life."""

    on: date
    what: str


def _day(at: Any) -> date:
    day: date = at.astimezone(clock.STATE_TIME).date()
    return day


def _carried(motion: Motion) -> str:
    match Motion.Kind(motion.kind):
        case Motion.Kind.APPROVE_REQUEST:
            return _("The board approved the request")
        case Motion.Kind.APPROVE_OUTPUTS:
            return _("The board approved outputs %s") % motion.about
        case Motion.Kind.PRECLEAR_OUTPUTS:
            return _("The board cleared a class of outputs ahead: %s") % motion.about
        case Motion.Kind.RECONSIDER:
            return _("The board reconsiders its decision")


def timeline(record: DataRequest) -> list[Moment]:
    if record.historic_decision_on:
        return [Moment(record.historic_decision_on, _("The board approved the request"))]
    found = [Moment(record.started_on, _("Enquiry"))]
    not_public = getattr(record, "not_public", None) or ()
    if record.submitted_at:
        found.append(Moment(_day(record.submitted_at), _("Request submitted")))
    if record.accepted_at:
        found.append(Moment(_day(record.accepted_at), _("Found complete; the agencies’ reviews begin")))
    for motion in _carried_of(record):
        if motion.kind == Motion.Kind.APPROVE_OUTPUTS and motion.about in not_public:
            continue
        found.append(Moment(_day(motion.declared_at), _carried(motion)))
    agreement = agreement_of(record)
    if agreement is not None and agreement.executed_on is not None:
        found.append(Moment(agreement.executed_on, _("Agreement signed by every party")))
        found += [
            Moment(_day(duty.done_at), _("Destroyed: %s") % _(duty.get_what_display()))
            for duty in agreement.duties.all()
            if duty.done_at
        ]
        if agreement.ended_on:
            found.append(Moment(agreement.ended_on, _("Agreement ended early")))
    found += _of_results(record)
    return sorted(found, key=lambda moment: moment.on)


def _of_results(record: DataRequest) -> list[Moment]:
    """The days on which results were released, and on which some were revoked, in order also within a day."""
    found: list[tuple[Any, str]] = []
    for one in _ever_out(record):
        number, until = one.release_request.number, one.release_request.revoked_at
        found.append((one.at, _("Results %s released") % number))
        if _is_revoked(one):
            found.append((until, _("Results %s revoked") % number))
    return [Moment(_day(at), what) for at, what in sorted(found)]


@dataclass(frozen=True)
class Milestone:
    """A step of the way that every project takes, and the day it was done."""

    name: str
    on: date | None

    @property
    def done(self) -> bool:
        return self.on is not None


def milestones(record: DataRequest) -> list[Milestone]:
    """From the request to the destruction of what was held; none of a project decided before this program."""
    if record.historic_decision_on:
        return []
    agreement, results = agreement_of(record), next(iter(_ever_out(record)), None)
    gone = destroyed_at(agreement) if agreement else None
    return [
        Milestone(_("Requested"), _day(record.submitted_at) if record.submitted_at else None),
        Milestone(_("Approved by the board"), _day(record.decided_at) if record.decided_at else None),
        Milestone(_("Agreement signed"), agreement.executed_on if agreement else None),
        Milestone(_("Results released"), _day(results.at) if results else None),
        Milestone(_("Records destroyed"), _day(gone) if gone and gone <= clock.now() else None),
    ]


def clock_of(record: DataRequest) -> dict[str, Any]:
    """Days from submission to decision, and the next date that binds somebody."""
    begun = _day(record.submitted_at) if record.submitted_at else record.started_on
    until = _day(record.decided_at) if record.decided_at else clock.today()
    agreement = agreement_of(record)
    due = gone = None
    if agreement is not None:
        gone = destroyed_at(agreement)
        due = min(
            (one.due_on for one in agreement.duties.all() if one.due_on and not one.done_at), default=None
        )
    return {
        "days_to_decision": max((until - begun).days, 0),
        "decided": record.decided_at is not None,
        "agreement_ends_on": agreement.last_day if agreement else None,
        "destruction_due_on": due,
        "destroyed_at": gone if gone and gone <= clock.now() else None,
        "sealed_until": gone if gone and gone > clock.now() else None,
    }


def data_shared(record: DataRequest) -> list[dict[str, Any]]:
    """Per agency: the columns that were allowed, and those that were denied, with the reason."""
    found: dict[str, dict[str, Any]] = {}
    for column in record.columns.all():
        agency = column.variable.dataset.agency
        entry = found.setdefault(
            agency.code,
            {"agency": agency.name, "code": agency.code, "shared": [], "denied": []}
            | {use: [] for use in Variable.Use.values},
        )
        if column.choice in SHARED:
            entry["shared"].append(column.variable.name)
            entry[column.variable.use].append(column.variable.title or column.variable.name)
        elif column.choice == Choice.DENY:
            entry["denied"].append(
                {
                    "column": column.variable.name,
                    "title": column.variable.title,
                    "why": column.reason,
                }
            )
    return [found[code] for code in sorted(found)]


def safeguards(record: DataRequest) -> list[dict[str, str]]:
    """What protects people, in the order of the Five Safes; from the signed terms once there are any."""
    agreement = agreement_of(record)
    if agreement is None:
        return []
    said = terms(agreement)
    people = len(said.people)
    return [
        {"safe": _("Safe project"), "how": _("One purpose only: %s") % said.purpose},
        {
            "safe": _("Safe people"),
            "how": _("%d named researchers, trained and pledged; nobody else.") % people,
        },
        {
            "safe": _("Safe setting"),
            "how": _("A sealed enclave: no network, no copies, every job from a script."),
        },
        {
            "safe": _("Safe data"),
            "how": _("No names or numbers of people: random pseudonyms made for this project alone."),
        },
        {
            "safe": _("Safe outputs"),
            "how": _("Small groups are hidden; two checkers, every agency and the board agree first."),
        },
    ]
