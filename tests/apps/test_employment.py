"""A person moves to another employer: dated, on record, and every rule asks for the new one at the next look."""

import json
from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction

from apps.way import as_, person, refused, rules
from charteroak.adapters import clock
from charteroak.agencies import cover, employment
from charteroak.agencies.models import Cover, Employment, Person, RoleHeld
from charteroak.agreements.models import Agreement
from charteroak.agreements.queries import coverage, standing_towards
from charteroak.audit.models import Event
from charteroak.policy.clauses import Asked, Use
from charteroak.policy.decision import Refused
from charteroak.policy.roles import Role

pytestmark = pytest.mark.usefixtures("executed", "rolled_back")
CONTRACTOR = {"employer": "OWS", "kind": "contractor"}


def moved(
    username: str, employer: str | None, kind: str, by: str = "sam.reyes", days_ago: int = 0
) -> Employment:
    since = clock.today() - timedelta(days=days_ago)
    return employment.move(
        person=person(username).pk, employer=employer, kind=kind, since=since, by=person(by)
    )


def against(username: str) -> set[str]:
    """What speaks today against this person's use of the project's records."""
    record = Agreement.objects.get()
    asked = Asked(Use.OPEN, clock.today(), person=standing_towards(record, person(username)))
    return {reason.rule for reason in coverage(record, asked).reasons}


def test_who_is_no_state_employee_any_more_loses_sight_of_wages_at_the_next_look_and_gains_it_back() -> None:
    before = against("maya.ortiz")
    moved("maya.ortiz", "OWS", "contractor")
    lost = against("maya.ortiz") - before
    assert any("state_employees_only" in rule for rule in lost), (before, lost)
    assert person("maya.ortiz").standing().state_employee is False
    moved("maya.ortiz", "OWS", "state")
    assert against("maya.ortiz") == before


def test_offices_for_the_agency_before_end_and_those_of_no_agency_stay() -> None:
    moved("ben.cole", "OWS", "state")
    assert Role.DATA_STEWARD not in person("ben.cole").roles(clock.today())
    moved("maya.ortiz", "DOL", "state")
    assert Role.RESEARCHER in person("maya.ortiz").roles(clock.today())


def test_an_office_that_only_the_answering_agency_s_people_hold_ends() -> None:
    moved("noor.haddad", "OWS", "state")
    assert Role.HUB_OPERATOR not in person("noor.haddad").roles(clock.today())


def test_cover_between_those_who_are_no_longer_colleagues_ends() -> None:
    office = RoleHeld.objects.get(person__username="sam.reyes", role=Role.POLICY_OFFICE)
    named = cover.name_delegate(
        office=office.pk, delegate="helen.marsh", since=clock.today(), until=clock.today() + timedelta(days=5),
        letter="Mail of today.", by=person("sam.reyes"),
    )  # fmt: skip
    moved("helen.marsh", "OWS", "state")
    assert Cover.objects.get(pk=named.pk).ended_at is not None


def test_another_kind_at_the_same_employer_ends_no_office() -> None:
    moved("ben.cole", "SDE", "contractor")
    assert Role.DATA_STEWARD in person("ben.cole").roles(clock.today())


def test_nobody_but_the_policy_office_records_it_and_nobody_their_own() -> None:
    for by in ("lena.park", "ben.cole", "kim.tran", "pat.lee", "maya.ortiz"):
        with pytest.raises(Refused) as caught:
            moved("maya.ortiz", "OWS", "contractor", by=by)
        assert rules(caught) == {"wrong_role"}
    with pytest.raises(Refused) as caught:
        moved("sam.reyes", "OPM", "contractor")
    assert rules(caught) == {"own_employer"}


def test_a_move_changes_something_on_a_day_that_has_come_and_in_order() -> None:
    sam, maya, today = person("sam.reyes"), person("maya.ortiz"), clock.today()
    given = {"person": maya.pk, "employer": "OWS", "by": sam}
    assert refused(employment.move, **given, kind="state", since=today) == ["employed_so_already"]
    tomorrow = today + timedelta(days=1)
    assert refused(employment.move, **given, kind="contractor", since=tomorrow) == ["begins_later"]
    moved("maya.ortiz", "OWS", "contractor", days_ago=3)
    earlier = today - timedelta(days=4)
    assert refused(employment.move, **given, kind="state", since=earlier) == ["before_the_move_before"]


def test_a_colleague_and_a_stranger_find_no_such_page() -> None:
    said = {**CONTRACTOR, "since": str(clock.today())}
    for by in ("lena.park", "ben.cole"):
        assert as_(by).post("/agencies/people/maya.ortiz/move/", said).status_code == 404
    own = as_("maya.ortiz").post("/agencies/people/maya.ortiz/move/", said)
    assert own.status_code == 403
    assert not Employment.objects.exists()


def test_it_is_recorded_on_the_page_and_over_json_and_shown_with_the_day() -> None:
    sam, said = as_("sam.reyes"), {**CONTRACTOR, "since": str(clock.today())}
    assert "action-move" in sam.get("/agencies/people/maya.ortiz/").text
    assert "action-move" not in sam.get("/agencies/people/sam.reyes/").text
    assert "action-move" not in as_("pat.lee").get("/agencies/people/maya.ortiz/").text
    assert sam.post("/agencies/people/maya.ortiz/move/", {**said, "kind": "king"}).status_code == 400
    assert sam.post("/agencies/people/maya.ortiz/move/", said).status_code == 302
    assert "Employers before" in sam.get("/agencies/people/maya.ortiz/").text
    back = {"employer": "OWS", "kind": "state", "since": str(clock.today())}
    told = sam.post("/api/agencies/people/maya.ortiz/move", back, content_type="application/json").json()
    assert (told["employer"], told["employer_kind"]) == ("OWS", "state")
    event = Event.objects.filter(name="agencies:account:move").latest("index")
    assert json.loads(event.text)["facts"]["kind"] == "state"


def test_the_web_process_changes_no_employer_without_a_move_on_record() -> None:
    with pytest.raises(ProgrammingError, match="No move of this person"), transaction.atomic():
        Person.objects.filter(username="maya.ortiz").update(employer_kind="contractor")
