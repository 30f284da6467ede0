"""What an author says of a file, beside what its derivation says: shown to the checker where the two differ."""

import pytest
from django.test import Client

from apps import outputs_way
from apps.hub_way import AsProcess
from apps.outputs_way import MAYA, left, ran, requested
from apps.way import as_, person
from charteroak.outputs import actions, files
from charteroak.outputs.models import OutputFile, ReleaseRequest
from charteroak.workspaces.models import Workspace
from conftest import owner_beside

IDA = "ida.moss"
SAYS = "Declared as: mean. By its derivation it is: count."

pytestmark = pytest.mark.usefixtures("on_the_day")


def said(record: ReleaseRequest) -> dict[str, object]:
    found: dict[str, object] = as_(IDA).get(f"/api{record.get_absolute_url()}".rstrip("/")).json()["files"][0]
    return found


def test_another_kind_than_the_derivation_says_is_shown_to_the_checker(
    room: Workspace, as_process: AsProcess, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(outputs_way.SAID, "kinds", ["mean"])
    record = outputs_way.checked(as_process, requested(ran(as_process, room), ["by_race.csv"]))
    file = record.files.get()
    assert (file.statistics, str(file.remark)) == (["count"], SAYS)
    client.force_login(person(IDA))
    assert SAYS in client.get(record.get_absolute_url()).text
    read = said(record)
    assert (read["remark"], read["kinds"], read["population"]) == (SAYS, ["mean"], "All graduates.")


def test_a_file_that_is_what_its_author_says_gets_no_remark_nor_one_that_nothing_is_known_of(
    room: Workspace, as_process: AsProcess
) -> None:
    both = dict.fromkeys(("flow.csv", "other.csv"), b"year,people\n2019,120\n")
    record = requested(left(room, both))
    outputs_way.judged(as_process, record, known={"flow.csv": {"statistic": "count"}})
    assert [file.remark for file in record.files.all()] == [None, None]
    assert said(record)["remark"] == ""


def test_a_file_of_a_request_sent_before_the_fields_were_there_is_read_as_ever(
    room: Workspace, as_process: AsProcess, client: Client
) -> None:
    record = outputs_way.judged(as_process, requested(left(room, {"flow.csv": b"year,people\n2019,120\n"})))
    outputs_way.reviewed(record)
    with owner_beside():
        OutputFile.objects.update(population="", kinds=[])
    client.force_login(person(IDA))
    page = client.get(record.get_absolute_url())
    assert page.status_code == 200
    assert "Whom it counts" not in page.text
    assert (said(record)["kinds"], said(record)["remark"]) == ([], "")


def test_the_api_takes_no_kind_that_the_checks_do_not_know(room: Workspace) -> None:
    output = left(room, {"flow.csv": b"a\n1\n"}).outputs.get()
    record = actions.start(workspace=room.pk, by=person(MAYA))
    where = f"/api{record.get_absolute_url()}add-file"
    sent = {"output": output.pk, "kinds": ["tally"]}
    assert as_(MAYA).post(where, sent, content_type="application/json").status_code == 422
    assert (
        as_(MAYA).post(where, sent | {"kinds": ["count"]}, content_type="application/json").status_code == 200
    )
    with pytest.raises(ValueError, match="tally"):
        files.add(
            pk=record.pk,
            by=person(MAYA),
            output=output.pk,
            controls="",
            context="",
            population="",
            kinds=["tally"],
        )
