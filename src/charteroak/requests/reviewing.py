"""What an agency's review of a request allows now, and to whom."""

from dataclasses import replace

from charteroak.agencies.models import Person
from charteroak.policy import agency_review
from charteroak.policy.agency_review import SHARED, STATED
from charteroak.policy.data_request import Status
from charteroak.policy.decision import Decision
from charteroak.requests import consents
from charteroak.requests.models import AgencyReview
from charteroak.requests.queries import columns_of, on_team, roles_of


def review_facts(review: AgencyReview, by: Person) -> agency_review.Facts:
    columns = columns_of(review)
    shared = (column.variable for column in columns if column.choice in SHARED)
    return replace(
        _to_begin(review, by),
        undecided_columns=tuple(str(c.variable) for c in columns if not c.choice),
        reasonless_columns=tuple(
            str(c.variable) for c in columns if c.choice in STATED and not c.reason.strip()
        ),
        unconsented_columns=tuple(str(one) for one in consents.lacking(review.data_request, shared)),
    )


def _to_begin(review: AgencyReview, by: Person) -> agency_review.Facts:
    """Without what is still to be filled in."""
    return agency_review.Facts(
        actor_on_team=on_team(by, review.data_request),
        request_in_review=review.data_request.status == Status.IN_REVIEW,
        carried=review.carried_from_id is not None,
    )


def may_review(review: AgencyReview, action: agency_review.Action, person: Person) -> Decision:
    return agency_review.LIFECYCLE.may(
        agency_review.Status(review.status),
        action,
        roles_of(person, review.data_request, review.agency),
        review_facts(review, person),
    )


def may_open(review: AgencyReview, action: agency_review.Action, person: Person) -> Decision:
    """Whether this person may begin it, whatever is still to be filled in."""
    roles = roles_of(person, review.data_request, review.agency)
    return agency_review.LIFECYCLE.may(
        agency_review.Status(review.status), action, roles, _to_begin(review, person)
    )


def review_actions(review: AgencyReview, person: Person) -> set[str]:
    """Which forms of an agency's review this person gets; whether the columns are decided, the form checks."""
    roles = roles_of(person, review.data_request, review.agency)
    status = agency_review.Status(review.status)
    return {
        action.value for action in agency_review.LIFECYCLE.permitted(status, roles, _to_begin(review, person))
    }
