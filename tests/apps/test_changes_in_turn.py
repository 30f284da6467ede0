"""Changes that follow one another: each begins from the last, and none undoes what came after it."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps import changes_way, way
from charteroak.adapters import clock
from charteroak.agencies.models import Agency
from charteroak.agreements import actions as agreements
from charteroak.agreements import clocks, queries
from charteroak.agreements.destruction import start_identifiers
from charteroak.agreements.models import Agreement
from charteroak.audit.models import Event
from charteroak.board.models import Motion
from charteroak.board.queries import standing_conditions
from charteroak.catalog.models import Variable
from charteroak.policy.decision import Refused
from charteroak.policy.request_change import Kind
from charteroak.requests import actions as requests
from charteroak.requests.models import DataRequest

pytestmark = pytest.mark.usefixtures("approved", "rolled_back")
MAYA = "maya.ortiz"


@pytest.fixture(autouse=True)
def after_the_approval() -> Iterator[None]:
    with way.day(way.DAY_ZERO + timedelta(days=9)):
        yield


def test_who_left_the_team_begins_no_change_by_way_of_the_first_request() -> None:
    record = changes_way.begun(Kind.STAFF_CHANGE)
    requests.remove_member(pk=record.pk, by=way.person(MAYA), person=way.person("lena.park"))
    changes_way.approved(record)
    with pytest.raises(Refused) as refused:
        changes_way.begun(Kind.EXTENSION, by="lena.park")
    assert way.rules(refused) == {"wrong_role"}
    assert changes_way.begun(Kind.EXTENSION, by="jonah.reed").changes_request == record


def extended(days: int) -> DataRequest:
    """Approved by the board: an extension of what was approved last."""
    record = changes_way.begun(Kind.EXTENSION)
    assert record.ends_on
    requests.edit(pk=record.pk, by=way.person(MAYA), ends_on=record.ends_on + timedelta(days=days))
    return changes_way.approved(record)


def test_an_older_change_is_not_drafted_after_a_newer_one_and_undoes_nothing() -> None:
    way.executed()
    way.cleared()
    older = extended(200)
    assert list(queries.to_draft()) == [older]
    newer, ann = extended(100), way.person("ann.weiss")
    assert list(queries.to_draft()) == [newer], "the newer one says all that the older does"
    assert way.refused(agreements.draft, data_request_pk=older.pk, by=ann) == ["superseded"]
    way.signed(agreements.draft(data_request_pk=newer.pk, by=ann))
    assert way.refused(agreements.draft, data_request_pk=older.pk, by=ann) == ["superseded"]
    assert Agreement.objects.get().ends_on == newer.ends_on


def test_what_an_amendment_amends_is_locked_before_a_party_signs() -> None:
    held = way.executed()
    way.cleared()
    amended, ann = agreements.draft(data_request_pk=extended(200).pk, by=way.person("ann.weiss")), "ann.weiss"
    agreements.open_for_signature(pk=amended.pk, by=way.person(ann))
    amended.refresh_from_db()
    party = amended.parties.select_related("signatory")[0]
    with CaptureQueriesContext(connection) as asked:
        agreements.sign(
            party=party.pk, by=party.signatory, text_hash=amended.text_hash, intent="I sign.",
            confirmed_at=clock.real_now(),
        )  # fmt: skip
    said = [one["sql"] for one in asked]
    locks = [at for at, one in enumerate(said) if f'"id" = {held.pk} ' in one and "FOR UPDATE" in one]
    signed = next(at for at, one in enumerate(said) if 'INSERT INTO "agreements_signature"' in one)
    assert min(locks, default=len(said)) < signed, "nobody ends it between the rules and the effect"


def without_wages() -> DataRequest:
    """A request of the same people for the records of two agencies, and for none of DOL's."""
    record = way.filled_in()
    two = record.columns.exclude(variable__dataset__agency__code="DOL")
    requests.ask_columns(pk=record.pk, by=way.person(MAYA), purposes={c.variable_id: "needed" for c in two})
    return changes_way.approved(record)


def test_an_agency_that_an_amendment_adds_finds_the_project_and_one_that_it_drops_still_does() -> None:
    way.hub_keys()
    way.cleared()
    first, ann = without_wages(), way.person("ann.weiss")
    held = way.signed(agreements.draft(data_request_pk=first.pk, by=ann))
    lou = way.as_("lou.grant")
    address = f"/submissions/{first.number}/"
    assert lou.get(address).status_code == 404
    change = requests.change(pk=first.pk, by=way.person(MAYA), kind=Kind.AMENDMENT, because="Wages.")
    asked = Variable.objects.exclude(dataset__agency__code="CSC")
    requests.ask_columns(pk=change.pk, by=way.person(MAYA), purposes={v.pk: "needed" for v in asked})
    amended = agreements.draft(data_request_pk=changes_way.approved(change).pk, by=ann)
    assert lou.get(address).status_code == 404, "not before all have signed"
    way.signed(amended)
    assert lou.get(address).status_code == 200
    assert way.as_("priya.nair").get(address).status_code == 200, "what CSC sent is still held"
    for agency in ("SDE", "CSC", "DOL"):
        found = queries.contributed_by(Agency.objects.filter(code=agency))
        assert list(found.filter(pk=held.pk)) == [held], agency
    assert queries.contributors(Agreement.objects.get(pk=held.pk)) == ["DOL", "SDE"]


