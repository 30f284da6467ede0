"""What people may see of data requests, what the rules need to know of one, whose turn it is."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from charteroak.adapters import calendar, clock
from charteroak.agencies.models import Agency, Authority, Person
from charteroak.agencies.queries import administration_on, agencies_where
from charteroak.agencies.reading import once
from charteroak.catalog.queries import law_on
from charteroak.policy import agency_review, data_request
from charteroak.policy.agency_review import SHARED
from charteroak.policy.clocks import ALLOWED, Stage
from charteroak.policy.data_request import Action, Status
from charteroak.policy.deadlines import business_days_after
from charteroak.policy.decision import Decision
from charteroak.policy.request_change import COLUMNS, PAPERS, TEAM, Kind, amends
from charteroak.policy.roles import Role
from charteroak.policy.sentence import Sentence
from charteroak.policy.terms_of_use import still_open
from charteroak.requests import changes, consents, papers
from charteroak.requests.answers import ANSWERS, PARTS
from charteroak.requests.models import AgencyReview, DataRequest, RequestedColumn
from charteroak.requests.own import own

CHANGEABLE = ANSWERS | {TEAM: noop("team"), COLUMNS: noop("columns"), PAPERS: noop("papers")}
WITH_APPLICANT = (Status.DRAFT, Status.RETURNED)
BY_THEMSELVES = (
    Action.EDIT, Action.ACCEPT_TERMS, Action.SUBMIT, Action.RETURN, Action.ACCEPT_AS_COMPLETE, Action.APPEAL,
    Action.WITHDRAW_APPEAL, Action.CHANGE, Action.WITHDRAW,
)  # fmt: skip


def visible_to(person: Person) -> QuerySet[DataRequest]:
    """Requests a person may open: their own, those their office calls for, none to a stranger."""
    roles = person.roles(clock.today()) if person.is_active else frozenset()
    if roles & {Role.POLICY_OFFICE, Role.COUNSEL, Role.AUDITOR}:
        return DataRequest.objects.all()
    mine = own(person)
    if Role.DATA_STEWARD in roles:
        agencies = agencies_where(person, Role.DATA_STEWARD)
        mine |= Q(pk__in=AgencyReview.objects.filter(agency__in=agencies).values("data_request"))
    if roles & {Role.BOARD_CHAIR, Role.BOARD_MEMBER, Role.SIGNATORY}:
        mine |= Q(status__in=[Status.RECOMMENDED, Status.APPEALED, Status.APPROVED, Status.DECLINED])
    return DataRequest.objects.filter(mine)


@once
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


@once
def facts(
    record: DataRequest, by: Person, *, carried: bool = False, lost: bool = False
) -> data_request.Facts:
    columns = list(record.columns.select_related("variable__dataset__agency"))
    missing = [Sentence(ANSWERS[name]) for name in empty(record, columns)]
    if not columns:
        missing.append(Sentence(noop("columns")))
    return data_request.Facts(
        missing=tuple(missing),
        unreadable=tuple(Sentence(ANSWERS[name]) for name in record.unread),
        terms_open=tuple(open_terms(record, by).values()),
        end_passed=record.ends_on is not None and record.ends_on < clock.today(),
        review_not_current=papers.review_not_current(record),
        columns_without_purpose=tuple(str(c.variable) for c in columns if not c.purpose.strip()),
        forbidden=tuple(reason.message for reason in law_decision(record, columns).reasons),
        agencies_asked=len({c.variable.dataset.agency_id for c in columns}),
        agencies_decided=record.reviews.filter(status=agency_review.Status.DECIDED).count(),
        columns_allowed=sum(c.choice in SHARED for c in columns),
        motion_carried=carried,
        motion_lost=lost,
        days_since_decision=(clock.today() - day_decided(record)).days,
        appealed=record.appealed_at is not None,
        **_facts_of_change(record),
        actor_on_team=on_team(by, record),
    )


def _facts_of_change(record: DataRequest) -> dict[str, Any]:
    if record.status == Status.APPROVED:
        return {
            "change_underway": changes.underway(record),
            "nothing_to_amend": changes.ended_agreement(record),
            "decided_before": record.historic_decision_on is not None,
        }
    if record.changes_request_id is None:
        return {}
    touched = changes.parts_changed(record)
    return {
        "beyond_the_change": tuple(
            Sentence(CHANGEABLE[part]) for part in changes.beyond_its_kind(record, touched)
        ),
        "nothing_changed": not touched and amends(record.kind_of_change),
        "nothing_to_amend": changes.ended_agreement(record) if amends(record.kind_of_change) else "",
    }


def empty(record: DataRequest, columns: Iterable[RequestedColumn]) -> list[str]:
    """The answers that must still be given."""
    plain = [name for name in PARTS if getattr(record, name) in (None, "") and name not in record.unread]
    return [*plain, *papers.review_missing(record, (column.variable for column in columns))]


def open_terms(record: DataRequest, person: Person) -> dict[str, Sentence]:
    """The terms of use that this person has not accepted for this request, by name."""
    return still_open(record.accepted_terms.filter(by=person).values_list("term", flat=True))


def law_decision(record: DataRequest, columns: Iterable[RequestedColumn]) -> Decision:
    """Whether the law lets these columns be shared; under which exception is judged once the request names one."""
    variables = [column.variable for column in columns]
    law = consents.lifted(record, law_on(variables), variables)
    exception = record.legal_exception
    return law.may_be_asked(exception=exception) if exception else law.may_be_shared()


def may(record: DataRequest, action: Action, person: Person) -> Decision:
    return data_request.LIFECYCLE.may(
        Status(record.status), action, roles_of(person, record), facts(record, person)
    )


def may_appeal(record: DataRequest, person: Person, grounds: str) -> Decision:
    known = replace(facts(record, person), grounds_said=bool(grounds.strip()))
    return data_request.LIFECYCLE.may(Status(record.status), Action.APPEAL, roles_of(person, record), known)


def may_change(record: DataRequest, person: Person, kind: Kind, because: str) -> Decision:
    """Whether this person may begin this kind of change; a repeat waits for no other change."""
    known = replace(facts(record, person), because_said=bool(because.strip()))
    if not amends(kind):
        known = replace(known, change_underway="", nothing_to_amend="")
    return data_request.LIFECYCLE.may(Status(record.status), Action.CHANGE, roles_of(person, record), known)


def decisions(record: DataRequest, person: Person) -> dict[str, Decision]:
    """What this person's roles are for at this status: allowed, or refused with reasons."""
    found = data_request.LIFECYCLE.decisions(
        Status(record.status), roles_of(person, record), facts(record, person)
    )
    if Action.CHANGE in found:
        found[Action.CHANGE] = _may_change_somehow(record, person)
    return {action: decision for action, decision in found.items() if action in BY_THEMSELVES}


