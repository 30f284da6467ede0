"""A request with many files: its pages read as little as one with few, and a checker votes a page at a time."""

import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps import crowd, outputs_way, way
from apps.hub_way import DAY, AsProcess
from apps.outputs_way import CHECKERS, MAYA, left
from apps.way import person
from charteroak.outputs.models import FileVote, ReleaseRequest, Review
from charteroak.outputs.pages import FILES
from conftest import owner_beside

HERE = "/outputs/001-1/"


@pytest.fixture(autouse=True)
def on_the_day(live_database: None) -> Iterator[None]:
    with way.day(DAY):
        yield


@pytest.fixture
def record(on_the_day: None, as_process: AsProcess) -> ReleaseRequest:
    job = left(outputs_way.workspace(as_process), {"table.csv": b"year,people\n2019,120\n"})
    return outputs_way.requested(job)


def grown(record: ReleaseRequest, files: int) -> None:
    with owner_beside():
        crowd.of_files(record, files)


def signed_in(username: str) -> Client:
    client = Client()
    client.force_login(person(username))
    return client


def reads(client: Client, path: str) -> tuple[int, int]:
    """Queries, and bytes of the page."""
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(path)
    assert answer.status_code == 200
    return len(seen), len(answer.content)


def test_a_page_reads_as_often_for_a_hundred_files_as_for_ten_and_grows_no_longer(
    record: ReleaseRequest, as_process: AsProcess
) -> None:
    places = dict.fromkeys((MAYA, *CHECKERS), (HERE, "/outputs/", "/"))
    clients = {who: signed_in(who) for who in places}
    for status in ("draft", "checked"):
        if status == "checked":
            outputs_way.judged(as_process, record)
            outputs_way.vote(record, CHECKERS[0])
        found = []
        for files in (10, 100, 300):
            grown(record, files)
            found.append(
                {(who, at): reads(clients[who], at) for who, paths in places.items() for at in paths}
            )
        queries = [{page: count for page, (count, _) in one.items()} for one in found]
        assert queries[0] == queries[1] == queries[2]
        full, many = found[1:]  # a page is full at 25
        longer = {
            page: (full[page][1], size) for page, (_, size) in many.items() if size > full[page][1] + 500
        }
        assert not longer
        with owner_beside():
            record.files.filter(name__startswith="table-").delete()


def ballots(page: str) -> dict[str, str]:
    """The form as a checker who approves every file of the page sends it."""
    hidden = dict(re.findall(r'name="(sha256-\d+)" value="([0-9a-f]+)"', page))
    files = [name.removeprefix("sha256-") for name in hidden]
    return hidden | {f"vote-{file}": "approve" for file in files} | {f"comment-{file}": "" for file in files}


def form_of(page: str) -> str:
    found = re.search(r'<form id="action-review"[^>]* action="([^"]+)"', page)
    assert found, page
    return found[1]


def test_a_checker_votes_page_by_page_and_the_votes_count_once_all_are_cast(
    record: ReleaseRequest, as_process: AsProcess
) -> None:
    grown(record, 2 * FILES + 3)
    outputs_way.judged(as_process, record)
    client, other = map(signed_in, CHECKERS)
    page = client.get(HERE).text
    assert "Keep these votes and go on" in page
    sent = client.post(form_of(page), ballots(page))
    assert sent.headers["Location"] == f"{HERE}?files=2#action-review"
    assert not Review.objects.exists(), "kept, not cast"
    assert f"{FILES} of {2 * FILES + 3} votes are kept" not in other.get(HERE).text, "nobody else's business"
    last = client.get(f"{HERE}?files=3").text
    assert client.post(form_of(last), ballots(last)).headers["Location"].startswith(f"{HERE}?files=2#")
    page = client.get(f"{HERE}?files=2").text
    assert "Cast these votes" in page
    asked = ballots(page)
    first = next(name for name in asked if name.startswith("vote-"))
    asked[first] = "change"
    assert client.post(form_of(page), asked).status_code == 403, "a change is asked for with a reason"
    asked[first.replace("vote", "comment")] = "Round it."
    assert client.post(form_of(page), asked).status_code == 302
    assert Review.objects.count() == 1
    assert FileVote.objects.filter(vote="approve").count() == 2 * FILES + 2
    assert "votes are kept" not in client.get(HERE).text


def test_a_vote_kept_before_the_bytes_changed_is_asked_for_again(
    record: ReleaseRequest, as_process: AsProcess
) -> None:
    grown(record, FILES + 1)
    outputs_way.judged(as_process, record)
    client = signed_in(CHECKERS[0])
    page = client.get(HERE).text
    client.post(form_of(page), ballots(page))
    assert client.get(HERE).text.count("checked") > FILES // 2, "what was kept is filled in"
    changed = record.files.order_by("name")[0]
    with owner_beside():
        record.files.filter(pk=changed.pk).update(sha256="f" * 64)
    again = client.get(HERE).text
    assert not re.search(rf'name="vote-{changed.pk}"[^>]*checked', again)
    rest = client.get(f"{HERE}?files=2").text
    assert client.post(form_of(rest), ballots(rest)).status_code == 403
    assert not Review.objects.exists(), "never on bytes that were not looked at"


def test_who_may_not_review_is_told_before_the_last_page(
    record: ReleaseRequest, as_process: AsProcess
) -> None:
    grown(record, FILES + 1)
    outputs_way.judged(as_process, record)
    client = signed_in(MAYA)
    page = signed_in(CHECKERS[0]).get(HERE).text
    assert client.post(form_of(page), ballots(page)).status_code == 403
