"""With what a workspace may be opened: so many hours, and what stands between its scripts and the machine."""

import pytest
from django.test import Client

from apps import outputs_way
from apps.hub_way import NUMBER, AsProcess
from apps.way import person
from charteroak.adapters import sandboxes
from charteroak.policy.budget import MOST_HOURS
from charteroak.policy.workspace import Isolator
from charteroak.workspaces import queries
from charteroak.workspaces.models import Workspace

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


def test_gvisor_is_offered_where_it_is_installed_and_starts_as_root_alone(
    as_process: AsProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    extract, kim = outputs_way.small_extract(as_process), person("kim.tran")
    for installed, root in ((True, True), (True, False), (False, True)):
        monkeypatch.setattr(sandboxes, "strict_tier_here", lambda given=installed: given)
        monkeypatch.setattr(queries, "accounts_apart", lambda given=root: given)
        found = queries.may_open(extract, kim, Isolator.GVISOR)
        expected = [] if installed and root else ["isolator_not_here"]
        assert [reason.rule for reason in found.reasons] == expected
        assert queries.may_open(extract, kim)
