"""What the site says to a stranger and a colleague, and how it refuses."""

import re
from pathlib import Path

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from django.urls import path

from charteroak.adapters.vault import VaultError
from charteroak.agencies.models import Person
from charteroak.audit.models import AnonymousRefusals, Event
from charteroak.policy.decision import refuse
from charteroak.site import urls as site_urls
from charteroak.site.middleware import CONTENT_SECURITY_POLICY
from conftest import owner_beside

TEMPLATES = sorted((Path(__file__).parents[2] / "src" / "charteroak").rglob("templates/**/*.html"))


def forbidden_door(request: HttpRequest) -> HttpResponse:
    refuse("no_agreement", "No agreement in force covers this.", "Ask the policy office for one.").require()
    return HttpResponse("never reached")


def broken_door(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


def waiting_door(request: HttpRequest) -> HttpResponse:
    raise OperationalError


def full_door(request: HttpRequest) -> HttpResponse:
    raise VaultError("Could not write to store 'payload': no space left on the device.")


handler500 = site_urls.handler500
urlpatterns = [
    *site_urls.urlpatterns,
    path("door/", forbidden_door, name="door"),
    path("broken/", broken_door),
    path("waiting/", waiting_door),
    path("full/", full_door),
]


@pytest.fixture(scope="module")
def invited(database_of_the_file: None) -> None:
    with owner_beside():
        Person.objects.create(username="maya.ortiz", name="Dr Maya Ortiz", password="!")


@pytest.fixture
def maya(invited: None, rolled_back: None) -> Person:
    return Person.objects.get()


def test_a_stranger_reads_what_this_is(client: Client, db: None) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "signed agreement" in page.text
    assert page.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


def test_a_colleague_sees_three_lists(client: Client, maya: Person) -> None:
    client.force_login(maya)
    page = client.get("/").text
    assert re.findall(r'<h2 id="\w+">([^<]+?) <', page) == [
        "Your turn", "Waiting on others", "Recently finished",
    ]  # fmt: skip


def test_nobody_signs_themselves_up(client: Client, db: None) -> None:
    client.post("/accounts/signup/", {"username": "stranger", "password1": "acorns fall far from here"})
    assert not Person.objects.filter(username="stranger").exists()


@pytest.mark.parametrize(
    "address", ["/accounts/email/", "/accounts/password/reset/", "/accounts/login/code/"]
)
def test_there_is_no_way_in_by_email(client: Client, db: None, address: str) -> None:
    assert client.get(address).status_code == 404


def test_the_health_page_asks_the_database(
    client: Client, db: None, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]  # pytest-django's own callable
        assert client.get("/healthz").text == "ok\n"


def test_the_browsers_language_is_spoken(client: Client, db: None) -> None:
    assert '<html lang="es">' in client.get("/", headers={"Accept-Language": "es"}).text


@pytest.mark.urls(__name__)
def test_a_refusal_is_a_page_with_its_reasons_and_is_recorded(client: Client, maya: Person) -> None:
    client.force_login(maya)
    page = client.get("/door/")
    assert page.status_code == 403
    assert "No agreement in force covers this." in page.text
    assert "Ask the policy office for one." in page.text
    assert Event.objects.filter(name="door:read:refused", by="maya.ortiz").count() == 1


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("before", "offered"),
    [
        ("http://testserver/outputs/042-1/", True),
        ("http://testserver/door/", False),
        ("https://elsewhere.example/", False),
    ],
)
def test_a_refusal_leads_back_to_the_page_of_this_site_it_came_from(
    client: Client, maya: Person, before: str, offered: bool
) -> None:
    client.force_login(maya)
    page = client.get("/door/", headers={"Referer": before}).text
    assert (f'href="{before}"' in page) is offered
    assert ("Back to the page before" in page) is offered


@pytest.mark.urls(__name__)
def test_a_program_gets_the_reasons_as_json(client: Client, maya: Person) -> None:
    client.force_login(maya)
    answer = client.get("/door/", headers={"Accept": "application/json"})
    assert answer.status_code == 403
    assert answer.json() == {
        "allowed": False,
        "reasons": [
            {
                "rule": "no_agreement",
                "message": "No agreement in force covers this.",
                "mend": "Ask the policy office for one.",
            }
        ],
    }


@pytest.mark.urls(__name__)
def test_refused_strangers_are_counted_not_listed(client: Client, db: None) -> None:
    client.get("/door/")
    client.get("/door/")
    assert AnonymousRefusals.objects.get(action="door:read").count == 2
    assert not Event.objects.exists()


@pytest.mark.urls(__name__)
def test_a_fault_of_ours_is_said_without_the_database(client: Client) -> None:
    client.raise_request_exception = False
    page = client.get("/broken/")
    assert page.status_code == 500
    assert "Something broke on our side" in page.text
    assert page.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


@pytest.mark.urls(__name__)
def test_a_store_that_is_full_or_away_is_said_with_when_to_come_back(client: Client) -> None:
    client.raise_request_exception = False
    page = client.get("/full/")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "60")
    assert "store does not answer" in page.text
    assert "payload" not in page.text


@pytest.mark.urls(__name__)
def test_a_database_that_is_away_is_said_with_when_to_come_back(client: Client) -> None:
    client.raise_request_exception = False
    page = client.get("/waiting/")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "2")
    assert "being started again" in page.text
    assert page.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


def test_an_unreadable_request_has_a_page() -> None:
    assert "This request could not be read" in render_to_string("400.html")


def test_a_form_from_before_signing_in_says_so(db: None) -> None:
    page = Client(enforce_csrf_checks=True).post("/language/", {"language": "es"})
    assert page.status_code == 403
    assert "This form is out of date" in page.text


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda found: f"{found.parent.name}/{found.name}")
def test_no_page_carries_styles_or_scripts_of_its_own(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert re.findall(r"\sstyle=|\son[a-z]+=|<style|javascript:|hx-on", text) == []
    assert [tag for tag in re.findall(r"<script[^>]*>", text) if " src=" not in tag] == []


def test_who_loads_the_address_of_a_button_reads_that_it_is_no_page(client: Client, maya: Person) -> None:
    client.force_login(maya)
    found = client.get("/requests/001/submit/")
    assert (found.status_code, found.headers["Allow"]) == (405, "POST")
    assert "This address takes what a form sends; it is not a page." in found.text
    assert found.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
