"""Changes that follow one another: each begins from the last, and none undoes what came after it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from apps import changes_way, way
from charteroak.policy.decision import Refused
from charteroak.policy.request_change import Kind
from charteroak.requests import actions as requests

pytestmark = pytest.mark.usefixtures("approved", "rolled_back")
MAYA = "maya.ortiz"


@pytest.fixture(autouse=True)
def after_the_approval() -> Iterator[None]:
    with way.day(way.DAY_ZERO + timedelta(days=9)):
        yield


def test_who_left_the_team_begins_no_change_by_way_of_the_first_request() -> None:
    record = changes_way.begun(Kind.STAFF_CHANGE)
    requests.remove_member(pk=record.pk, by=way.person(MAYA), person=way.person("lena.park"))
    changes_way.approved(record)
    with pytest.raises(Refused) as refused:
        changes_way.begun(Kind.EXTENSION, by="lena.park")
    assert way.rules(refused) == {"wrong_role"}
    assert changes_way.begun(Kind.EXTENSION, by="jonah.reed").changes_request == record
