"""The draft out to Word and back: every change arrives, nothing is lost in silence, what is locked stays."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from apps import way
from apps.way import as_
from charteroak.adapters import word
from charteroak.agreements import actions, queries, round_trip
from charteroak.agreements.models import Agreement, Redline
from charteroak.audit.models import Event
from charteroak.policy.decision import Refused

Edit = Callable[[Any, Paragraph], None]


def edited(record: Agreement, kind: str, edit: Edit) -> bytes:
    """The downloaded file after `edit` of the paragraph with that clause's words, as Word would save it."""
    document = Document(io.BytesIO(round_trip.as_word(record)))
    clause = record.clauses.filter(kind=kind).first()
    assert clause is not None
    wanted = clause.text
    paragraphs = [Paragraph(p, document._body) for p in document.element.body.iter(qn("w:p"))]
    edit(document, next(one for one in paragraphs if one.text == wanted))
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def tracked(before: str, after: str) -> Edit:
    """A tracked change: `before` deleted, `after` inserted, as Word writes it."""

    def edit(_document: Any, paragraph: Paragraph) -> None:
        left, _found, right = paragraph.text.partition(before)
        assert _found
        paragraph.text = left
        for tag, text_tag, text in (("w:del", "w:delText", before), ("w:ins", "w:t", after)):
            change, run, words = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(text_tag)
            change.set(qn("w:author"), "Opposing counsel")
            words.text = text
            words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            run.append(words)
            change.append(run)
            paragraph._p.append(change)
        paragraph.add_run(right)

    return edit


def plain(before: str, after: str) -> Edit:
    def edit(_document: Any, paragraph: Paragraph) -> None:
        assert before in paragraph.text
        paragraph.text = paragraph.text.replace(before, after, 1)

    return edit


def take_in(record: Agreement, file: bytes) -> list[str]:
    return actions.take_in(pk=record.pk, by=way.person("ann.weiss"), file=file)


def rules(record: Agreement, file: bytes) -> set[str]:
    with pytest.raises(Refused) as refused:
        take_in(record, file)
    assert not Redline.objects.exists(), "all of the file or nothing"
    return {reason.rule for reason in refused.value.reasons}


def test_a_file_that_nobody_touched_changes_nothing(drafted: Agreement) -> None:
    before = queries.text_hash(drafted.clauses.all())
    assert take_in(drafted, round_trip.as_word(drafted)) == []
    assert queries.text_hash(drafted.clauses.all()) == before
    assert not Redline.objects.exists()


@pytest.mark.parametrize("change", [tracked, plain])
def test_words_arrive_with_tracked_changes_or_without(
    drafted: Agreement, change: Callable[[str, str], Edit]
) -> None:
    clause, agreed = drafted.clauses.get(kind="breach"), queries.terms(drafted)
    assert agreed.people
    assert take_in(drafted, edited(drafted, "breach", change("at once", "within the hour"))) == [
        clause.number
    ]
    found = Redline.objects.get()
    assert found.after == clause.text.replace("at once", "within the hour")
    assert found.by.username == "ann.weiss"
    assert Event.objects.filter(name="agreements:agreement:take_in").count() == 1
    assert queries.terms(drafted) == agreed, "other words, the same terms"


def test_a_number_changed_in_word_changes_the_terms_and_the_page_says_so(drafted: Agreement) -> None:
    take_in(drafted, edited(drafted, "preview", tracked("30-day", "60-day")))
    assert queries.terms(drafted).preview_days == 60
    page = as_("ann.weiss").get(drafted.get_absolute_url()).text
    assert "<del>30-day</del> <ins>60-day</ins>" in page
    assert "<ins>Nothing is released until 60 days after the last agency’s clearance.</ins>" in page


def test_a_comment_is_kept_once_even_where_the_words_stay(drafted: Agreement) -> None:
    def comment(document: Any, paragraph: Paragraph) -> None:
        document.add_comment(paragraph.runs, text="Is this the right office?", author="R. Vega")

    file = edited(drafted, "people", comment)
    assert take_in(drafted, file) == ["3"]
    assert Redline.objects.get().comment == "R. Vega: Is this the right office?"
    assert take_in(drafted, file) == []


def test_a_new_paragraph_belongs_to_its_clause(drafted: Agreement) -> None:
    def add(_document: Any, paragraph: Paragraph) -> None:
        paragraph._p.addnext(Document().add_paragraph("It answers within a day.")._p)

    take_in(drafted, edited(drafted, "records", add))
    assert drafted.clauses.get(kind="records").text.endswith("agency.\nIt answers within a day.")


def _table(document: Any, paragraph: Paragraph) -> None:
    table = document.add_table(1, 1)
    table.cell(0, 0).text = "A cell"
    paragraph._p.addnext(table._tbl)


def _without_heading(_document: Any, paragraph: Paragraph) -> None:
    paragraph._p.getparent().getparent().getprevious().getparent().remove(
        paragraph._p.getparent().getparent().getprevious()
    )


