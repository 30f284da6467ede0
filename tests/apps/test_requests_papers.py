"""Papers that go with a request, and the review that an institutional review board made of it."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.requests_way import fresh, named
from apps.way import as_, refused
from charteroak.adapters import clock, stores
from charteroak.adapters.environment import home
from charteroak.adapters.stores import Store
from charteroak.adapters.vault import ObjectDamaged, ObjectId
from charteroak.policy.attachment import LARGEST, MOST, Kind
from charteroak.policy.request_change import Kind as Change
from charteroak.policy.request_change import beyond
from charteroak.reports import case_file, evidence
from charteroak.requests import actions, papers
from charteroak.requests.models import Attachment, DataRequest
from charteroak.requests.versions import Difference, differences

pytestmark = pytest.mark.usefixtures("history", "rolled_back")
MAYA, PDF = "maya.ortiz", b"%PDF-1.7 the board's letter"


def attached(record: DataRequest, name: str = "irb.pdf", content: bytes = PDF) -> Attachment:
    return actions.attach(pk=record.pk, by=named(MAYA), kind=Kind.REVIEW_BOARD, name=name, content=content)


def test_a_paper_is_kept_under_the_hash_of_its_bytes_and_read_as_it_came(draft: DataRequest) -> None:
    file = SimpleUploadedFile("irb.pdf", PDF)
    page = as_(MAYA).post(
        f"{draft.get_absolute_url()}attach/", {"kind": Kind.REVIEW_BOARD, "file": file}, follow=True
    )
    assert "Attached: irb.pdf." in page.text
    paper = draft.attachments.get()
    assert paper.sha256 == hashlib.sha256(PDF).hexdigest()
    assert paper.sha256 in page.text
    read = as_(MAYA).get(paper.get_absolute_url())
    assert b"".join(read.streaming_content) == PDF  # type: ignore[attr-defined]
    assert read.headers["Content-Disposition"] == 'attachment; filename="irb.pdf"'
    assert read.headers["X-Content-Type-Options"] == "nosniff"


def test_who_does_not_see_the_request_sees_no_paper_of_it(in_review: DataRequest) -> None:
    paper = Attachment.objects.create(
        data_request=in_review, kind=Kind.OTHER, name="letter.pdf", size=9, sha256="ab" * 32,
        added_by=named(MAYA), added_at=clock.now(),
    )  # fmt: skip
    for stranger in ("eve.lang", "noor.haddad", "kim.tran"):
        assert as_(stranger).get(paper.get_absolute_url()).status_code == 404
    assert "letter.pdf" in as_("ben.cole").get(in_review.get_absolute_url()).text, (
        "a steward who is asked reads it"
    )


def test_bytes_that_were_altered_are_not_shown(draft: DataRequest) -> None:
    paper = attached(draft)
    stored = ObjectId(Store.ATTACHMENT, paper.sha256)
    stores.vault(Store.ATTACHMENT).delete(stored)
    file = home().vault / stored.path
    file.write_bytes(b"%PDF-1.7 another letter")
    with pytest.raises(ObjectDamaged):
        list(papers.content(paper))
    file.unlink()


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("run.exe", b"MZ", "type_not_taken"),
        ("../irb.pdf", PDF, "type_not_taken"),
        ("irb.pdf", b"<html>", "content_differs"),
        ("letter.docx", b"PK\x03\x04 word/vbaProject.bin", "holds_a_program"),
        ("irb.pdf", PDF + b" " * LARGEST, "too_large"),
    ],
)
def test_what_is_no_paper_is_not_taken(draft: DataRequest, name: str, content: bytes, rule: str) -> None:
    assert refused(attached, record=draft, name=name, content=content) == [rule]
    assert not draft.attachments.exists()


def test_two_papers_of_one_name_and_more_than_twenty_are_refused_but_sent_twice_is_kept_once(
    draft: DataRequest,
) -> None:
    first = attached(draft)
    assert attached(draft) == first
    assert refused(attached, record=draft, content=PDF + b"2") == ["name_taken"]
    for number in range(MOST - 1):
        attached(draft, f"{number}.pdf")
    assert refused(attached, record=draft, name="more.pdf") == ["too_many_papers"]


def test_what_is_sent_stays_as_it_was_sent_and_the_difference_names_papers(
    draft: DataRequest, submitted: DataRequest
) -> None:
    assert refused(attached, record=submitted) == ["wrong_status"]
    actions.return_(pk=submitted.pk, by=named("sam.reyes"), because="The board's letter is missing.")
    paper = attached(submitted)
    actions.accept_terms(pk=submitted.pk, by=named(MAYA))
    actions.submit(pk=submitted.pk, by=named(MAYA))
    one, two = submitted.versions.all()
    said = f"review board determination, SHA-256 {paper.sha256[:16]}…"
    assert differences(one.content, two.content) == [Difference("paper irb.pdf", "", said)]
    page = as_(MAYA).get(f"{submitted.get_absolute_url()}versions/2/").text
    assert "paper irb.pdf" in page
    actions.return_(pk=submitted.pk, by=named("sam.reyes"), because="Another letter.")
    as_(MAYA).post(f"{paper.get_absolute_url()}take-out/")
    assert papers.held(fresh(submitted)) == []
    assert paper.get_absolute_url() in as_(MAYA).get(f"{submitted.get_absolute_url()}versions/2/").text
    assert refused(actions.take_out, pk=submitted.pk, by=named("eve.lang"), attachment=paper.pk) == [
        "wrong_role"
    ]


def test_a_paper_that_was_never_sent_is_the_teams_alone_once_it_is_taken_out(submitted: DataRequest) -> None:
    def told(paper: Attachment, by: str) -> set[int]:
        here = paper.get_absolute_url()
        return {as_(by).get(here).status_code, as_(by).get(f"/api{here[:-1]}").status_code}

    actions.return_(pk=submitted.pk, by=named("sam.reyes"), because="The board's letter is missing.")
    slip, sent = attached(submitted, "slip.pdf", PDF + b" of another project"), attached(submitted)
    assert told(slip, "sam.reyes") == {200}
    actions.take_out(pk=submitted.pk, by=named(MAYA), attachment=slip.pk)
    actions.accept_terms(pk=submitted.pk, by=named(MAYA))
    actions.submit(pk=submitted.pk, by=named(MAYA))
    actions.return_(pk=submitted.pk, by=named("sam.reyes"), because="Another letter.")
    actions.take_out(pk=submitted.pk, by=named(MAYA), attachment=sent.pk)
    assert (told(slip, "sam.reyes"), told(slip, MAYA)) == ({404}, {200})
    assert told(sent, "sam.reyes") == {200}, "a version that was sent names it"


def test_the_evidence_holds_the_papers(draft: DataRequest) -> None:
    paper = attached(draft)
    held = dict(evidence.papers(case_file.records(draft)))
    assert held == {f"request-{draft.number}-{paper.pk}-irb.pdf": PDF}


def test_every_kind_of_change_may_bring_a_paper_and_a_renewal() -> None:
    for kind in Change:
        assert beyond(kind, ["papers", "irb_expires_on"]) == ()


def test_a_review_that_is_begun_is_said_whole_and_one_that_is_over_stops_sending(draft: DataRequest) -> None:
    here = f"{draft.get_absolute_url()}edit/"
    as_(MAYA).post(here, {"irb_board": "University IRB", "irb_determination": "approved"})
    page = as_(MAYA).get(draft.get_absolute_url()).text
    assert "protocol number, determined on" in page
    as_(MAYA).post(
        here, {"irb_number": "2026-0142", "irb_approved_on": "2025-05-31", "irb_expires_on": "2025-12-31"}
    )
    assert "review_not_current" in refused(actions.submit, pk=draft.pk, by=named(MAYA))
    assert "determination does not hold today" in as_(MAYA).get(draft.get_absolute_url()).text
