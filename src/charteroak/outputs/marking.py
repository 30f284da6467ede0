"""Whether results are for the public register: their author says so before they are sent."""

from django.db import transaction

from charteroak.agencies.models import Person
from charteroak.audit import actions as audit
from charteroak.outputs.actions import locked, require
from charteroak.policy.release_request import Action


@transaction.atomic
def mark(*, pk: int, by: Person, public: bool) -> None:
    """For the public register once released, or for the project's people alone."""
    record = locked(pk)
    require(record, Action.MARK, by)
    record.public = public
    record.save(update_fields=["public"])
    audit.record(
        "outputs:release_request:mark",
        by=by,
        subject=record,
        number=record.number,
        round=record.round,
        public=public,
    )
