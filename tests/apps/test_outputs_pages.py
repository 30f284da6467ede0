"""The pages of release requests and the register: each person finds their own form, a stranger finds nothing."""

from collections.abc import Iterator

import pytest
from django.test import Client

from apps import outputs_way, way
from apps.hub_way import DAY, NUMBER, AsProcess
from apps.outputs_way import CHECKERS, MAYA, left
from apps.way import STEWARDS, person
from charteroak.audit.models import Event
from charteroak.outputs.models import ReleaseRequest
from charteroak.workspaces.models import Workspace

HERE = "/outputs/001-1/"


@pytest.fixture(autouse=True)
def on_the_day(live_database: None) -> Iterator[None]:
    with way.day(DAY):
        yield


@pytest.fixture
def room(on_the_day: None, as_process: AsProcess) -> Workspace:
    return outputs_way.workspace(as_process)


def sees(client: Client, username: str, path: str = HERE) -> str:
    client.force_login(person(username))
    return client.get(path).text


def test_a_release_request_goes_through_the_pages(
    room: Workspace, client: Client, as_process: AsProcess
) -> None:
    job = left(room, {"flow.csv": b"year,people\n2019,120\n"})
    assert 'id="action-request-release"' in sees(client, MAYA, f"/workspaces/{NUMBER}/")
    assert client.post(f"/outputs/start/{NUMBER}/").headers["Location"] == HERE
    output = {
        "output": job.outputs.get().pk,
        "context": "Classes.",
        "controls": "None needed.",
        "kinds": ["count"],
    }
    assert client.post(f"{HERE}add-file/", {"output": ""}).status_code == 400
    assert client.post(f"{HERE}add-file/", output | {"kinds": ["tally"]}).status_code == 400
    client.post(f"{HERE}add-file/", output)
    assert "flow.csv (whom it counts)" in client.post(f"{HERE}submit/").text
    client.post(f"{HERE}add-file/", output | {"population": "Graduates of 2019."})
    page = sees(client, MAYA)
    assert "Classes." in page
    assert "Graduates of 2019." in page
    record = ReleaseRequest.objects.get()
    outputs_way.judged(as_process, record)
    file = record.files.get()
    assert 'id="action-review"' not in sees(client, MAYA)
    assert client.post(f"{HERE}review/", {}).status_code == 403, "not 400: who may not is told that first"
    for checker in CHECKERS:
        page = sees(client, checker)
        assert f'name="vote-{file.pk}"' in page
        assert file.sha256 in page
        votes = {f"vote-{file.pk}": "approve", f"sha256-{file.pk}": file.sha256, f"comment-{file.pk}": ""}
        assert client.post(f"{HERE}review/", votes).status_code == 302
    for code, steward in STEWARDS.items():
        page = sees(client, steward)
        assert f'id="action-clear-{code}"' in page
        assert page.count('id="action-clear-') == 1
        client.post(f"{HERE}clear/{code}/")
    page = sees(client, "june.fisher")
    assert "Days left of the publication preview" in page
    assert 'id="action-approve"' not in page
    refused = client.post(f"{HERE}approve/")
    assert refused.status_code == 403
    assert Event.objects.filter(name="outputs:approve:refused", by="june.fisher").exists()
    said = client.get("/api/outputs/001-1").json()
    assert (said["status"], said["files"][0]["verdict"]) == ("in_preview", "pass")


@pytest.mark.parametrize("path", [HERE, f"{HERE}trace/", "/api/outputs/001-1", "/api/outputs/001-1/trace"])
def test_a_stranger_finds_nothing(room: Workspace, client: Client, path: str) -> None:
    outputs_way.requested(left(room, {"flow.csv": b"a\n1\n"}))
    client.force_login(person("eve.lang"))
    assert client.get(path).status_code == 404


def test_the_register_tells_the_public_what_is_public_and_nothing_else(
    room: Workspace, client: Client, as_process: AsProcess
) -> None:
    outputs_way.judged(as_process, outputs_way.requested(left(room, {"flow.csv": b"a\n1\n"})))
    listed = client.get("/register/").text
    assert "CTE and earnings" in listed
    page = client.get(f"/register/{NUMBER}/").text
    for said in (
        "Evaluation of Perkins V.",
        "Free or reduced-price meals",
        "Safe people",
        "Agreement signed by every party",
    ):
        assert said in page
    for kept in ("flow.csv", "maya.ortiz", "ben.cole", "Maya Ortiz"):
        assert kept not in page
    found = client.get(f"/register/{NUMBER}.json").json()
    assert found["agencies"] == sorted(found["agencies"])
    assert found["releases"] == []
    assert [one["number"] for one in client.get("/register/projects.json").json()["projects"]] == [NUMBER]
    assert (
        client.get("/register/projects.csv")
        .text.splitlines()[1]
        .startswith(f"{NUMBER},CTE and earnings,approved")
    )
    assert client.get(f"/register/{NUMBER}/001-1/flow.csv").status_code == 404


def test_a_request_that_is_still_a_draft_is_not_on_the_register(
    client: Client, as_process: AsProcess
) -> None:
    with as_process("owner"):
        way.load()
    way.filled_in()
    assert "CTE and earnings" not in client.get("/register/").text
    assert client.get(f"/register/{NUMBER}/").status_code == 404


def test_only_an_auditor_reads_the_log(room: Workspace, client: Client) -> None:
    opened = Event.objects.get(name="workspaces:workspace:open")
    for address in ("/audit/", "/audit/export/", f"/audit/records/{opened.subject}/", "/api/audit/size"):
        assert client.get(address).status_code in (302, 401)
        client.force_login(person("sam.reyes"))
        assert client.get(address).status_code == 403
        client.logout()
    client.force_login(person("pat.lee"))
    assert client.get("/api/audit/size").json()["events"] == Event.objects.count()
    asked = {"name": "workspaces:", "by": "kim.tran", "day": f"{opened.domain_at:%Y-%m-%d}"}
    page = client.get("/audit/", asked).text
    assert "workspaces:workspace:open" in page
    assert "agreements:agreement:sign" not in page
    unread = client.get("/audit/", {"day": "yesterday"})
    assert unread.status_code == 200
    assert "Nothing here fits" in unread.text
    assert "workspaces:workspace:open" not in unread.text
    assert str(opened.index) in client.get(f"/audit/records/{opened.subject}/").text
    assert client.get("/audit/records/nothing:1/").status_code == 404
    assert client.get("/audit/export/").status_code == 503  # the notary has not signed yet


def test_an_auditor_takes_the_log_away_and_verifies_it(
    room: Workspace, client: Client, as_process: AsProcess
) -> None:
    import io

    from charteroak.adapters.environment import home
    from charteroak.audit.checkpoint import make_signing_key, sign_checkpoint
    from charteroak.audit.verify import verify

    with as_process("notary"):
        size = sign_checkpoint().size
        verifier = make_signing_key(home()).verifier
    client.force_login(person("pat.lee"))
    content = b"".join(client.get("/audit/export/"))
    verdict = verify(io.BytesIO(content), verifier)
    assert (verdict.whole, verdict.events) == (True, size)
    assert client.get("/register/log.vkey").text.strip() == verifier.vkey
