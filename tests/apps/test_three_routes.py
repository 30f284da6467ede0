"""A page, the interface and the command line refuse one act in one sentence, by one rule."""

import html
import json
import re
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import uvicorn
from click.testing import CliRunner, Result
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.test import Client
from django.test.client import MULTIPART_CONTENT

from apps import doors
from apps.test_authorisation import signed_in
from apps.whole_way import ACTORS, Scene, holder
from charteroak.adapters import clock
from charteroak.audit.models import Event
from charteroak.cli.api import api
from charteroak.requests.models import Attachment, DataRequest
from charteroak.site import tokens

AWAY = {"anonymous", "closed"}  # they have no token


@pytest.fixture(scope="module")
def site(at: Scene) -> Iterator[str]:
    """The site as it is served, on a free port of this machine."""
    from charteroak.site.asgi import application

    asked = uvicorn.Config(application, host="127.0.0.1", port=0, log_level="warning", lifespan="off")
    server = uvicorn.Server(asked)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def token_of(at: Scene) -> dict[str, str]:
    return {actor: _token(actor) for actor in ACTORS if actor not in AWAY}


def _token(actor: str) -> str:
    last = clock.today() + timedelta(days=9)
    made = tokens.create(
        by=holder(actor), label="Mine", agency=None, last_day=last, reads_only=False, second_factor=True
    )
    return made[1]


def typed(site: str, token: str, *arguments: str, body: Any = None) -> Result:
    """`oak api …`, with what is sent on standard input; a file and the fields beside it as arguments."""
    line, sent = [*arguments, "--site", site], None
    with TemporaryDirectory() as folder:
        if body is not None and "file" in body:
            line += uploaded(Path(folder), **body)
        elif body is not None:
            line, sent = [*line, "--body", "-"], json.dumps(body)
        return CliRunner().invoke(api, line, input=sent, env={"CHARTEROAK_TOKEN": token})


def uploaded(folder: Path, file: "UploadedFile[Any]", **fields: str) -> list[str]:
    """The arguments that send a file under its own name, as it lies in `folder`."""
    here = folder / str(file.name)
    here.write_bytes(file.read())
    return ["--file", f"file={here}", *(part for one in fields.items() for part in ("-f", "=".join(one)))]


def refusals() -> Iterator[tuple[str, str, str]]:
    """(page, interface, actor): each act that both have, for the first whom each of its rules refuses."""
    acts = [path for method, path in doors.matrix() if method == "POST"]
    pages = {doors.twin(path): path for path in acts if not path.startswith("/api/")}
    for path in acts:
        if path.startswith("/api/") and (page := pages.get(doors.twin(path))):
            cells = doors.matrix()["POST", path]
            first = {outcome: actor for actor, outcome in reversed(cells.items()) if actor not in AWAY}
            yield from ((page, path, actor) for outcome, actor in first.items() if outcome.startswith("403 "))


def test_three_routes_refuse_in_one_sentence(at: Scene, site: str, token_of: dict[str, str]) -> None:
    asked, files, rules = 0, 0, set[str]()
    for page, path, actor in refusals():
        there, here = path.format(**vars(at)), page.format(**vars(at))
        body = doors.sent(at, there)
        as_form = "file" in body
        kind = MULTIPART_CONTENT if as_form else "application/json"
        said = program(token_of[actor]).post(there, body, content_type=kind)
        assert said.status_code == 403, (there, actor, said.content)
        reasons = said.json()["reasons"]
        sentence = " ".join(f"{one['message']} {one['mend'] or ''}".strip() for one in reasons)
        command = typed(site, token_of[actor], there, body=doors.sent(at, there))
        assert (command.exit_code, command.stderr.strip()) == (1, f"Refused: {sentence}"), (there, actor)
        shown = signed_in(actor).post(here, doors.sent(at, here))
        text = plain(html.unescape(shown.text))
        assert shown.status_code == 403, (here, actor)
        assert all(plain(one["message"]) in text for one in reasons), (here, actor, reasons)
        last = [json.loads(one.text)["facts"]["rules"] for one in Event.objects.order_by("-index")[:3]]
        assert last[0] == last[1] == last[2], (here, actor, last)
        asked, files, rules = asked + 1, files + as_form, rules | {one["rule"] for one in reasons}
    assert asked >= 40
    assert files >= 5, "what is uploaded is refused in the same sentence too"
    assert len(rules) >= 6, rules


def program(token: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {token}"})


def plain(text: str) -> str:
    return " ".join(text.split())


def test_what_a_stranger_asks_for_is_not_there_by_any_route(
    at: Scene, site: str, token_of: dict[str, str]
) -> None:
    gone = typed(site, token_of["stranger"], "requests/001")
    none = typed(site, token_of["stranger"], "requests/999")
    assert gone.exit_code == none.exit_code == 1
    assert gone.stderr == none.stderr
    assert gone.stdout == none.stdout == ""


def test_what_the_page_offers_the_command_does_once(at: Scene, site: str, token_of: dict[str, str]) -> None:
    before = DataRequest.objects.count()
    for _twice in range(2):
        done = typed(site, token_of["stranger"], "requests/start", "-f", "title=By a script", "--once", "k1")
        assert done.exit_code == 0, done.stderr
    record = DataRequest.objects.get(title="By a script")
    assert DataRequest.objects.count() == before + 1
    assert record.applicant.username == ACTORS["stranger"]
    read = typed(site, token_of["stranger"], f"requests/{record.number}")
    told = json.loads(read.stdout)
    assert told["actions"]["submit"]["allowed"] is False
    refused = typed(site, token_of["stranger"], f"requests/{record.number}/submit", "--post")
    why = told["actions"]["submit"]["reasons"]
    assert refused.exit_code == 1
    assert all(one["message"] in refused.stderr for one in why)


def test_a_file_that_the_command_uploads_is_the_one_that_page_and_interface_give_back(
    at: Scene, site: str, token_of: dict[str, str]
) -> None:
    token, paper = token_of["stranger"], SimpleUploadedFile("plan.pdf", b"%PDF-1.7 \r\n--edge\r\n\x00\xff")
    started = typed(site, token, "requests/start", "-f", "title=With a paper")
    number = json.loads(started.stdout)["number"]
    sent = typed(site, token, f"requests/{number}/attach", body={"file": paper, "kind": "other_paper"})
    assert sent.exit_code == 0, sent.stderr
    kept = Attachment.objects.get(data_request__number=number)
    assert (kept.name, kept.kind) == ("plan.pdf", "other_paper")
    paper.seek(0)
    read = typed(site, token, f"requests/{number}/papers/{kept.pk}")
    assert read.stdout_bytes == paper.read()
    shown = signed_in("stranger")
    page = shown.get(f"/requests/{number}/")
    [here] = set(re.findall(rf'href="(/requests/{number}/papers/[^"]+)"', page.text))
    assert b"".join(shown.get(here)) == read.stdout_bytes
    other = typed(site, token_of["recipient"], f"requests/{number}/papers/{kept.pk}")
    assert (other.exit_code, other.stdout) == (1, "")


def test_what_is_missing_in_what_was_sent_is_named(site: str, token_of: dict[str, str]) -> None:
    wrong = typed(site, token_of["stranger"], "requests/start", "--post")
    assert wrong.exit_code == 1
    assert "title" in wrong.stderr


def test_addresses_are_found_by_a_word(site: str, token_of: dict[str, str]) -> None:
    found = typed(site, token_of["stranger"], "--find", "decide")
    assert "POST  requests/{number}/reviews/{agency}/decide" in found.stdout
