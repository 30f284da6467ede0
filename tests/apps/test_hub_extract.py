"""An extract, its review before access, and the identifiers' destruction."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from apps import hub_way, way
from apps.hub_way import NUMBER, as_if, table
from apps.retention_way import approve
from apps.way import STEWARDS, person
from charteroak.adapters import clock, stores
from charteroak.adapters.environment import home
from charteroak.adapters.keys import KeyUnavailable
from charteroak.adapters.stores import Store
from charteroak.adapters.vault import ObjectId
from charteroak.agreements.destruction import plan
from charteroak.agreements.models import Agreement, DestructionDuty
from charteroak.audit.models import Event
from charteroak.hub import actions, destruction, extracts, tasks
from charteroak.hub.api import permitted
from charteroak.hub.models import Extract
from charteroak.policy.decision import Refused
from charteroak.policy.matter import Clock
from charteroak.submissions.models import Delivery
from charteroak.synthetic import generate
from conftest import connection_as


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("state")
    generate(folder, request=NUMBER, scale=0.1)
    return folder


@pytest.fixture(scope="module")
def built(database_of_the_file: None, state: Path) -> Iterator[int]:
    with way.day(hub_way.DAY):
        hub_way.delivered(connection_as, state)
        yield hub_way.built(connection_as).pk


@pytest.fixture(autouse=True)
def extract(built: int, rolled_back: None) -> Extract:
    """Every test starts from the extract as it was built."""
    return Extract.objects.get(pk=built)


@pytest.fixture
def files_put_back(tmp_path: Path) -> Iterator[None]:
    """Keys and objects are no part of the database: other tests of this file need them again."""
    here = home()
    for name in ("keys", "vault"):
        shutil.copytree(here.root / name, tmp_path / name)
    yield
    for name in ("keys", "vault"):
        shutil.copytree(tmp_path / name, here.root / name, dirs_exist_ok=True)


def facts_of(name: str) -> dict[str, Any]:
    return dict(json.loads(bytes(Event.objects.get(name=name).leaf))["facts"])


def refused(rule: str, act: Any, **arguments: Any) -> None:
    with pytest.raises(Refused) as caught:
        act(number=NUMBER, **arguments)
    assert rule in {reason.rule for reason in caught.value.reasons}


def test_what_the_interface_permits_after_the_end_is_what_the_action_would_do(extract: Extract) -> None:
    sam, run = person("sam.reyes"), extract.link_run
    assert "clear-extract" in permitted(run.agreement, run, extract, sam)
    Agreement.objects.update(ended_on=clock.today())
    run.agreement.refresh_from_db()
    assert "clear-extract" not in permitted(run.agreement, run, extract, sam)
    refused("agreement_ended", actions.clear_extract, by=sam)


def test_the_extract_is_exactly_the_agreed_columns_years_and_people(extract: Extract, state: Path) -> None:
    with as_if("enclave"):
        tables = {name: table(extract, name) for name in extract.stored}
    clauses = {
        clause.terms["agency"].lower(): clause.terms
        for clause in Agreement.objects.get().clauses.filter(kind="elements")
    }
    for name in ("sde", "csc", "dol"):
        assert set(tables[name].columns) == {"pid", *clauses[name]["study"]}
        assert tables[name]["pid"].is_sorted()
    assert {"employer_count", "top_employer_share", "total_wage"} <= set(tables["evidence"].columns)
    assert not {"frpl", "pell", "record_id", "employer_count"} & set(
        tables["sde"].columns + tables["dol"].columns
    )
    sent = pl.read_csv(
        state / "SDE" / f"SDE.{NUMBER}.11_02_2026.analytical", separator="\t", infer_schema=False
    )
    assert tables["sde"].height == sent.height
    people = set(tables["sde"]["pid"])
    assert set(tables["csc"]["pid"]) < people
    assert set(tables["dol"]["pid"]) < people
    assert tables["csc"]["pid"].is_unique().all()
    assert tables["sde"]["grad_year"].to_list() != sorted(tables["sde"]["grad_year"])


def test_the_truth_agrees_with_most_links_of_the_extract(extract: Extract, state: Path) -> None:
    """End to end: graduates who are in the college's table are, nearly all, those who truly enrolled."""
    with as_if("enclave"):
        csc = table(extract, "csc")
    truth = pl.read_parquet(state / "truth" / "truth.parquet").drop_nulls(["sde_record", "csc_record"])
    assert 0.85 < csc.height / truth.height < 1.05


