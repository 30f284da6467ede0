"""Fees: set as data with days, estimated before sending, fixed after approval, waived or paid, and reported."""

import csv
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps import way
from apps.requests_way import FEES, named
from apps.way import as_, refused
from charteroak.adapters import clock
from charteroak.agencies.worklist import IN_DEPTH, Item, Turn
from charteroak.audit.models import Event
from charteroak.policy.period import quarter_of
from charteroak.policy.roles import Role
from charteroak.reports import figures
from charteroak.requests import actions, fees, worklist
from charteroak.requests.models import DataRequest, Fee, FeeSchedule

pytestmark = pytest.mark.usefixtures("after_the_approval")
MAYA, SAM, STRANGER = "maya.ortiz", "sam.reyes", "eve.lang"


def set_(**said: Any) -> FeeSchedule:
    given = {name: Decimal(value) for name, value in FEES.items() if name != "under"}
    return actions.set_fees(
        **{"by": named(SAM), "since": clock.today(), "under": FEES["under"], **given, **said}
    )


def charged() -> DataRequest:
    """A request that the board approved, sent while these fees were in force."""
    with way.day(way.DAY_ZERO - timedelta(days=9)):
        set_()
    return way.approved()


def told(record: DataRequest, who: str = MAYA) -> dict[str, Any]:
    found: dict[str, Any] = as_(who).get(f"/api/requests/{record.number}").json()["fee"]
    return found


def test_without_a_schedule_nothing_is_due_and_there_is_nothing_to_fix() -> None:
    record = way.approved()
    assert told(record)["amount"] == "0.00"
    assert "No fees are set: nothing is due." in as_(MAYA).get(record.get_absolute_url()).text
    assert refused(actions.fix_fee, pk=record.pk, by=named(SAM), hours=Decimal(1)) == ["nothing_due"]
    assert "action-fix-fee" not in as_(SAM).get(record.get_absolute_url()).text


def test_an_applicant_reads_the_estimate_before_sending_and_what_is_set_later_does_not_reach_what_was_sent() -> (
    None
):
    set_()
    record = way.filled_in()
    page = as_(MAYA).get(record.get_absolute_url()).text
    assert "Estimate: $176.50" in page
    assert page.index("Estimate: $176.50") < page.index('id="action-submit"')
    actions.submit(pk=record.pk, by=named(MAYA))
    set_(per_request=Decimal("900.00"))
    assert told(record)["amount"] == "176.50"
    assert told(way.filled_in())["amount"] == "976.50"


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"by": MAYA}, "wrong_role"),
        ({"by": "ben.cole"}, "wrong_role"),
        ({"since": way.DAY_ZERO - timedelta(days=400)}, "backdated"),
        ({"under": " "}, "basis_unsaid"),
        ({"per_hour": Decimal("-1")}, "amounts_not_in_order"),
        ({"per_hour": Decimal("0.005")}, "amounts_not_in_order"),
        ({"per_hour": Decimal("NaN")}, "amounts_not_in_order"),
    ],
)
def test_fees_are_set_by_the_policy_office_alone_and_not_for_days_that_are_over(
    said: dict[str, Any], rule: str
) -> None:
    if "by" in said:
        said = {"by": named(said["by"])}
    assert refused(set_, **said) == [rule]


def test_a_fee_is_fixed_once_the_board_has_approved_and_then_stays() -> None:
    record = charged()
    assert refused(actions.fix_fee, pk=record.pk, by=named(MAYA), hours=Decimal(1)) == ["wrong_role"]
    assert refused(actions.fix_fee, pk=record.pk, by=named("ben.cole"), hours=Decimal(1)) == ["wrong_role"]
    for wrong in ("-1", "NaN", "0.001", "99999"):
        assert refused(actions.fix_fee, pk=record.pk, by=named(SAM), hours=Decimal(wrong)) == [
            "hours_not_in_order"
        ]
    page = as_(SAM).post(f"{record.get_absolute_url()}fix-fee/", {"hours": "7.5"}, follow=True).text
    assert "The fee is fixed." in page
    assert "$551.50" in page
    set_(per_request=Decimal(0))
    assert (told(record)["status"], told(record)["amount"]) == ("due", "551.50")
    assert refused(actions.fix_fee, pk=record.pk, by=named(SAM), hours=Decimal(9)) == ["wrong_status"]
    event = Event.objects.filter(name="requests:fee:fix").get()
    assert (event.by, '"amount":"551.50"' in event.text) == (SAM, True)


