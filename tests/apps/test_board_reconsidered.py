"""What a board's decision lets happen, and what no longer happens once the board has set it aside."""

from datetime import date, datetime, timedelta
from importlib import import_module

import pytest
from django.test import Client

from apps import changes_way, way
from apps.board_way import decided, moved
from apps.way import refused
from charteroak.adapters import clock
from charteroak.agencies.models import Cover, Person
from charteroak.agreements import actions as agreements
from charteroak.agreements.models import Agreement, Signature
from charteroak.agreements.queries import coverage, to_draft
from charteroak.agreements.queries import facts as agreement_facts
from charteroak.board.models import Motion
from charteroak.board.queries import standing_conditions
from charteroak.board.worklist import by_when
from charteroak.policy.clauses import Asked, Use
from charteroak.policy.decision import Refused
from charteroak.policy.motion import Choice
from charteroak.policy.pipeline import Stage
from charteroak.policy.request_change import Kind
from charteroak.reports.pipeline import staged
from charteroak.requests import actions as requests
from charteroak.requests import changes
from charteroak.requests.models import DataRequest

pytestmark = pytest.mark.usefixtures("on_day_zero")


def stopped_by(record: Agreement, use: Use) -> list[str]:
    record = Agreement.objects.get(pk=record.pk)
    return [reason.rule for reason in coverage(record, Asked(use, clock.today(), agency="SDE")).reasons]


def test_an_executed_agreement_covers_nothing_while_its_approval_does_not_stand() -> None:
    record = way.executed()
    assert stopped_by(record, Use.LINK) == []
    decided(moved("reconsider"))
    assert {use: stopped_by(record, use) for use in Use} == {use: ["approval_set_aside"] for use in Use}
    decided(moved(), Choice.REJECT)
    assert stopped_by(record, Use.RELEASE) == ["approval_set_aside"]


def test_an_executed_agreement_covers_again_what_the_board_approves_anew() -> None:
    record = way.executed()
    decided(moved("reconsider"))
    decided(moved())
    assert stopped_by(record, Use.LINK) == []


def test_the_public_register_shows_that_the_board_reconsiders() -> None:
    number = way.executed().number
    decided(moved("reconsider"))
    assert "The board reconsiders its decision" in Client().get(f"/register/{number}/").text
    told = Client().get(f"/register/{number}.json").json()["timeline"]
    assert [one["what"] for one in told].count("The board reconsiders its decision") == 1
    spanish = Client().get(f"/register/{number}/", headers={"Accept-Language": "es"}).text
    assert "La junta reconsidera su decisión" in spanish


def test_nobody_signs_while_the_approval_does_not_stand() -> None:
    record = way.drafted()
    agreements.open_for_signature(pk=record.pk, by=way.person("ann.weiss"))
    decided(moved("reconsider"))
    record.refresh_from_db()
    party = record.parties.get(agency__code="SDE", part="contributor")
    said = {"by": party.signatory, "text_hash": record.text_hash, "intent": "I sign."}
    assert refused(agreements.sign, party=party.pk, confirmed_at=clock.real_now(), **said) == [
        "request_not_approved"
    ]


def test_an_appealed_request_waits_for_a_decision_and_not_for_one_to_reconsider() -> None:
    first = moved()
    decided(first, Choice.REJECT)
    requests.appeal(pk=first.data_request_id, by=way.person("maya.ortiz"), grounds="Tables by region only.")
    with pytest.raises(Refused) as refused_:
        moved("reconsider")
    assert way.rules(refused_) == {"not_ready"}
    assert moved().status == "on_agenda"


def test_the_last_day_for_a_notice_counts_its_hours() -> None:
    meeting = moved().meeting
    meeting.board.notice_hours = 36
    meeting.starts_at = datetime(2026, 10, 9, 8, 30, tzinfo=clock.STATE_TIME)
    assert by_when(meeting) == date(2026, 10, 7)  # at half past eight in the evening


