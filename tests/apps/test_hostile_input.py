"""What a hostile visitor types or sends is escaped, refused or not found, wherever it stands; never obeyed."""

import re
from urllib.parse import quote

import pytest
from django.conf import settings
from django.test import Client

from apps import doors, way
from apps.hub_way import NUMBER
from apps.outputs_way import MAYA
from apps.whole_way import Scene
from charteroak.outputs.printed import visible

PASSWORD = "a long password for tests"
SCRIPT = '"><script>alert(1)</script>'
HOSTILE = (
    SCRIPT,
    "../../../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e",
    "a\x00b",
    "a\r\nSet-Cookie: x=1",
    "\u202etxt.exe",
    "x" * 3_000,
    "'; DROP TABLE audit_event; --",
    "{{ 7*7 }}{% load i18n %}",
    "99999999999999999999999",
    "-1",
)
ASKED = (
    "/catalog/", "/catalog/variables.csv", "/catalog/variables.xlsx", "/api/catalog/variables", "/audit/",
    "/accounts/login/", "/requests/", "/agreements/disclosures/",
    "/board/", "/register/", "/agencies/people/", "/api/agencies/administration",
)  # fmt: skip
PEOPLE = ("ben.cole", "eve.lang", "")  # an insider, one from another project, a stranger


@pytest.fixture
def each(at: Scene, rolled_back: None) -> Scene:
    return at


def client_of(username: str) -> Client:
    client = Client(raise_request_exception=False)
    if username:
        client.force_login(way.person(username))
    return client


def filled(route: str, hostile: str) -> str:
    """An address of this route with the hostile text in place of every text; numbers stay numbers."""
    path = re.sub(r"<int:\w+>", "1", route)
    return "/" + re.sub(r"<(?:(?:str|slug):)?\w+>", lambda _: quote(hostile, safe=""), path)


@pytest.mark.parametrize("username", PEOPLE)
def test_a_hostile_name_in_any_address_is_not_found_and_not_repeated_as_markup(
    each: Scene, username: str
) -> None:
    client, tried = client_of(username), 0
    for method, route in sorted(doors.routes()):
        if not re.search(r"<(?!int:)", route):
            continue
        for hostile in HOSTILE if username == PEOPLE[0] else HOSTILE[:5]:
            for send in (client.get, client.post) if method == "any" else (getattr(client, method.lower()),):
                answer = send(filled(route, hostile))
                assert answer.status_code in (302, 400, 401, 403, 404, 405, 422), (
                    route,
                    hostile,
                    answer.status_code,
                )
                assert "x" not in answer.cookies, (route, hostile)
                if not answer.streaming:
                    assert b"<script>alert" not in answer.content, (route, hostile)
                    assert b"root:" not in answer.content, (route, hostile)
                tried += 1
    assert tried > 400


@pytest.mark.parametrize("username", PEOPLE)
def test_a_hostile_question_is_answered_without_obeying_it(each: Scene, username: str) -> None:
    client = client_of(username)
    for path in ASKED:
        for hostile in HOSTILE:
            asked = dict.fromkeys(
                ("q", "agency", "sensitivity", "name", "by", "day", "next", "as", "on"), hostile
            )
            answer = client.get(path, asked)
            assert answer.status_code in (200, 302, 400, 401, 403, 404, 422), (
                path,
                hostile,
                answer.status_code,
            )
            assert b"<script>alert" not in answer.getvalue(), (path, hostile)


def test_titles_texts_and_names_are_shown_as_they_were_typed_and_never_as_markup(each: Scene) -> None:
    maya = client_of(MAYA)
    told = f"Title {SCRIPT}"
    page = maya.post("/requests/new/", {"title": told}, follow=True)
    assert page.status_code == 200
    number = page.redirect_chain[-1][0].rstrip("/").split("/")[2]
    maya.post(f"/requests/{number}/edit/", {"title": told, "question": told, "purpose": told[:200]})
    for who in (MAYA, "sam.reyes", "pat.lee"):
        for path in ("/", "/requests/", f"/requests/{number}/", "/register/", "/audit/"):
            assert "<script>alert" not in client_of(who).get(path).text, (who, path)
    assert "&lt;script&gt;" in maya.get(f"/requests/{number}/").text


def test_a_script_s_name_and_what_it_says_are_text(each: Scene) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    maya = client_of(MAYA)
    named = SimpleUploadedFile(
        'x"><script>alert(1)<%2fscript>\x07\u202e.py', b"print('<script>alert(1)</script>')"
    )
    shown = maya.post(f"/workspaces/{NUMBER}/submit-job/", {"file": named}, follow=True)
    assert shown.status_code == 200
    assert "<script>alert" not in shown.text
    assert "\x07" not in shown.text
    assert "<script>alert" not in maya.get(f"/workspaces/{NUMBER}/").text


