"""The public register asks the database hardly more for many projects than for few."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps import requests_way
from charteroak.register import queries

pytestmark = pytest.mark.usefixtures("history", "rolled_back")


def asked(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def found_complete() -> None:
    requests_way.accepted(requests_way.sent(requests_way.begun()))


@pytest.mark.parametrize("path", ["/register/", "/register/projects.csv"])
def test_two_projects_more_cost_two_questions_more_their_counts_of_releases(
    client: Client, path: str
) -> None:
    found_complete()
    before, projects = asked(client, path), queries.projects().count()
    found_complete()
    found_complete()
    assert queries.projects().count() == projects + 2
    assert asked(client, path) <= before + 2
