"""Reports: who reads which, what they say, and evidence that is checked without the site."""

import hashlib
import io
import json
import subprocess
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client

from apps import way
from apps.test_lists import body, rows_of
from apps.whole_way import Scene
from charteroak.adapters import clock
from charteroak.adapters.environment import home
from charteroak.audit.actions import subject_of
from charteroak.audit.checkpoint import sign_checkpoint, verifier_key
from charteroak.audit.evidence import EvidenceRefused, verify_evidence
from charteroak.audit.models import Event
from charteroak.audit.note import Verifier
from charteroak.exceptions import actions as exceptions
from charteroak.policy.clocks import Stage
from charteroak.policy.matter import Kind
from charteroak.policy.period import Period, period, until
from charteroak.reports import case_file
from charteroak.reports.clocks import work_out_figures
from charteroak.requests.models import DataRequest
from charteroak.submissions.models import Delivery
from conftest import connection_as
from faults.installation import OAK
from printed import faults

OFFICE, AUDITOR = "sam.reyes", "pat.lee"


def table(client: Client, path: str, **asked: str) -> list[dict[str, str]]:
    head, *rows = rows_of(body(client.get(path, asked | {"format": "csv"})))
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_the_pipeline_counts_each_request_in_one_stage(at: Scene) -> None:
    rows = {row["request"]: row for row in table(way.as_(OFFICE), "/reports/")}
    assert set(rows) == set(DataRequest.objects.values_list("number", flat=True))
    assert rows["001"]["stage"] == "analysis"
    assert rows["002"]["stage"] == "with the applicant"
    assert "agency" in rows["001"]["business_days_held"]
    told = way.as_(OFFICE).get("/api/reports/pipeline").json()
    assert sum(told["stages"].values()) == len(rows)
    narrowed = table(way.as_(OFFICE), "/reports/", stage="with_the_applicant")
    assert [row["request"] for row in narrowed] == ["002"]


def test_the_request_log_has_what_was_submitted_and_how_it_ended(at: Scene) -> None:
    rows = table(way.as_(OFFICE), "/reports/request-log/")
    assert [row["request"] for row in rows] == ["001"]  # 002 is not sent yet
    record = DataRequest.objects.get(number="001")
    assert rows[0]["status"] == "approved"
    assert rows[0]["contact"] == record.applicant.name
    assert record.decided_at is not None
    assert rows[0]["decided_on"] == str(clock.day_of(record.decided_at))
    assert table(way.as_(OFFICE), "/reports/request-log/", status="denied") == []
    assert table(way.as_(OFFICE), "/reports/request-log/", year="1999") == []


def test_the_sharing_log_has_each_file_with_the_columns_that_were_signed_for(at: Scene) -> None:
    rows = table(way.as_(AUDITOR), "/reports/sharing-log/")
    sent = Delivery.objects.select_related("agency")
    assert sorted(row["sha256"] for row in rows) == sorted(one.ciphertext for one in sent)
    matching = next(row for row in rows if row["kind"] == "matching" and row["sender"] == "SDE")
    assert matching["receiver"] == "DOL"
    assert "last" in matching["fields"]
    assert matching["destroyed_on"] == ""