def extended(days: int = 9) -> DataRequest:
    """Approved by the board: an extension of what stands."""
    record = changes_way.begun(Kind.EXTENSION)
    assert record.ends_on
    requests.edit(pk=record.pk, by=way.person("maya.ortiz"), ends_on=record.ends_on + timedelta(days=days))
    return changes_way.approved(record)


def stage_of(record: DataRequest) -> str:
    found: str = staged(DataRequest.objects.filter(pk=record.pk)).get().stage
    return found


def test_what_the_board_approves_anew_does_not_overtake_the_change_that_followed_it() -> None:
    way.executed()
    way.cleared()
    older = extended()
    newer = extended()
    DataRequest.objects.filter(pk=older.pk).update(decided_at=clock.now() + timedelta(days=1))  # anew
    assert changes.standing(older) == newer
    assert changes.superseded_by(changes_way.fresh(older)) == newer.number
    assert changes.superseded_by(newer) == ""
    assert list(to_draft()) == [newer]
    DataRequest.objects.filter(pk=older.pk).update(status="in_review")
    assert not DataRequest.objects.filter(changes.superseded()).exists(), "only what is approved"


def test_a_change_that_a_later_one_overtook_waits_for_nobody() -> None:
    way.executed()
    way.cleared()
    older = extended()
    assert stage_of(older) == Stage.DRAFTING
    newer = extended()
    assert (stage_of(older), stage_of(newer)) == (Stage.WITHDRAWN, Stage.DRAFTING)


def test_a_further_change_begins_from_what_was_not_withdrawn() -> None:
    held, ann = way.executed(), way.person("ann.weiss")
    way.cleared()
    refused_one = agreements.draft(data_request_pk=extended().pk, by=ann)
    agreements.withdraw(pk=refused_one.pk, by=ann, because="CSC will not sign.")
    assert "a further change begins from" in way.as_("ann.weiss").get(refused_one.get_absolute_url()).text
    again = changes_way.begun(Kind.EXTENSION)
    assert (again.number, again.changes_request, again.ends_on) == ("001-A2", held.data_request, held.ends_on)
    assert changes.superseded_by(refused_one.data_request) == ""


def test_a_text_whose_last_day_is_over_is_signed_by_nobody_and_may_be_withdrawn() -> None:
    record, ann = way.drafted(), way.person("ann.weiss")
    agreements.open_for_signature(pk=record.pk, by=ann)
    yesterday = clock.today() - timedelta(days=1)
    Agreement.every.filter(pk=record.pk).update(starts_on=yesterday, ends_on=yesterday)
    record.refresh_from_db()
    party = record.parties.select_related("signatory")[0]
    said = {"by": party.signatory, "text_hash": record.text_hash, "intent": "I sign."}
    assert refused(agreements.sign, party=party.pk, confirmed_at=clock.real_now(), **said) == ["end_passed"]
    counsel, address = way.as_("ann.weiss"), record.get_absolute_url()
    page = counsel.get(address).text
    assert 'id="action-withdraw"' in page
    assert "withdraw it, for its last day is over" in page, "whose turn it is"
    counsel.post(f"{address}withdraw/", {"because": "Nobody signed in time."})
    record.refresh_from_db()
    assert (record.status, record.withdrawn_by) == ("withdrawn", ann)
    page = counsel.get(address).text
    assert "Nobody signed in time." in page
    assert "ask for the same once more" in page, "and this leads on:"
    again = changes_way.approved(changes_way.begun(Kind.REPEAT))
    assert agreements.draft(data_request_pk=again.pk, by=ann).status == "drafted"


