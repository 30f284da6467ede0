"""The pages that everyone meets, in a browser: narrow and wide, without scripts, in two languages."""

from collections.abc import Callable
from datetime import date

import pytest

from charteroak.agencies.models import Person, RoleHeld
from charteroak.policy.roles import Role
from conftest import owner_beside
from journeys.visitor import Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
PASSWORD = "acorns fall far from here"


@pytest.fixture
def maya(live_database: object) -> Person:
    person = Person(username="maya.ortiz", name="Dr Maya Ortiz")
    person.set_password(PASSWORD)
    with owner_beside():
        person.save()
    return person


@pytest.mark.parametrize("width", [1280, 320])
def test_a_stranger_finds_nothing_to_object_to(visit: Visit, address: str, width: int) -> None:
    stranger = visit(address, width=width)
    for path in ("/", "/how-it-works/", "/accounts/login/", "/accounts/signup/", "/nowhere"):
        stranger.look(path)


def test_a_judged_page_can_fail(visit: Visit, address: str) -> None:
    stranger = visit(address)
    stranger.page.goto(address)
    stranger.page.evaluate("document.querySelector('main').appendChild(new Image())")
    with pytest.raises(AssertionError, match="image-alt"):
        stranger.judge()


def test_a_wrong_password_is_said_first_and_keeps_the_user_name(
    visit: Visit, address: str, maya: Person
) -> None:
    visitor = visit(address)
    visitor.sign_in(maya.username, "not the password")
    visitor.judge()
    assert visitor.page.evaluate("document.activeElement.id") == "error-summary"
    assert visitor.page.get_by_label("Username").input_value() == maya.username


@pytest.mark.parametrize("locale", ["en-US", "es-US"])
def test_a_menu_of_two_rows_leaves_the_account_in_sight(
    visit: Visit, address: str, maya: Person, locale: str
) -> None:
    with owner_beside():
        RoleHeld.objects.create(person=maya, role=Role.AUDITOR, since=date(2026, 1, 1))
    auditor = visit(address, locale=locale)
    auditor.page.goto(f"{address}/accounts/login/?as={maya.username}")
    auditor.page.locator("#id_password").fill(PASSWORD)
    auditor.page.locator("#action-sign-in button").first.click()
    auditor.look("/")
    assert auditor.page.locator(".usa-nav__primary-item").count() > 10


def prove_again(visitor: Visitor) -> None:
    """Sign-in security asks for the password once more, however fresh the session."""
    page = visitor.look("/accounts/2fa/totp/activate/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_load_state()


@pytest.mark.parametrize("width", [1280, 320])
def test_a_colleague_signs_in_and_sets_up_a_second_factor(
    visit: Visit, address: str, maya: Person, width: int
) -> None:
    visitor = visit(address, width=width)
    visitor.sign_in(maya.username, PASSWORD)
    visitor.judge()
    assert visitor.page.get_by_role("heading", name="Your turn").is_visible()
    for path in (
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/2fa/webauthn/add/",
        "/accounts/logout/",
    ):
        visitor.look(path)


def test_a_passkey_is_made_and_signs_in(visit: Visit, address: str, maya: Person) -> None:
    visitor = visit(address)
    device = visitor.context.new_cdp_session(visitor.page)
    device.send("WebAuthn.enable")
    able = ("hasResidentKey", "hasUserVerification", "isUserVerified", "automaticPresenceSimulation")
    options = {"protocol": "ctap2", "transport": "internal", **dict.fromkeys(able, True)}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    visitor.sign_in(maya.username, PASSWORD)
    prove_again(visitor)
    page = visitor.look("/accounts/2fa/webauthn/add/")
    page.locator("label[for=id_passwordless]").click()
    page.get_by_role("button", name="Add").click()
    page.wait_for_url("**/recovery-codes/**")
    visitor.judge()
    visitor.context.clear_cookies()
    page = visitor.look("/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{address}/")
    assert page.get_by_text("Dr Maya Ortiz").first.is_visible()


def test_without_scripts_the_menu_stands_open(visit: Visit, address: str) -> None:
    stranger = visit(address, width=320, scripts=False)
    stranger.page.goto(address)
    assert stranger.page.get_by_role("link", name="Sign in").is_visible()


def test_a_visitor_changes_the_language(visit: Visit, address: str) -> None:
    stranger = visit(address)
    stranger.look("/how-it-works/")
    stranger.page.get_by_role("button", name="Español").click()
    stranger.page.wait_for_url("**/how-it-works/")
    assert stranger.page.locator("html").get_attribute("lang") == "es"
    assert stranger.page.get_by_role("heading", name="Cómo funciona").is_visible()
    stranger.judge()


def test_the_skip_link_is_the_first_stop(visit: Visit, address: str) -> None:
    stranger = visit(address)
    stranger.look("/")
    stranger.page.keyboard.press("Tab")
    assert stranger.page.evaluate("document.activeElement.getAttribute('href')") == "#main"
