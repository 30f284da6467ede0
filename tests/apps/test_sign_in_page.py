"""The page of sign-in names the demo's people and their offices in two queries, and never a whole state's."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps import crowd
from charteroak.agencies.models import Person
from charteroak.site.views import LISTED
from conftest import owner_beside

pytestmark = pytest.mark.usefixtures("loaded", "rolled_back")


def test_the_page_of_sign_in_asks_as_often_for_a_state_as_for_a_demo(client: Client) -> None:
    with CaptureQueriesContext(connection) as few:
        page = client.get("/accounts/login/")
    assert Person.objects.count() > 10
    assert "data steward (SDE)" in page.text
    with owner_beside():
        crowd.of_agencies(20, 2 * LISTED)
    with CaptureQueriesContext(connection) as many:
        page = client.get("/accounts/login/")
    assert page.text.count('href="?as=') == LISTED
    assert len(many) <= len(few) <= 6, [one["sql"] for one in many]