def test_the_clock_of_the_identifiers_runs_by_the_text_that_holds() -> None:
    held = way.executed()
    way.cleared()
    amended = agreements.draft(data_request_pk=extended(200).pk, by=way.person("ann.weiss"))
    clause = amended.clauses.get(kind="destruction")
    clause.terms |= {"identifiers_business_days": 1}
    clause.save()
    way.signed(amended)
    now = Agreement.objects.get(pk=held.pk)
    due = start_identifiers(now, date(2026, 11, 4))
    assert due == now.duties.get(what="identifiers").due_on == date(2026, 11, 5)


def test_what_is_to_be_linked_is_not_added_once_the_identifiers_are_destroyed() -> None:
    """No duty would destroy them a second time, and no key is left to receive them with."""
    held, maya, ann = way.executed(), way.person(MAYA), way.person("ann.weiss")
    way.cleared()
    gone = held.duties.filter(what="identifiers")
    later = changes_way.begun(Kind.CONTINUATION)
    requests.edit(pk=later.pk, by=maya, last_year=2027)
    amended = changes_way.amendment(later)
    gone.update(done_at=clock.now())
    assert way.refused(agreements.open_for_signature, pk=amended.pk, by=ann) == ["identifiers_destroyed"]
    gone.update(done_at=None)
    agreements.open_for_signature(pk=amended.pk, by=ann)
    last = changes_way.signed_but_for_the_last(amended)
    gone.update(done_at=clock.now())
    assert way.refused(agreements.sign, **last) == ["identifiers_destroyed"], "nor is it executed"


@pytest.mark.parametrize(
    ("kind", "said", "rules"),
    [
        (Kind.CONTINUATION, {"last_year": 2027}, ["identifiers_destroyed"]),
        (Kind.AMENDMENT, {"first_year": 2018}, ["identifiers_destroyed"]),
        (Kind.AMENDMENT, {"last_year": 2025}, ["identifiers_destroyed"]),  # decided anew: frpl is allowed now
        (Kind.EXTENSION, {"ends_on": date(2028, 1, 31)}, []),
    ],
)
def test_only_a_change_that_asks_for_more_records_needs_the_identifiers(
    kind: Kind, said: dict[str, Any], rules: list[str]
) -> None:
    held, ann = way.executed(), way.person("ann.weiss")
    way.cleared()
    record = changes_way.begun(kind)
    requests.edit(pk=record.pk, by=way.person(MAYA), **said)
    record = changes_way.approved(record)
    held.duties.filter(what="identifiers").update(done_at=clock.now())
    found = queries.draft_decision(record, ann)
    assert [reason.rule for reason in found.reasons] == rules


def purpose_of(record: Agreement) -> str:
    return record.clauses.get(kind="purpose").text


def test_the_boards_conditions_go_on_with_a_change_until_the_board_puts_others() -> None:
    Motion.objects.filter(kind="approve_request").update(conditions="No town below 50 people.")
    held, ann = way.executed(), way.person("ann.weiss")
    way.cleared()
    change = extended(200)
    assert Motion.objects.get(data_request=change).conditions == "No town below 50 people.", "before the vote"
    first = way.signed(agreements.draft(data_request_pk=change.pk, by=ann))
    assert "No town below 50 people." in purpose_of(first) == purpose_of(held)
    second = extended(10)
    Motion.objects.filter(data_request=second).update(conditions="No town below 10 people.")
    amended = agreements.draft(data_request_pk=second.pk, by=ann)
    assert "No town below 10 people." in purpose_of(amended)
    assert standing_conditions(extended(20)) == "No town below 10 people."


def test_who_drafted_an_amendment_withdraws_it_with_a_reason_and_the_next_may_be_drafted() -> None:
    held, ann, sam = way.executed(), way.person("ann.weiss"), way.person("sam.reyes")
    way.cleared()
    first = agreements.draft(data_request_pk=extended(200).pk, by=ann)
    agreements.open_for_signature(pk=first.pk, by=ann)
    again = extended(10)
    assert way.refused(agreements.draft, data_request_pk=again.pk, by=ann) == ["amendment_unsigned"]
    assert way.refused(agreements.withdraw, pk=first.pk, by=sam, because="No.") == ["drafted_by_another"]
    assert way.refused(agreements.withdraw, pk=first.pk, by=ann, because=" ") == ["comment_missing"]
    counsel = way.as_("ann.weiss")
    assert 'id="action-withdraw"' in counsel.get(first.get_absolute_url()).text
    sent = counsel.post(f"{first.get_absolute_url()}withdraw/", {"because": "CSC will not sign."})
    assert sent["Location"] == first.get_absolute_url()
    page = way.as_("sam.reyes").get(first.get_absolute_url()).text
    assert "CSC will not sign." in page
    assert 'id="action-withdraw"' not in page
    assert Event.objects.latest("index").name == "agreements:agreement:withdraw"
    way.signed(agreements.draft(data_request_pk=again.pk, by=ann))
    assert Agreement.objects.get(pk=held.pk).held.number == again.number
    turns = [turn.run for turn in clocks.turns_of([first.data_request]) if turn.run.ended_on is None]
    assert turns == [], "nobody waits for it any more"


