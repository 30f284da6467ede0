"""Changes of what was approved: only what changed is decided anew, and nothing changes before all have signed."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from apps import changes_way, way
from apps.way import refused
from charteroak.adapters import clock
from charteroak.agencies import actions as agencies
from charteroak.agreements import actions, amending, queries
from charteroak.agreements.models import Agreement
from charteroak.audit.models import Event
from charteroak.policy.agency_review import Choice
from charteroak.policy.clauses import Asked, Use
from charteroak.policy.decision import Refused
from charteroak.policy.request_change import Kind
from charteroak.requests import actions as requests
from charteroak.requests import changes, steward
from charteroak.requests.models import DataRequest

pytestmark = pytest.mark.usefixtures("after_the_approval")
MAYA = "maya.ortiz"


@pytest.fixture
def signed(after_the_approval: None) -> Agreement:
    """Agreement 042, in force; its three people are trained and pledged."""
    record = way.executed()
    way.cleared()
    return record


def opens(record: Agreement, username: str) -> list[str]:
    """Why this person may not open the workspace."""
    person = way.person(username)
    asked = Asked(Use.OPEN, clock.today(), person=queries.standing_towards(record, person))
    return [reason.rule for reason in queries.coverage(record, asked).reasons]


def ends(record: DataRequest, later: int = 200) -> None:
    assert record.ends_on
    requests.edit(pk=record.pk, by=way.person(MAYA), ends_on=record.ends_on + timedelta(days=later))


def without(record: DataRequest, *names: str, **purposes: str) -> None:
    asked = {c.variable_id: c for c in record.columns.select_related("variable")}
    kept = {
        pk: purposes.get(column.variable.name, column.purpose)
        for pk, column in asked.items()
        if column.variable.name not in names
    }
    requests.ask_columns(pk=record.pk, by=way.person(MAYA), purposes=kept)


def test_a_change_begins_with_all_that_was_approved_under_a_number_of_its_family() -> None:
    before = way.approved()
    record = changes_way.begun(Kind.AMENDMENT)
    assert (record.number, record.status, record.changes_request) == ("001-A1", "draft", before)
    assert changes.against(record) == []
    assert {c.variable_id for c in record.columns.all()} == {c.variable_id for c in before.columns.all()}
    assert not record.columns.exclude(choice="").exists(), "nothing is decided on it yet"
    assert requests.start(by=way.person(MAYA), title="Another").number == "002", "changes use up no number"


@pytest.mark.parametrize(
    ("kind", "reaches"),
    [
        (Kind.AMENDMENT, {"ends_on", "last_year", "purpose", "team", "columns"}),
        (Kind.EXTENSION, {"ends_on"}),
        (Kind.CONTINUATION, {"ends_on", "last_year"}),
        (Kind.STAFF_CHANGE, {"team"}),
        (Kind.REPEAT, {"ends_on", "last_year", "purpose", "team", "columns"}),
    ],
)
def test_each_kind_of_change_reaches_what_it_is_for_and_no_more(kind: Kind, reaches: set[str]) -> None:
    record, maya = changes_way.begun(kind), way.person(MAYA)
    tries: dict[str, Callable[[], object]] = {
        "ends_on": lambda: ends(record),
        "last_year": lambda: requests.edit(pk=record.pk, by=maya, last_year=2027),
        "purpose": lambda: requests.edit(pk=record.pk, by=maya, purpose="Another."),
        "team": lambda: requests.remove_member(pk=record.pk, by=maya, person=way.person("lena.park")),
        "columns": lambda: without(record, "gpa"),
    }
    for part, act in tries.items():
        if part in reaches:
            act()
        else:
            assert refused(act) == ["beyond_the_change"]
    assert set(changes.parts_changed(changes_way.fresh(record))) == reaches, (
        "what was refused changed nothing"
    )


def test_a_change_that_changes_nothing_is_not_sent() -> None:
    record, maya = changes_way.begun(Kind.AMENDMENT), way.person(MAYA)
    requests.accept_terms(pk=record.pk, by=maya)
    assert refused(requests.submit, pk=record.pk, by=maya) == ["nothing_changed"]


def test_the_terms_of_use_are_accepted_afresh() -> None:
    record = changes_way.begun(Kind.EXTENSION)
    ends(record)
    assert refused(requests.submit, pk=record.pk, by=way.person(MAYA)) == ["terms_open"]


def test_changes_follow_one_another() -> None:
    first, maya = changes_way.begun(Kind.EXTENSION), way.person(MAYA)
    with pytest.raises(Refused) as raised:
        changes_way.begun(Kind.AMENDMENT)
    assert way.rules(raised) == {"change_underway"}
    assert changes_way.begun(Kind.REPEAT).number == "002", "a repeat is a project of its own"
    requests.withdraw(pk=first.pk, by=maya)
    assert changes_way.begun(Kind.AMENDMENT).number == "001-A2"


@pytest.mark.parametrize("who", ["eve.lang", "ben.cole", "sam.reyes", "june.fisher", "pat.lee"])
def test_only_its_own_people_begin_a_change(who: str) -> None:
    pk = way.approved().pk
    given = {"pk": pk, "by": way.person(who), "kind": Kind.EXTENSION, "because": "More time."}
    assert refused(requests.change, **given) == ["wrong_role"]


def test_a_colleague_who_begins_it_applies_for_it_and_the_team_stays_the_same() -> None:
    record = changes_way.begun(Kind.EXTENSION, by="jonah.reed")
    assert record.applicant.username == "jonah.reed"
    assert changes.against(record) == []


def test_a_change_says_why() -> None:
    given = {"pk": way.approved().pk, "by": way.person(MAYA), "kind": Kind.EXTENSION, "because": " "}
    assert refused(requests.change, **given) == ["because_missing"]


def test_only_what_changed_is_decided_anew_and_the_rest_points_to_who_decided_it() -> None:
    record = changes_way.begun(Kind.AMENDMENT)
    without(record, gpa="To compare schools.")
    record = changes_way.sent(record)
    waiting = record.reviews.exclude(status="decided")
    assert [review.agency.code for review in waiting] == ["SDE"]
    assert record.status == "in_review"
    gpa = record.columns.get(variable__name="gpa")
    assert (gpa.choice, gpa.carried_from) == ("", None)
    frpl = record.columns.get(variable__name="frpl")
    assert (frpl.choice, frpl.reason) == ("deny", "The law."), "a denial stands too"
    assert frpl.decision.decided_by == way.person("ben.cole")
    sde = waiting.get()
    ben = way.person("ben.cole")
    meddling = {gpa.pk: (Choice.ALLOW, ""), frpl.pk: (Choice.ALLOW, "")}
    steward.decide(pk=sde.pk, by=ben, choices=meddling)
    frpl.refresh_from_db()
    assert frpl.choice == "deny", "what stands is not decided again by the way"
    assert changes_way.fresh(record).status == "recommended"


def test_later_years_put_every_column_before_its_agency_again() -> None:
    record = changes_way.begun(Kind.CONTINUATION)
    requests.edit(pk=record.pk, by=way.person(MAYA), last_year=2027)
    record = changes_way.sent(record)
    assert not record.columns.exclude(choice="").exists()
    assert set(record.reviews.values_list("status", flat=True)) == {"waiting"}


def test_an_extension_leaves_the_agencies_nothing_to_decide_and_goes_to_the_board() -> None:
    record = changes_way.begun(Kind.EXTENSION)
    ends(record)
    assert changes_way.sent(record).status == "recommended"
    event = Event.objects.filter(name="requests:data_request:recommend").latest("index")
    assert event.by == "sam.reyes"


def test_a_board_that_does_not_carry_it_leaves_everything_as_it_was(signed: Agreement) -> None:
    record = changes_way.begun(Kind.EXTENSION)
    ends(record)
    changes_way.sent(record)
    requests.decline(pk=record.pk, by=way.person("june.fisher"), motion=1)
    assert refused(actions.draft, data_request_pk=record.pk, by=way.person("ann.weiss")) == [
        "request_not_approved"
    ]
    assert changes_way.reread(signed).ends_on == way.approved().ends_on


def test_an_extension_moves_the_end_and_the_clocks_once_all_have_signed_and_not_before(
    signed: Agreement,
) -> None:
    old_end, due = signed.ends_on, signed.duties.get(what="extract").due_on
    assert due
    record = changes_way.begun(Kind.EXTENSION)
    ends(record)
    amended = changes_way.amendment(record)
    assert amended.number == "001-A1"
    assert [one.number for one in amending.compared(amended)] == ["12", "14"], "the term, and that it amends"
    assert queries.terms(changes_way.reread(signed)).ends_on == old_end
    way.signed(amended)
    now = changes_way.reread(signed)
    assert now.ends_on == queries.terms(now).ends_on == old_end + timedelta(days=200)
    assert queries.terms(now).starts_on == signed.starts_on
    assert now.duties.get(what="extract").due_on == due + timedelta(days=200)
    assert now.duties.get(what="identifiers").due_on is None, "its clock has not begun"
    with way.day(old_end + timedelta(days=1)):
        assert queries.in_force("001") == now
        covered = queries.coverage(now, Asked(Use.LINK, clock.today(), agency="SDE"))
    assert "001-A1/2.SDE" in covered.clauses, "the clause that allows it stands in the amendment"
    assert [one.number for one in amending.versions(now)] == ["001", "001-A1"]
    assert queries.as_signed(signed), "the superseded text is on record as it was signed"


def test_an_amendment_that_takes_a_column_out_closes_it_to_every_use(signed: Agreement) -> None:
    record = changes_way.begun(Kind.AMENDMENT)
    without(record, "gpa")
    way.signed(changes_way.amendment(record))
    now = changes_way.reread(signed)
    asked = Asked(Use.EXTRACT, clock.today(), agency="SDE", elements=frozenset({"gpa"}))
    assert [one.rule for one in queries.coverage(now, asked).reasons] == ["element_not_covered"]


def test_an_amendment_keeps_the_words_and_values_that_counsel_settled(drafted: Agreement) -> None:
    preview = drafted.clauses.get(kind="preview")
    text = preview.text.replace("30-day preview", "45-day preview")
    actions.redline(clause=preview.pk, by=way.person("ann.weiss"), text=text)
    way.signed(drafted)
    record = changes_way.begun(Kind.EXTENSION)
    ends(record)
    amended = changes_way.amendment(record)
    assert amended.clauses.get(kind="preview").text == text
    assert queries.terms(amended).preview_days == 45


def test_a_staff_change_names_a_person_only_after_training_and_pledge(signed: Agreement) -> None:
    way.lapse("eve.lang", clock.today() - timedelta(days=1), pledges=True)
    record, maya, eve = changes_way.begun(Kind.STAFF_CHANGE), way.person(MAYA), way.person("eve.lang")
    requests.add_member(pk=record.pk, by=maya, person=eve)
    requests.remove_member(pk=record.pk, by=maya, person=way.person("lena.park"))
    amended, ann = changes_way.amendment(record), way.person("ann.weiss")
    assert refused(actions.open_for_signature, pk=amended.pk, by=ann) == ["newcomers_not_cleared"]
    agencies.complete_training(by=eve)
    agencies.sign_pledge(by=eve)
    assert "person_not_named" in opens(signed, "eve.lang")
    assert opens(signed, "lena.park") == []
    way.signed(amended)
    now = changes_way.reread(signed)
    assert "person_not_named" not in opens(now, "eve.lang")
    assert "person_not_named" in opens(now, "lena.park")
    assert opens(now, MAYA) == []
    assert set(now.recipients.values_list("person__username", flat=True)) == {MAYA, "jonah.reed", "eve.lang"}


def test_nothing_amends_what_is_not_in_force(signed: Agreement) -> None:
    record = changes_way.begun(Kind.EXTENSION)
    ends(record)
    amended, ann = changes_way.amendment(record), way.person("ann.weiss")
    actions.terminate(pk=signed.pk, by=way.person("sam.reyes"), because="Over.")
    assert refused(actions.open_for_signature, pk=amended.pk, by=ann) == ["nothing_to_amend"]


def test_an_amendment_is_ended_and_destroyed_by_its_agreement_alone(signed: Agreement) -> None:
    record = changes_way.begun(Kind.EXTENSION)
    ends(record)
    amended = way.signed(changes_way.amendment(record))
    sam = way.person("sam.reyes")
    assert refused(actions.terminate, pk=amended.pk, by=sam, because="No.") == ["amends_another"]
    actions.terminate(pk=signed.pk, by=sam, because="Over.")
    assert "agreement_ended" in opens(changes_way.reread(signed), MAYA)


def test_a_second_amendment_follows_the_first(signed: Agreement) -> None:
    record = changes_way.begun(Kind.EXTENSION)
    ends(record)
    first = changes_way.amendment(record)
    again = changes_way.begun(Kind.EXTENSION)
    assert (again.number, again.changes_request) == ("001-A2", changes_way.fresh(record))
    ends(again, 10)
    assert refused(changes_way.amendment, record=again) == ["amendment_unsigned"]
    way.signed(first)
    second = way.signed(actions.draft(data_request_pk=again.pk, by=way.person("ann.weiss")))
    now = changes_way.reread(signed)
    assert [one.number for one in amending.versions(now)] == ["001", "001-A1", "001-A2"]
    assert queries.terms(now).ends_on == second.ends_on == first.ends_on + timedelta(days=10)
    assert amending.replaced(second) == first


def test_a_repeat_gets_an_agreement_of_its_own_and_asks_only_what_changed(signed: Agreement) -> None:
    record = changes_way.begun(Kind.REPEAT)
    assert changes_way.sent(record).status == "recommended", "nothing has changed, so nothing is asked again"
    way.hub_keys()
    own = actions.draft(data_request_pk=way.carried(changes_way.fresh(record)).pk, by=way.person("ann.weiss"))
    assert (own.number, own.amends) == ("002", None)
    assert own in Agreement.objects.all()
