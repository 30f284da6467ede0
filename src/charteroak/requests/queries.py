"""What people may see of data requests, what the rules need to know of one, whose turn it is."""

from django.db.models import Q, QuerySet

from charteroak.adapters import clock
from charteroak.agencies.models import Agency, Person
from charteroak.agencies.queries import agencies_where
from charteroak.policy import agency_review, data_request
from charteroak.policy.agency_review import Choice
from charteroak.policy.data_request import Status
from charteroak.policy.roles import Role
from charteroak.requests.models import AgencyReview, DataRequest

PARTS = {
    "title": "title",
    "question": "research question",
    "purpose": "purpose",
    "public_benefit": "public benefit",
    "legal_exception": "legal exception",
    "outputs_planned": "outputs planned",
    "publication_plan": "publication plan",
    "first_year": "first year",
    "last_year": "last year",
    "ends_on": "end date",
}
BEFORE_SUBMISSION = (Status.DRAFT, Status.RETURNED)


def visible_to(person: Person) -> QuerySet[DataRequest]:
    """Requests a person may open: their own, those their office calls for, none to a stranger."""
    roles = person.roles(clock.today()) if person.is_active else frozenset()
    if roles & {Role.POLICY_OFFICE, Role.COUNSEL, Role.AUDITOR}:
        return DataRequest.objects.all()
    mine = Q(applicant=person) | Q(team__person=person)
    if Role.DATA_STEWARD in roles:
        asked = Q(reviews__agency__in=agencies_where(person, Role.DATA_STEWARD))
        mine |= asked
    if roles & {Role.BOARD_CHAIR, Role.BOARD_MEMBER, Role.SIGNATORY}:
        mine |= Q(status__in=[Status.RECOMMENDED, Status.APPROVED, Status.DECLINED])
    return DataRequest.objects.filter(mine).distinct()


def on_team(person: Person, record: DataRequest) -> bool:
    return record.applicant_id == person.pk or record.team.filter(person=person).exists()


def roles_of(person: Person, record: DataRequest, agency: Agency | None = None) -> frozenset[Role]:
    """Offices held today (for `agency` where given), and the applicant's role towards this request."""
    roles = person.roles(clock.today(), agency)
    if agency is not None and agency not in agencies_where(person, Role.DATA_STEWARD):
        roles -= {Role.DATA_STEWARD}
    return roles | {Role.APPLICANT} if on_team(person, record) else roles


def agencies_asked(record: DataRequest) -> list[Agency]:
    return list(
        Agency.objects.filter(datasets__variables__in=record.columns.values("variable"))
        .distinct()
        .order_by("code")
    )


def facts(
    record: DataRequest, by: Person, *, carried: bool = False, lost: bool = False
) -> data_request.Facts:
    columns = list(record.columns.select_related("variable__dataset__agency"))
    missing = [words for name, words in PARTS.items() if getattr(record, name) in (None, "")]
    if not columns:
        missing.append("columns")
    return data_request.Facts(
        missing=tuple(missing),
        columns_without_purpose=tuple(str(c.variable) for c in columns if not c.purpose.strip()),
        agencies_asked=len({c.variable.dataset.agency_id for c in columns}),
        agencies_decided=record.reviews.filter(status=agency_review.Status.DECIDED).count(),
        columns_allowed=sum(c.choice in (Choice.ALLOW, Choice.MASK) for c in columns),
        motion_carried=carried,
        motion_lost=lost,
        actor_on_team=on_team(by, record),
    )


def review_facts(review: AgencyReview, by: Person) -> agency_review.Facts:
    columns = review.data_request.columns.filter(variable__dataset__agency=review.agency).select_related(
        "variable__dataset__agency"
    )
    return agency_review.Facts(
        actor_on_team=on_team(by, review.data_request),
        undecided_columns=tuple(str(c.variable) for c in columns if not c.choice),
        reasonless_columns=tuple(
            str(c.variable)
            for c in columns
            if c.choice in (Choice.DENY, Choice.MASK) and not c.reason.strip()
        ),
        request_in_review=review.data_request.status == Status.IN_REVIEW,
    )
