"""Every link on everyone's own first page, and on the pages it leads to, leads somewhere: page and place on it."""

import re

import pytest
from django.test import Client

from apps import way
from apps.hub_way import NUMBER
from apps.whole_way import ACTORS, Scene

LINK = re.compile(r'<a [^>]*?href="(/[^"]*|#[^"]*)"')
ELSEWHERE = re.compile(r"/static/|/released/|/log/")  # files, which other tests fetch


@pytest.mark.parametrize("actor", [actor for actor in ACTORS if actor != "closed"])
def test_every_link_on_the_first_page_and_behind_it_leads_somewhere(at: Scene, actor: str) -> None:
    client = Client()
    if username := ACTORS[actor]:
        client.force_login(way.person(username))
    read: dict[str, tuple[int, str]] = {}

    def status_and_text(path: str) -> tuple[int, str]:
        if path not in read:
            answer = client.get(path, follow=True)
            html = "text/html" in answer.headers.get("Content-Type", "")
            read[path] = answer.status_code, answer.text if html else ""
        return read[path]

    firsts = LINK.findall(status_and_text("/")[1])
    assert len(firsts) > 8
    dead = []
    for page in dict.fromkeys(["/", *(link.partition("#")[0] or "/" for link in firsts)]):
        for link in LINK.findall(status_and_text(page)[1]):
            path, _, place = link.partition("#")
            if ELSEWHERE.search(path):
                continue
            status, text = status_and_text(path or page)
            if status not in (200, 503) or (place and f'id="{place}"' not in text):
                dead.append(f"{page} → {link} ({status})")
    assert not dead, "\n".join(dead)


def test_what_a_person_finished_says_when_and_leaves_mere_looking_out(at: Scene) -> None:
    client = Client()
    client.force_login(way.person("ben.cole"))
    page = client.get("/").text
    finished = page.partition('id="finished"')[2]
    assert f'href="/submissions/{NUMBER}/#delivery-' in finished
    assert re.search(r"you, on [A-Z][a-z]+ \d+, 20\d\d", finished)
    assert "you:" not in page


def test_an_own_workspace_says_what_to_do_in_it_and_a_reader_without_tasks_where_to_read(at: Scene) -> None:
    maya, dunn = Client(), Client()
    maya.force_login(way.person("maya.ortiz"))
    dunn.force_login(way.person("rep.dunn"))
    assert f"Workspace {NUMBER}: analyze, and take results out" in maya.get("/").text
    assert "no task here" in dunn.get("/").text
    assert 'href="/register/">public register' in dunn.get("/").text
