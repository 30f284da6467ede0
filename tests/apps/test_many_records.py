"""Every page reads the database as often for a hundred projects as for ten; nothing is read once per record."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps import crowd, doors, way
from apps.whole_way import ACTORS, Scene
from charteroak.requests.models import DataRequest
from conftest import owner_beside

MOST = 150  # queries of the busiest page
WHOLE = ("/register/projects", "/catalog/variables.csv", "/api/catalog/")  # files of everything there is


def queries_of_each_page(at: Scene) -> dict[tuple[str, str], int]:
    """(address, actor) → queries, for everyone who is let in."""
    found = {}
    for actor, username in ACTORS.items():
        client = Client()
        if username:
            client.force_login(way.person(username))
        for (method, template), cells in doors.matrix().items():
            if method != "GET" or cells.get(actor) != "200" or template.startswith(WHOLE):
                continue
            with CaptureQueriesContext(connection) as seen:
                answer = client.get(template.format(**vars(at)))
                if answer.streaming:
                    b"".join(answer)
            found[template, actor] = len(seen)
    return found


@pytest.mark.slow
def test_no_page_reads_more_often_when_there_are_more_projects(at: Scene) -> None:
    with owner_beside():
        crowd.of_projects(10)
    at_ten = queries_of_each_page(at)
    with owner_beside():
        crowd.of_projects(100, first_of_all=10)
        assert DataRequest.objects.count() > 100
    at_hundred = queries_of_each_page(at)
    more = {page: (at_ten[page], count) for page, count in at_hundred.items() if count > at_ten[page]}
    assert not more, "\n".join(
        f"{page}: {before} → {after}" for page, (before, after) in sorted(more.items())
    )
    too_many = {page: count for page, count in at_hundred.items() if count > MOST}
    assert not too_many