def test_a_report_on_a_quarter_counts_the_log_and_nothing_of_another(at: Scene) -> None:
    event = Event.objects.filter(name="agreements:agreement:execute").latest("index")
    day = clock.day_of(event.domain_at)
    asked = Period(day.year, (day.month + 2) // 3)
    client = way.as_("rep.dunn")
    here = {row["figure"]: row["value"] for row in table(client, "/reports/figures/", period=str(asked))}
    assert here["Agreements signed by every party"] == "1"
    before = table(client, "/reports/figures/", period="1999-Q1")
    assert {row["value"] for row in before if not row["section"].startswith("Median")} == {"0", "0.00"}
    book = body(client.get("/reports/figures/", {"period": str(asked), "format": "xlsx"}))
    assert zipfile.is_zipfile(io.BytesIO(book))
    for name, language in ((str(asked), "es"), (str(day.year), "en")):
        spoken = {"Accept-Language": language}
        paper = client.get("/reports/figures/", {"period": name, "format": "pdf"}, headers=spoken)
        assert faults(paper.content) == []
    year = client.get("/reports/figures/", {"period": str(day.year)}).text
    assert DataRequest.objects.get(number="001").title in year


def test_a_period_is_named_and_ends_where_it_should() -> None:
    assert period("2026-Q4") == Period(2026, 4)
    assert (Period(2026, 4).first, Period(2026, 4).last) == (date(2026, 10, 1), date(2026, 12, 31))
    assert (Period(2027, 1).last, Period(2028).first) == (date(2027, 3, 31), date(2028, 1, 1))
    assert [period(name) for name in ("", "2026-Q5", "26", "２０２６", "2026-Q4x")] == [None] * 5
    told = [str(one) for one in until(date(2027, 2, 1), date(2026, 8, 1))]
    assert told == ["2027", "2027-Q1", "2026", "2026-Q4", "2026-Q3"]


def test_access_on_a_day_says_who_could_and_why_not(at: Scene) -> None:
    rows = {row["person"]: row for row in table(way.as_(AUDITOR), "/reports/access/")}
    assert rows[way.person("maya.ortiz").name]["could"] == "yes"
    assert "wage" in rows[way.person("maya.ortiz").name]["columns"]
    assert "training" in rows[way.person("lena.park").name]["could"]
    assert "closed" in rows[way.person("jonah.reed").name]["could"]
    assert rows[way.person("lena.park").name]["columns"] == ""
    last_week = str(clock.today() - timedelta(days=3))
    earlier = {row["person"]: row for row in table(way.as_(AUDITOR), "/reports/access/", day=last_week)}
    assert earlier[way.person("jonah.reed").name]["could"] == "yes"  # the account was closed today
    assert table(way.as_(AUDITOR), "/reports/access/", day="2020-01-01") == []


def suspended() -> None:
    by = way.person("sam.reyes")
    exceptions.record(by=by, kind=Kind.SUSPENSION, what="A doubt.", known_on=clock.today(), number="001")


def test_a_suspension_counts_from_the_day_on_which_it_was_recorded(at: Scene, rolled_back: None) -> None:
    suspended()
    rows = {row["person"]: row for row in table(way.as_(AUDITOR), "/reports/access/")}
    assert "Suspension" in rows[way.person("maya.ortiz").name]["could"]
    day = str(clock.today() - timedelta(days=1))
    before = {row["person"]: row for row in table(way.as_(AUDITOR), "/reports/access/", day=day)}
    assert before[way.person("maya.ortiz").name]["could"] == "yes"


def test_offices_on_a_day(at: Scene) -> None:
    rows = table(way.as_(AUDITOR), "/reports/access/offices/")
    assert {way.person(OFFICE).name, way.person(AUDITOR).name} <= {row["person"] for row in rows}
    assert table(way.as_(AUDITOR), "/reports/access/offices/", day="1999-01-01") == []


def test_a_case_holds_every_record_that_leads_back_to_the_request(at: Scene) -> None:
    record = DataRequest.objects.get(number="001")
    found = {subject_of(one) for one in case_file.records(record)}
    assert sorted(case_file.subjects(record)) == sorted(found)
    other = subject_of(DataRequest.objects.get(number="002"))
    assert f"submissions.delivery:{at.delivery}" in found
    assert f"workspaces.job:{at.job}" in found
    assert f"board.motion:{at.motion}" in found
    assert f"outputs.outputfile:{at.file}" in found
    assert other not in found
    told = {row["event"] for row in table(way.as_(AUDITOR), "/reports/cases/001/")}
    assert {"requests:data_request:submit", "agreements:agreement:execute", "workspaces:job:submit"} <= told


@pytest.fixture(scope="module")
def zipped(at: Scene) -> bytes:
    with connection_as("notary"):
        sign_checkpoint()
    answer = way.as_(AUDITOR).get("/reports/cases/001/evidence.zip")
    assert answer.status_code == 200
    return body(answer)


def key() -> Verifier:
    return Verifier.parse(verifier_key(home()).read_text(encoding="utf-8"))


def test_evidence_is_proven_without_the_site(at: Scene, zipped: bytes, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(zipped)) as file:
        proven = verify_evidence(file, key())
        records = json.loads(file.read("records.json"))
        papers = [name for name in file.namelist() if name.startswith("papers/")]
    events = case_file.events(case_file.records(DataRequest.objects.get(number="001")))
    assert proven.events == events.filter(index__lt=proven.size).count() > 30
    assert proven.signed_by == key().name
    assert records["requests.datarequest"][0]["number"] == "001"
    assert sorted(papers) == [
        "papers/agreement-001-sealed.pdf",
        f"papers/request-001-{at.letter}-its letter.pdf",
    ]
    kept = tmp_path / "evidence.zip"
    kept.write_bytes(zipped)
    command = [*OAK, "audit", "verify-evidence", str(kept), "--key", str(verifier_key(home()))]
    told = subprocess.run(command, env={}, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert f"Proven: {proven.events} events" in told.stdout


def altered(zipped: bytes, name: str, old: bytes, new: bytes, *, listed: bool) -> bytes:
    """The same evidence with a change in one file, `listed` with its new hash where the forger thinks of that."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(zipped)) as before, zipfile.ZipFile(out, "w") as after:
        content = {one: before.read(one) for one in before.namelist()}
        assert old in content[name]
        was = hashlib.sha256(content[name]).hexdigest()
        content[name] = content[name].replace(old, new, 1)
        if listed:
            now = hashlib.sha256(content[name]).hexdigest()
            content["SHA256SUMS"] = content["SHA256SUMS"].replace(was.encode(), now.encode())
        for one, said in content.items():
            after.writestr(one, said)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "old", "new", "listed", "said"),
    [
        ("records.json", b'"001"', b'"999"', False, "SHA-256 differs"),
        ("events.jsonl", b"maya.ortiz", b"noor.hadda", True, "not in the log that was signed"),
        ("checkpoint.txt", b"\n", b"\n\n", True, "Checkpoint"),
    ],
)
def test_what_was_altered_in_evidence_is_found(
    at: Scene, zipped: bytes, name: str, old: bytes, new: bytes, listed: bool, said: str
) -> None:
    forged = altered(zipped, name, old, new, listed=listed)
    with zipfile.ZipFile(io.BytesIO(forged)) as file, pytest.raises(EvidenceRefused, match=said):
        verify_evidence(file, key())


def test_evidence_waits_until_every_event_of_the_case_is_signed(
    at: Scene, zipped: bytes, rolled_back: None
) -> None:
    suspended()
    answer = way.as_(AUDITOR).get("/reports/cases/001/evidence.zip")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")


def test_the_register_publishes_how_long_each_stage_takes(at: Scene) -> None:
    with connection_as("post"):
        work_out_figures()
    page = Client().get("/register/").text
    assert "How long each stage takes" in page
    told = [
        Client().get("/register/projects.json", headers={"Accept-Language": language}).json()["stages"]
        for language in ("en", "es")
    ]
    assert told[0] == told[1]
    assert {one["stage"] for one in told[0]} <= set(Stage)
    assert told[0]


def test_programs_read_figures_by_codes_that_are_the_same_in_every_language(at: Scene) -> None:
    told = [
        way.as_("rep.dunn").get("/api/reports/figures", headers={"Accept-Language": language}).json()
        for language in ("en", "es")
    ]
    assert told[0] == told[1]
    figured = {one["figure"]: one["value"] for one in told[0]["figures"]}
    assert figured["agreements:in_force"] == 1
    assert {"requests:data_request:submit", "destruction:certified"} <= figured.keys()
    assert len(figured) == len(told[0]["figures"])


def test_the_auditor_finds_each_case_from_the_pipeline(at: Scene) -> None:
    assert 'href="/reports/cases/001/"' in way.as_(AUDITOR).get("/reports/").text
    assert "/reports/cases/" not in way.as_(OFFICE).get("/reports/").text


def test_counsel_reads_the_pipeline_and_no_log(at: Scene) -> None:
    client = way.as_("ann.weiss")
    assert client.get("/reports/").status_code == 200
    assert client.get("/reports/request-log/").status_code == 403
    assert "These offices read this" in client.get("/reports/sharing-log/").text
