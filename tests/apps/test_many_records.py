"""Every page reads the database as often for a hundred projects as for twenty; nothing is read once per record."""

import pytest
from django.db import connection, reset_queries
from django.test.utils import CaptureQueriesContext

from apps import crowd, measured
from apps.test_authorisation import signed_in
from apps.whole_way import ACTORS, Scene
from charteroak.requests.models import DataRequest
from conftest import owner_beside

MOST = 150  # queries of the busiest page
MOST_AT_HOME = 60  # of all rooms' worklists together, also of somebody named in every project


def queries_of_each_page(at: Scene) -> dict[tuple[str, str], int]:
    """(address, reader) → queries, of every page and of every list as a file."""
    clients = {actor: signed_in(actor) for actor in ACTORS}
    found = {}
    for address, actor in (*measured.pages(stages=False), *measured.files()):
        reset_queries()  # Django's log holds 9,000: what comes after them would be counted as none
        with CaptureQueriesContext(connection) as seen:
            answer = clients[actor].get(address.format(**vars(at)))
            if answer.streaming:
                b"".join(answer)
        assert answer.status_code == 200, address
        found[address, actor] = len(seen)
    return found


@pytest.mark.slow
def test_no_page_reads_more_often_when_there_are_more_projects(at: Scene) -> None:
    with owner_beside():
        crowd.of_projects(20)  # more than the oldest and the newest that a worklist looks at in depth
    at_twenty = queries_of_each_page(at)
    with owner_beside():
        crowd.of_projects(100, first_of_all=20)
        assert DataRequest.objects.count() > 100
    at_hundred = queries_of_each_page(at)
    more = {page: (at_twenty[page], count) for page, count in at_hundred.items() if count > at_twenty[page]}
    assert not more, "\n".join(
        f"{page}: {before} → {after}" for page, (before, after) in sorted(more.items())
    )
    home = {actor: count for (address, actor), count in at_hundred.items() if address == "/"}
    assert max(home.values()) <= MOST_AT_HOME, home
    too_many = {page: count for page, count in at_hundred.items() if count > MOST}
    assert not too_many