def test_an_amendment_whose_drafter_left_the_office_is_withdrawn_by_a_colleague() -> None:
    way.executed()
    way.cleared()
    ann, sam = way.person("ann.weiss"), way.person("sam.reyes")
    record = agreements.draft(data_request_pk=extended(200).pk, by=ann)
    ann.roles_held.update(until=clock.today() - timedelta(days=1))
    agreements.withdraw(pk=record.pk, by=sam, because="Ann has left.")
    record.refresh_from_db()
    assert (record.status, record.withdrawn_by) == ("withdrawn", sam)


def test_a_first_agreement_is_not_withdrawn() -> None:
    record = way.drafted()
    given = {"pk": record.pk, "by": way.person("ann.weiss"), "because": "No."}
    assert way.refused(agreements.withdraw, **given) == ["no_amendment"]
    answer = way.as_("ann.weiss").post(
        f"/api/agreements/{record.number}/withdraw", {"because": "No."}, content_type="application/json"
    )
    assert answer.status_code == 403


def test_nothing_is_drafted_opened_or_signed_whose_last_day_is_over() -> None:
    ann, yesterday = way.person("ann.weiss"), clock.today() - timedelta(days=1)
    drafted = Agreement.every.filter(pk=way.drafted().pk)
    last_day = drafted.get().ends_on
    drafted.update(starts_on=yesterday, ends_on=yesterday)
    assert way.refused(agreements.open_for_signature, pk=drafted.get().pk, by=ann) == ["end_passed"]
    drafted.update(ends_on=last_day)
    agreements.open_for_signature(pk=drafted.get().pk, by=ann)
    last = changes_way.signed_but_for_the_last(drafted.get())
    drafted.update(ends_on=yesterday)
    assert way.refused(agreements.sign, **last) == ["end_passed"], "nor is it executed"
    again = changes_way.approved(changes_way.begun(Kind.REPEAT))
    DataRequest.objects.filter(pk=again.pk).update(ends_on=yesterday)
    assert way.refused(agreements.draft, data_request_pk=again.pk, by=ann) == ["end_passed"]


def test_the_database_opens_no_agreement_that_ends_before_it_begins() -> None:
    record = way.drafted()
    held = Agreement.every.filter(pk=record.pk)
    held.update(starts_on=record.ends_on + timedelta(days=1))  # an upgrade does not stop at an earlier draft
    with pytest.raises(IntegrityError, match="agreement_begins_before_its_end"), transaction.atomic():
        held.update(text_hash="opened")


def shown(username: str, address: str) -> str:
    return way.as_(username).get(address).text


def test_a_change_underway_is_told_with_whose_turn_it_is_and_by_when() -> None:
    held, record = way.executed(), changes_way.begun(Kind.EXTENSION)
    page = " ".join(shown("maya.ortiz", "/requests/001/").split())
    assert "Whose turn: Dr Maya Ortiz" in page
    assert record.ends_on
    requests.edit(pk=record.pk, by=way.person(MAYA), ends_on=record.ends_on + timedelta(days=9))
    requests.accept_terms(pk=record.pk, by=way.person(MAYA))
    requests.submit(pk=record.pk, by=way.person(MAYA))
    page = " ".join(shown("maya.ortiz", "/requests/001/").split())
    assert re.search(r"Whose turn: Policy office, by \w+\.? \d+, 2026", page)
    for address in (held.get_absolute_url(), "/reports/turns/001/"):
        page = shown("maya.ortiz", address)
        assert "Changes underway" in page, address
        assert "/reports/turns/001-A1/" in page, address
        assert "completeness check" in page, address


def test_no_clock_runs_on_a_change_that_a_later_one_has_overtaken() -> None:
    way.executed()
    way.cleared()
    older = extended(200)
    assert [turn.run.stage for turn in clocks.running(DataRequest.objects.filter(pk=older.pk))] == [
        "drafting"
    ]
    newer = extended(100)
    assert clocks.running(DataRequest.objects.filter(pk=older.pk)) == []
    last = clocks.turns_of([older])[-1].run
    assert newer.decided_at
    assert (last.stage, last.ended_on) == ("drafting", clock.day_of(newer.decided_at))


def test_a_repeat_waits_to_be_drafted_whatever_changes_it() -> None:
    way.executed()
    way.cleared()
    again = changes_way.approved(changes_way.begun(Kind.REPEAT))
    change = requests.change(pk=again.pk, by=way.person(MAYA), kind=Kind.EXTENSION, because="More time.")
    assert change.ends_on
    requests.edit(pk=change.pk, by=way.person(MAYA), ends_on=change.ends_on + timedelta(days=9))
    changes_way.approved(change)
    assert again in queries.to_draft()
