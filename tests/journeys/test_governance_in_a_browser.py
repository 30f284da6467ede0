"""Board and agreement on a narrow screen, as the public, a member, counsel and a signatory see them."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from apps import way
from apps.way import person
from charteroak.agreements import actions
from charteroak.board.models import Meeting
from journeys.visitor import Visitor

pytestmark = pytest.mark.browser
PASSWORD = "a long password for tests"


def test_nothing_to_object_to_on_the_way_to_a_signature(
    address: str, visit: Callable[..., Visitor], as_process: Callable[[str], AbstractContextManager[object]]
) -> None:
    with as_process("owner"):
        way.load()
    way.approved()
    way.hub_keys()
    public = visit(address, width=320)
    for path in ("/board/", Meeting.objects.get().get_absolute_url()):
        public.look(path)
    counsel = visit(address, width=320)
    counsel.sign_in("ann.weiss", PASSWORD)
    counsel.look("/agreements/draft/001/")
    record = way.drafted()
    here = record.get_absolute_url()
    breach = record.clauses.get(kind="breach")
    actions.redline(
        clause=breach.pk, by=person("ann.weiss"), text=f"{breach.text} The Attorney General is told."
    )
    for path in (here, "/agreements/"):
        counsel.look(path)
    actions.open_for_signature(pk=record.pk, by=person("ann.weiss"))
    signatory = visit(address, width=320)
    signatory.sign_in("ruth.vega", PASSWORD)
    for path in (here, f"{here}seal/", "/reports/turns/"):
        signatory.look(path)