def test_text_that_no_column_holds_is_an_error_of_the_sender(each: Scene) -> None:
    maya = client_of(MAYA)
    for said in ({"title": "a\x00b"}, {"title": "x" * 5_000}):
        answer = maya.post("/api/requests/start", said, content_type="application/json")
        assert answer.status_code in (400, 422), said
        assert answer.headers["Content-Type"].startswith("application/json"), said
    assert maya.post(f"/api/workspaces/{NUMBER}/submit-job", {"script": "a\x00b"}, content_type="application/json",
                     ).status_code == 400  # fmt: skip


def test_what_a_checker_cannot_see_is_made_visible() -> None:
    assert visible("a\tb\nc\r\nd é – 12") == "a\tb\nc\nd é – 12"
    assert visible("\u202e12\u2066") == "⟨U+202E⟩12⟨U+2066⟩"
    assert visible("\x1b[31mred\x00\u200b\ufeff\r") == "⟨U+001B⟩[31mred⟨U+0000⟩⟨U+200B⟩⟨U+FEFF⟩⟨U+000D⟩"


def test_signing_in_gives_another_session_and_ends_the_one_before(each: Scene) -> None:
    victim = Client()
    victim.get("/accounts/login/")
    session = victim.session  # one that the attacker knows, planted before the sign-in
    session["planted"] = "yes"
    session.save()
    planted = str(session.session_key)
    victim.cookies[settings.SESSION_COOKIE_NAME] = planted
    attacker = Client()
    attacker.cookies[settings.SESSION_COOKIE_NAME] = planted
    victim.post("/accounts/login/", {"login": "ben.cole", "password": PASSWORD})
    given = victim.cookies[settings.SESSION_COOKIE_NAME]
    assert given.value != planted
    assert victim.get("/submissions/").status_code == 200
    assert attacker.get("/submissions/").status_code == 302
    assert (given["httponly"], given["samesite"], given["path"]) == (True, "Lax", "/")
    victim.post("/accounts/logout/")
    victim.cookies[settings.SESSION_COOKIE_NAME] = given.value
    assert victim.get("/submissions/").status_code == 302  # signed out is signed out, whoever kept the cookie


def test_a_new_password_ends_the_other_sessions(each: Scene) -> None:
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        client.post("/accounts/login/", {"login": "ben.cole", "password": PASSWORD})
    new = {
        "oldpassword": PASSWORD,
        "password1": "another long password",
        "password2": "another long password",
    }
    assert here.post("/accounts/password/change/", new).status_code == 302
    assert elsewhere.get("/submissions/").status_code == 302
    assert (
        Client().post("/accounts/login/", {"login": "ben.cole", "password": new["password1"]}).status_code
        == 302
    )


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "\\\\evil.example", "https:evil.example", "javascript:alert(1)",
     "/\\evil.example", "http://localhost@evil.example/", "%2f%2fevil.example"],
)  # fmt: skip
def test_nobody_is_sent_to_another_site(each: Scene, target: str) -> None:
    said = {"login": "ben.cole", "password": PASSWORD, "next": target}
    for path in ("/accounts/login/", f"/accounts/login/?next={quote(target)}"):
        answer = Client().post(path, said)
        assert answer.status_code == 302
        assert_stays(answer.headers["Location"])
    assert_stays(Client().post("/language/", {"language": "es", "next": target}).headers.get("Location", "/"))
    ben = client_of("ben.cole")
    assert_stays(ben.post("/accounts/logout/", {"next": target}).headers["Location"])


def assert_stays(location: str) -> None:
    assert re.match(r"/(?![/\\])", location) or location == "%2f%2fevil.example", location


def test_a_foreign_host_header_is_refused(each: Scene) -> None:
    for headers in ({"Host": "evil.example"}, {"Host": "localhost:80@evil.example"}):
        assert client_of("").get("/", headers=headers).status_code == 400
    forwarded = client_of("").get("/", headers={"X-Forwarded-Host": "evil.example"})
    assert (forwarded.status_code, "evil.example" in forwarded.text) == (200, False)


def test_a_method_cannot_be_smuggled(each: Scene) -> None:
    noor = client_of("noor.haddad")
    for headers in ({"X-HTTP-Method-Override": "POST"}, {"X-Method-Override": "POST"}):
        assert noor.get(f"/hub/{NUMBER}/settle/", {"_method": "POST"}, headers=headers).status_code == 405
    for method in (noor.put, noor.delete, noor.patch):
        assert method(f"/hub/{NUMBER}/settle/").status_code == 405
    assert noor.trace("/").status_code == 405
