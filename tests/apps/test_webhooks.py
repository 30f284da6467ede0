"""News to other systems: signed, in order, again until taken, and only of what its holder may see."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from standardwebhooks import Webhook as Receiver

from apps import requests_way, way
from charteroak.adapters import clock, webhooks
from charteroak.agencies import actions as agencies
from charteroak.audit.models import Event
from charteroak.policy.decision import Refused
from charteroak.site import webhooks as news
from charteroak.site.models import Webhook
from conftest import connection_as

Connected = Callable[[str], AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def _people(live_database: None, as_process: Connected) -> None:
    """What is sent is sent by the process `post`, which sees only what others have committed."""
    with as_process("owner"):
        way.load()


class System:
    """A receiver on this machine: keeps what comes, answers as it is told."""

    def __init__(self) -> None:
        self.taken: list[tuple[dict[str, str], str]] = []
        self.answers = 204
        kept = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                kept.taken.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(kept.answers)
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing on the terminal of a test."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/news"

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _headers, body in self.taken]


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    monkeypatch.setenv("CHARTEROAK_WEBHOOK_LOOPBACK", "1")
    made = System()
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def subscribed(username: str, url: str, agency: str | None = None) -> tuple[Webhook, str]:
    return news.create(by=way.person(username), label="Ours", url=url, agency=agency)


def sent() -> int:
    with connection_as("post"):
        return news.send_waiting()


def again() -> int:
    """The next try, however long the pause is."""
    with connection_as("post"):
        Webhook.objects.update(next_attempt_at=clock.real_now() - timedelta(seconds=1))
        return news.send_waiting()


def test_news_is_signed_and_names_record_and_event_and_nobody(system: System) -> None:
    _made, secret = subscribed("sam.reyes", system.url)
    record = requests_way.begun()
    sent()
    headers, body = system.taken[0]
    assert Receiver(secret).verify(body, headers) == json.loads(body)
    event = Event.objects.filter(name="requests:data_request:start").latest("index")
    assert system.told[0]["type"] == "requests.data_request.start"
    assert system.told[0]["data"] == {
        "event": event.index, "number": record.number, "address": f"/requests/{record.number}/",
    }  # fmt: skip
    assert headers["webhook-id"] == f"event-{event.index}"
    said = " ".join(body for _headers, body in system.taken)
    assert record.applicant.username not in said
    assert record.applicant.name not in said
    assert record.title not in said


def test_what_is_taken_is_sent_once_and_in_order(system: System) -> None:
    subscribed("sam.reyes", system.url)
    requests_way.sent(requests_way.begun())
    first = sent()
    assert first == len(system.taken) > 1
    indexes = [one["data"]["event"] for one in system.told]
    assert indexes == sorted(indexes)
    assert again() == 0
    assert len(system.taken) == first


def test_a_receiver_that_fails_is_asked_again_later_and_nothing_is_skipped(system: System) -> None:
    made, _secret = subscribed("sam.reyes", system.url)
    requests_way.begun()
    system.answers = 500
    assert sent() == 0
    made.refresh_from_db()
    assert (made.attempts, made.failure) == (1, "status_500")
    assert made.next_attempt_at > clock.real_now()
    assert sent() == 0
    assert len(system.taken) == 1  # its pause is not over
    again()
    made.refresh_from_db()
    pause = made.next_attempt_at - clock.real_now()
    assert pause > news.FIRST_PAUSE * 2
    system.answers = 204
    assert again() >= 1
    assert [one["data"]["event"] for one in system.told][:3] == [system.told[0]["data"]["event"]] * 3


def test_after_many_failures_it_stops_until_its_holder_resumes_it(system: System) -> None:
    made, _secret = subscribed("sam.reyes", system.url)
    requests_way.begun()
    system.answers = 404
    for _try in range(news.ATTEMPTS):
        again()
    made.refresh_from_db()
    assert made.status == "stopped"
    system.answers = 200
    assert again() == 0
    news.resume(pk=made.pk, by=way.person("sam.reyes"))
    assert again() >= 1


def test_a_redirect_is_not_followed(system: System) -> None:
    made, _secret = subscribed("sam.reyes", system.url)
    requests_way.begun()
    system.answers = 307
    sent()
    made.refresh_from_db()
    assert made.failure == "status_307"


def test_a_stranger_s_webhook_hears_nothing_of_others(system: System) -> None:
    subscribed("lou.grant", system.url)
    requests_way.begun()
    assert sent() == 0
    assert system.taken == []


def test_one_for_an_agency_hears_what_that_office_may_see(system: System) -> None:
    subscribed("ben.cole", system.url, "SDE")
    record = requests_way.accepted(requests_way.sent(requests_way.begun()))
    assert sent() >= 1
    assert {one["data"]["number"] for one in system.told} == {record.number}
    with pytest.raises(Refused) as refused:
        subscribed("ben.cole", system.url, "DOL")
    assert [reason.rule for reason in refused.value.reasons] == ["no_office_there"]


def test_it_ends_with_its_holder_s_access(system: System) -> None:
    made, _secret = subscribed("ben.cole", system.url)
    requests_way.begun()
    agencies.close_account(person=way.person("ben.cole").pk, by=way.person("sam.reyes"))
    assert sent() == 0
    made.refresh_from_db()
    assert (made.status, made.failure, system.taken) == ("stopped", "access_ended", [])


def test_page_and_program_make_end_and_refuse_alike(system: System) -> None:
    client = Client()
    client.force_login(way.person("sam.reyes"))
    page = client.post("/webhooks/create/", {"label": "Ours", "url": system.url})
    assert "whsec_" in page.text
    assert "whsec_" not in client.get("/webhooks/").text
    made = Webhook.objects.get()
    assert client.get("/api/webhooks/").json()["webhooks"][0]["id"] == made.pk
    refused = client.post(
        "/api/webhooks/create", {"label": "x", "url": "http://a.b/"}, content_type="application/json"
    )
    assert refused.json()["reasons"][0]["rule"] == "address_refused"
    other = Client()
    other.force_login(way.person("ben.cole"))
    assert other.post(f"/webhooks/{made.pk}/end/").status_code == 404
    assert client.post(f"/webhooks/{made.pk}/end/").status_code == 302
    requests_way.begun()
    assert sent() == 0


def test_the_guide_shows_what_is_sent(system: System) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text("utf-8")
    shown = json.loads(guide.partition("```json\n")[2].partition("```")[0])
    subscribed("sam.reyes", system.url)
    requests_way.begun()
    sent()
    assert shown.keys() == system.told[0].keys()
    assert shown["data"].keys() == system.told[0]["data"].keys()


@pytest.fixture
def dripping() -> Iterator[str]:
    """A system that begins its answer and never ends it: a letter each time before patience with one step is over."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            said, _from = server.accept()
            with said:
                while not over.wait(0.02):
                    try:
                        said.sendall(b"H")
                    except OSError:
                        return

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        over.set()
        thread.join()


def test_an_answer_that_trickles_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, dripping: str) -> None:
    monkeypatch.setenv("CHARTEROAK_WEBHOOK_LOOPBACK", "1")
    monkeypatch.setattr(webhooks, "PATIENCE", 0.3)
    failed: list[str] = []

    def send() -> None:
        try:
            webhooks.send(dripping, secret="whsec_AAAA", name="1", body="{}", at=clock.real_now())
        except webhooks.NotDelivered as why:
            failed.append(str(why.__cause__.__class__.__name__))

    sending = threading.Thread(target=send, daemon=True)
    sending.start()
    sending.join(60)
    assert failed == ["TimeoutError"]
