"""Fees, classes of outputs, a checker's file, whose turn it is: at 320 pixels, enlarged, in a reader's own colours."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from apps import outputs_way, way
from apps.hub_way import DAY, worker
from apps.outputs_way import left, requested
from apps.requests_way import FEES
from apps.test_output_classes import agreed
from apps.way import person
from charteroak.adapters import clock
from charteroak.adapters.environment import Process
from charteroak.outputs import classing
from charteroak.outputs.models import ReleaseRequest
from charteroak.requests import actions as requests
from journeys.keyboard import PASSWORD, Keyboard
from journeys.visitor import Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
TOWNS = b"town,cte,people,suppressed\nAsh,0,40,\nAsh,1,,primary\nElm,0,,complementary\nElm,1,31,\n"
FILES = {"towns.csv": TOWNS, "notes.txt": b"Counts of graduates."}


def judged(visit: Visit, address: str, username: str, *paths: str) -> None:
    """Each page as one person sees it, in each of the ways in which pages are judged."""
    someone = Keyboard(visit(address))
    someone.who.sign_in(username, PASSWORD)
    for path in paths:
        answer = someone.who.page.goto(address + path)
        assert answer is not None
        assert answer.ok, path
        someone.judge()


def fees_set() -> None:
    amounts = {name: Decimal(value) for name, value in FEES.items() if name != "under"}
    said: dict[str, Any] = {"since": clock.today(), "under": FEES["under"], **amounts}
    requests.set_fees(by=person("sam.reyes"), **said)


def test_nothing_to_object_to_where_fees_are_set_and_a_fee_is_fixed_and_settled(
    visit: Visit, address: str, as_process: Callable[[str], AbstractContextManager[object]]
) -> None:
    with as_process("owner"):
        way.load()
    judged(visit, address, "sam.reyes", "/requests/fees/")
    with way.day(way.DAY_ZERO - timedelta(days=9)):
        fees_set()
    record = way.approved()
    here = record.get_absolute_url()
    judged(visit, address, "sam.reyes", "/requests/fees/", here, "/reports/turns/")
    requests.fix_fee(pk=record.pk, by=person("sam.reyes"), hours=Decimal("1.5"))
    judged(visit, address, "sam.reyes", here, "/")
    judged(visit, address, "maya.ortiz", here)


@pytest.fixture
def record(
    live_database: None, as_process: Callable[[str], AbstractContextManager[object]]
) -> Iterator[ReleaseRequest]:
    with way.day(DAY):
        room = outputs_way.workspace(as_process, preclear_days=90)
        yield outputs_way.judged(as_process, requested(left(room, FILES)))


def test_nothing_to_object_to_on_a_file_beside_its_checks_and_where_turns_are_listed(
    record: ReleaseRequest, address: str, visit: Visit
) -> None:
    here = record.get_absolute_url()
    with worker(Process.OUTPUTS):
        judged(visit, address, "ida.moss", "/", *(f"{here}files/{file.pk}/" for file in record.files.all()))
    judged(visit, address, "sam.reyes", "/reports/turns/")


def test_nothing_to_object_to_where_a_class_of_outputs_is_defined_agreed_and_withdrawn(
    record: ReleaseRequest, address: str, visit: Visit
) -> None:
    number = record.workspace.agreement.number
    judged(visit, address, "sam.reyes", "/outputs/classes/", f"/outputs/classes/define/{number}/")
    one = agreed({"SDE": way.STEWARDS["SDE"]})
    here = one.get_absolute_url()
    judged(visit, address, way.STEWARDS["SDE"], here, "/outputs/classes/")
    judged(visit, address, way.STEWARDS["DOL"], here)
    classing.withdraw(pk=one.pk, by=person("june.fisher"), because="Reconsidered.")
    judged(visit, address, "june.fisher", here)
