"""Each agency's record of what was disclosed, handed over before a destruction, which cites its series and approval."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import charteroak
from apps import hub_way, way
from apps.way import as_, person, refused
from charteroak.adapters import clock, showing
from charteroak.agreements import api, destruction, disclosures, keeping, retention
from charteroak.agreements.models import Agreement, DestructionDuty, DisclosureRecord
from charteroak.audit.models import Event
from charteroak.hub import clerical
from charteroak.hub.destruction import HELD
from charteroak.policy.matter import Clock
from charteroak.submissions import actions as submissions
from charteroak.submissions.models import FinderList
from charteroak.synthetic import generate
from conftest import connection_as

NUMBER = hub_way.NUMBER
HERE = f"/agreements/{NUMBER}/disclosures/"
pytestmark = pytest.mark.usefixtures("delivered", "rolled_back")


@pytest.fixture(scope="module")
def delivered(database_of_the_file: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Every agency's files are with the hub."""
    folder = tmp_path_factory.mktemp("state")
    generate(folder, request=NUMBER, scale=0.1)
    with way.day(hub_way.DAY):
        hub_way.delivered(connection_as, folder)
        yield


def record() -> Agreement:
    return Agreement.objects.get()


def read(username: str) -> list[dict[str, str]]:
    answer = as_(username).get(f"{HERE}?format=csv")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode())))


def test_an_agency_reads_what_of_its_records_went_to_whom_when_and_why() -> None:
    lines = read("ben.cole")
    assert {one["agency"] for one in lines} == {"SDE"}
    assert {one["detail"] for one in lines} == {"matching", "analysis"}
    for one in lines:
        assert (one["what"], one["to"]) == ("file sent", "the data integration hub")
        assert one["why"] == record().data_request.purpose
        assert f"{NUMBER}/2.SDE" in one["clauses"]
        assert Event.objects.get(index=one["event"]).name == "submissions:delivery:accept"
    assert {one["agency"] for one in read("sam.reyes")} == {"SDE", "CSC", "DOL"}


def test_an_agency_whose_records_are_not_in_it_and_a_stranger_see_nothing() -> None:
    for username in ("eve.lang", "maya.ortiz", "grace.stone"):
        assert as_(username).get(HERE).status_code == 404


def test_an_agency_reads_its_record_under_all_its_agreements_as_page_file_and_json() -> None:
    ben, here = as_("ben.cole"), "/agreements/disclosures/"
    assert here in ben.get("/agreements/").text
    page = ben.get(here)
    assert "CGS 4-193(c)" in page.text
    assert {one.agency for one in page.context["lines"]} == {"SDE"}
    rows = list(csv.DictReader(io.StringIO(ben.get(f"{here}?format=csv").getvalue().decode())))
    assert rows == read("ben.cole")  # there is one agreement
    book = as_("pat.lee").get(f"{here}?agency=SDE&format=xlsx").getvalue()
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        assert parts.read("xl/worksheets/sheet1.xml").count(b"<row ") == 1 + len(rows)
    told = ben.get("/api/agreements/disclosures").json()
    assert [one["event"] for one in told["disclosures"]] == [int(one["event"]) for one in rows]
    assert ben.get(f"{here}?agency=CSC").status_code == 404
    assert "disclosed in this time" in ben.get(f"{here}?year=2021").text
    assert len(ben.get(f"{here}?year=all").context["lines"]) == len(rows)
    assert as_("sam.reyes").get("/api/agreements/disclosures").json()["agencies"] == ["CSC", "DOL", "SDE"]
    for stranger in ("maya.ortiz", "grace.stone"):
        assert as_(stranger).get(here).status_code == 404
        assert here not in as_(stranger).get("/agreements/").text


