"""From two reviews to the public: every contributor clears, the board votes, exactly the approved bytes leave."""

from datetime import timedelta

import pytest
from django.test import Client

from apps import outputs_way
from apps.hub_way import AsProcess
from apps.outputs_way import MAYA, SAID, left
from apps.way import STEWARDS, as_, person, rules
from charteroak.adapters import clock
from charteroak.adapters.calendar import closed_days
from charteroak.adapters.environment import home
from charteroak.agreements import actions as agreements
from charteroak.agreements.models import Letter
from charteroak.audit.models import Event
from charteroak.outputs import actions, classes, files, worklist
from charteroak.outputs import release as releasing
from charteroak.outputs.models import ReleaseRequest
from charteroak.policy.deadlines import business_days_after
from charteroak.policy.decision import Refused
from charteroak.reports import clocks
from charteroak.requests.models import DataRequest
from charteroak.site import reminders
from conftest import owner_beside

pytestmark = pytest.mark.usefixtures("on_the_day")


def public() -> set[str]:
    """Hashes of what lies in the released store."""
    return {path.name for path in (home().vault / "released").rglob("*") if path.is_file()}


def test_each_contributor_clears_once_and_the_last_begins_the_preview(checked: ReleaseRequest) -> None:
    outputs_way.reviewed(checked)
    for stranger, agency in ((MAYA, "SDE"), ("ben.cole", "DOL"), (outputs_way.CHECKERS[0], "SDE")):
        with pytest.raises(Refused):
            actions.clear(pk=checked.pk, by=person(stranger), agency=agency)
    actions.clear(pk=checked.pk, by=person("ben.cole"), agency="SDE")
    with pytest.raises(Refused) as caught:
        actions.clear(pk=checked.pk, by=person("ben.cole"), agency="SDE")
    assert rules(caught) == {"cleared_already"}
    assert classes.not_cleared(checked) == ["CSC", "DOL"]
    for agency in ("CSC", "DOL"):
        actions.clear(pk=checked.pk, by=person(STEWARDS[agency]), agency=agency)
    checked.refresh_from_db()
    assert (checked.status, checked.preview_ends_on) == ("in_preview", clock.today() + timedelta(days=30))


def test_a_contributor_may_send_it_back(checked: ReleaseRequest) -> None:
    outputs_way.reviewed(checked)
    actions.return_(pk=checked.pk, by=person("lou.grant"), because="Employer names show in the notes.")
    checked.refresh_from_db()
    assert checked.status == "returned"


def test_a_vote_on_outputs_that_were_not_yet_cleared_counts_for_nothing(checked: ReleaseRequest) -> None:
    outputs_way.carried(checked)
    outputs_way.cleared(outputs_way.reviewed(checked))
    clock.move_to(clock.now() + timedelta(days=31))
    with pytest.raises(Refused) as caught:
        actions.approve(pk=checked.pk, by=person("june.fisher"))
    assert rules(caught) == {"no_carried_motion"}


def test_the_chair_approves_only_after_the_preview_and_the_boards_vote(checked: ReleaseRequest) -> None:
    outputs_way.cleared(outputs_way.reviewed(checked))
    june = person("june.fisher")
    with pytest.raises(Refused) as caught:
        actions.approve(pk=checked.pk, by=june)
    assert rules(caught) == {"preview_running", "no_carried_motion"}
    clock.move_to(clock.now() + timedelta(days=31))
    with pytest.raises(Refused) as caught:
        actions.approve(pk=checked.pk, by=june)
    assert rules(caught) == {"no_carried_motion"}
    outputs_way.carried(checked)
    with pytest.raises(Refused):
        actions.approve(pk=checked.pk, by=person("sam.reyes"))
    actions.approve(pk=checked.pk, by=june)
    assert outputs_way.waiting()[-1] == "outputs:release"
    assert not public()


