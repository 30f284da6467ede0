"""The hub's pages and API: the operator's review with a real worker behind it, stewards, the office, a stranger."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from apps import hub_way, way
from apps.hub_way import NUMBER, AsProcess
from apps.retention_way import approve
from apps.way import STEWARDS, as_, person
from charteroak.adapters import showing
from charteroak.adapters.environment import Process
from charteroak.agreements.models import DestructionDuty
from charteroak.audit.models import Event
from charteroak.hub import clerical, destruction, extracts, linking
from charteroak.hub.models import Extract, LinkRun
from charteroak.policy.matter import Clock
from charteroak.synthetic import generate
from conftest import owner_beside

HERE, API = f"/hub/{NUMBER}/", f"/api/hub/{NUMBER}"


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("state")
    generate(folder, request=NUMBER, scale=0.1)
    return folder


@pytest.fixture(autouse=True)
def on_the_day(live_database: None) -> Iterator[None]:
    with way.day(hub_way.DAY):
        yield


def status(**wanted: Any) -> dict[str, Any]:
    said: dict[str, Any] = as_("noor.haddad").get(API).json()
    assert {key: said[key] for key in wanted} == wanted
    return said


def review(noor: Client) -> None:
    """The operator reads pair after pair, and decides by what the page shows."""
    decided = 0
    while "Every pair is decided" not in (page := noor.get(f"{HERE}pairs/")).text:
        assert "no-store" in page.headers["Cache-Control"]
        shown = dict(re.findall(r'data-pair="(\d+)" data-alike="(yes|no)"', page.text))
        assert shown, page.text
        assert "<mark>" in page.text
        said = {f"pair-{pair}": "same" if alike == "yes" else "different" for pair, alike in shown.items()}
        assert noor.post(f"{HERE}pairs/decide-pairs/", said).status_code == 302
        decided += len(said)
    assert decided == LinkRun.objects.get().pairs_to_review


def test_the_way_through_the_pages(as_process: AsProcess, state: Path) -> None:
    hub_way.delivered(as_process, state)
    noor = as_("noor.haddad")
    assert 'id="action-start-link-run"' in noor.get(HERE).text
    assert as_("rep.dunn").get(HERE).status_code == 404
    noor.post(f"{HERE}start-link-run/")
    status(status="started", permitted=[])
    with as_process("linker"):
        linking.link(LinkRun.objects.get().pk)
    status(status="in_clerical_review", permitted=["decide-pairs"])
    assert as_("ben.cole").get(f"{HERE}pairs/").status_code == 404
    with hub_way.worker(Process.LINKER):
        review(noor)
    assert Event.objects.filter(name="hub:link_run:show_pairs", by="noor.haddad").exists()
    assert 'id="action-settle"' in noor.get(HERE).text
    noor.post(f"{HERE}settle/")
    status(status="settling")
    with as_process("linker"):
        linking.write_crosswalk(LinkRun.objects.get().pk)
    status(status="settled")
    confirm_and_build(as_process)
    clear_and_destroy(as_process)


def confirm_and_build(as_process: AsProcess) -> None:
    for agency, steward in STEWARDS.items():
        page = as_(steward).get(HERE).text
        assert re.findall(r'id="action-confirm-(\w+)"', page) == [agency]
        assert "<svg" in page
        assert "were linked" in page
        as_(steward).post(f"{HERE}confirm/{agency}/")
    status(status="confirmed")
    with as_process("extractor"):
        extracts.build(Extract.objects.get().pk)


def clear_and_destroy(as_process: AsProcess) -> None:
    assert 'id="action-clear-extract"' not in as_("noor.haddad").get(HERE).text
    page = as_("sam.reyes").get(HERE).text
    assert 'id="action-clear-extract"' in page
    assert "How many people stand out" in page
    assert "In classes below 10" in page
    assert "all together" in page
    assert page.count('class="bar__part"') >= 4  # rates, and the columns that drive the risk
    assert f"{NUMBER}/2.SDE" in page
    as_("sam.reyes").post(f"{HERE}clear-extract/")
    assert as_("noor.haddad").get(f"{HERE}certificate/identifiers/").status_code == 404
    approve(Clock.IDENTIFIERS)
    as_("noor.haddad").post(f"{HERE}destroy-identifiers/")
    duty = DestructionDuty.objects.get(what="identifiers")
    for process in destruction.HELD["identifiers"].owners():
        with as_process(process):
            destruction.destroy(duty.agreement_id, "identifiers")
    assert status()["identifiers_destroyed"]
    certificate = as_("ben.cole").get(f"{HERE}certificate/identifiers/").text
    assert "Destroyed." in certificate
    assert f"crosswalk/{LinkRun.objects.get().crosswalk}" in certificate
    assert "Destroyed on" in as_("noor.haddad").get(HERE).text


def test_who_lost_the_office_is_shown_nothing_though_the_page_asked(
    as_process: AsProcess, state: Path
) -> None:
    hub_way.delivered(as_process, state)
    run = hub_way.linked(as_process)
    with owner_beside():
        person("noor.haddad").roles_held.update(until=hub_way.DAY)

    def worker(token: str, recipient: str) -> None:
        with as_process("linker"):
            clerical.answer(token, recipient, link_run=run.pk, person="noor.haddad", numbers=[1])

    said = showing.ask(worker)
    assert b"refused" in said
    assert b"fields" not in said
    assert Event.objects.filter(name="hub:link_run:show_pairs:refused", by="noor.haddad").exists()
