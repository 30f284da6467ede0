"""A checker's screen: a file beside what made it, what left before, what is suppressed; the vote, and the next file."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps import outputs_way
from apps.hub_way import NUMBER, AsProcess, worker
from apps.outputs_way import MAYA, left, requested
from apps.way import STEWARDS, person
from charteroak.adapters.environment import Process
from charteroak.audit.models import Event
from charteroak.outputs import queries
from charteroak.outputs.models import FileVote, ReleaseRequest, Review
from charteroak.policy.decision import Decision
from charteroak.workspaces.models import Workspace

IDA = "ida.moss"
TOWNS = b"town,cte,people,suppressed\nAsh,0,40,\nAsh,1,,primary\nElm,0,,complementary\nElm,1,31,\n"
pytestmark = pytest.mark.usefixtures("on_the_day")


@pytest.fixture
def record(room: Workspace, as_process: AsProcess) -> ReleaseRequest:
    files = {"a.csv": TOWNS, "b.csv": b"year,people\n2019,120\n", "c.txt": b"Counts of graduates."}
    return outputs_way.judged(as_process, requested(left(room, files)))


@pytest.fixture
def ida(client: Client) -> Client:
    client.force_login(person(IDA))
    return client


def page(client: Client, record: ReleaseRequest, name: str) -> str:
    with worker(Process.OUTPUTS):
        found = client.get(address(record, name))
    assert found.status_code == 200
    return found.text


def address(record: ReleaseRequest, name: str) -> str:
    return f"/outputs/{record.number}/files/{record.files.get(name=name).pk}/"


def vote(client: Client, record: ReleaseRequest, name: str, vote: str, comment: str = "", **said: str) -> str:
    """Where the vote leads."""
    body = {"vote": vote, "comment": comment, "sha256": record.files.get(name=name).sha256, **said}
    answer = client.post(f"{address(record, name)}vote/", body, headers={"Accept": "application/json"})
    if answer.status_code == 403:
        return " ".join(one["rule"] for one in answer.json()["reasons"])
    return answer.headers["Location"]


def test_the_code_that_made_a_file_is_beside_it(record: ReleaseRequest, ida: Client) -> None:
    job = record.files.get(name="a.csv").output.job
    shown = page(ida, record, "a.csv")
    assert f'href="{job.get_absolute_url()}"' in shown
    assert re.search(r'<pre tabindex="0" class="code">pass</pre>', shown)
    ida.force_login(person(STEWARDS["SDE"]))  # who clears it reads the code too, and has no way to the job
    shown = page(ida, record, "a.csv")
    assert '<pre tabindex="0" class="code">pass</pre>' in shown
    assert job.get_absolute_url() not in shown
    assert 'id="action-approve-file"' not in shown


def test_what_is_suppressed_is_seen_as_a_pattern(record: ReleaseRequest, ida: Client) -> None:
    shown = page(ida, record, "a.csv")
    states = re.findall(r'<g transform="translate\((\d+) (\d+)\)" data-state="(\w*)"><title>([^<]*)', shown)
    assert states == [
        ("0", "0", "", "Ash, 0"),
        ("14", "0", "primary", "Ash, 1"),
        ("0", "14", "complementary", "Elm, 0"),
        ("14", "14", "", "Elm, 1"),
    ]
    assert "pattern__picture" not in page(ida, record, "b.csv")


def test_what_has_left_of_the_same_people_is_beside_it_too(
    record: ReleaseRequest, room: Workspace, ida: Client, as_process: AsProcess
) -> None:
    assert "Nothing of this project has left yet." in page(ida, record, "a.csv")
    outputs_way.approved(outputs_way.cleared(outputs_way.reviewed(record)))
    outputs_way.released(as_process, record)
    later = outputs_way.judged(as_process, requested(left(room, {"more.csv": b"year,people\n2020,121\n"})))
    shown = page(ida, later, "more.csv")
    for one in record.files.all():
        assert f'<a href="{address(record, one.name)}">{one.name}</a> Counts.' in shown
    assert "Nothing of this project has left yet." not in shown


def test_a_vote_on_the_screen_goes_on_to_the_next_file_and_the_last_casts_them_all(
    record: ReleaseRequest, ida: Client
) -> None:
    assert f'href="{address(record, "b.csv")}" rel="next"' in page(ida, record, "a.csv")
    assert vote(ida, record, "b.csv", "approve") == address(record, "c.txt")
    assert vote(ida, record, "c.txt", "change", "Say which graduates.") == address(record, "a.csv")
    assert not Review.objects.exists(), "nothing counts before all are in"
    assert "So far:" in page(ida, record, "b.csv")
    assert "Approve and cast all votes" in page(ida, record, "a.csv")
    assert vote(ida, record, "a.csv", "approve") == record.get_absolute_url()
    cast = {one.file.name: (one.vote, one.comment) for one in FileVote.objects.all()}
    said = ("change", "Say which graduates.")
    assert cast == {"a.csv": ("approve", ""), "b.csv": ("approve", ""), "c.txt": said}
    assert Event.objects.filter(name="outputs:release_request:review", by=IDA).count() == 1
    assert vote(ida, record, "a.csv", "approve") == "reviewed_already"


def test_a_vote_on_the_screen_keeps_to_the_rules(record: ReleaseRequest, client: Client, ida: Client) -> None:
    assert vote(ida, record, "a.csv", "change", "  ") == "comment_missing"
    assert vote(ida, record, "a.csv", "perhaps") == "votes_missing"
    assert vote(ida, record, "a.csv", "approve", sha256="0" * 64) == "bytes_differ"
    client.force_login(person(MAYA))
    assert vote(client, record, "a.csv", "approve") == "wrong_role"
    assert not Review.objects.exists()


def test_the_screen_offers_the_vote_to_whom_the_request_does_and_asks_nothing_of_its_files(
    record: ReleaseRequest,
) -> None:
    people = (IDA, "al.pike", MAYA, STEWARDS["SDE"], "eve.lang", "noor.haddad")

    def offered() -> list[Decision | None]:
        found = ReleaseRequest.objects.get(pk=record.pk)
        said = [queries.review_offered(found, person(who)) for who in people]
        whole = [queries.decisions(found, person(who)).get("review") for who in people]
        assert said == whole
        return said

    assert [bool(one) for one in offered()[:3]] == [True, True, False]
    with CaptureQueriesContext(connection) as seen:
        queries.review_offered(record, person(IDA))
    with CaptureQueriesContext(connection) as whole:
        queries.decisions(record, person(IDA))
    assert not [one["sql"] for one in seen if "outputs_outputfile" in one["sql"]]
    assert len(seen) < len(whole)
    outputs_way.vote(record, IDA)
    assert [bool(one) for one in offered()[:2]] == [False, True], "reviewed already"
    outputs_way.vote(record, "al.pike")
    assert offered() == [None] * len(people), "the agencies' turn"


def test_other_projects_of_the_same_agencies_are_named_to_who_sees_them(
    record: ReleaseRequest, room: Workspace, as_process: AsProcess
) -> None:
    from charteroak.outputs import beside

    outputs_way.approved(outputs_way.cleared(outputs_way.reviewed(record)))
    outputs_way.released(as_process, record)
    assert beside.of_the_same_agencies(record, person(IDA)) == [], "its own project stands above"
    other = ReleaseRequest(workspace=Workspace(pk=0, agreement=room.agreement), number=f"{NUMBER}-9")
    assert beside.of_the_same_agencies(other, person(IDA)) == [record]
    assert beside.of_the_same_agencies(other, person("eve.lang")) == []