def test_the_event_names_tables_files_run_and_clauses(extract: Extract) -> None:
    facts = facts_of("hub:extract:build")
    assert facts["tables"] == [f"{name}:{of['sha256']}" for name, of in sorted(extract.tables.items())]
    assert len(facts["deliveries"]) == 3
    assert facts["link_run"] == f"hub.linkrun:{extract.link_run.pk}"
    assert {f"{NUMBER}/2.{code}" for code in STEWARDS} <= set(facts["clauses"])


def test_the_summary_shows_no_small_count_and_no_record(extract: Extract) -> None:
    text = json.dumps(extract.summary)
    assert "pid" not in text
    assert set(extract.summary["linked"]["csc"]) == {"race_eth", "grad_year"}
    assert extract.summary["tables"]["sde"]["missing"]["cte_cluster"] > 0.3


def test_how_far_people_stand_out_is_computed_before_access_and_stays_with_the_extract(
    extract: Extract,
) -> None:
    with as_if("enclave"):
        sde, csc = table(extract, "sde"), table(extract, "csc")
    found = extract.summary["risk"]
    assert found["smallest_class"] == 10  # the strictest of what the three agencies signed
    assert set(found["tables"]) == {"sde", "csc", "dol", "*"}  # what only the checks see is no part of it
    columns = {"grad_year", "town_code", "race_eth"}
    sizes = sde.group_by(columns).len()["len"]
    assert set(found["tables"]["sde"]["columns"]) == columns
    assert found["tables"]["sde"]["smallest_class"] == sizes.min()
    assert found["tables"]["sde"]["alone"] == pytest.approx(
        len(sizes.filter(sizes == 1)) / sde.height, abs=0.001
    )
    assert found["tables"]["sde"]["below"] == pytest.approx(
        sizes.filter(sizes < 10).sum() / sde.height, abs=0.001
    )
    assert found["tables"]["sde"]["expected"] == pytest.approx(len(sizes) / sde.height, abs=0.001)
    freed = {
        column: sde.with_columns(
            pl.len().over(columns).alias("now"), pl.len().over(columns - {column}).alias("without")
        ).filter((pl.col("now") < 10) & (pl.col("without") >= 10)).height / sde.height
        for column in columns
    }  # fmt: skip
    worst = max(freed, key=lambda column: freed[column])
    assert found["tables"]["sde"]["driven_by"][0] == [worst, pytest.approx(freed[worst], abs=0.001)]
    least = sde.group_by(columns).agg(pl.col("el").n_unique())["el"].min()
    assert found["tables"]["sde"]["least_values"]["el"] == least
    both = sde.select("pid", *columns).join(csc.select("pid", "campus", "first_term"), on="pid", how="left")
    classes = both.group_by(columns | {"campus", "first_term"}).len()
    alone = classes.filter(pl.col("len") == 1).height / both.height
    assert found["tables"]["*"]["alone"] >= alone - 0.001  # joined, people stand out more


def test_the_events_of_building_and_clearing_say_how_far_people_stand_out(extract: Extract) -> None:
    risk = facts_of("hub:extract:build")["risk"]
    assert [line.split(":")[0] for line in risk] == ["*", "csc", "dol", "sde"]
    k = extract.summary["risk"]["tables"]["sde"]["smallest_class"]
    assert risk[-1].startswith(f"sde:k={k}:limit=10:alone=")
    actions.clear_extract(number=NUMBER, by=person("sam.reyes"))
    assert facts_of("hub:extract:clear")["risk"] == risk


def test_an_extract_is_built_once(extract: Extract) -> None:
    before = extract.tables
    with as_if("extractor"):
        extracts.build(extract.pk)
    extract.refresh_from_db()
    assert extract.tables == before
    assert Event.objects.filter(name="hub:extract:build").count() == 1


def test_only_the_policy_office_clears_and_only_what_was_agreed(extract: Extract) -> None:
    refused("wrong_role", actions.clear_extract, by=person("noor.haddad"))
    tables = json.loads(json.dumps(extract.tables))
    tables["sde"]["columns"] += ["frpl", "sasid"]
    Extract.objects.filter(pk=extract.pk).update(tables=tables)
    refused("beyond_the_agreement", actions.clear_extract, by=person("sam.reyes"))
    refused("identifiers_found", actions.clear_extract, by=person("sam.reyes"))
    Extract.objects.filter(pk=extract.pk).update(tables=extract.tables)
    actions.clear_extract(number=NUMBER, by=person("sam.reyes"))
    extract.refresh_from_db()
    assert extract.status == "cleared"


