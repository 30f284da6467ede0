"""An executed agreement is taken away in each of the ways there are: page, API, job and mount refuse alike, at once."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from apps import outputs_way, way
from apps.hub_way import DAY, NUMBER, AsProcess
from apps.outputs_way import MAYA
from apps.way import person
from charteroak.adapters import clock
from charteroak.adapters.environment import home
from charteroak.agencies import actions as agencies
from charteroak.agencies import membership
from charteroak.agencies.models import Agency, Person, RoleHeld
from charteroak.agreements import actions as agreements
from charteroak.agreements.models import Agreement
from charteroak.audit.models import Event
from charteroak.hub import linking
from charteroak.hub.models import LinkRun
from charteroak.policy.membership import Action
from charteroak.policy.roles import Role
from charteroak.workspaces import actions, batch, queries
from charteroak.workspaces.models import Job, Workspace
from conftest import owner_beside


def terminated() -> None:
    agreements.terminate(pk=Agreement.objects.get().pk, by=person("sam.reyes"), because="breach")


def expired() -> None:
    clock.move_to(clock.now() + timedelta(days=400))
    way.lapse(MAYA, clock.today(), pledges=True)  # so that nothing else speaks against it


def training_lapsed() -> None:
    way.lapse(MAYA, clock.today() - timedelta(days=1))


def clause_altered() -> None:
    Agreement.objects.get().clauses.filter(kind="people").update(text="Anybody may work with the data.")


def agency_suspended() -> None:
    membership.decide(
        pk=Agency.objects.get(code="CSC").pk, by=person("june.fisher"), action=Action.SUSPEND, met_on=clock.today(),
        because="A breach.",
    )  # fmt: skip


ENDS: dict[str, Callable[[], None]] = {
    "agreement_ended": terminated,
    "agreement_expired": expired,
    "training_lapsed": training_lapsed,
    "not_as_signed": clause_altered,
    "agency_not_participating": agency_suspended,
}


@pytest.fixture
def room(live_database: None, as_process: AsProcess) -> Iterator[Workspace]:
    with way.day(DAY):
        yield outputs_way.workspace(as_process)


@pytest.fixture
def maya(room: Workspace, client: Client) -> Client:
    client.force_login(person(MAYA))
    return client


def rules_of(told: str) -> set[str]:
    return {rule for rule in ENDS if rule in told}


def refusals(action: str) -> list[Event]:
    return list(Event.objects.filter(name__endswith=f"{action}:refused").order_by("index"))


@pytest.mark.parametrize("rule", ENDS)
def test_every_route_refuses_by_the_same_rule_at_the_next_access(
    room: Workspace, maya: Client, as_process: AsProcess, rule: str
) -> None:
    submit = f"/workspaces/{NUMBER}/submit-job/"
    assert maya.post(submit, {"script": "pass"}).status_code == 302
    assert maya.post(submit, {"script": "pass"}).status_code == 302
    never, started = Job.objects.order_by("pk")
    events = Event.objects.count()
    ENDS[rule]()
    assert Event.objects.count() <= events + 1  # the end itself: nothing is pushed to anybody
    page = maya.post(submit, {"script": "pass"}, headers={"Accept": "application/json"})
    interface = maya.post(f"/api{submit[:-1]}", {"script": "pass"}, content_type="application/json")
    assert (page.status_code, interface.status_code) == (403, 403)
    assert page.json() == interface.json()
    assert [reason["rule"] for reason in page.json()["reasons"]] == [rule]
    assert page.json()["reasons"][0]["message"][:20] in maya.post(submit, {"script": "pass"}).text
    with as_process("enclave"):
        batch.run(never.pk)  # the worker takes the job up: nothing is mounted
        assert actions.start(pk=started.pk) is None
    never.refresh_from_db()
    assert (never.status, never.started_at, never.outputs.count()) == ("refused", None, 0)
    logged = [*refusals("submit_job"), *refusals("workspaces:job:start")]
    assert len(logged) == 5
    assert {event.by for event in logged} == {MAYA}
    assert all(rules_of(event.text) == {rule} for event in logged)


SLEEPS = """
import pathlib, time
work = pathlib.Path("/enclave/work")
(work / "began.txt").touch()
time.sleep(300)
(work / "finished.txt").touch()
"""


def account_closed() -> None:
    agencies.close_account(person=person(MAYA).pk, by=person("sam.reyes"))


@pytest.mark.parametrize(
    ("rule", "end"),
    [
        ("training_lapsed", training_lapsed),
        ("agreement_ended", terminated),
        ("account_closed", account_closed),
    ],
)
def test_a_job_that_is_running_is_ended_and_the_reason_is_on_record(
    room: Workspace, as_process: AsProcess, rule: str, end: Callable[[], None]
) -> None:
    work = home().workspaces / NUMBER / "work"
    for name in ("began.txt", "finished.txt"):
        (work / name).unlink(missing_ok=True)
    job = actions.submit_job(workspace=room.pk, by=person(MAYA), script_name="script.py", script=SLEEPS)

    def run() -> None:
        batch.run(job.pk)
        connection.close()

    with as_process("enclave"):
        enclave = threading.Thread(target=run)
        enclave.start()
        while enclave.is_alive() and not (work / "began.txt").exists():
            time.sleep(0.05)
    assert enclave.is_alive()
    end()
    enclave.join()
    job.refresh_from_db()
    assert (job.status, job.outputs.count(), job.exit_status) == ("refused", 0, None)
    assert not (work / "finished.txt").exists()
    [logged] = refusals("workspaces:job:go_on")
    assert (logged.by, rule in logged.text) == (MAYA, True)
    assert Event.objects.filter(name="workspaces:job:refuse", by="enclave").count() == 1


@pytest.mark.parametrize("rule", ["agreement_ended", "agreement_expired", "not_as_signed"])
def test_the_hub_stops_where_the_agreement_does(room: Workspace, as_process: AsProcess, rule: str) -> None:
    run = LinkRun.objects.get()
    ENDS[rule]()
    with as_process("linker"):
        linking.link(run.pk)
    run.refresh_from_db()
    assert (run.status, run.pairs) == ("failed", "")
    [logged] = refusals("hub:link_run:link")
    assert rules_of(logged.text) == {rule}


def test_a_closed_account_is_signed_out_everywhere_and_its_jobs_are_refused(
    room: Workspace, maya: Client, as_process: AsProcess
) -> None:
    maya.post(f"/workspaces/{NUMBER}/submit-job/", {"script": "pass"})
    agencies.close_account(person=person(MAYA).pk, by=person("sam.reyes"))
    page = maya.get(f"/workspaces/{NUMBER}/")
    assert (page.status_code, page.headers["Location"][:16]) == (302, "/accounts/login/")
    assert maya.get(f"/api/workspaces/{NUMBER}").status_code == 401
    with as_process("enclave"):
        batch.run(Job.objects.get().pk)
    [logged] = refusals("workspaces:job:start")
    assert "account_closed" in logged.text


def test_an_office_that_ended_opens_nothing_any_more(room: Workspace, client: Client) -> None:
    client.force_login(person("kim.tran"))
    assert client.get(f"/workspaces/{NUMBER}/").status_code == 200
    office = RoleHeld.objects.get(person__username="kim.tran")
    agencies.end_role(held=office.pk, by=person("sam.reyes"))
    assert client.get(f"/workspaces/{NUMBER}/").status_code == 404
    assert client.post(f"/workspaces/{NUMBER}/close/").status_code == 404
    assert client.get(f"/api/workspaces/{NUMBER}").status_code == 404


def submitting(room: Workspace, username: str) -> list[str]:
    """The rules by which this person starts no job there."""
    return way.refused(
        actions.submit_job, workspace=room.pk, by=person(username), script_name="script.py", script="pass"
    )


def test_who_is_granted_an_operators_office_later_works_in_the_room_no_more(room: Workspace) -> None:
    """The office was free for this person: what they are to the project only the use can tell."""
    lena, sam = person("lena.park"), person("sam.reyes")
    for held in lena.roles_held.all():
        agencies.end_role(held=held.pk, by=sam)
    with owner_beside():  # an operator is of the agency that answers for the enclave
        Person.objects.filter(pk=lena.pk).update(employer=Agency.objects.get(code="DAS"))
    agencies.grant_role(person=lena.pk, role=Role.ENCLAVE_OPERATOR, agency=None, by=sam)
    assert submitting(room, "lena.park") == ["roles_must_stay_apart"]
    opening = queries.may_open(room.extract, lena)
    assert [reason.rule for reason in opening.reasons] == ["opened_already", "roles_must_stay_apart"]


def test_who_is_granted_a_checkers_office_later_works_in_the_room_no_more(room: Workspace) -> None:
    """Nor opens one anew, and who may not open at all is told no more."""
    lena, sam = person("lena.park"), person("sam.reyes")
    for held in lena.roles_held.all():
        agencies.end_role(held=held.pk, by=sam)
    agencies.grant_role(person=lena.pk, role=Role.OUTPUT_CHECKER, agency=None, by=sam)
    assert submitting(room, "lena.park") == ["roles_must_stay_apart"]
    opening = queries.may_open(room.extract, lena)
    assert [reason.rule for reason in opening.reasons] == ["wrong_role"]