def test_asked_for_again_after_a_first_agreement_was_withdrawn_agencies_decide_what_differs_and_the_board_all() -> (
    None
):
    first, ann = way.drafted(), way.person("ann.weiss")
    yesterday = clock.today() - timedelta(days=1)
    Agreement.every.filter(pk=first.pk).update(starts_on=yesterday, ends_on=yesterday)
    agreements.withdraw(pk=first.pk, by=ann, because="Nobody signed in time.")
    begun = changes_way.begun(Kind.REPEAT)
    assert begun.ends_on
    requests.edit(pk=begun.pk, by=way.person("maya.ortiz"), ends_on=begun.ends_on + timedelta(days=90))
    again = changes_way.sent(begun)
    assert again.status == "recommended", "a later end is no ground of a decision on a column"
    before = {one.variable_id: one for one in first.data_request.columns.all()}
    for one in again.columns.all():
        assert (one.choice, one.reason) == (before[one.variable_id].choice, before[one.variable_id].reason)
        assert one.decision == before[one.variable_id].decision, "decided by whom it was, and when"
    assert refused(agreements.draft, data_request_pk=again.pk, by=ann) == ["request_not_approved"]
    text = agreements.draft(data_request_pk=way.carried(again).pk, by=ann)
    assert (text.status, text.amends) == ("drafted", None)
    assert not Signature.objects.filter(party__agreement=text).exists(), "every party signs anew"
    later = changes_way.begun(Kind.REPEAT)
    requests.edit(pk=later.pk, by=way.person("maya.ortiz"), question="Another?")
    assert changes_way.sent(later).reviews.filter(status="decided").count() == 0, "another question is"


def test_an_amendment_is_withdrawn_by_a_delegate_of_its_drafter_or_once_that_account_is_closed() -> None:
    way.executed()
    way.cleared()
    ann, sam, since = way.person("ann.weiss"), way.person("sam.reyes"), clock.today()
    record = agreements.draft(data_request_pk=extended().pk, by=ann)
    assert agreement_facts(record, sam).drafted_by_another
    sam.acting = Cover.objects.create(
        office=ann.roles_held.get(role="counsel"), delegate=sam, since=since, until=since, letter="Mail.",
        named_by=ann, named_at=clock.now(),
    )  # fmt: skip
    assert not agreement_facts(record, sam).drafted_by_another
    sam.acting = None
    Person.objects.filter(pk=ann.pk).update(is_active=False)
    agreements.withdraw(pk=record.pk, by=sam, because="Ann’s account is closed.")
    assert changes_way.reread(record).withdrawn_by == sam


def test_the_page_and_a_program_agree_that_a_repeat_waits_for_no_change_underway() -> None:
    way.executed()
    changes_way.begun(Kind.EXTENSION)
    maya = way.as_("maya.ortiz")
    assert 'id="action-change"' in maya.get("/requests/001/").text
    assert "change" in maya.get("/api/requests/001").json()["permitted"]


def test_conditions_go_on_while_the_approval_on_which_they_were_put_is_set_aside() -> None:
    way.executed()
    said = Motion.objects.filter(kind="approve_request")
    said.update(conditions="No town below 50 people.")
    change = changes_way.begun(Kind.EXTENSION)
    said.update(status="superseded")
    assert standing_conditions(change) == "No town below 50 people."
    Motion.objects.create(
        meeting=said.get().meeting, kind="approve_request", data_request=said.get().data_request,
        text="Approve it.", conditions="Not carried.", status="superseded",
    )  # fmt: skip
    assert standing_conditions(change) == "No town below 50 people.", "what was not carried puts none"


def test_a_change_does_not_begin_from_what_was_overtaken_while_it_waited(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    way.executed()
    extended()
    newer = DataRequest.objects.filter(pk=extended().pk)
    module = import_module("charteroak.requests.actions.change")
    locked = module.locked

    def approved_meanwhile(pk: int) -> DataRequest:
        newer.update(status="approved")
        found: DataRequest = locked(pk)
        return found

    newer.update(status="declined")
    with monkeypatch.context() as patched:
        first = iter([locked])
        patched.setattr(module, "locked", lambda pk: next(first, approved_meanwhile)(pk))
        asked = {"by": way.person("maya.ortiz"), "kind": Kind.EXTENSION, "because": "More time."}
        root = DataRequest.objects.get(number="001")
        assert refused(requests.change, pk=root.pk, **asked) == ["approved_meanwhile"]
    newer.update(status="approved")
    assert changes_way.begun(Kind.EXTENSION).changes_request == newer.get()