def destroyed() -> DestructionDuty:
    for process in destruction.HELD["identifiers"].owners():
        with as_if(process):
            destruction.destroy(Agreement.objects.get().pk, "identifiers")
    return DestructionDuty.objects.get(what="identifiers")


@pytest.mark.usefixtures("files_put_back")
def test_identifiers_are_destroyed_with_keys_objects_and_a_certificate(extract: Extract) -> None:
    refused("wrong_role", actions.destroy_identifiers, by=person("lou.grant"))
    refused("retention_unapproved", actions.destroy_identifiers, by=person("noor.haddad"))
    approve(Clock.IDENTIFIERS)
    actions.destroy_identifiers(number=NUMBER, by=person("noor.haddad"))
    run = extract.link_run
    with as_if("linker"):
        assert b"".join(stores.vault(Store.IDENTITY).open(ObjectId(Store.IDENTITY, run.pairs)))
        kept = stores.vault(Store.IDENTITY)
    duty = destroyed()
    assert (duty.done_at is not None, duty.sealed_until) == (True, None)
    assert duty.certificate is not None
    assert set(duty.certificate["parts"]) == {"linker", "extractor"}
    named = [name for part in duty.certificate["parts"].values() for name in part["objects"]]
    assert {f"identity/{run.pairs}", f"crosswalk/{run.crosswalk}"} < set(named)
    assert not any(kept.exists(ObjectId.parse(name)) for name in named)
    assert all(len(part["keys"]) == 1 for part in duty.certificate["parts"].values())
    with as_if("linker"), pytest.raises(KeyUnavailable):
        stores.keyring(Store.IDENTITY).public(NUMBER, Store.IDENTITY)
    assert set(Delivery.objects.filter(kind="matching").values_list("status", flat=True)) == {"destroyed"}
    assert set(Delivery.objects.filter(kind="analysis").values_list("status", flat=True)) == {"accepted"}
    assert facts_of("hub:destruction:complete")["what"] == "identifiers"
    refused("destroyed", actions.destroy_identifiers, by=person("noor.haddad"))
    with as_if("enclave"):
        assert table(extract, "sde").height  # the extract lives on


@pytest.mark.usefixtures("files_put_back")
def test_destruction_that_was_cut_off_is_completed_with_the_same_certificate() -> None:
    record = Agreement.objects.get()
    approve(Clock.IDENTIFIERS)
    actions.destroy_identifiers(number=NUMBER, by=person("noor.haddad"))
    with as_if("linker"):
        planned = plan(record, "identifiers", destruction.HELD["identifiers"])
        stores.destroy_project_keys(NUMBER, [Store.IDENTITY])  # and then the process is killed
    duty = destroyed()
    assert duty.certificate is not None
    assert duty.certificate["parts"]["linker"]["keys"] == planned["keys"] != []
    assert destroyed().certificate == duty.certificate


def test_nothing_is_destroyed_before_its_day_whoever_asks() -> None:
    record = Agreement.objects.get()
    for process in destruction.HELD["identifiers"].owners():
        with as_if(process):
            with pytest.raises(Refused) as caught:
                tasks.destroy(agreement=record.pk, what="identifiers")
            assert [reason.rule for reason in caught.value.reasons] == ["not_due"]
            for store in destruction.HELD["identifiers"].mine():
                assert stores.keyring(store).exists(NUMBER, store)
    assert not DestructionDuty.objects.filter(certificate__isnull=False).exists()


def test_at_the_due_date_destruction_is_ordered_without_a_click() -> None:
    assert destruction.due() == []
    DestructionDuty.objects.filter(what="identifiers").update(due_on=clock.today())
    assert [duty.what for duty in destruction.due()] == ["identifiers"]
    tasks.destroy_due()
    from procrastinate.contrib.django.models import ProcrastinateJob

    queues = ProcrastinateJob.objects.filter(task_name="hub:destroy").values_list("queue_name", flat=True)
    assert sorted(queues) == ["extractor", "linker"]


def test_events_of_the_hub_hold_no_identifier(extract: Extract, state: Path) -> None:
    log = b"".join(bytes(leaf) for leaf in Event.objects.values_list("leaf", flat=True)).decode()
    sent = pl.read_csv(
        state / "CSC" / f"CSC.{NUMBER}.11_03_2026.matching", separator="\t", infer_schema=False
    )
    for column in ("record_id", "ssn", "banner_id", "sasid"):
        assert not [value for value in sent[column].drop_nulls().head(50) if f'"{value}"' in log]
