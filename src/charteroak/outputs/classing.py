"""Every write about classes of outputs: defined, consented to, taken back, withdrawn, and what one clears."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from charteroak.adapters import clock
from charteroak.agencies.models import Agency, Person
from charteroak.agreements.models import Agreement
from charteroak.audit import actions as audit
from charteroak.outputs import classes
from charteroak.outputs.models import ClassConsent, ClearedAhead, OutputClass, ReleaseRequest
from charteroak.policy.decision import Decision
from charteroak.policy.output_class import LIFECYCLE, Action, Status


@transaction.atomic
def define(
    *, agreement: int, by: Person, says: str, statistics: Sequence[str], minimum_people: int, until: date
) -> OutputClass:
    """Say which outputs of a project could be cleared ahead; it clears none before the board and an agency agree."""
    text = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement)
    kinds = sorted(set(statistics))
    classes.may_define(text, by, kinds, minimum_people, until).require()
    number = f"{text.number}-C{text.output_classes.count() + 1}"
    made = OutputClass.objects.create(
        agreement=text, number=number, says=says.strip(), statistics=kinds, minimum_people=minimum_people,
        until=until, defined_by=by, defined_at=clock.now(),
    )  # fmt: skip
    audit.record(
        "outputs:output_class:define", by=by, subject=made, number=number, statistics=kinds,
        minimum_people=minimum_people, until=str(until),
    )  # fmt: skip
    return made


def _locked(pk: int) -> OutputClass:
    return OutputClass.objects.select_for_update(of=("self",)).select_related("agreement").get(pk=pk)


@transaction.atomic
def consent(*, pk: int, by: Person, agency: str) -> None:
    """A contributing agency's steward consents, for outputs of this class and no others."""
    record = _locked(pk)
    classes.may(record, Action.CONSENT, by, agency).require()
    given = ClassConsent.objects.create(
        output_class=record, agency=Agency.objects.get(code=agency), by=by, at=clock.now()
    )
    audit.record(
        "outputs:output_class:consent", by=by, subject=record, number=record.number, agency=agency,
        consent=given.pk,
    )  # fmt: skip


@transaction.atomic
def take_back(*, pk: int, by: Person, agency: str, because: str) -> None:
    """From now on this agency clears such outputs itself again, those under way included."""
    record = _locked(pk)
    classes.may(record, Action.TAKE_BACK, by, agency, because).require()
    given = classes.consents(record).get(agency__code=agency)
    given.taken_back_because, given.taken_back_by, given.taken_back_at = because.strip(), by, clock.now()
    given.save(update_fields=["taken_back_because", "taken_back_by", "taken_back_at"])
    audit.record(
        "outputs:output_class:take_back", by=by, subject=record, number=record.number, agency=agency,
        consent=given.pk,
    )  # fmt: skip


@transaction.atomic
def withdraw(*, pk: int, by: Person, because: str) -> None:
    """The board takes the class back: from now on every agency clears such outputs itself."""
    record = _locked(pk)
    classes.may(record, Action.WITHDRAW, by, because=because).require()
    record.status = LIFECYCLE.after(Status(record.status), Action.WITHDRAW)
    record.withdrawn_because, record.withdrawn_by, record.withdrawn_at = because.strip(), by, clock.now()
    record.save(update_fields=["status", "withdrawn_because", "withdrawn_by", "withdrawn_at"])
    audit.record("outputs:output_class:withdraw", by=by, subject=record, number=record.number)


def clear_ahead(record: ReleaseRequest, by: Person, covered: Decision, files: list[str]) -> None:
    """After the second review: clear it for each agency that has consented to a class into which all of it falls.

    Within the transaction of the review, `by` whom it is completed: no person of the agency has said a word on it.
    """
    for agency, given in sorted(classes.ahead(record, classes.judged(record)).items()):
        ClearedAhead.objects.create(release_request=record, round=record.round, consent=given, at=clock.now())
        motion = classes.motion_on(given.output_class)
        audit.record(
            "outputs:release_request:clear_ahead", by=by, subject=record, number=record.number,
            round=record.round, files=files, agency=agency, output_class=given.output_class.number, consent=given.pk,
            consented_by=given.by.username, motion=motion.pk if motion else None, clauses=list(covered.clauses),
        )  # fmt: skip
