"""The catalog: taken in from dictionaries, read by anyone."""

import copy
import csv
import io
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from django.test import Client

from apps import way
from charteroak.catalog import queries
from charteroak.catalog.actions import DictionaryWrong, load
from charteroak.catalog.models import Variable
from conftest import connection_as


@pytest.fixture(scope="module")
def state(database_of_the_file: None) -> Iterator[None]:
    with connection_as("owner"):  # who alone takes dictionaries in, by `oak setup catalog`
        way.load()
        yield


@pytest.fixture(autouse=True)
def each_rolled_back(state: None, rolled_back: None) -> None:
    """Every test starts from what `oak setup` took in."""


@pytest.fixture
def sde() -> dict[str, Any]:
    text = (files("charteroak.synthetic") / "dictionaries" / "SDE.toml").read_text("utf-8")
    return copy.deepcopy(tomllib.loads(text))


def names(**narrowed: str) -> list[str]:
    return [str(variable) for variable in queries.variables(**narrowed)]


def test_loading_again_keeps_the_same_variables(sde: dict[str, Any]) -> None:
    before = list(Variable.objects.order_by("pk").values_list("pk", "name"))
    load(sde, by="setup")
    assert list(Variable.objects.order_by("pk").values_list("pk", "name")) == before


def test_a_corrected_definition_replaces_the_old_one(sde: dict[str, Any]) -> None:
    sde["datasets"][1]["variables"][0]["definition"] = "The year of graduation."
    load(sde, by="setup")
    assert Variable.objects.get(name="grad_year").definition == "The year of graduation."


@pytest.mark.parametrize(
    ("entry", "value", "said"),
    [
        ("sensitivity", "secret", "SDE analysis, variable grad_year"),
        ("colour", "red", "colour"),
        ("regime", "FERPA; HEA 484", "no law is known as HEA 484"),
        ("regime", "FERPA: Mohegan Tribe", "FERPA asks for nobody's consent"),
    ],
)
def test_a_wrong_entry_is_named(sde: dict[str, Any], entry: str, value: str, said: str) -> None:
    sde["datasets"][1]["variables"][0][entry] = value
    with pytest.raises(DictionaryWrong, match=said):
        load(sde, by="setup")


def test_an_unknown_agency_is_named(sde: dict[str, Any]) -> None:
    sde["agency"] = "ABC"
    with pytest.raises(DictionaryWrong, match="ABC is not a participating agency"):
        load(sde, by="setup")


def test_a_law_that_counsel_must_confirm_carries_the_mark() -> None:
    said = {v.name: queries.law_of(v) for v in queries.variables(agency="SDE")}
    assert said["gpa"] == "FERPA"
    assert said["frpl"] == "National School Lunch Act (to be confirmed by counsel)"


def test_every_word_narrows_and_so_does_each_choice() -> None:
    assert names(q="school meals") == ["SDE frpl"]
    assert names(q="WAGES total") == ["DOL total_wage"]
    assert set(names(agency="DOL", sensitivity="direct identifier")) == {
        "DOL ssn", "DOL last_name", "DOL first_initial",
    }  # fmt: skip
    assert names(q="nothing is called this") == []


def test_anyone_reads_the_whole_catalog_on_one_page(client: Client) -> None:
    page = client.get("/catalog/").text
    assert f"{Variable.objects.count()} columns" in page
    assert all(f">{name}</a>" in page for name in ("frpl", "pell", "total_wage"))


def test_the_address_narrows_page_and_file_alike(client: Client) -> None:
    page = client.get("/catalog/?q=meals").text
    assert "1 column " in page
    assert 'href="/catalog/variables.csv?q=meals"' in page
    rows = list(csv.DictReader(io.StringIO(client.get("/catalog/variables.csv?q=meals").getvalue().decode())))
    assert [row["name"] for row in rows] == ["frpl"]
    assert "R = Reduced price" in rows[0]["codes"].split("; ")
    assert 'href="/catalog/variables.xlsx?q=meals"' in page
    with zipfile.ZipFile(io.BytesIO(client.get("/catalog/variables.xlsx?q=meals").getvalue())) as parts:
        assert parts.read("xl/worksheets/sheet1.xml").count(b"<row ") == 2


def test_an_empty_result_says_what_next(client: Client) -> None:
    page = client.get("/catalog/?q=unicorn").text
    assert "No column fits." in page
    assert "Show the whole catalog" in page


def test_an_agency_that_does_not_exist_narrows_nothing(client: Client) -> None:
    assert client.get("/catalog/?agency=XYZ").status_code == 200


def test_a_dataset_lists_its_variables_with_their_codes(client: Client) -> None:
    page = client.get("/catalog/SDE/analysis/").text
    assert 'id="frpl"' in page
    assert "R = Reduced price" in page
    assert client.get("/catalog/SDE/nonesuch/").status_code == 404


def test_programs_read_it_too(client: Client) -> None:
    found = client.get("/api/catalog/variables", {"q": "meals"}).json()["variables"]
    assert [(v["agency"], v["name"], v["use"]) for v in found] == [("SDE", "frpl", "study")]


def test_a_variable_that_a_request_asks_for_cannot_leave(sde: dict[str, Any]) -> None:
    way.filled_in()
    sde["datasets"][1]["variables"].pop()
    with pytest.raises(DictionaryWrong, match="a request asks for frpl"):
        load(sde, by="setup")