def fees_of(who: str) -> list[Item]:
    return [item for item in worklist.todo(named(who)) if item.href.endswith("#fee")]


def on_coming_in(who: str, record: DataRequest) -> list[str]:
    here = f"{record.get_absolute_url()}#fee"
    return [item.title for item in fees_of(who) if item.href == here]


def test_who_must_fix_it_and_who_must_pay_it_find_it_on_coming_in() -> None:
    assert on_coming_in(SAM, way.approved()) == [], "no fees are set"
    record = charged()
    assert on_coming_in(SAM, record) == [f"{record}: fix the fee"]
    assert f'href="{record.get_absolute_url()}#fee"' in as_(SAM).get("/").text
    assert on_coming_in(MAYA, record) == []
    actions.fix_fee(pk=record.pk, by=named(SAM), hours=Decimal(2))
    assert on_coming_in(MAYA, record) == on_coming_in(SAM, record) == [f"{record}: pay the fee"]
    unpaid = "The fee is not paid yet."
    assert unpaid in as_(MAYA).get(record.get_absolute_url()).text
    [hers], [awaited] = fees_of(MAYA), fees_of(SAM)
    assert (hers.state, awaited.state) == (Turn.YOURS, Turn.OTHERS)
    assert awaited.whose_turn == record.applicant.name, "the policy office waits for it"
    assert [fees_of(who) for who in (STRANGER, way.STEWARDS["SDE"])] == [[], []]
    actions.mark_fee_paid(pk=record.pk, by=named(SAM), reference="T-1", paid_on=clock.today())
    assert on_coming_in(MAYA, record) == on_coming_in(SAM, record) == []
    assert unpaid not in as_(MAYA).get(record.get_absolute_url()).text


def copied(record: DataRequest, number: str) -> DataRequest:
    """Another request that owes the same, since a day later."""
    owed = record.fee
    record.pk, record.number = None, number
    record.save(force_insert=True)
    owed.pk, owed.data_request, owed.fixed_at = None, record, owed.fixed_at + timedelta(days=1)
    owed.save(force_insert=True)
    return DataRequest.objects.get(number=number)


def test_who_waits_for_many_fees_reads_those_that_are_due_longest_and_asks_as_often() -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            worklist._fees(named(SAM), frozenset({Role.POLICY_OFFICE}))
        return len(seen)

    record = charged()
    actions.fix_fee(pk=record.pk, by=named(SAM), hours=Decimal(2))
    before = asked()
    records = [DataRequest.objects.get(pk=record.pk)]
    for at in range(IN_DEPTH):
        records.append(copied(DataRequest.objects.get(pk=records[-1].pk), f"90{at}"))
    assert [item.href for item in fees_of(SAM)] == [
        f"{one.get_absolute_url()}#fee" for one in records[:IN_DEPTH]
    ]
    assert asked() == before


def test_before_the_approval_nothing_is_fixed() -> None:
    with way.day(way.DAY_ZERO - timedelta(days=9)):
        set_()
    record = way.filled_in()
    assert refused(actions.fix_fee, pk=record.pk, by=named(SAM), hours=Decimal(1)) == ["not_approved"]


def test_it_is_waived_with_a_reason_or_marked_as_paid_with_a_reference_and_a_day_and_then_settled() -> None:
    record, today = charged(), clock.today()
    pay = {"pk": record.pk, "reference": "T-1", "paid_on": today}
    assert refused(actions.waive_fee, pk=record.pk, by=named(SAM), because="Why.") == ["wrong_status"]
    actions.fix_fee(pk=record.pk, by=named(SAM), hours=Decimal(0))
    assert refused(actions.waive_fee, pk=record.pk, by=named(SAM), because=" ") == ["because_missing"]
    assert refused(actions.waive_fee, pk=record.pk, by=named(MAYA), because="Why.") == ["wrong_role"]
    assert refused(actions.mark_fee_paid, by=named(MAYA), **pay) == ["wrong_role"]
    assert refused(actions.mark_fee_paid, by=named(SAM), **pay | {"reference": ""}) == ["reference_missing"]
    later = today + timedelta(days=1)
    assert refused(actions.mark_fee_paid, by=named(SAM), **pay | {"paid_on": later}) == ["paid_ahead"]
    sent = {"reference": "T-1", "paid_on": f"{today}"}
    page = as_(SAM).post(f"{record.get_absolute_url()}mark-fee-paid/", sent, follow=True).text
    assert "reference T-1." in page
    assert refused(actions.waive_fee, pk=record.pk, by=named(SAM), because="Why.") == ["wrong_status"]
    assert told(record)["permitted"] == []