@pytest.mark.parametrize("at_once", [1, 2, 250])
def test_an_agency_s_long_record_is_read_part_by_part(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(keeping, "PER_PAGE", 1)
    monkeypatch.setattr(disclosures, "AT_ONCE", at_once)
    client, here, told = as_("ben.cole"), "/agreements/disclosures/", list[int]()
    page = client.get(f"/api{here.rstrip('/')}").json()
    while page["next"] is not None:
        told += [one["event"] for one in page["disclosures"]]
        page = client.get(f"/api{here.rstrip('/')}?after={page['next']}").json()
    told += [one["event"] for one in page["disclosures"]]
    assert told == [int(one["event"]) for one in read("ben.cole")]
    assert len(told) > 1
    assert f"after={told[0]}" in client.get(here).text
    assert "From the beginning" in client.get(f"{here}?after={told[0]}").text
    assert client.get(f"{here}?after=none").context["lines"][0].event == told[0]


def test_the_page_says_the_source_with_its_mark() -> None:
    page = as_("ben.cole").get(HERE).text
    assert "CGS 4-193(c)" in page
    assert "to be confirmed by counsel" in page


def test_pairs_shown_are_in_the_records_of_the_agencies_whose_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = hub_way.linked(hub_way.as_if)
    monkeypatch.setattr(showing, "hand_over", lambda *page: page[-1]())  # to the page that waits
    with hub_way.as_if("linker"):
        [pair] = clerical.evidence(run, [1])
        clerical.answer("token", "recipient", link_run=run.pk, person="noor.haddad", numbers=[1])
    lines = [one for one in read("sam.reyes") if one["what"] == "records shown side by side"]
    assert {one["agency"] for one in lines} == {pair["left"]["file"], pair["right"]["file"]}
    assert {one["to"] for one in lines} == {person("noor.haddad").name}


def test_a_long_record_is_read_page_by_page_and_whole_as_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "PER_PAGE", 4)
    monkeypatch.setattr(api, "PER_PAGE", 4)
    whole, client = read("sam.reyes"), as_("sam.reyes")
    assert len(whole) == 6
    begun = client.get(f"/api{HERE.rstrip('/')}").json()
    ended = client.get(f"/api{HERE.rstrip('/')}?after={begun['next']}").json()
    told = [[str(one["event"]) for one in page["disclosures"]] for page in (begun, ended)]
    assert [*map(len, told)] == [4, 2]
    assert [*told[0], *told[1]] == [one["event"] for one in whole]
    assert ended["next"] is None
    first, second = client.get(HERE).text, client.get(f"{HERE}?after={begun['next']}").text
    assert [first.count('<th scope="row">'), second.count('<th scope="row">')] == [4, 2]
    assert f'"?after={begun["next"]}" rel="next"' in first
    assert 'rel="next"' not in second
    assert "From the beginning" in second


def test_before_a_destruction_each_agency_gets_its_record_and_the_certificate_cites_the_approval() -> None:
    retention.record(
        by=person("sam.reyes"),
        what=Clock.IDENTIFIERS,
        series="S4-100",
        approval="2026-17",
        given_by="Records office",
        approved_on=clock.today(),
    )
    record().duties.update(due_on=clock.today())
    with hub_way.as_if("linker"):
        destruction.destroy(record().pk, "identifiers", HELD["identifiers"])
    handed = {one.agency.code: one for one in DisclosureRecord.objects.all()}
    assert set(handed) == {"SDE", "CSC", "DOL"}
    told = Event.objects.get(name="agreements:disclosure_record:hand_over")
    assert told.index < Event.objects.get(name="hub:destruction:part").index
    assert handed["SDE"].sha256 in told.text
    with hub_way.as_if("extractor"):
        destruction.destroy(record().pk, "identifiers", HELD["identifiers"])
    assert DisclosureRecord.objects.count() == 3, "once"
    duty = DestructionDuty.objects.get(what="identifiers")
    assert duty.certificate is not None
    assert duty.certificate["retention"]["series"] == "S4-100"
    before = handed["SDE"].content
    rows = as_("ben.cole").get(f"{HERE}{handed['SDE'].pk}/").getvalue().decode()
    assert len(list(csv.DictReader(io.StringIO(rows)))) == len(before) == 2
    assert as_("ben.cole").get(f"{HERE}{handed['DOL'].pk}/").status_code == 404


