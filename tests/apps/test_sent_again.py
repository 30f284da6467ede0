"""A request with an Idempotency-Key whose first try was cut off: it acts once, and soon."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connections

from apps import way
from apps.test_tokens import DAY, Program, made, rules
from charteroak.adapters import clock
from charteroak.requests.models import DataRequest
from charteroak.site import repeated
from charteroak.site.models import KeptAnswer
from conftest import owner_beside

ONCE = {"title": "Once"}


@pytest.fixture(autouse=True)
def each_rolled_back(loaded: None, rolled_back: None) -> Iterator[None]:
    with way.day(DAY):
        yield


def test_what_was_killed_before_it_acted_acts_when_it_is_sent_again() -> None:
    program = Program(made("maya.ortiz"))
    program.post("/requests/start", ONCE, Idempotency_Key="d4")
    killed = clock.real_now() + timedelta(milliseconds=1)  # after that act, so that it left the claim alone
    KeptAnswer.objects.update(status=None, body=b"", at=killed)
    again = program.post("/requests/start", ONCE, Idempotency_Key="d4")
    assert again.status_code == 200
    assert DataRequest.objects.count() == 2
    assert program.post("/requests/start", ONCE, Idempotency_Key="d4").content == again.content
    assert DataRequest.objects.count() == 2


def test_what_was_killed_after_it_acted_acts_no_second_time() -> None:
    program = Program(made("maya.ortiz"))
    program.post("/requests/start", ONCE, Idempotency_Key="e5")
    KeptAnswer.objects.update(status=None, body=b"")
    again = program.post("/requests/start", ONCE, Idempotency_Key="e5")
    assert (again.status_code, rules(again)) == (409, ["may_have_acted"])
    assert DataRequest.objects.count() == 1


def test_while_the_first_is_at_work_the_second_does_not_act() -> None:
    program = Program(made("maya.ortiz"))
    program.post("/requests/start", ONCE, Idempotency_Key="f6")
    kept = KeptAnswer.objects.get()
    KeptAnswer.objects.update(status=None, body=b"", at=clock.real_now() + timedelta(milliseconds=1))
    own = connections["default"]
    with owner_beside():
        first = connections["default"]
        with first.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_lock(%s, hashtext(%s))", [repeated.LOCK, f"{kept.by}:{kept.key}"]
            )
        connections["default"] = own
        second = program.post("/requests/start", ONCE, Idempotency_Key="f6")
        connections["default"] = first
    assert (second.status_code, rules(second)) == (409, ["still_at_work"])
    assert DataRequest.objects.count() == 1
    assert program.post("/requests/start", ONCE, Idempotency_Key="f6").status_code == 200, (
        "its process is gone"
    )
