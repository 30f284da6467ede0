"""A match to confirm and a link to start are found on coming in, whatever waits for files that began before."""

from collections.abc import Iterator

import pytest

from apps import crowd, hub_way, way
from apps.way import person
from charteroak.agreements.models import Agreement
from charteroak.hub import worklist
from charteroak.hub.models import LinkRun
from charteroak.policy.delivery import FileKind
from charteroak.policy.link_run import Status
from charteroak.submissions import queries
from charteroak.submissions.models import Delivery
from charteroak.synthetic import generate
from conftest import connection_as, owner_beside

OTHERS = 8  # projects; a worklist asks the rules about six


@pytest.fixture(scope="module")
def newest(database_of_the_file: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The number of the last of many projects whose match waits for its stewards."""
    folder = tmp_path_factory.mktemp("state")
    generate(folder, request=hub_way.NUMBER, scale=0.1)
    with way.day(hub_way.DAY):
        hub_way.delivered(connection_as, folder)
        hub_way.settled(connection_as)
        with owner_beside():
            crowd.of_projects(OTHERS)
        yield Agreement.objects.latest("pk").number


def test_a_match_to_confirm(newest: str) -> None:
    with owner_beside():
        LinkRun.objects.exclude(agreement__number=newest).update(status=Status.STARTED)
    assert [item.title for item in worklist.todo(person("ben.cole"))] == [f"{newest}: confirm the match"]


def test_a_link_to_start(newest: str) -> None:
    with owner_beside():
        LinkRun.objects.update(status=Status.FAILED)
        of_others = Delivery.objects.exclude(agreement__number=newest)
        of_others.filter(kind=FileKind.MATCHING, agency__code="SDE").update(status="rejected")
    assert [one.number for one in queries.all_there(FileKind.MATCHING)] == [newest]
    assert [item.title for item in worklist.todo(person("noor.haddad"))] == [f"{newest}: start linking"]