def test_the_parties_read_it_on_the_agreement_and_a_stranger_nowhere() -> None:
    record = charged()
    actions.fix_fee(pk=record.pk, by=named(SAM), hours=Decimal(2))
    agreement = way.drafted()
    sent = as_(SAM).post(
        f"/api/requests/{record.number}/waive-fee", {"because": "A pilot."}, content_type="application/json"
    )
    assert sent.json()["fee"]["status"] == "waived"
    for who in (MAYA, "grace.stone", "ben.cole"):
        page = as_(who).get(agreement.get_absolute_url()).text
        assert "$276.50" in page
        assert "A pilot." in page
    assert as_(MAYA).get(f"/api/agreements/{agreement.number}").json()["fee"]["amount"] == "276.50"
    assert as_(STRANGER).get(record.get_absolute_url()).status_code == 404
    assert as_(STRANGER).get(agreement.get_absolute_url()).status_code == 404


def test_an_applicant_whose_employer_is_exempt_owes_nothing() -> None:
    kind = named(MAYA).employer_kind
    with way.day(way.DAY_ZERO - timedelta(days=9)):
        set_(free_for=[kind, "no such kind"])
    assert on_coming_in(SAM, way.approved()) == []
    assert FeeSchedule.objects.get().free_for == [kind]
    record = way.approved()
    assert (
        "People of this applicant’s kind of employer owe no fee."
        in as_(MAYA).get(record.get_absolute_url()).text
    )
    assert refused(actions.fix_fee, pk=record.pk, by=named(SAM), hours=Decimal(1)) == ["nothing_due"]


def test_the_reports_tell_what_was_fixed_waived_and_paid() -> None:
    record = charged()
    assert not [one for one in figures.figures(quarter_of(clock.today())) if one.code.startswith("fees:")]
    actions.fix_fee(pk=record.pk, by=named(SAM), hours=Decimal(0))
    [row] = csv.DictReader(as_(SAM).get("/reports/?format=csv&q=CTE").getvalue().decode().splitlines())
    assert (row["fee_dollars"], row["fee_status"]) == ("176.50", "due")
    assert _figures() == {"fixed": "176.50", "waived": "0.00", "paid": "0.00", "due": "176.50"}
    actions.mark_fee_paid(pk=record.pk, by=named(SAM), reference="T-1", paid_on=clock.today())
    assert _figures() == {"fixed": "176.50", "waived": "0.00", "paid": "176.50", "due": "0.00"}


def _figures() -> dict[str, str]:
    found = figures.figures(quarter_of(clock.today()))
    return {one.code.partition(":")[2]: str(one.value) for one in found if one.code.startswith("fees:")}


def test_the_list_of_what_was_charged_is_a_file_too_and_the_form_keeps_what_was_typed() -> None:
    set_()
    rows = as_(MAYA).get("/requests/fees/?format=csv")
    assert "$25.50" in b"".join(rows.streaming_content).decode()  # type: ignore[attr-defined] # a stream
    assert "action-set" not in as_(MAYA).get("/requests/fees/").text
    wrong = as_(SAM).post("/requests/fees/set/", FEES | {"since": "soon"})
    assert (wrong.status_code, 'value="25.50"' in wrong.text) == (400, True)
    assert as_(MAYA).post("/requests/fees/set/", {}).status_code == 403


def test_the_web_rewrites_neither_what_was_set_nor_what_is_owed() -> None:
    record = charged()
    actions.fix_fee(pk=record.pk, by=named(SAM), hours=Decimal(0))
    for said in ("requests_feeschedule SET per_hour = 0", "requests_fee SET amount = 0"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(f"UPDATE {said}")
    assert fees.fixed(record) == Fee.objects.get()
