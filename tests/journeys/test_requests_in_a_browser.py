"""Agencies, catalog and requests on a narrow screen, as their people see them before the board does."""

from collections.abc import Callable

import pytest

from apps import way
from apps.way import person
from charteroak.requests import actions
from journeys.visitor import Visitor

pytestmark = pytest.mark.browser
PASSWORD = "a long password for tests"


def test_nothing_to_object_to_at_320_pixels(address: str, visit: Callable[..., Visitor]) -> None:
    way.load()
    record = way.filled_in()
    here = record.get_absolute_url()
    applicant = visit(address, width=320)
    for path in ("/catalog/?q=wages", "/catalog/DOL/analysis/", "/agencies/"):
        applicant.look(path)
    applicant.sign_in("maya.ortiz", PASSWORD)
    for path in (here, f"{here}columns/"):
        applicant.look(path)
    actions.submit(pk=record.pk, by=person("maya.ortiz"))
    office = visit(address, width=320)
    office.sign_in("sam.reyes", PASSWORD)
    for path in (here, "/requests/", "/agencies/people/", "/agencies/people/lou.grant/"):
        office.look(path)
    actions.accept_as_complete(pk=record.pk, by=person("sam.reyes"))
    steward = visit(address, width=320)
    steward.sign_in("lou.grant", PASSWORD)
    steward.look(here)
