"""The end of an agreement: who orders destruction, what is left, what the certificate and the public see."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client

from apps import after_the_end, outputs_way, way
from apps.hub_way import DAY, NUMBER, AsProcess
from apps.outputs_way import MAYA, left
from apps.retention_way import approve
from apps.way import person
from charteroak.adapters import clock, keys
from charteroak.adapters.environment import home
from charteroak.agreements import actions
from charteroak.agreements.models import DestructionDuty
from charteroak.audit.models import Event
from charteroak.hub import destruction as of_hub
from charteroak.hub.models import Extract
from charteroak.outputs import destruction, tasks
from charteroak.policy.decision import Refused
from charteroak.workspaces import batch
from charteroak.workspaces.models import Workspace
from printed import faults, text


@pytest.fixture(autouse=True)
def on_the_day(live_database: None) -> Iterator[None]:
    with way.day(DAY):
        yield


@pytest.fixture
def room(on_the_day: None, as_process: AsProcess) -> Workspace:
    """Open, with a job's files in the outbox and something in the work folder."""
    room = outputs_way.workspace(as_process)
    left(room, {"table.csv": b"a,b\n1,2\n"})
    folder = home().workspaces / NUMBER / "work"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kept.txt").write_text("for the next job")
    return room


def refused(rule: str, room: Workspace, username: str) -> None:
    with pytest.raises(Refused) as caught:
        actions.destroy(pk=room.agreement_id, by=person(username))
    assert rule in {reason.rule for reason in caught.value.reasons}


def test_destruction_is_ordered_after_the_end_by_those_who_answer_for_it(
    room: Workspace, as_process: AsProcess
) -> None:
    refused("still_in_force", room, "sam.reyes")
    approve()
    actions.terminate(pk=room.agreement_id, by=person("sam.reyes"), because="breach")
    for other in (MAYA, "ida.moss", "noor.haddad"):
        refused("wrong_role", room, other)
    with as_process("outputs"):
        tasks.destroy_due()
    assert "outputs:destroy" not in outputs_way.waiting()
    actions.destroy(pk=room.agreement_id, by=person("kim.tran"))
    with as_process("outputs"):
        tasks.destroy_due()
    assert outputs_way.waiting().count("outputs:destroy") == 2  # the enclave and the outputs process


def test_at_the_end_neither_keys_nor_outputs_nor_the_work_folder_are_left(
    room: Workspace, as_process: AsProcess, client: Client
) -> None:
    with as_process("enclave"):
        orphan = batch.keep(NUMBER, "table.csv", b"of a job that was killed")
    assert after_the_end.ended(as_process).status == "closed"
    after_the_end.nothing_is_left(as_process)
    after_the_end.every_route_refuses(client, "agreement_ended")
    duty = DestructionDuty.objects.get(what="outputs")
    assert duty.certificate is not None
    parts = duty.certificate["parts"]
    assert set(parts) == {"enclave", "outputs"}
    assert f"outbox/{orphan.stored}" in parts["outputs"]["objects"]
    assert parts["enclave"]["also"] == [f"workspaces/{NUMBER}"]
    assert {key.split("/")[1] for part in parts.values() for key in part["keys"]} == {
        "check",
        "outbox",
        "work",
    }
    assert Extract.objects.get().status == "destroyed"
    for name in (
        "workspaces:workspace:close", "workspaces:destruction:folder", "outputs:destruction:complete",
    ):  # fmt: skip
        assert Event.objects.filter(name=name).count() == 1
    after_the_end.destroyed(as_process)  # again: nothing happens twice
    duty.refresh_from_db()
    assert duty.certificate["parts"] == parts


def test_the_certificate_names_every_part_and_the_register_says_it_in_a_sentence(
    room: Workspace, as_process: AsProcess, client: Client
) -> None:
    here = f"/agreements/{NUMBER}/"
    client.force_login(person("sam.reyes"))
    assert client.get(f"{here}certificate/").status_code == 404
    client.post(f"{here}terminate/", {"because": "The work is done."})
    approve()
    assert 'id="action-destroy"' in client.get(here).text
    assert client.post(f"{here}close/").status_code == 403
    client.post(f"{here}destroy/")
    assert "was destroyed by" not in client.get(f"/register/{NUMBER}/").text
    clock.move_to(clock.now() + timedelta(days=2))
    assert "overdue since" in client.get(here).text
    after_the_end.destroyed(as_process)
    assert f"{here}certificate/" in client.get(here).text
    paper = client.get(f"{here}certificate/").content
    assert faults(paper) == []
    page = text(paper)
    for duty in DestructionDuty.objects.all():
        assert duty.get_what_display() in page
        names = [
            n for part in (duty.certificate or {})["parts"].values() for n in part["keys"] + part["objects"]
        ]
        assert all(name in page.replace(" ", "") for name in names)
        one = text(client.get(f"{here}certificate/{duty.what}/").content)
        assert duty.get_what_display() in one
        assert all(name in one.replace(" ", "") for name in names)
    client.post(f"{here}close/")
    room.agreement.refresh_from_db()
    assert room.agreement.status == "closed"
    client.logout()
    assert "was destroyed by" in client.get(f"/register/{NUMBER}/").text
    assert client.get(f"/register/{NUMBER}.json").json()["clock"]["destroyed_at"]


def test_what_a_backup_could_restore_is_called_sealed_until_it_cannot(
    room: Workspace, as_process: AsProcess, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = {"backups_kept": timedelta(days=4000)}
    monkeypatch.setattr(keys.FileKeyring.__init__, "__kwdefaults__", kept)
    agreement = after_the_end.terminated(as_process)
    with pytest.raises(Refused, match="backup could still restore"):
        actions.close(pk=agreement.pk, by=person("sam.reyes"))
    assert "is sealed until" in client.get(f"/register/{NUMBER}/").text
    client.force_login(person("sam.reyes"))
    page = text(client.get(f"/agreements/{NUMBER}/certificate/").content)
    assert "Sealed until" in page
    assert "Destroyed." not in page


def test_an_agreement_that_expired_is_destroyed_on_the_clock_even_what_never_started_one(
    room: Workspace,
) -> None:
    clock.move_to(clock.now() + timedelta(days=326))
    assert not destruction.due()
    clock.move_to(clock.now() + timedelta(days=60))
    assert [duty.what for duty in destruction.due()] == ["outputs"]
    assert {duty.what for duty in of_hub.due()} == {"identifiers", "payload", "extract"}