def _above(document: Any, _paragraph: Paragraph) -> None:
    document.paragraphs[0].insert_paragraph_before("All of this is void.")


def _notes(_document: Any, paragraph: Paragraph) -> None:
    note = paragraph._p.getparent().getparent().getnext().find(f".//{qn('w:t')}")
    note.text = note.text.replace("30 days", "1 day")


@pytest.mark.parametrize(
    ("kind", "edit", "rule"),
    [
        ("people", tracked("training", "lunch"), "clause_locked"),
        ("elements", plain("for study", "for sale"), "clause_locked"),
        ("records", _table, "not_words"),
        ("breach", _without_heading, "clause_lost"),
        ("breach", _above, "text_outside_clauses"),
        ("preview", _notes, "notes_changed"),
        ("preview", plain("30-day", "900-day"), "open_value_out_of_bounds"),
        ("onward", lambda _document, paragraph: paragraph.clear(), "empty_clause"),
    ],
)
def test_what_cannot_be_taken_in_is_refused_by_name(
    drafted: Agreement, kind: str, edit: Edit, rule: str
) -> None:
    assert rule in rules(drafted, edited(drafted, kind, edit))


def test_two_who_changed_the_same_clause_do_not_overwrite_each_other(drafted: Agreement) -> None:
    first = edited(drafted, "breach", plain("at once", "within the hour"))
    second = edited(drafted, "breach", plain("at once", "the same day"))
    other = edited(drafted, "onward", plain("with nobody", "with no one"))
    take_in(drafted, first)
    with pytest.raises(Refused, match="changed here since you downloaded it"):
        take_in(drafted, second)
    assert take_in(drafted, other) == ["9"], "another clause of an older file is welcome"
    assert "within the hour" in drafted.clauses.get(kind="breach").text


@pytest.mark.parametrize("file", [b"", b"not a zip", b"PK\x03\x04 broken"])
def test_what_is_no_word_file_is_refused(drafted: Agreement, file: bytes) -> None:
    assert rules(drafted, file) == {"not_a_word_file"}


@pytest.mark.parametrize("clauses", [None, [], {"3": []}, {"3": "x"}])
def test_a_file_whose_marks_were_bent_is_refused_and_breaks_nothing(
    drafted: Agreement, clauses: object
) -> None:
    marks: dict[str, Any] = {"agreement": drafted.number, "clauses": clauses}
    bent = word.write("Bent", [], [word.Section("3 People", "Anybody.")], marks, "en-US")
    assert "clause_lost" in rules(drafted, bent)


def test_marks_that_cannot_be_read_make_it_no_word_file(drafted: Agreement) -> None:
    file, out = io.BytesIO(round_trip.as_word(drafted)), io.BytesIO()
    with zipfile.ZipFile(file) as packed, zipfile.ZipFile(out, "w") as bent:
        for one in packed.namelist():
            bent.writestr(one, packed.read(one).replace(b'{"agreement"', b"{agreement"))
    assert rules(drafted, out.getvalue()) == {"not_a_word_file"}


@pytest.mark.parametrize("control", ["\x0b", "\ufffe", "\uffff"])
def test_a_control_character_is_a_space_in_word(drafted: Agreement, control: str) -> None:
    clause = drafted.clauses.get(kind="breach")
    clause.text = clause.text.replace(" ", control, 1)
    clause.save(update_fields=["text"])
    assert take_in(drafted, round_trip.as_word(drafted)) == []


def test_half_a_character_is_a_space_in_word() -> None:
    assert word.write("Half", [], [word.Section("3 People", "Any\ud800body.")], {}, "en-US")


def test_another_agreements_file_is_refused(drafted: Agreement) -> None:
    stranger = word.write("Agreement 999", [], [], {"agreement": "999"}, "en-US")
    assert rules(drafted, stranger) == {"another_document"}


def test_nobody_takes_words_in_once_the_text_is_frozen(drafted: Agreement) -> None:
    file = edited(drafted, "breach", plain("at once", "within the hour"))
    actions.open_for_signature(pk=drafted.pk, by=way.person("ann.weiss"))
    assert rules(drafted, file) == {"wrong_status"}


def test_counsel_downloads_and_sends_in_through_the_page(drafted: Agreement) -> None:
    counsel, here = as_("ann.weiss"), drafted.get_absolute_url()
    assert counsel.get(f"{here}word/").headers["Content-Type"] == word.MIME
    file = SimpleUploadedFile("a.docx", edited(drafted, "breach", plain("at once", "within the hour")))
    after = counsel.post(f"{here}take-in/", {"file": file}, follow=True)
    assert "One clause changed: 10." in after.text
    assert "<ins>within the hour</ins>" in after.text
    missing = counsel.post(f"{here}take-in/", {})
    assert missing.status_code == 400