def _may_change_somehow(record: DataRequest, person: Person) -> Decision:
    """Of all kinds a repeat waits for the least; every other begins from what stands now."""
    repeat = may_change(record, person, Kind.REPEAT, "-")
    return repeat or may_change(changes.standing(record), person, Kind.AMENDMENT, "-")


def may_begin(person: Person) -> Decision:
    """Whether this person may begin a request."""
    return data_request.LIFECYCLE.may(None, Action.START, person.roles(clock.today()), data_request.Facts())


def reviews(record: DataRequest) -> QuerySet[AgencyReview]:
    return record.reviews.select_related(
        "agency", "data_request__applicant", "decided_by", "carried_from__decided_by"
    ).prefetch_related("questions__asked_by", "questions__answered_by", "questions__taken_back_by")


def columns(record: DataRequest) -> QuerySet[RequestedColumn]:
    """All that is asked, with where its decision was made."""
    return record.columns.select_related(
        "variable__dataset__agency", "carried_from__data_request", "carried_from__decided_by"
    )


def columns_to_decide(review: AgencyReview) -> QuerySet[RequestedColumn]:
    """What is asked of the review's agency anew: without what was decided on an earlier request and still stands."""
    return columns_of(review).filter(carried_from__isnull=True)


def columns_of(review: AgencyReview) -> QuerySet[RequestedColumn]:
    """What is asked of the review's agency."""
    return review.data_request.columns.filter(variable__dataset__agency=review.agency).select_related(
        "variable__dataset__agency"
    )


def allowed_columns(record: DataRequest) -> QuerySet[RequestedColumn]:
    """What the agencies allowed, masked and under conditions included; by agency's code."""
    return (
        record.columns.filter(choice__in=SHARED)
        .select_related("variable__dataset__agency")
        .order_by("variable__dataset__agency__code", "variable__dataset", "variable__position")
    )


def day_decided(record: DataRequest) -> date:
    """The day whose law governs the request: that of its decision, today while it is undecided."""
    if record.historic_decision_on:
        return record.historic_decision_on
    return clock.day_of(record.decided_at) if record.decided_at else clock.today()


def administration_of(record: DataRequest) -> Authority | None:
    """Who administered the initiative, and under what, on the day of the decision."""
    return administration_on(day_decided(record))


def whose_turn(record: DataRequest) -> tuple[str, date | None]:
    """Who has to act, in words, and by when; nobody once it is settled."""
    match Status(record.status):
        case Status.DRAFT | Status.RETURNED:
            return record.applicant.name, None
        case Status.SUBMITTED if record.submitted_at:
            return _("Policy office"), _by(record.submitted_at, Stage.COMPLETENESS)
        case Status.IN_REVIEW if record.accepted_at:
            return _reviewers(record), _by(record.accepted_at, Stage.DECISION)
        case Status.RECOMMENDED | Status.APPEALED:
            return _("Data Governing Board, at its next meeting"), None
    return "", None


def _by(began_at: datetime, stage: Stage) -> date:
    return business_days_after(clock.day_of(began_at), ALLOWED[stage], calendar.closed_days())


def _reviewers(record: DataRequest) -> str:
    left = [review for review in record.reviews.all() if review.status != agency_review.Status.DECIDED]
    answers = [review.agency.code for review in left if review.status == agency_review.Status.QUESTION_ASKED]
    decides = [review.agency.code for review in left if review.status == agency_review.Status.WAITING]
    said = []
    if decides:
        said.append(_("data stewards of %(agencies)s") % {"agencies": ", ".join(decides)})
    if answers:
        said.append(
            _("%(name)s, to answer %(agencies)s")
            % {"name": record.applicant.name, "agencies": ", ".join(answers)}
        )
    return "; ".join(said)
