"""The key that an agency has its finder lists encrypted to: registered by its own steward, the newest counts."""

from django.db import transaction

from charteroak.adapters import age, clock
from charteroak.agencies.models import Agency, Person
from charteroak.audit import actions as audit
from charteroak.policy.agency_key import LIFECYCLE, Action, Facts
from charteroak.policy.decision import Decision, refuse
from charteroak.submissions.models import AgencyKey
from charteroak.submissions.queries import roles_of


def newest(agency: Agency) -> AgencyKey | None:
    """The key in use; earlier ones stay on record."""
    return AgencyKey.objects.filter(agency=agency).order_by("-pk").first()


def may_register(agency: Agency, by: Person) -> Decision:
    """Whether this person may name the key of that agency: its own stewards alone."""
    return LIFECYCLE.may(None, Action.REGISTER, roles_of(by, agency), Facts())


@transaction.atomic
def register(*, agency: str, recipient: str, by: Person) -> AgencyKey:
    """Have the agency's next finder lists encrypted to this age recipient; lists made before stay as they are."""
    found = Agency.objects.get(code=agency)
    may_register(found, by).require()
    try:
        fingerprint = age.recipient_fingerprint(recipient)
    except age.AgeError as wrong:
        refuse("wrong_key", str(wrong)).require()
        raise
    record = AgencyKey.objects.create(
        agency=found,
        recipient=recipient.strip(),
        fingerprint=fingerprint,
        registered_by=by,
        registered_at=clock.now(),
    )
    audit.record(
        "submissions:agency_key:register",
        by=by,
        subject=record,
        agency=agency,
        key=fingerprint.replace(" ", ""),
    )
    return record
