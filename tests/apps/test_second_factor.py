"""An office that needs a second factor opens nothing to a password alone, and the page says how to go on."""

import dataclasses
from collections.abc import Iterator
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.test import Client, override_settings

from apps import way
from apps.way import person
from charteroak.adapters import clock
from charteroak.agencies import actions as agencies
from charteroak.agencies import cover
from charteroak.agencies.models import Cover, RoleHeld
from charteroak.audit.models import Event
from charteroak.policy.roles import Role
from charteroak.site import config, tokens
from charteroak.site.models import Token

PASSWORD = "a long password for tests"


@pytest.fixture(scope="module")
def people(database_of_the_file: None) -> None:
    way.load()


@pytest.fixture(autouse=True)
def required(people: None, rolled_back: None) -> Iterator[None]:
    needed = dataclasses.replace(settings.CONFIG, second_factor_roles=config.NEED_A_SECOND_FACTOR)
    with override_settings(CONFIG=needed):
        yield


def by_password(username: str) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": username, "password": PASSWORD})
    return client


def code_of(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time()))))


def set_up_codes(client: Client, username: str) -> str:
    """Set up codes as the page says; returns a recovery code."""
    page = client.get("/accounts/2fa/totp/activate/", follow=True)
    assert page.request["PATH_INFO"] == "/accounts/reauthenticate/"  # a session left open sets nothing up
    page = client.post(
        "/accounts/reauthenticate/?next=/accounts/2fa/totp/activate/", {"password": PASSWORD}, follow=True
    )
    secret = page.context["form"].secret
    answers = (
        client.post(page.request["PATH_INFO"], {"code": code_of(secret)}).status_code for _ in range(3)
    )
    assert 302 in answers  # a code may run out on its way
    held = Authenticator.objects.get(user=person(username), type=Authenticator.Type.RECOVERY_CODES)
    return str(RecoveryCodes(held).get_unused_codes()[0])


def test_a_password_alone_gets_no_further_than_the_page_that_says_how() -> None:
    noor = by_password("noor.haddad")
    for path in ("/", "/hub/", "/requests/", "/audit/", "/agencies/people/me/"):
        assert noor.get(path).headers["Location"] == "/accounts/second-factor/", path
    assert noor.post("/hub/001/start-link-run/").headers["Location"] == "/accounts/second-factor/"
    answer = noor.get("/api/agencies/people/me")
    assert (answer.status_code, answer.json()["reasons"][0]["rule"]) == (403, "second_factor_missing")
    assert Event.objects.filter(name="site:second_factor:refused", by="noor.haddad").count() == 7
    page = noor.get("/accounts/second-factor/").text
    assert 'href="/accounts/2fa/totp/activate/"' in page
    assert 'href="/accounts/2fa/webauthn/add/"' in page


@pytest.mark.parametrize("username", ["maya.ortiz", "rep.dunn"])
def test_who_holds_no_such_office_signs_in_by_password(username: str) -> None:
    assert by_password(username).get("/").status_code == 200


def test_an_office_granted_later_needs_it_at_the_next_look() -> None:
    maya = by_password("rep.dunn")
    assert maya.get("/").status_code == 200
    agencies.grant_role(person=person("rep.dunn").pk, role=Role.COUNSEL, agency=None, by=person("sam.reyes"))
    assert maya.get("/").headers["Location"] == "/accounts/second-factor/"


def covering_for_carl() -> Cover:
    """Maya, whose own office needs no second factor, may fill that of her agency's head, which does."""
    office = RoleHeld.objects.get(person__username="carl.winter", role=Role.SIGNATORY)
    return cover.name_delegate(
        office=office.pk, delegate="maya.ortiz", since=clock.today(), until=clock.today() + timedelta(days=9),
        letter="Mail of today.", by=person("carl.winter"),
    )  # fmt: skip


def test_an_office_filled_under_cover_needs_it_as_its_holder_does() -> None:
    named, maya = covering_for_carl(), by_password("maya.ortiz")
    maya.post(f"/agencies/cover/{named.pk}/act/")
    assert maya.get("/").headers["Location"] == "/accounts/second-factor/"
    assert maya.get("/api/agencies/cover").json()["reasons"][0]["rule"] == "second_factor_missing"
    assert maya.post("/agencies/cover/stop/").headers["Location"] == "/"
    assert maya.get("/").status_code == 200


def program_of(username: str, *, second_factor: bool) -> Client:
    words = tokens.create(
        by=person(username), label="Ours", agency=None, last_day=clock.today() + timedelta(days=9),
        reads_only=False, second_factor=second_factor,
    )[1]  # fmt: skip
    return Client(headers={"Authorization": f"Bearer {words}"})


