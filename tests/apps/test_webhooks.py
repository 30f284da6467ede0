"""News to other systems: signed, in order, again until taken, and only of what its holder may see."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from standardwebhooks import Webhook as Receiver

from apps import requests_way, way
from apps.webhooks_way import System, again, sent, subscribed
from charteroak.adapters import clock, webhooks
from charteroak.agencies import actions as agencies
from charteroak.agencies.models import Agency
from charteroak.audit.models import Event
from charteroak.policy.decision import Refused
from charteroak.site import webhooks as news
from charteroak.site.models import Webhook

Connected = Callable[[str], AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def _people(live_database: None, as_process: Connected) -> None:
    """What is sent is sent by the process `post`, which sees only what others have committed."""
    with as_process("owner"):
        way.load()


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


def test_one_that_takes_long_leaves_the_rest_for_its_next_turn(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, _secret = subscribed("sam.reyes", system.url)
    requests_way.sent(requests_way.begun())
    monkeypatch.setattr(news, "TURN", 0.0)
    time, wait = iter([0.0, 0.0, 0.0, 0.0, 9.0]), 9.0
    monkeypatch.setattr(news, "monotonic", lambda: next(time, wait))
    before = clock.real_now()
    assert sent() == 1  # begun in time; the second is not
    made.refresh_from_db()
    assert made.next_attempt_at >= before, "whoever waited longer comes first now"
    assert made.next_index == system.told[0]["data"]["event"] + 1
    monkeypatch.undo()
    monkeypatch.setenv("CHARTEROAK_WEBHOOK_LOOPBACK", "1")
    assert again() >= 1
    indexes = [one["data"]["event"] for one in system.told]
    assert indexes == sorted(set(indexes))


def test_a_fault_with_one_is_not_the_others_and_is_logged_without_its_words(
    system: System, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken, _secret = subscribed("sam.reyes", "http://127.0.0.1:1/")
    subscribed("sam.reyes", system.url)
    requests_way.begun()
    send = webhooks.send

    def faulty(url: str, **known: Any) -> None:
        if url == broken.url:
            raise RuntimeError("about Sam Reyes")
        send(url, **known)

    monkeypatch.setattr(webhooks, "send", faulty)
    assert sent() >= 1
    broken.refresh_from_db()
    assert (broken.status, broken.attempts, broken.failure) == ("active", 1, "unexpected")
    assert broken.next_attempt_at > clock.real_now()
    assert "RuntimeError" in caplog.text
    assert "Sam Reyes" not in caplog.text


def test_its_row_is_free_while_its_receiver_is_talked_to(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, _secret = subscribed("sam.reyes", system.url)
    requests_way.begun()
    locked: list[bool] = []
    monkeypatch.setattr(webhooks, "send", lambda *_, **__: locked.append(connection.in_atomic_block))
    assert sent() == len(locked) >= 1
    assert not any(locked)
    made.refresh_from_db()
    assert made.failure == ""


def test_a_token_for_one_agency_neither_sees_nor_ends_another_s(system: System) -> None:
    theirs, _secret = subscribed("ben.cole", system.url, "SDE")
    every, _secret = subscribed("ben.cole", system.url)
    ben = way.person("ben.cole")
    assert set(news.visible_to(ben)) == {theirs, every}
    ben.within = Agency.objects.get(code="SDE")
    assert list(news.visible_to(ben)) == [theirs]
    ben.within = Agency.objects.get(code="DOL")
    assert list(news.visible_to(ben)) == []
    with pytest.raises(Refused):
        news.end(pk=theirs.pk, by=ben)
    theirs.refresh_from_db()
    assert theirs.status == "active"


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
