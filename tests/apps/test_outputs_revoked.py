"""A release that turned out to tell too much, or to be wrong, is revoked with a reason: nobody fetches it any more."""

import json

import pytest
from django.test import Client

from apps import outputs_way
from apps.hub_way import DAY, NUMBER, AsProcess
from apps.outputs_way import MAYA, left, requested
from apps.way import STEWARDS, person, rules
from charteroak.agencies.models import Agency, RoleHeld
from charteroak.audit.models import Event
from charteroak.outputs import actions, checks
from charteroak.outputs import release as releasing
from charteroak.outputs.models import Release, ReleaseRequest
from charteroak.policy.decision import Refused
from charteroak.policy.roles import Role
from charteroak.workspaces import batch
from charteroak.workspaces.models import Workspace
from conftest import owner_beside

IDA = "ida.moss"
WHY = "One town was counted twice."
pytestmark = pytest.mark.usefixtures("on_the_day")


@pytest.fixture
def approved(checked: ReleaseRequest) -> ReleaseRequest:
    return outputs_way.approved(outputs_way.cleared(outputs_way.reviewed(checked)))


def public(record: ReleaseRequest) -> list[str]:
    """Every address at which anybody finds something of the release."""
    return [
        f"/register/{NUMBER}/{record.number}/flow.csv",
        f"/register/{NUMBER}/{record.number}/flow.csv.receipt.json",
        f"/register/{NUMBER}/trace/{record.number}/",
    ]


def test_a_release_is_revoked_with_a_reason_and_nobody_fetches_it_any_more(
    approved: ReleaseRequest, client: Client, as_process: AsProcess
) -> None:
    record = outputs_way.released(as_process, approved)
    assert client.get(public(record)[0]).status_code == 200
    client.force_login(person(IDA))
    here = record.get_absolute_url()
    assert 'id="action-revoke"' in client.get(here).text
    assert client.post(f"{here}revoke/", {"because": " "}).status_code == 400
    answer = client.post(
        f"/api/outputs/{record.number}/revoke", {"because": " "}, content_type="application/json"
    )
    assert [one["rule"] for one in answer.json()["reasons"]] == ["reason_missing"]
    assert client.post(f"{here}revoke/", {"because": WHY}).status_code == 302
    record.refresh_from_db()
    assert (record.status, record.revoked_by) == ("revoked", person(IDA))
    assert WHY in client.get(here).text
    client.logout()
    for address in public(record):
        gone = client.get(address)
        assert (gone.status_code, WHY in gone.text) == (410, True)
    page = client.get(f"/register/{NUMBER}/").text
    assert WHY in page
    assert public(record)[0] not in page
    assert "No result has been released yet" not in page
    assert page.index(f"Results {record.number} released") < page.index(f"Results {record.number} revoked")
    assert client.get(f"/register/{NUMBER}.json").json()["releases"] == []
    client.force_login(person(MAYA))
    assert client.get(f"{here}receipt/flow.csv.json").status_code == 404
    told = Event.objects.get(name="outputs:release_request:revoke")
    assert told.by == IDA
    assert all(file.sha256 in told.text for file in record.files.all())


def test_what_was_revoked_before_it_left_does_not_leave(
    approved: ReleaseRequest, as_process: AsProcess
) -> None:
    actions.revoke(pk=approved.pk, by=person("june.fisher"), because=WHY)
    with as_process("outputs"):
        assert not releasing.release(approved.pk)
    assert not Release.objects.exists()


def test_who_is_of_the_project_and_who_has_no_part_in_releases_revokes_nothing(
    approved: ReleaseRequest,
) -> None:
    for username in (MAYA, "sam.reyes", "ben.cole"):
        with pytest.raises(Refused) as caught:
            actions.revoke(pk=approved.pk, by=person(username), because=WHY)
        assert rules(caught) == {"wrong_role"}


def test_what_a_revoked_release_said_counts_for_the_next_one(
    approved: ReleaseRequest, room: Workspace, as_process: AsProcess
) -> None:
    """It was read meanwhile: a later table may still differ from it by a few people."""
    record = outputs_way.released(as_process, approved)
    with as_process("outputs"):
        found = checks.results(record)
        for one in found.values():
            one["published"] = [[["people", 120]]]
        sealed = batch.keep(NUMBER, "checks", json.dumps({"files": list(found.values())}).encode())
        ReleaseRequest.objects.filter(pk=record.pk).update(checks=sealed.stored)
    actions.revoke(pk=record.pk, by=person(IDA), because=WHY)
    later = requested(left(room, {"more.csv": b"year,people\n2020,121\n"}))
    with as_process("outputs"):
        assert len(checks._published(later)) == len(found)


def test_a_contributing_agency_s_steward_alone_takes_its_clearance_back(
    approved: ReleaseRequest, client: Client, as_process: AsProcess
) -> None:
    record, here = outputs_way.released(as_process, approved), approved.get_absolute_url()
    elsewhere = Agency.objects.exclude(code__in=STEWARDS).first()
    with owner_beside():
        RoleHeld.objects.create(
            person=person("eve.lang"), role=Role.DATA_STEWARD, agency=elsewhere, since=DAY
        )
    for other in (IDA, "eve.lang"):  # no steward, and one whose agency has no part in it
        with pytest.raises(Refused) as caught:
            actions.recall(pk=record.pk, by=person(other), because=WHY)
        assert rules(caught) == {"wrong_role" if other == IDA else "not_a_contributor"}
    client.force_login(person("ben.cole"))
    page = client.get(here).text
    assert 'id="action-recall"' in page
    assert 'id="action-revoke"' not in page
    assert client.post(f"{here}recall/", {"because": " "}).status_code == 400
    assert client.post(f"{here}recall/", {"because": WHY}).status_code == 302
    record.refresh_from_db()
    assert (record.status, record.revoked_by) == ("revoked", person("ben.cole"))
    client.logout()
    assert [client.get(address).status_code for address in public(record)] == [410, 410, 410]
    assert WHY in client.get(f"/register/{NUMBER}/").text
    told = json.loads(Event.objects.get(name="outputs:release_request:recall").text)
    assert told["facts"]["agencies"] == ["SDE"]


def test_one_checker_turns_back_at_first_sight_what_nobody_has_reviewed(checked: ReleaseRequest) -> None:
    with pytest.raises(Refused) as caught:
        actions.turn_back(pk=checked.pk, by=person(IDA), because=" ")
    assert rules(caught) == {"comment_missing"}
    actions.turn_back(pk=checked.pk, by=person(IDA), because="Forty charts without a table.")
    checked.refresh_from_db()
    assert (checked.status, checked.returned_because) == ("returned", "Forty charts without a table.")


def test_what_a_checker_has_reviewed_is_not_turned_back_by_another(checked: ReleaseRequest) -> None:
    outputs_way.vote(checked, IDA)
    with pytest.raises(Refused) as caught:
        actions.turn_back(pk=checked.pk, by=person("al.pike"), because="At first sight.")
    assert rules(caught) == {"review_begun"}
    checked.refresh_from_db()
    assert checked.status == "checked"
