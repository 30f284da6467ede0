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


@pytest.mark.parametrize("path", ["/register/", "/register/projects.csv", "/register/projects.json"])
def test_two_projects_more_cost_two_questions_more_their_counts_of_releases(
    client: Client, path: str
) -> None:
    found_complete()
    before, projects = asked(client, path), queries.projects().count()
    found_complete()
    found_complete()
    assert queries.projects().count() == projects + 2
    assert asked(client, path) <= before + 2


def test_a_project_from_before_the_register_shows_what_is_known_and_nothing_else(client: Client) -> None:
    page = client.get("/register/041/").text
    assert page.count("November 14, 2025") == 2
    assert "The board approved the request" in page
    assert "the project was decided before it was kept" in page
    for wrong in ("Enquiry", "No result has been released yet", "State wage records"):
        assert wrong not in page


def test_its_request_says_so_too_and_asks_for_no_columns(client: Client) -> None:
    client.force_login(requests_way.named("eve.lang"))
    page = client.get("/requests/041/").text
    assert "Approved on November 14, 2025, before this program was in use." in page
    for wrong in ("No column is asked for yet", "The agreement will name", "setup", "2026"):
        assert wrong not in page.partition("<main")[2].partition("</main")[0]
