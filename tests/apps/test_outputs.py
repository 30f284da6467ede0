"""The airlock's way out: two people, every contributor, the board; exactly the approved bytes and no others."""

from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from apps import outputs_way
from apps.hub_way import AsProcess
from apps.outputs_way import CHECKERS, MAYA, SAID, TWO_TABLES, judged, left, requested, vote
from apps.way import person, rules
from charteroak.adapters import clock
from charteroak.adapters.environment import home
from charteroak.agencies.models import RoleHeld
from charteroak.agreements import actions as agreements
from charteroak.audit.models import Event
from charteroak.outputs import actions, files, queries, tasks
from charteroak.outputs.models import ReleaseRequest
from charteroak.outputs.queries import Ballot
from charteroak.policy.decision import Reason, Refused
from charteroak.policy.release_request import Vote
from charteroak.policy.roles import Role
from charteroak.workspaces.models import Job, Workspace
from conftest import owner_beside

IDA, AL = CHECKERS

pytestmark = pytest.mark.usefixtures("on_the_day")


def public() -> set[str]:
    """Hashes of what lies in the released store."""
    return {path.name for path in (home().vault / "released").rglob("*") if path.is_file()}


def test_nothing_is_sent_without_files_and_their_context(room: Workspace) -> None:
    job = left(room, TWO_TABLES | {"wide.parquet": b"PAR1", "flow.toml": b"name = 'flow'"})
    record = actions.start(workspace=room.pk, by=person(MAYA))
    with pytest.raises(Refused) as caught:
        actions.submit(pk=record.pk, by=person(MAYA))
    assert rules(caught) == {"no_files"}
    offered = {output.name: output.pk for output in queries.outputs_to_add(record)}
    assert set(offered) == {"flow.csv", "towns.csv", "wide.parquet"}
    with pytest.raises(Refused, match="cannot read"):
        files.add(pk=record.pk, by=person(MAYA), output=offered["wide.parquet"], controls="x", **SAID)
    unsaid: dict[str, Any] = {"context": "", "population": " ", "kinds": [], "controls": "none"}
    file = files.add(pk=record.pk, by=person(MAYA), output=offered["flow.csv"], **unsaid)
    assert file.derivation == job.outputs.get(name="flow.toml")
    with pytest.raises(Refused, match=r"flow\.csv \(what it shows, whom it counts, kinds of statistic\)"):
        actions.submit(pk=record.pk, by=person(MAYA))
    files.add(pk=record.pk, by=person(MAYA), output=offered["flow.csv"], **(SAID | unsaid | {"context": "x"}))
    with pytest.raises(Refused, match=r"flow\.csv \(whom it counts, kinds of statistic\)"):
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
    with owner_beside():
        RoleHeld.objects.create(person=lena, role=Role.OUTPUT_CHECKER, since=clock.today())
    with pytest.raises(Refused) as caught:
        vote(checked, "lena.park")
    assert rules(caught) == {"own_request", "roles_must_stay_apart"}
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
    files.add(pk=checked.pk, by=person(MAYA), output=again.outputs.get().pk, controls="Merged.", **SAID)
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
