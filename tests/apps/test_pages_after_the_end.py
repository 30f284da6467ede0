"""An agreement has ended early: every page and every worklist says so, and whose turn it is now."""

from collections.abc import Iterator

import pytest
from django.test import Client

from apps import outputs_way, way
from apps.hub_way import DAY, NUMBER, AsProcess
from apps.outputs_way import MAYA
from apps.way import person
from charteroak.agencies.worklist import Item, Turn
from charteroak.agreements import actions as agreements
from charteroak.agreements.models import Agreement
from charteroak.board.models import Meeting
from charteroak.site.work import work_of


@pytest.fixture
def ended(live_database: None, as_process: AsProcess) -> Iterator[Agreement]:
    with way.day(DAY):
        outputs_way.workspace(as_process)
        agreements.terminate(pk=Agreement.objects.get().pk, by=person("sam.reyes"), because="breach")
        yield Agreement.objects.get()


def turns(username: str, turn: Turn) -> list[Item]:
    return [item for item in work_of(person(username)) if item.state is turn]


def test_the_workspace_leads_with_why_it_is_shut(ended: Agreement, client: Client) -> None:
    client.force_login(person(MAYA))
    page = client.get(f"/workspaces/{NUMBER}/").text
    assert "This workspace is shut" in page
    assert "agreement_ended" in page
    assert "2027" not in page.partition("What is inside")[0].partition("<h1>")[2].replace(
        f"{ended.ended_on:%Y}", ""
    )
    said = client.get(f"/api/workspaces/{NUMBER}").json()
    assert [reason["rule"] for reason in said["shut"]] == ["agreement_ended"]
    assert said["ends_on"] == f"{ended.ended_on}"
    assert client.get(f"/register/{NUMBER}.json").json()["clock"]["agreement_ends_on"] == f"{ended.ended_on}"


def test_the_turn_goes_to_those_who_wind_it_up(ended: Agreement, client: Client) -> None:
    assert not turns(MAYA, Turn.YOURS)
    assert [item.href for item in turns("sam.reyes", Turn.YOURS)] == [ended.get_absolute_url()]
    due = ended.duties.filter(done_at__isnull=True, due_on__isnull=False).earliest("due_on").due_on
    client.force_login(person("sam.reyes"))
    page = client.get(ended.get_absolute_url()).text.partition("The text")[0]
    assert f"{due:%Y-%m-%d}" in page
    assert f"{ended.ends_on:%Y-%m-%d}" not in page
    assert [item.href for item in turns("kim.tran", Turn.YOURS) if "workspaces" in item.href] == [
        f"/workspaces/{NUMBER}/"
    ]


def test_what_people_did_stays_on_their_list(ended: Agreement, client: Client) -> None:
    client.force_login(person("ben.cole"))
    page = client.get("/").text
    assert "Nothing has finished yet" not in page
    assert f"/agreements/{NUMBER}/" in page or f"/requests/{NUMBER}/" in page


@pytest.mark.parametrize("username", ["kim.tran", "ida.moss", "noor.haddad", "rep.dunn", "ben.cole"])
def test_no_page_of_the_board_links_to_a_request_that_the_reader_may_not_open(
    ended: Agreement, client: Client, username: str
) -> None:
    client.force_login(person(username))
    page = client.get(Meeting.objects.latest("starts_at").get_absolute_url()).text
    linked = f"/requests/{NUMBER}/" if username == "ben.cole" else f"/register/{NUMBER}/"
    assert f'href="{linked}"' in page
    assert client.get(linked).status_code == 200
