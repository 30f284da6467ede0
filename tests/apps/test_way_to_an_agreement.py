"""From an enquiry to an executed agreement, and what it then covers."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from apps import way
from charteroak.adapters import clock
from charteroak.agreements import actions as agreements
from charteroak.agreements.models import Clause
from charteroak.agreements.queries import coverage, terms
from charteroak.audit.models import Event
from charteroak.policy.clauses import Asked, Use
from charteroak.policy.decision import Refused


@pytest.fixture(scope="module")
def state(database_of_the_file: None) -> None:
    with way.day(date(2026, 9, 8)):
        way.load()


@pytest.fixture(autouse=True)
def on_day_zero(state: None, rolled_back: None) -> Iterator[None]:
    with way.day(date(2026, 9, 8)):
        yield


def test_the_agreement_covers_exactly_what_was_allowed_and_signed() -> None:
    agreement = way.executed()
    way.cleared()
    said = terms(agreement)
    assert set(said.elements) == {"SDE", "CSC", "DOL"}
    assert "frpl" not in said.elements["SDE"].all
    assert "pell" not in said.elements["CSC"].all
    assert said.elements["DOL"].evidence == {"employer_count", "top_employer_share"}
    assert said.elements["DOL"].law.for_state_employees_only
    assert said.appetites == ("board", "dol", "sde")
    assert said.people == {"maya.ortiz", "jonah.reed", "lena.park"}
    today = clock.today()

    def may(use: Use, **asked: object) -> list[str]:
        found = coverage(agreement, Asked(use, today, **asked))  # type: ignore[arg-type]  # as the cases below
        return [reason.rule for reason in found.reasons]

    assert may(Use.OPEN, person=way.person("maya.ortiz").standing()) == []
    assert may(Use.OPEN, person=way.person("eve.lang").standing()) == ["person_not_named"]
    assert may(Use.OPEN, person=way.person("ben.cole").standing()) == [
        "training_lapsed",
        "pledge_lapsed",
        "person_not_named",
    ]
    assert may(Use.SUBMIT, agency="SDE", elements=frozenset({"frpl"})) == ["element_not_covered"]
    assert may(Use.SUBMIT, agency="OEC") == ["agency_not_a_party"]
    assert may(Use.EXTRACT, agency="SDE", elements=frozenset({"last"})) == ["element_not_covered"]


def test_an_agreement_that_no_longer_reads_as_signed_covers_nothing() -> None:
    agreement = way.executed()
    Clause.objects.filter(agreement=agreement, kind="people").update(terms={"people": ["eve.lang"]})
    agreement.refresh_from_db()
    found = coverage(agreement, Asked(Use.LINK, clock.today(), agency="SDE"))
    assert [reason.rule for reason in found.reasons] == ["not_as_signed"]


def test_a_terminated_agreement_covers_nothing_from_that_day_on() -> None:
    agreement = way.executed()
    agreements.terminate(pk=agreement.pk, by=way.person("sam.reyes"), because="breach")
    agreement.refresh_from_db()
    found = coverage(agreement, Asked(Use.LINK, clock.today(), agency="SDE"))
    assert [reason.rule for reason in found.reasons] == ["agreement_ended"]
    earlier = coverage(agreement, Asked(Use.LINK, clock.today() + timedelta(days=400), agency="SDE"))
    assert not earlier


def test_every_step_is_an_event_in_order() -> None:
    way.executed()
    names = list(Event.objects.order_by("index").values_list("name", flat=True))
    order = [
        "requests:data_request:submit", "requests:data_request:accept_as_complete", "requests:agency_review:decide",
        "board:motion:declare_carried", "agreements:agreement:draft", "agreements:agreement:sign",
        "agreements:agreement:execute",
    ]  # fmt: skip
    assert [names.index(name) for name in order] == sorted(names.index(name) for name in order)


def test_a_stranger_signs_nothing() -> None:
    agreement = way.executed()
    with pytest.raises(Refused):
        agreements.terminate(pk=agreement.pk, by=way.person("eve.lang"), because="no")
