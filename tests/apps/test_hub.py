"""The hub from accepted files to the certificate: who may do what, and what an extract holds."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from apps import hub_way, way
from apps.hub_way import NUMBER, as_if
from apps.way import STEWARDS, as_, person
from charteroak.adapters import clock, stores
from charteroak.adapters.calendar import closed_days
from charteroak.adapters.stores import Store
from charteroak.agreements.models import Agreement, DestructionDuty
from charteroak.audit.models import Event
from charteroak.hub import actions, extracts, linking, worklist
from charteroak.hub.models import Extract, LinkRun
from charteroak.linkage.review import plan_042
from charteroak.policy.clocks import ALLOWED, Stage
from charteroak.policy.deadlines import business_days_after
from charteroak.policy.decision import Refused
from charteroak.policy.link_run import Status
from charteroak.reports import clocks
from charteroak.requests.models import DataRequest
from charteroak.submissions.models import Delivery
from charteroak.synthetic import generate
from conftest import connection_as


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("state")
    generate(folder, request=NUMBER, scale=0.1)
    return folder


@pytest.fixture(scope="module", autouse=True)
def delivered(database_of_the_file: None, state: Path) -> Iterator[None]:
    with way.day(hub_way.DAY):
        hub_way.delivered(connection_as, state)
        yield


@pytest.fixture(autouse=True)
def each_rolled_back(rolled_back: None) -> None:
    """Every test starts from six accepted files."""


def facts_of(name: str) -> dict[str, Any]:
    return dict(json.loads(bytes(Event.objects.get(name=name).leaf))["facts"])


def refused(rule: str, act: Any, **arguments: Any) -> None:
    with pytest.raises(Refused) as caught:
        act(number=NUMBER, **arguments)
    assert rule in {reason.rule for reason in caught.value.reasons}


def test_linking_waits_for_every_matching_file() -> None:
    Delivery.objects.filter(agency__code="DOL", kind="matching").update(status="rejected")
    refused("files_missing", actions.start_link_run, by=person("noor.haddad"))


@pytest.mark.parametrize("colleague", ["lou.grant", "kim.tran", "sam.reyes", "maya.ortiz"])
def test_only_the_hub_operator_starts_linking(colleague: str) -> None:
    refused("wrong_role", actions.start_link_run, by=person(colleague))


def test_who_will_analyse_must_not_link() -> None:
    noor = person("noor.haddad")
    Agreement.objects.get().recipients.create(person=noor)
    refused("roles_must_stay_apart", actions.start_link_run, by=noor)


def test_an_operator_whose_training_lapsed_links_nothing() -> None:
    noor = person("noor.haddad")
    until = noor.trainings.get().until
    way.lapse(noor.username, hub_way.DAY)
    try:
        refused("training_lapsed", actions.start_link_run, by=noor)
    finally:
        way.lapse(noor.username, until)


def test_an_agreement_that_ended_links_nothing_and_the_worker_says_so_too() -> None:
    run = actions.start_link_run(number=NUMBER, by=person("noor.haddad"))
    Agreement.objects.update(ended_on=clock.today())
    with as_if("linker"):
        linking.link(run.pk)
    run.refresh_from_db()
    assert run.status == Status.FAILED
    assert "ended on" in run.report["failure"][0]
    assert Event.objects.filter(name="hub:link_run:link:refused", by="linker").exists()
    refused("agreement_ended", actions.start_link_run, by=person("noor.haddad"))


def test_a_run_is_linked_once_however_often_the_job_runs() -> None:
    run = hub_way.linked(as_if)
    pairs = run.pairs
    with as_if("linker"):
        linking.link(run.pk)
    run.refresh_from_db()
    assert (run.status, run.pairs) == (Status.IN_CLERICAL_REVIEW, pairs)
    refused("run_exists", actions.start_link_run, by=person("noor.haddad"))
    facts = facts_of("hub:link_run:link")
    sent = Delivery.objects.filter(kind="matching").order_by("pk")
    assert facts["deliveries"] == [f"submissions.delivery:{one.pk}:{one.ciphertext}" for one in sent]
    assert facts["recipe"] == plan_042().digest()
    assert {f"{NUMBER}/2.{code}" for code in STEWARDS} <= set(facts["clauses"])


def test_what_dol_sent_for_decoys_is_dropped_before_anything_is_compared(state: Path) -> None:
    run = hub_way.linked(as_if)
    with as_if("linker"):
        files, dropped = linking.matching_files(run)
    asked = set(files["CSC"]["ssn"].drop_nulls())
    assert set(files["DOL"]["ssn"]) <= asked
    assert dropped["DOL"] > files["DOL"].height  # nine decoys for each number, a third of them known
    assert run.report["decoys"] == dropped


def test_pairs_are_settled_only_when_each_is_decided() -> None:
    run = hub_way.linked(as_if)
    noor = person("noor.haddad")
    assert run.pairs_to_review > 1
    actions.decide_pairs(number=NUMBER, by=noor, decisions={1: False})
    refused("pairs_undecided", actions.settle, by=noor)
    refused("no_such_pair", actions.decide_pairs, by=noor, decisions={run.pairs_to_review + 1: True})
    refused("wrong_role", actions.decide_pairs, by=person("lou.grant"), decisions={1: True})
    actions.decide_pairs(number=NUMBER, by=noor, decisions={1: True})
    assert run.pair_decisions.get().same_person


def claimed_twice(run: LinkRun) -> None:
    """Two of the run's pairs become doubtful, and both claim the same graduate."""
    with as_if("linker"):
        found = linking.stored_run(run)
        (first, taken), (second, _) = (
            found.pairs.filter(left_file="SDE", status="accepted").select("pair_id", "left_id").rows()[:2]
        )
        both = pl.col("pair_id").is_in([first, second])
        pairs = found.pairs.with_columns(
            left_id=pl.when(both).then(pl.lit(taken)).otherwise("left_id"),
            proposed=pl.when(both).then(pl.lit("review")).otherwise("proposed"),
            status=pl.when(both).then(pl.lit("review")).otherwise("status"),
        )
        content = linking._packed(replace(found, pairs=pairs))
        stored = stores.vault(Store.IDENTITY).put(io.BytesIO(content), project=NUMBER, store=Store.IDENTITY)
    LinkRun.objects.update(pairs=stored.sha256, pairs_to_review=run.pairs_to_review + 2)
    run.refresh_from_db()


