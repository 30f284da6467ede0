"""`oak tasks`: a background task that gave up is named, and done again when its cause is mended."""

import json

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from apps.test_setup_command import oak
from charteroak.audit.models import Event
from conftest import connection_as

pytestmark = pytest.mark.usefixtures("live_database")


def given_up(task: str, **about: int | str) -> int:
    """A task that its worker took up and could not do."""
    with connection_as("owner"):
        number = app.configure_task(task, allow_unknown=True, queue="outputs").defer(**about)
        with connection.cursor() as cursor:
            for status in ("doing", "failed"):
                cursor.execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", [status, number])
    return number


def test_what_gave_up_is_named_with_its_log_and_the_way_on() -> None:
    number = given_up("outputs:release", release_request=7)
    said = oak("tasks")
    assert said.returncode == 0
    assert f"{number}  outputs:release (release_request 7)" in said.stdout
    assert "outputs.log" in said.stdout
    assert f"oak tasks --again {number}" in said.stdout
    listed = json.loads(oak("tasks", "--json").stdout)
    assert [(one["id"], one["about"]) for one in listed] == [(number, {"release_request": 7})]


def test_a_task_done_again_waits_in_its_queue_and_stands_in_the_log() -> None:
    number = given_up("outputs:release", release_request=7)
    assert oak("tasks", "--again", str(number)).returncode == 0
    assert ProcrastinateJob.objects.get(pk=number).status == "todo"
    event = Event.objects.latest("index")
    assert (event.name, event.by, event.subject) == ("site:task:again", "operator", f"task:{number}")
    repeated = oak("tasks", "--again", str(number))
    assert repeated.returncode == 1
    assert f"No task {number} has given up." in repeated.stderr
    assert Event.objects.latest("index").index == event.index


def test_a_page_view_that_nobody_waits_for_any_more_is_not_listed() -> None:
    given_up("outputs:show", file=1, token="x")
    said = oak("tasks")
    assert said.stdout == ""
    assert "No task has given up." in said.stderr
