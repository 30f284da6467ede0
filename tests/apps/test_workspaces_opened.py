"""With what a workspace may be opened: so many hours, and what stands between its scripts and the machine."""

import json
from html import unescape

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client

from apps import outputs_way
from apps.hub_way import NUMBER, AsProcess
from apps.way import person
from charteroak.adapters import sandboxes
from charteroak.adapters.sandboxes import Capability
from charteroak.audit.models import Event
from charteroak.catalog.models import Variable
from charteroak.policy.budget import MOST_HOURS
from charteroak.policy.workspace import RESIDUAL_RISK, Isolator, Mode
from charteroak.workspaces import actions, folders, queries, tasks
from charteroak.workspaces.models import Workspace
from conftest import owner_beside

pytestmark = pytest.mark.usefixtures("on_the_day")


def test_a_workspace_is_opened_with_hours_that_a_project_can_have(
    as_process: AsProcess, client: Client
) -> None:
    extract, kim = outputs_way.small_extract(as_process), person("kim.tran")
    for hours, refused in (
        (0, ["not_more_hours"]),
        (1, []),
        (MOST_HOURS, []),
        (MOST_HOURS + 1, ["not_more_hours"]),
    ):
        found = queries.may_open(extract, kim, hours=hours)
        assert [reason.rule for reason in found.reasons] == refused, hours
    client.force_login(kim)
    page = client.post(f"/workspaces/open/{NUMBER}/", {"hours": MOST_HOURS + 1, "isolator": "bubblewrap"})
    assert page.status_code == 400
    assert not Workspace.objects.exists()
    client.post(f"/workspaces/open/{NUMBER}/", {"hours": MOST_HOURS, "isolator": "bubblewrap"})
    said = client.post(f"/workspaces/{NUMBER}/allow-hours/", {"hours": MOST_HOURS + 1})
    assert (said.status_code, "1 to 1000000 hours" in said.text.replace(",", "")) == (403, True)


def test_gvisor_is_offered_where_the_enclave_says_that_it_starts(
    as_process: AsProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    extract, kim = outputs_way.small_extract(as_process), person("kim.tran")

    def reasons() -> list[str]:
        assert queries.may_open(extract, kim), "bubblewrap is everywhere"
        return [reason.rule for reason in queries.may_open(extract, kim, Isolator.GVISOR).reasons]

    assert reasons() == ["isolator_not_here"], "the enclave has not said yet"
    assert queries.weaker(), "nor whether each project's code has an account of its own"
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        actions.tell(strict_tier=True, accounts_apart=True, pixels=True)  # no word of the site's
    for installed, root in ((True, True), (True, False), (False, True)):
        monkeypatch.setattr(sandboxes, "strict_tier_here", lambda given=installed: given)
        monkeypatch.setattr(sandboxes, "pixels_here", lambda: Capability("", False, ""))
        monkeypatch.setattr(folders, "account_of", lambda uid, given=root: uid if given else None)
        with as_process("enclave"):
            tasks.tell()
            tasks.tell()
        monkeypatch.undo()  # the site's own machine is asked nothing
        assert reasons() == ([] if installed and root else ["isolator_not_here"])
        assert queries.weaker() is not root
    told = Event.objects.filter(name="workspaces:enclave:tell").order_by("index")
    assert [json.loads(event.text)["facts"]["has"] for event in told] == [
        ["strict_tier", "accounts_apart"], [], ["accounts_apart"],
    ]  # fmt: skip


def test_what_is_left_of_the_risk_in_each_mode_stands_where_it_is_opened(
    as_process: AsProcess, client: Client
) -> None:
    outputs_way.small_extract(as_process)
    client.force_login(person("kim.tran"))
    page = unescape(client.get(f"/workspaces/open/{NUMBER}/").text)
    for mode in Mode:  # its one column is a quasi-identifier: every mode is offered
        assert all(risk in page for risk in RESIDUAL_RISK[mode]), mode
    with owner_beside():
        Variable.objects.filter(name="race_eth").update(sensitivity="sensitive")
    page = unescape(client.get(f"/workspaces/open/{NUMBER}/").text)
    assert RESIDUAL_RISK[Mode.QUERY_ONLY][0] in page
    assert RESIDUAL_RISK[Mode.PIXEL][0] not in page, "no clause lets anybody see a sensitive column"


def test_a_program_opens_what_the_page_opens_and_nobody_else_hears_of_it(
    as_process: AsProcess, client: Client
) -> None:
    outputs_way.small_extract(as_process)
    page, program = f"/workspaces/open/{NUMBER}/", f"/api/workspaces/open/{NUMBER}"
    for stranger in ("maya.ortiz", "sam.reyes", "noor.haddad", "ida.moss"):
        client.force_login(person(stranger))
        for path in (page, program):
            assert client.get(path).status_code == 404, (stranger, path)
            assert client.post(path, {}, content_type="application/json").status_code == 404, (stranger, path)
    client.force_login(person("kim.tran"))
    told = client.get(program).json()
    assert (told["permitted"], told["mode"], told["modes"][0]) == (["open"], "browser", "query-only")
    refused = client.post(program, {"hours": MOST_HOURS + 1}, content_type="application/json")
    assert (refused.status_code, refused.json()["reasons"][0]["rule"]) == (403, "not_more_hours")
    assert not Workspace.objects.exists()
    answer = client.post(program, {"hours": 5, "mode": "query-only"}, content_type="application/json").json()
    record = Workspace.objects.get()
    assert (answer["status"], record.hours, record.mode) == ("open", 5, Mode.QUERY_ONLY)
    assert Event.objects.latest("index").name == "workspaces:workspace:open"
    assert client.post(program, {}, content_type="application/json").status_code == 404, "it is open already"