@pytest.fixture
def approved(checked: ReleaseRequest) -> ReleaseRequest:
    return outputs_way.approved(outputs_way.cleared(outputs_way.reviewed(checked)))


def test_exactly_the_approved_bytes_are_released_once(
    approved: ReleaseRequest, as_process: AsProcess
) -> None:
    outputs_way.released(as_process, approved)
    with as_process("outputs"):
        assert not releasing.release(approved.pk)
    assert approved.status == "released"
    assert public() == {file.sha256 for file in approved.files.all()}
    event = Event.objects.get(name="outputs:release_request:release")
    assert all(file.sha256 in event.text for file in approved.files.all())
    assert '"differencing":"not-tested-across-projects"' in event.text
    again = actions.start(workspace=approved.workspace.pk, by=person(MAYA))
    output = approved.files.get(name="flow.csv").output
    with pytest.raises(Refused) as caught:
        files.add(pk=again.pk, by=person(MAYA), output=output.pk, controls="x", **SAID)
    assert rules(caught) == {"released_already"}


def test_nothing_is_released_once_the_agreement_has_ended(
    approved: ReleaseRequest, as_process: AsProcess
) -> None:
    agreements.terminate(pk=approved.workspace.agreement.pk, by=person("sam.reyes"), because="breach")
    with as_process("outputs"):
        assert not releasing.release(approved.pk)
    approved.refresh_from_db()
    assert approved.status == "approved"
    assert not public()
    assert "agreement_ended" in Event.objects.get(name="outputs:release_request:release:refused").text


def test_bytes_that_are_not_the_approved_ones_stay_inside(
    approved: ReleaseRequest, as_process: AsProcess
) -> None:
    """Even for whoever can change the records: the hash was voted on."""
    file = approved.files.get(name="towns.csv")
    other = left(approved.workspace, {"towns.csv": b"town,people\nAsh,4\n"}).outputs.get()
    file.output = other
    with owner_beside():
        file.save()
    with as_process("outputs"):
        assert not releasing.release(approved.pk)
    file.sha256 = other.sha256
    with owner_beside():
        file.save()
    with as_process("outputs"):
        assert not releasing.release(approved.pk)
    assert not public()
    refusals = Event.objects.filter(name="outputs:release_request:release:refused")
    assert ["bytes_differ" in refusal.text for refusal in refusals] == [True, True]


def test_each_step_of_the_airlock_has_its_clock_and_its_median(
    checked: ReleaseRequest, as_process: AsProcess
) -> None:
    def running() -> set[tuple[str, str]]:
        found = clocks.running(DataRequest.objects.all())
        return {(one.run.stage.value, one.whose) for one in found if one.about == checked.number}

    assert running() == {("output_checking", "")}
    due = business_days_after(clock.today(), 5, closed_days())
    checker = outputs_way.CHECKERS[0]
    assert f'datetime="{due:%Y-%m-%d}"' in as_(checker).get(checked.get_absolute_url()).text
    assert due in [item.by_when for item in worklist.todo(person(checker))]
    outputs_way.reviewed(checked)
    assert running() == {("clearing_outputs", code) for code in STEWARDS}
    clock.move_to(clock.now() + timedelta(days=10))
    with as_process("post"):
        reminders.remind()
    told = Letter.objects.filter(subject__contains=checked.number, person=person(STEWARDS["DOL"]))
    assert told.exists()
    assert checked.get_absolute_url() in told[0].body
    outputs_way.cleared(checked)
    assert running() == {("publication_preview", code) for code in STEWARDS}
    outputs_way.carried(checked)
    clock.move_to(clock.now() + timedelta(days=31))
    assert running() == {("release_decision", "")}
    actions.approve(pk=checked.pk, by=person("june.fisher"))
    assert running() == set()
    with as_process("post"):
        clocks.work_out_figures()
    published = Client().get("/register/").text
    assert all(said in published for said in ("output checking", "clearing outputs", "release decision"))