def test_a_certificate_without_an_approval_on_record_says_so() -> None:
    assert retention.cited("payload") is None
    assert "None is on record: certificates say so." in as_("sam.reyes").get("/agreements/retention/").text


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"by": "ann.weiss"}, "wrong_role"),
        ({"series": " "}, "approval_unsaid"),
        ({"given_by": " "}, "approval_unsaid"),
        ({"approved_on": clock.today() + timedelta(days=4000)}, "approved_ahead"),
    ],
)
def test_an_approval_that_is_not_whole_is_not_taken(said: dict[str, Any], rule: str) -> None:
    whole = {
        "by": "sam.reyes",
        "what": Clock.PAYLOAD,
        "series": "S1",
        "approval": "No. 7",
        "given_by": "Records office",
        "approved_on": clock.today(),
    }
    given: dict[str, Any] = whole | said
    given["by"] = person(given["by"])
    assert refused(retention.record, **given) == [rule]


def test_the_policy_office_records_an_approval_on_the_page() -> None:
    sent = {
        "what": "payload",
        "series": "S4-100",
        "approval": "2026-17",
        "given_by": "Records",
        "approved_on": f"{clock.today()}",
    }
    page = as_("sam.reyes").post("/agreements/retention/", sent, follow=True).text
    assert "Series S4-100, approval 2026-17" in page


def test_lines_of_an_amendment_belong_to_what_it_amends() -> None:
    assert disclosures._number({"clauses": ["001-A1/2.SDE"], "number": "001-A1"}) == "001"
    assert disclosures._number({"number": "001-2", "request": "001"}) == "001"


def test_a_text_names_contributors_from_the_day_on_which_all_have_signed_it() -> None:
    whole = record()
    named = {one.code for one in disclosures.contributors(whole)}
    assert named == {"SDE", "CSC", "DOL"}
    since = disclosures._since([whole])[whole.number]
    assert set(since.values()) == {whole.executed_on}
    assert whole.executed_on is not None
    assert set(disclosures._whose({}, since, whole.executed_on)) == named
    assert disclosures._whose({}, since, whole.executed_on - timedelta(days=1)) == []
    Agreement.every.filter(pk=whole.pk).update(executed_on=None, text_hash="")
    assert disclosures.contributors(whole) == []


def test_a_finder_list_handed_over_is_in_the_record_of_the_agency_whose_numbers_it_holds() -> None:
    made = FinderList.objects.get()
    submissions.record_download(pk=made.pk, by=person("lou.grant"))
    [line] = [one for one in read("sam.reyes") if one["what"] == "finder list handed over"]
    assert (line["agency"], line["to"]) == (made.source.agency.code, person("lou.grant").name)


HANDS_OUT = {
    "build",
    "deliver",
    "download",
    "enter",
    "hand_over",
    "look",
    "open",
    "release",
    "restore",
    "send",
    "take_in",
}
NOT_A_DISCLOSURE = {
    "agreements:agreement:take_in": "a text comes in",
    "agreements:disclosure_record:hand_over": "the record itself, to the agency whose it is",
    "board:meeting:open": "no agency's records",
    "exceptions:matter:hand_over": "a matter changes hands",
    "inputs:input_request:look": "what the team wants to bring in, no agency's records",
    "outputs:file:look": "results under check; whose records are in them is not told, and the release is in",
    "workspaces:session:enter": "the session that was opened goes on",
    "workspaces:snapshot:restore": "the team's own work, where it was",
    "workspaces:workspace:open": "an empty room; its sessions and jobs are in",
}


def test_every_event_that_hands_out_or_shows_records_is_told_or_excepted_with_a_reason() -> None:
    sources = Path(charteroak.__file__).parent.rglob("*.py")
    named = {
        name
        for file in sources
        for name in re.findall(r'"([a-z]+:[a-z_]+:[a-z_]+)"', file.read_text("utf-8"))
    }
    shown = {name for name in named if name.rpartition(":")[2] in HANDS_OUT or ":show" in name}
    assert shown - disclosures.ACTS.keys() == NOT_A_DISCLOSURE.keys()