def test_decisions_that_contradict_each_other_reopen_the_review() -> None:
    run = hub_way.linked(as_if)
    claimed_twice(run)
    noor = person("noor.haddad")
    everything = dict.fromkeys(range(1, run.pairs_to_review + 1), True)
    actions.decide_pairs(number=NUMBER, by=noor, decisions=everything)
    actions.settle(number=NUMBER, by=noor)
    with as_if("linker"):
        linking.write_crosswalk(run.pk)
    run.refresh_from_db()
    assert (run.status, run.crosswalk, run.settled_by) == (Status.IN_CLERICAL_REVIEW, "", None)
    assert "cannot be confirmed" in run.report["contradiction"]
    actions.decide_pairs(number=NUMBER, by=noor, decisions={1: False})
    actions.settle(number=NUMBER, by=noor)
    with as_if("linker"):
        linking.write_crosswalk(run.pk)
    run.refresh_from_db()
    assert run.crosswalk


def test_two_crosswalks_of_the_same_people_share_no_pseudonym_and_no_order() -> None:
    run = hub_way.linked(as_if)
    with as_if("linker"):
        found = linking.stored_run(run)
    (one, counts), (two, _) = linking.pseudonyms(found), linking.pseudonyms(found)
    assert set(one["pid"]).isdisjoint(two["pid"])
    assert one["pid"].str.len_chars().unique().to_list() == [32]
    assert one["record_id"].to_list() != sorted(one["record_id"])
    assert one.filter(pl.col("agency") == "SDE").height == counts["people"]["SDE"]
    cohort = set(one.filter(pl.col("agency") == "SDE")["pid"])
    assert set(one["pid"]) == cohort


def test_each_steward_confirms_for_the_own_agency_and_the_last_starts_clock_and_extract() -> None:
    hub_way.settled(as_if)
    refused("wrong_role", actions.confirm, by=person("ben.cole"), agency="DOL")
    for agency in ("SDE", "CSC"):
        actions.confirm(number=NUMBER, by=person(STEWARDS[agency]), agency=agency)
    refused("agency_confirmed", actions.confirm, by=person("ben.cole"), agency="SDE")
    assert not Extract.objects.exists()
    actions.confirm(number=NUMBER, by=person("lou.grant"), agency="DOL")
    assert LinkRun.objects.get().status == Status.CONFIRMED
    duty = DestructionDuty.objects.get(what="identifiers")
    assert duty.due_on is not None
    assert (duty.due_on - clock.today()).days in range(5, 10)  # five business days
    assert Extract.objects.get().status == "ordered"


def test_a_match_is_not_confirmed_before_crosswalk_and_analysis_files_are_there() -> None:
    run = hub_way.linked(as_if)
    refused("wrong_status", actions.confirm, by=person("ben.cole"), agency="SDE")
    LinkRun.objects.filter(pk=run.pk).update(status=Status.SETTLED)
    refused("crosswalk_not_written", actions.confirm, by=person("ben.cole"), agency="SDE")
    Delivery.objects.filter(agency__code="DOL", kind="analysis").update(status="rejected")
    refused("files_missing", actions.confirm, by=person("ben.cole"), agency="SDE")


def test_the_clocks_go_from_the_hub_to_the_stewards_to_the_policy_office() -> None:
    asked = DataRequest.objects.get(number=NUMBER)

    def running() -> set[tuple[Stage, str]]:
        return {(one.run.stage, one.whose) for one in clocks.running(DataRequest.objects.all())}

    assert running() == {(Stage.LINKING, "")}
    hub_way.settled(as_if)
    assert running() == {(Stage.CONFIRMATION, code) for code in STEWARDS}
    sde = person(STEWARDS["SDE"])
    [due] = {item.by_when for item in worklist.todo(sde) if "confirm" in item.title}
    assert due == business_days_after(clock.today(), ALLOWED[Stage.CONFIRMATION], closed_days())
    assert f'datetime="{due:%Y-%m-%d}"' in as_(sde.username).get(f"/hub/{NUMBER}/").text
    for agency, steward in STEWARDS.items():
        actions.confirm(number=NUMBER, by=person(steward), agency=agency)
    with as_if("extractor"):
        extracts.build(Extract.objects.get().pk)
    assert running() == {(Stage.ACCESS, ""), (Stage.DESTRUCTION, "")}
    done = [one for one in clocks.turns_of([asked]) if one.run.ended_on]
    assert {one.run.stage for one in done} >= {
        Stage.FILES,
        Stage.FINDER_LIST,
        Stage.LINKING,
        Stage.CONFIRMATION,
    }
    assert {one.whose for one in done if one.run.stage is Stage.FILES} == {*STEWARDS}