def test_a_token_fills_nobody_else_s_office() -> None:
    named, program = covering_for_carl(), program_of("maya.ortiz", second_factor=False)
    for path in (f"/api/agencies/cover/{named.pk}/act", "/api/agencies/cover/stop"):
        answer = program.post(path)
        assert (answer.status_code, answer.json()["reasons"][0]["rule"]) == (403, "asked_by_token"), path
    assert program.get("/api/agencies/cover").json()["acting"] is None
    beside = by_password("maya.ortiz")
    beside.post(f"/agencies/cover/{named.pk}/act/")  # and the sign-in of a browser lends it none either
    program.cookies = beside.cookies
    assert program.get("/api/agencies/cover").json()["acting"] is None


def test_a_token_made_without_it_opens_no_office_that_needs_it() -> None:
    bare, shown = (program_of("rep.dunn", second_factor=how) for how in (False, True))
    assert bare.get("/api/agencies/people/me").status_code == 200
    agencies.grant_role(person=person("rep.dunn").pk, role=Role.COUNSEL, agency=None, by=person("sam.reyes"))
    answer = bare.get("/api/agencies/people/me")
    assert (answer.status_code, answer.json()["reasons"][0]["rule"]) == (403, "second_factor_missing")
    assert shown.get("/api/agencies/people/me").status_code == 200


def test_a_token_knows_whether_it_was_made_with_a_second_factor() -> None:
    form = {"label": "Ours", "last_day": str(clock.today() + timedelta(days=9))}
    rep = by_password("rep.dunn")
    assert rep.post("/tokens/create/", form).status_code == 200
    recovery = set_up_codes(rep, "rep.dunn")
    rep.post("/accounts/2fa/reauthenticate/?next=/", {"code": recovery})
    assert rep.post("/api/tokens/create", form, content_type="application/json").status_code == 200
    assert list(Token.objects.order_by("pk").values_list("second_factor", flat=True)) == [False, True]


def test_with_a_second_factor_the_doors_open() -> None:
    noor = by_password("noor.haddad")
    recovery = set_up_codes(noor, "noor.haddad")
    assert noor.get("/").status_code == 302  # set up, but not shown
    assert "Show it now" in noor.get("/accounts/second-factor/").text
    noor.logout()
    asked = noor.post("/accounts/login/", {"login": "noor.haddad", "password": PASSWORD})
    assert asked.headers["Location"].startswith("/accounts/2fa/authenticate/")
    assert noor.get("/hub/").headers["Location"].startswith("/accounts/login/")  # half-way in is outside
    assert noor.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert noor.post("/accounts/2fa/authenticate/", {"code": recovery}).status_code == 302
    assert noor.get("/").status_code == 200
    assert noor.get("/hub/").status_code == 200
    assert "nothing to do" in noor.get("/accounts/second-factor/").text


def test_what_was_set_up_can_be_shown_without_signing_out() -> None:
    noor = by_password("noor.haddad")
    recovery = set_up_codes(noor, "noor.haddad")
    page = noor.get("/accounts/second-factor/")
    assert 'href="/accounts/2fa/reauthenticate/?next=/"' in page.text
    assert noor.post("/accounts/2fa/reauthenticate/?next=/", {"code": recovery}).headers["Location"] == "/"
    assert noor.get("/").status_code == 200


def test_a_password_alone_does_not_take_the_second_factor_away() -> None:
    set_up_codes(by_password("noor.haddad"), "noor.haddad")
    thief = by_password("noor.haddad")
    for path in ("/accounts/2fa/totp/deactivate/", "/accounts/2fa/recovery-codes/generate/"):
        assert thief.post(path).headers["Location"].startswith("/accounts/login/"), path
    assert Authenticator.objects.filter(user=person("noor.haddad")).count() == 2


def test_the_operator_says_who_needs_one(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "CHARTEROAK_SECOND_FACTOR_ROLES"
    monkeypatch.delenv(name, raising=False)
    assert config.second_factor_roles() == frozenset()
    monkeypatch.setenv("CHARTEROAK_MODE", "production")
    assert config.second_factor_roles() == config.NEED_A_SECOND_FACTOR
    assert Role.RESEARCHER not in config.NEED_A_SECOND_FACTOR
    monkeypatch.setenv(name, "auditor, researcher")
    assert config.second_factor_roles() == {Role.AUDITOR, Role.RESEARCHER}
    monkeypatch.setenv(name, "none")
    assert config.second_factor_roles() == frozenset()
    monkeypatch.setenv(name, "auditors")
    with pytest.raises(ValueError, match="auditors"):
        config.second_factor_roles()
