"""The airlock's way out: two people, every contributor, the board; exactly the approved bytes and no others."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections
from django.test import Client

from apps import outputs_way, way
from apps.hub_way import DAY, AsProcess
from apps.outputs_way import CHECKERS, MAYA, judged, left, requested, vote
from apps.way import STEWARDS, person
from charteroak.adapters import clock
from charteroak.adapters.environment import home
from charteroak.agencies.models import RoleHeld
from charteroak.agreements import actions as agreements
from charteroak.audit.models import Event
from charteroak.outputs import actions, files, queries, tasks
from charteroak.outputs import release as releasing
from charteroak.outputs.models import ReleaseRequest
from charteroak.outputs.queries import Ballot
from charteroak.policy.decision import Reason, Refused
from charteroak.policy.release_request import Vote
from charteroak.policy.roles import Role
from charteroak.workspaces.models import Job, Workspace

IDA, AL = CHECKERS
FILES = {"flow.csv": b"year,people\n2019,120\n", "towns.csv": b"town,people\nAsh,40\n"}


@pytest.fixture(autouse=True)
def on_the_day(live_database: None) -> Iterator[None]:
    shutil.rmtree(home().vault / "released", ignore_errors=True)
    with way.day(DAY):
        yield


@pytest.fixture
def room(on_the_day: None, as_process: AsProcess) -> Workspace:
    return outputs_way.workspace(as_process)


@pytest.fixture
def job(room: Workspace) -> Job:
    return left(room, FILES)


@pytest.fixture
def checked(job: Job, as_process: AsProcess) -> ReleaseRequest:
    return judged(as_process, requested(job))


def rules(caught: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {reason.rule for reason in caught.value.reasons}


def public() -> set[str]:
    """Hashes of what lies in the released store."""
    return {path.name for path in (home().vault / "released").rglob("*") if path.is_file()}


def test_nothing_is_sent_without_files_and_their_context(room: Workspace) -> None:
    job = left(room, FILES | {"wide.parquet": b"PAR1", "flow.toml": b"name = 'flow'"})
    record = actions.start(workspace=room.pk, by=person(MAYA))
    with pytest.raises(Refused) as caught:
        actions.submit(pk=record.pk, by=person(MAYA))
    assert rules(caught) == {"no_files"}
    offered = {output.name: output.pk for output in queries.outputs_to_add(record)}
    assert set(offered) == {"flow.csv", "towns.csv", "wide.parquet"}
    with pytest.raises(Refused, match="cannot read"):
        files.add(pk=record.pk, by=person(MAYA), output=offered["wide.parquet"], context="x", controls="x")
    file = files.add(pk=record.pk, by=person(MAYA), output=offered["flow.csv"], context="", controls="none")
    assert file.derivation == job.outputs.get(name="flow.toml")
    with pytest.raises(Refused, match=r"flow\.csv"):
        actions.submit(pk=record.pk, by=person(MAYA))
    with pytest.raises(Refused):
        actions.submit(pk=record.pk, by=person("jonah.reed"))  # a colleague is not the author


def test_a_file_put_forward_by_mistake_is_taken_out_until_it_was_voted_on(
    job: Job, as_process: AsProcess, client: Client
) -> None:
    record = outputs_way.requested(job)
    wrong = record.files.get(name="towns.csv")
    with pytest.raises(Refused):
        files.take_out(pk=record.pk, by=person(IDA), file=wrong.pk)
    client.force_login(person(MAYA))
    assert f'id="action-remove-file-{wrong.pk}"' in client.get(record.get_absolute_url()).text
    client.post(f"{record.get_absolute_url()}files/{wrong.pk}/remove/")
    assert [file.name for file in record.files.all()] == ["flow.csv"]
    assert Event.objects.get(name="outputs:file:take_out").by == MAYA
    judged(as_process, record)
    kept = record.files.get()
    with pytest.raises(Refused) as caught:
        files.take_out(pk=record.pk, by=person(MAYA), file=kept.pk)
    assert rules(caught) == {"wrong_status"}
    for checker in CHECKERS:
        vote(record, checker, {"flow.csv": "Merge."})
    with pytest.raises(Refused) as caught:
        files.take_out(pk=record.pk, by=person(MAYA), file=kept.pk)
    assert rules(caught) == {"voted_on"}


def test_checks_that_the_agreement_covers_no_longer_go_back_to_the_author(
    job: Job, as_process: AsProcess
) -> None:
    record = outputs_way.requested(job)
    actions.submit(pk=record.pk, by=person(MAYA))
    agreements.terminate(pk=record.workspace.agreement_id, by=person("sam.reyes"), because="breach")
    with as_process("enclave"):
        tasks.rebuild(release_request=record.pk, round=1, objects={})
    assert outputs_way.waiting()[-1] == "outputs:record_checks"
    with as_process("outputs"):
        tasks.record_checks(release_request=record.pk, round=1, checks_object="")
        tasks.prepare_checks(release_request=record.pk, round=1)
    record.refresh_from_db()
    assert record.status == "returned"
    assert "ended on" in record.returned_because
    refusal = Event.objects.get(name="outputs:release_request:check:refused")
    assert (refusal.by, "agreement_ended" in refusal.text) == (MAYA, True)


def test_a_stranger_puts_nothing_forward(job: Job) -> None:
    for stranger in ("eve.lang", IDA, "kim.tran", "sam.reyes"):
        with pytest.raises(Refused) as caught:
            actions.start(workspace=job.workspace.pk, by=person(stranger))
        assert rules(caught) == {"wrong_role"}
    assert not queries.visible_to(person("eve.lang")).exists()
    assert actions.start(workspace=job.workspace.pk, by=person("jonah.reed")).number == "001-1"


def test_two_independent_reviews_are_needed_and_the_first_stays_hidden(checked: ReleaseRequest) -> None:
    with pytest.raises(Refused) as caught:
        actions.review(pk=checked.pk, by=person(MAYA), votes={})
    assert rules(caught) == {"wrong_role"}
    with pytest.raises(Refused) as caught:
        actions.review(pk=checked.pk, by=person(IDA), votes={})
    assert "flow.csv, towns.csv" in str(caught.value)
    vote(checked, IDA)
    assert checked.status == "checked"
    assert [review.by.username for review in queries.reviews_shown(checked, person(IDA))] == [IDA]
    for other in (AL, MAYA, "pat.lee", "ben.cole"):
        assert not queries.reviews_shown(checked, person(other)).exists()
    with pytest.raises(Refused) as caught:
        vote(checked, IDA)
    assert rules(caught) == {"reviewed_already"}
    vote(checked, AL)
    assert checked.status == "reviewed"
    assert queries.reviews_shown(checked, person(MAYA)).count() == 2


def test_a_checker_of_the_project_itself_is_refused(checked: ReleaseRequest) -> None:
    lena = person("lena.park")
    RoleHeld.objects.create(person=lena, role=Role.OUTPUT_CHECKER, since=clock.today())
    with pytest.raises(Refused) as caught:
        vote(checked, "lena.park")
    assert rules(caught) == {"own_request"}
    assert not queries.may_look(checked, lena).allowed


def test_a_change_needs_a_comment_and_a_split_vote_goes_back_by_hand(checked: ReleaseRequest) -> None:
    with pytest.raises(Refused) as caught:
        vote(checked, IDA, {"towns.csv": " "})
    assert rules(caught) == {"comment_missing"}
    vote(checked, IDA, {"towns.csv": "Ash is small."})
    vote(checked, AL)
    assert checked.status == "checked"
    assert queries.facts(checked, person(AL)).files_in_conflict == ("towns.csv",)
    actions.return_(pk=checked.pk, by=person(AL), because="Merge Ash with its neighbour.")
    checked.refresh_from_db()
    assert (checked.status, checked.returned_because) == ("returned", "Merge Ash with its neighbour.")


def test_what_both_would_change_goes_back_and_earlier_votes_never_count(
    checked: ReleaseRequest, as_process: AsProcess
) -> None:
    for checker in CHECKERS:
        vote(checked, checker, {"towns.csv": "Ash is small."})
    assert checked.status == "returned"
    again = left(checked.workspace, {"towns.csv": b"town,people\nAsh and Elm,90\n"})
    files.add(
        pk=checked.pk, by=person(MAYA), output=again.outputs.get().pk, context="Towns.", controls="Merged."
    )
    judged(as_process, checked)
    assert (checked.round, checked.status) == (2, "checked")
    assert checked.files.get(name="towns.csv").round == 2
    with pytest.raises(Refused) as caught:
        actions.return_(pk=checked.pk, by=person(IDA), because="x")
    assert rules(caught) == {"too_few_reviews"}
    outputs_way.reviewed(checked)
    assert checked.status == "reviewed"


def test_a_vote_counts_only_for_the_bytes_that_were_looked_at(checked: ReleaseRequest) -> None:
    stale = {file.pk: Ballot(Vote.APPROVE, "0" * 64) for file in checked.files.all()}
    with pytest.raises(Refused) as caught:
        actions.review(pk=checked.pk, by=person(IDA), votes=stale)
    assert rules(caught) == {"bytes_differ"}
    assert not checked.reviews.exists()


def test_a_failed_check_cannot_be_voted_away(job: Job, as_process: AsProcess) -> None:
    record = judged(as_process, requested(job), {"towns.csv": "fail"})
    outputs_way.reviewed(record)
    assert record.status == "checked"
    assert "checks_failed" in {reason.rule for reason in _why_not_complete(record)}


def _why_not_complete(record: ReleaseRequest) -> tuple[Reason, ...]:
    from charteroak.policy.release_request import LIFECYCLE, Action, Status

    known = queries.facts(record, person(IDA))
    return LIFECYCLE.may(Status(record.status), Action.COMPLETE_REVIEW, {Role.OUTPUT_CHECKER}, known).reasons


def test_two_checkers_at_once_end_in_exactly_one_completed_review(checked: ReleaseRequest) -> None:
    ready = Barrier(2)

    def cast(checker: str) -> None:
        try:
            record = ReleaseRequest.objects.get(pk=checked.pk)
            ready.wait()
            vote(record, checker)
        finally:
            connections.close_all()

    threads = [Thread(target=cast, args=(checker,)) for checker in CHECKERS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    checked.refresh_from_db()
    assert checked.status == "reviewed"
    assert Event.objects.filter(name="outputs:release_request:complete_review").count() == 1


def test_each_contributor_clears_once_and_the_last_begins_the_preview(checked: ReleaseRequest) -> None:
    outputs_way.reviewed(checked)
    for stranger, agency in ((MAYA, "SDE"), ("ben.cole", "DOL"), (IDA, "SDE")):
        with pytest.raises(Refused):
            actions.clear(pk=checked.pk, by=person(stranger), agency=agency)
    actions.clear(pk=checked.pk, by=person("ben.cole"), agency="SDE")
    with pytest.raises(Refused) as caught:
        actions.clear(pk=checked.pk, by=person("ben.cole"), agency="SDE")
    assert rules(caught) == {"cleared_already"}
    assert queries.not_cleared(checked) == ["CSC", "DOL"]
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
    again = actions.start(workspace=approved.workspace.pk, by=person(MAYA))
    output = approved.files.get(name="flow.csv").output
    with pytest.raises(Refused) as caught:
        files.add(pk=again.pk, by=person(MAYA), output=output.pk, context="x", controls="x")
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
    file.save()
    with as_process("outputs"):
        assert not releasing.release(approved.pk)
    file.sha256 = other.sha256
    file.save()
    with as_process("outputs"):
        assert not releasing.release(approved.pk)
    assert not public()
    refusals = Event.objects.filter(name="outputs:release_request:release:refused")
    assert ["bytes_differ" in refusal.text for refusal in refusals] == [True, True]
