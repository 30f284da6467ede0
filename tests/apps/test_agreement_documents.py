"""The agreement and its certificates as PDF files that everybody can read."""

from apps.way import as_
from charteroak.agreements.models import Agreement
from charteroak.agreements.paper import printed
from printed import faults, read, text


def test_the_agreement_is_a_tagged_file_without_a_fault(drafted: Agreement) -> None:
    answer = as_("maya.ortiz").get(f"{drafted.get_absolute_url()}pdf/")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert faults(answer.content) == []
    found = read(answer.content)
    assert (found.ua, found.title, found.language) == ("1", str(drafted), "en-us")
    assert found.tags.count("Table") >= 3


def test_it_holds_every_clause_and_every_exhibit(drafted: Agreement) -> None:
    said = text(printed(drafted))
    unspaced = said.replace(" ", "")  # a line may break anywhere
    for clause in drafted.clauses.all():
        assert f"{clause.number} {clause.heading}" in said
        assert "".join(clause.text.split()) in unspaced, clause.heading
    for exhibit in "ABCDF":
        assert f"Exhibit {exhibit}:" in said
    assert "Not signed by every party" in said
    assert "waits for Grace Stone" in said
