"""The executed agreement on paper: made by the post, sealed by the notary, checked by anybody who may read it."""

import hashlib
import json

import pytest
from django.db import ProgrammingError

from apps import way
from apps.way import as_
from charteroak.adapters import seal
from charteroak.agreements import paper, tasks
from charteroak.agreements.models import Agreement, Paper
from charteroak.audit.models import Event
from charteroak.policy.decision import Refused
from conftest import connection_as, owner_beside
from printed import faults, text


@pytest.fixture(scope="module", autouse=True)
def executed(database_of_the_file: None) -> Agreement:
    with connection_as("owner"):
        way.load()
    way.executed()
    with connection_as("post"):
        tasks.print_executed(number="001")
        tasks.print_executed(number="001")
    with connection_as("notary"):
        tasks.seal(paper=Paper.objects.values_list("pk", flat=True).get())
    return Agreement.objects.get()


def test_the_sealed_file_is_the_signed_agreement_and_its_seal_holds() -> None:
    answer = as_("grace.stone").get("/agreements/001/sealed/")
    assert answer.headers["Content-Type"] == "application/pdf"
    found = seal.read(answer.content)
    assert found is not None
    assert found.holds
    assert faults(answer.content) == []
    said = text(answer.content)
    assert "Not signed by every party" not in said
    assert "Grace Stone: “I sign.”" in said
    assert Agreement.objects.get().text_hash in said.replace(" ", "")


def test_the_page_checks_the_seal_and_names_the_hashes_of_the_log() -> None:
    page = as_("pat.lee").get("/agreements/001/seal/").text
    assert "The seal holds" in page
    sealed = bytes(Paper.objects.get().sealed or b"")
    event = Event.objects.get(name="agreements:paper:seal")
    assert event.by == "notary"
    assert json.loads(event.text)["facts"]["sha256"] == hashlib.sha256(sealed).hexdigest()
    assert hashlib.sha256(sealed).hexdigest() in page
    assert "/agreements/001/seal/" in as_("pat.lee").get("/agreements/001/").text


def test_it_is_made_and_sealed_once() -> None:
    with connection_as("notary"):
        before = bytes(Paper.objects.get().sealed or b"")
        tasks.seal(paper=Paper.objects.values_list("pk", flat=True).get())
        assert bytes(Paper.objects.get().sealed or b"") == before
    assert Event.objects.filter(name="agreements:paper:make").count() == 1
    assert Event.objects.filter(name="agreements:paper:seal").count() == 1


def test_what_nobody_signed_gets_no_paper() -> None:
    with connection_as("post"), pytest.raises(Refused, match="No agreement that every party signed"):
        paper.make("999")


def test_a_text_changed_in_the_database_shows_on_the_seals_page() -> None:
    with owner_beside():
        clause = Agreement.objects.get().clauses.get(kind="onward")
        kept = clause.text
        type(clause).objects.filter(pk=clause.pk).update(text="Share it with everyone.")
    try:
        assert "no longer the sealed one" in as_("pat.lee").get("/agreements/001/seal/").text
    finally:
        with owner_beside():
            type(clause).objects.filter(pk=clause.pk).update(text=kept)


@pytest.mark.parametrize("process", ["web", "post"])
def test_only_the_notary_puts_a_seal_on_record(process: str) -> None:
    with connection_as(process), pytest.raises(ProgrammingError, match="permission denied"):
        Paper.objects.update(sealed=b"mine")


def test_a_stranger_finds_neither() -> None:
    for path in ("/agreements/001/seal/", "/agreements/001/sealed/"):
        assert as_("eve.lang").get(path).status_code == 404
