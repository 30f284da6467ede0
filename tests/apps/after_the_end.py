"""An agreement's end, as far as a test needs it: ended, all destroyed by its own processes, nothing left."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.test import Client

from apps.hub_way import NUMBER
from apps.outputs_way import MAYA
from apps.retention_way import approve
from apps.way import person
from charteroak.adapters import stores
from charteroak.adapters.environment import home
from charteroak.adapters.stores import OPENED_BY, Store
from charteroak.adapters.vault import ObjectId, VaultError
from charteroak.agreements import actions
from charteroak.agreements.models import Agreement, DestructionDuty
from charteroak.hub import actions as hub
from charteroak.hub import destruction as of_hub
from charteroak.hub.models import Extract, LinkRun
from charteroak.outputs import actions as outputs
from charteroak.outputs import destruction as of_outputs
from charteroak.policy.decision import Refused
from charteroak.workspaces import actions as workspaces
from charteroak.workspaces.models import JobOutput, Workspace

AsProcess = Callable[[str], AbstractContextManager[object]]
HELD = {**of_hub.HELD, of_outputs.WHAT: of_outputs.HELD}


def destroyed(as_process: AsProcess) -> None:
    """Every duty done by the processes that hold the keys."""
    agreement = Agreement.objects.get()
    for what, holding in HELD.items():
        for process in holding.owners():
            with as_process(process):
                (of_outputs if what == of_outputs.WHAT else of_hub).destroy(agreement.pk, what)


def terminated(as_process: AsProcess) -> Agreement:
    """Everything ordered to go today, and gone from here."""
    agreement = Agreement.objects.get()
    actions.terminate(pk=agreement.pk, by=person("sam.reyes"), because="the work is done")
    approve()
    actions.destroy(pk=agreement.pk, by=person("kim.tran"))
    destroyed(as_process)
    return agreement


def ended(as_process: AsProcess) -> Agreement:
    """The same, and closed."""
    agreement = terminated(as_process)
    actions.close(pk=agreement.pk, by=person("sam.reyes"))
    agreement.refresh_from_db()
    return agreement


def nothing_is_left(as_process: AsProcess) -> None:
    """No key, no object of the project, no folder; what the database still names is in no vault."""
    done = DestructionDuty.objects.filter(done_at__isnull=False)
    assert set(done.values_list("what", flat=True)) == set(HELD)
    for store, owner in OPENED_BY.items():
        with as_process(owner):
            assert not stores.keyring(store).exists(NUMBER, store)
            assert list(stores.vault(store).of_project(NUMBER, store)) == []
    names = [ObjectId(Store.OUTBOX, one.stored) for one in JobOutput.objects.all()]
    for record in Extract.objects.all():
        names += [ObjectId(Store.EXTRACT, one) for one in record.stored.values()]
    names += [ObjectId(Store.IDENTITY, run.pairs) for run in LinkRun.objects.exclude(pairs="")]
    for name in names:
        with as_process(OPENED_BY[Store(name.store)]), pytest.raises(VaultError):
            b"".join(stores.vault(Store(name.store)).open(name))
    assert not (home().workspaces / NUMBER).exists()
    assert Workspace.objects.get().status == "closed"


def every_route_refuses(client: Client, rule: str) -> None:
    """Jobs, release requests, linking, the extract: each by its action, and the page with them."""
    room = Workspace.objects.get()
    attempts: list[Callable[[], object]] = [
        lambda: workspaces.submit_job(
            workspace=room.pk, by=person(MAYA), script_name="script.py", script="pass"
        ),
        lambda: outputs.start(workspace=room.pk, by=person(MAYA)),
        lambda: workspaces.open_(extract=room.extract_id, by=person("kim.tran")),
        lambda: hub.start_link_run(number=NUMBER, by=person("noor.haddad")),
        lambda: hub.clear_extract(number=NUMBER, by=person("sam.reyes")),
    ]
    for attempt in attempts:
        with pytest.raises(Refused) as caught:
            attempt()
        assert rule in {reason.rule for reason in caught.value.reasons}, caught.value.reasons
    client.force_login(person(MAYA))
    door = client.post(f"/workspaces/{NUMBER}/submit-job/", {"script": "pass"})
    assert (door.status_code, "ended on" in door.text) == (403, True)
    client.logout()
