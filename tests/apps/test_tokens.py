"""A program with a token: what its holder may, for the token's agency, once per key, never on an older record."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from apps import requests_way, way
from charteroak.adapters import clock
from charteroak.agencies import actions as agencies
from charteroak.agencies.models import RoleHeld
from charteroak.audit.models import AnonymousRefusals, Event
from charteroak.policy.decision import Refused
from charteroak.policy.roles import Role
from charteroak.requests.models import DataRequest
from charteroak.site import limits, tokens
from charteroak.site.models import Token
from conftest import owner_beside

DAY = date(2026, 9, 8)


@pytest.fixture(autouse=True)
def each_rolled_back(loaded: None, rolled_back: None) -> Iterator[None]:
    with way.day(DAY):
        yield


def made(username: str, **given: Any) -> str:
    wanted = {
        "label": "Ours",
        "agency": None,
        "last_day": DAY + timedelta(days=30),
        "reads_only": False,
        "second_factor": True,
    }
    return tokens.create(by=way.person(username), **wanted | given)[1]


class Program:
    """Another system with a token and no cookie, as strict about forgery as a browser is held to."""

    def __init__(self, words: str) -> None:
        self.client = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {words}"})

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"/api{path}", headers=headers)

    def post(self, path: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(f"/api{path}", body or {}, content_type="application/json", headers=named)


def rules(answer: Any) -> list[str]:
    return [reason["rule"] for reason in answer.json()["reasons"]]


def test_a_program_writes_in_its_holder_s_name() -> None:
    program = Program(made("maya.ortiz"))
    begun = program.post("/requests/start", {"title": "By program"})
    assert begun.status_code == 200
    assert begun.json()["applicant"] == "maya.ortiz"
    assert Event.objects.get(name="requests:data_request:start").by == "maya.ortiz"
    assert begun.json()["actions"]["submit"]["allowed"] is False
    assert "incomplete" in [one["rule"] for one in begun.json()["actions"]["submit"]["reasons"]]
    assert Program("oak_wrong").get("/requests/").status_code == 401
    assert program.client.get("/requests/").status_code == 302  # a token opens no page


def test_a_token_s_words_are_shown_once_and_kept_nowhere() -> None:
    client = Client()
    client.force_login(way.person("ben.cole"))
    form = {"label": "Ours", "agency": "SDE", "last_day": f"{DAY + timedelta(days=9):%Y-%m-%d}"}
    page = client.post("/tokens/create/", form).text
    words = page.split('<code class="hash">')[1].split("<")[0]
    assert Program(words).get("/agencies/people/me").json()
    assert words not in client.get("/tokens/").text
    kept = Token.objects.get()
    assert words not in {str(value) for value in vars(kept).values()}
    assert len(kept.digest) == 64
    assert not any(words in event.text for event in Event.objects.all())


def test_a_token_for_one_agency_holds_no_office_for_another() -> None:
    with owner_beside():
        ben = way.person("ben.cole")
        from charteroak.agencies.models import Agency

        RoleHeld.objects.create(
            person=ben, role=Role.DATA_STEWARD, agency=Agency.objects.get(code="CSC"), since=DAY
        )
    record = requests_way.accepted(requests_way.sent(requests_way.begun()))
    of_sde = Program(made("ben.cole", agency="SDE"))
    permitted = {
        one["agency"]: one["permitted"] for one in of_sde.get(f"/requests/{record.number}").json()["reviews"]
    }
    assert "decide" in permitted["SDE"]
    assert permitted["CSC"] == []
    other = of_sde.post(f"/requests/{record.number}/reviews/CSC/ask", {"text": "Why?"})
    assert other.status_code == 403
    assert rules(other) == ["wrong_role"]
    whole = Program(made("ben.cole"))
    assert whole.post(f"/requests/{record.number}/reviews/CSC/ask", {"text": "Why?"}).status_code == 200


def test_a_token_ends_on_its_day_by_its_holder_s_word_and_with_the_account() -> None:
    words = made("maya.ortiz")
    assert Program(words).get("/requests/").status_code == 200
    record = Token.objects.get()
    tokens.revoke(pk=record.pk, by=way.person("maya.ortiz"))
    assert rules(Program(words).get("/requests/")) == ["wrong_status"]
    again = made("maya.ortiz")
    agencies.close_account(person=way.person("maya.ortiz").pk, by=way.person("sam.reyes"))
    assert "account_closed" in rules(Program(again).get("/requests/"))
    late = made("eve.lang")
    with way.day(DAY + timedelta(days=31)):
        assert rules(Program(late).get("/requests/")) == ["token_expired"]
    told = Event.objects.filter(name="site:token:use:refused")
    assert [event.by for event in told.order_by("index")] == ["maya.ortiz", "maya.ortiz", "eve.lang"]


def test_what_a_token_may_not() -> None:
    reads = Program(made("maya.ortiz", reads_only=True))
    assert reads.get("/requests/").status_code == 200
    assert rules(reads.post("/requests/start", {"title": "No"})) == ["reads_only"]
    writes = Program(made("maya.ortiz"))
    body = {"label": "Another", "last_day": f"{DAY + timedelta(days=9):%Y-%m-%d}"}
    assert rules(writes.post("/tokens/create", body)) == ["made_by_token"]
    with pytest.raises(Refused, match="no office"):
        made("maya.ortiz", agency="SDE")
    with pytest.raises(Refused, match="lasts from 1"):
        made("maya.ortiz", last_day=DAY + timedelta(days=400))
    Program("oak_nobody").get("/requests/")
    assert AnonymousRefusals.objects.get(action="site:token:use", day=clock.today()).count == 1


def test_a_token_that_only_delivers_reads_nothing_not_even_that_a_record_exists() -> None:
    number = requests_way.begun().number
    delivers = Program(made("ben.cole", agency="SDE", delivers_only=True))
    told = set()
    for path in (
        f"/requests/{number}",
        "/requests/none",
        "/submissions/",
        "/submissions/001",
        "/worklist",
        "/none",
    ):
        answer = delivers.get(path)
        assert (answer.status_code, rules(answer)) == (403, ["delivers_only"]), path
        told.add(answer.content)
    for path in (
        "/submissions/001/deliver/x",
        "/submissions/001/register-key",
        "/requests/start",
        "/tokens/create",
    ):
        told.add(delivers.post(path).content)
    told.add(delivers.get("/submissions/001/deliver").content)
    assert len(told) == 1, "whatever is asked for, and whether or not it exists"
    assert delivers.post("/submissions/001/deliver").status_code != 403, "it is past this door"
    client = Client()
    client.force_login(way.person("ben.cole"))
    form = {
        "label": "Mail room",
        "agency": "SDE",
        "may": "deliver",
        "last_day": f"{DAY + timedelta(days=9):%Y-%m-%d}",
    }
    assert "deliver files, and nothing else" in client.post("/tokens/create/", form).text
    made_there = Token.objects.get(label="Mail room")
    assert (made_there.delivers_only, made_there.reads_only) == (True, False)


def test_a_request_that_is_sent_twice_acts_once() -> None:
    program = Program(made("maya.ortiz"))
    first = program.post("/requests/start", {"title": "Once"}, Idempotency_Key="a1")
    second = program.post("/requests/start", {"title": "Once"}, Idempotency_Key="a1")
    assert first.content == second.content
    assert second.headers["Idempotency-Replayed"] == "true"
    assert DataRequest.objects.count() == 1
    other = program.post("/requests/start", {"title": "Other"}, Idempotency_Key="a1")
    assert (other.status_code, rules(other)) == (422, ["key_used_before"])
    somebody = Program(made("eve.lang")).post("/requests/start", {"title": "Once"}, Idempotency_Key="a1")
    assert somebody.json()["applicant"] == "eve.lang"
    assert rules(program.post("/requests/start", {"title": "x"}, Idempotency_Key="k" * 101)) == ["key_unfit"]


def test_an_answer_is_kept_for_the_token_that_asked_and_for_no_other_of_its_holder() -> None:
    one, other = Program(made("maya.ortiz")), Program(made("maya.ortiz", label="Another"))
    first = one.post("/requests/start", {"title": "Once"}, Idempotency_Key="c3")
    second = other.post("/requests/start", {"title": "Once"}, Idempotency_Key="c3")
    assert "Idempotency-Replayed" not in second.headers
    assert first.json()["number"] != second.json()["number"]


def test_a_refusal_is_answered_alike_when_it_is_sent_again() -> None:
    program, number = Program(made("maya.ortiz")), requests_way.begun().number
    first = program.post(f"/requests/{number}/submit", Idempotency_Key="b2")
    again = program.post(f"/requests/{number}/submit", Idempotency_Key="b2")
    assert first.status_code == again.status_code == 403
    assert first.content == again.content


def test_a_write_on_an_older_record_is_refused() -> None:
    number = requests_way.begun().number
    here, program = f"/requests/{number}", Program(made("maya.ortiz"))
    read = program.get(here)
    assert program.get(here, **{"If-None-Match": read.headers["ETag"]}).status_code == 304
    changed = program.post(f"{here}/edit", {"question": "Why?"}, If_Match=read.headers["ETag"])
    assert changed.status_code == 200
    older = program.post(f"{here}/edit", {"question": "How?"}, If_Match=read.headers["ETag"])
    assert (older.status_code, rules(older)) == (412, ["changed_meanwhile"])
    assert DataRequest.objects.get(number=number).question == "Why?"
    newest = older.headers["ETag"]
    assert program.get(here).headers["ETag"] == newest
    assert program.post(f"{here}/edit", {"question": "How?"}, If_Match=newest).status_code == 200
    stranger = Program(made("eve.lang")).post(f"{here}/edit", {"question": "?"}, If_Match=newest)
    assert stranger.status_code == 412
    assert "ETag" not in stranger.headers


def test_a_bucket_empties_and_fills_again_as_time_passes() -> None:
    at = [0.0]
    buckets = limits.Buckets(60, lambda: at[0])
    assert [buckets.take("one")[1] for _ in range(60)] == [0.0] * 60
    assert buckets.take("one")[1] == pytest.approx(1.0)
    assert buckets.take("other") == (59, 0.0)
    at[0] = 2.0
    assert [buckets.take("one")[1] for _ in range(3)] == [0.0, 0.0, pytest.approx(1.0)]


def test_who_asks_too_often_is_told_how_long_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    program = Program(made("maya.ortiz"))
    monkeypatch.setattr(limits, "BUCKETS", limits.Buckets(2, lambda: 0.0))
    assert program.get("/requests/").headers["RateLimit"] == '"asker";r=1'
    program.get("/requests/")
    refused = program.get("/requests/")
    assert (refused.status_code, rules(refused)) == (429, ["asked_too_often"])
    assert refused.headers["Retry-After"] == "31"


def test_the_interface_describes_itself_as_openapi_3_1_with_tokens(client: Client) -> None:
    told = client.get("/api/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    assert told["components"]["securitySchemes"]["token"] == {"type": "http", "scheme": "bearer"}
    assert {"token": []} in told["paths"]["/api/requests/{number}/submit"]["post"]["security"]
    assert "security" not in told["paths"]["/api/agencies/"]["get"]
    assert len(told["paths"]) > 60
