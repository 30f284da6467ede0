"""The policy office adds a person: the post takes them a key, it lets them in once, and nothing lies behind it."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.mail.backends.base import BaseEmailBackend
from django.db import ProgrammingError, connection, transaction
from django.test import Client, override_settings
from psycopg import sql

from apps import way
from apps.accounts_way import (
    DOOR,
    NEW,
    PASSWORD,
    added,
    at_desk,
    coming_in,
    forgotten,
    key_from_the_post,
    on_file,
)
from apps.way import as_, person, refused, rules
from charteroak.adapters import clock
from charteroak.adapters.environment import Process
from charteroak.agencies import accounts, actions, cover, queries
from charteroak.agencies.models import Invitation, InvitationKey, Person, RoleHeld
from charteroak.audit.models import AnonymousRefusals, Event
from charteroak.policy.account import Status
from charteroak.policy.decision import Refused
from charteroak.policy.roles import Role
from charteroak.site import account_letters
from charteroak.site.supervisor import GOVERNING
from conftest import connection_as, owner_beside


class Broken(BaseEmailBackend):
    def send_messages(self, email_messages: object) -> int:  # noqa: ARG002 - as Django calls it
        raise ConnectionRefusedError("no server")


@pytest.fixture(autouse=True)
def _people(loaded: None) -> Iterator[None]:
    """Real commits: the post looks over a connection of its own, and the door counts guesses in its cache."""
    cache.clear()
    mail.outbox = []
    with way.day(way.DAY_ZERO):
        yield
    forgotten()


def test_added_on_the_page_the_person_comes_in_with_the_key_from_the_post_and_the_key_is_dead() -> None:
    sam = as_("sam.reyes")
    assert "/agencies/add-person/" in sam.get("/agencies/people/").text
    assert sam.post("/agencies/add-person/", NEW).headers["Location"] == "/agencies/people/noa.berg/"
    assert "Has not signed in yet" in sam.get("/agencies/people/noa.berg/").text
    key = key_from_the_post()
    assert mail.outbox[-1].to == [NEW["email"]]
    assert DOOR in mail.outbox[-1].body
    assert "sam.reyes" in mail.outbox[-1].body, "whom to call"
    noa = at_desk(1)
    assert noa.get(DOOR).status_code == 200
    assert coming_in(noa, key) == 302
    assert noa.get("/agencies/people/me/").status_code == 200
    assert coming_in(at_desk(2), key) == 400
    back = Client()
    back.post("/accounts/login/", {"login": "noa.berg", "password": PASSWORD})
    assert back.get("/agencies/people/me/").status_code == 200
    assert queries.status_of(person("noa.berg")) is Status.OPEN
    assert "Has not signed in yet" not in sam.get("/agencies/people/noa.berg/").text


def test_the_key_is_read_by_the_post_alone_and_stands_nowhere_once_it_is_sent(
    caplog: pytest.LogCaptureFixture,
) -> None:
    holder = added()
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        list(InvitationKey.objects.all())
    for worker in ("linker", "enclave", "outputs"):
        with (
            connection_as(worker),
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
        ):
            list(InvitationKey.objects.all())
    key = key_from_the_post()
    coming_in(at_desk(1), key)
    shown = [key, key.replace("-", ""), PASSWORD]
    with connection_as("owner"), connection.cursor() as cursor:
        assert not InvitationKey.objects.exists()
        for table in connection.introspection.table_names(cursor):
            cursor.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
            told = str(cursor.fetchall())
            assert not [one for one in shown if one in told], table
    assert not [one for one in shown if one in caplog.text]
    named = {event.name for event in Event.objects.filter(subject=f"agencies.person:{holder.pk}")}
    assert named == {"agencies:account:add", "agencies:account:use_key"}


def test_what_was_typed_in_small_letters_without_dashes_is_the_same_key() -> None:
    added()
    key = key_from_the_post()
    assert coming_in(at_desk(1), key.lower().replace("-", " ")) == 302


@pytest.mark.parametrize("wrong", ["another", "another's", "password", "differ"])
def test_a_wrong_key_lets_nobody_in_and_a_weak_password_uses_none_up(wrong: str) -> None:
    added()
    key = key_from_the_post()
    desk = at_desk(1)
    if wrong == "another":
        assert coming_in(desk, "AAAA-" * 7 + "AAAA") == 400
    elif wrong == "another's":
        assert coming_in(desk, key, username="maya.ortiz") == 400
    elif wrong == "password":
        assert coming_in(desk, key, password="short") == 400
    else:
        said = {"username": "noa.berg", "key": key, "password": PASSWORD, "again": PASSWORD + "."}
        assert desk.post(DOOR, said).status_code == 400
    assert Invitation.objects.get().used_at is None
    assert coming_in(at_desk(2), key) == 302


def test_an_old_key_a_void_one_and_one_before_a_new_one_are_dead() -> None:
    holder, sam = added(), person("sam.reyes")
    first = key_from_the_post()
    with way.day(clock.today() + timedelta(days=15)):
        assert coming_in(at_desk(1), first) == 400
        assert "Send a new one" in as_("sam.reyes").get("/agencies/people/noa.berg/").text
        assert "the first key ran out" in as_("sam.reyes").get("/").text
        accounts.send_key(person=holder.pk, by=sam)
        assert "the first key ran out" not in as_("sam.reyes").get("/").text
        second = key_from_the_post()
        assert coming_in(at_desk(2), first) == 400
        accounts.void_key(person=holder.pk, by=sam)
        assert coming_in(at_desk(3), second) == 400
        assert refused(accounts.void_key, person=holder.pk, by=sam) == ["no_key"]
        accounts.send_key(person=holder.pk, by=sam)
        assert coming_in(at_desk(4), key_from_the_post()) == 302
    assert refused(accounts.send_key, person=holder.pk, by=sam) == ["wrong_status"]


def test_a_closed_account_and_one_that_is_left_let_nobody_in_and_stay_closed() -> None:
    holder, sam = added(), person("sam.reyes")
    key = key_from_the_post()
    actions.close_account(person=holder.pk, by=sam)
    assert coming_in(at_desk(1), key) == 400
    for act in (accounts.send_key, accounts.void_key):
        assert refused(act, person=holder.pk, by=sam) == ["wrong_status"]
    changed = {"person": holder.pk, "name": "N.", "email": "n@example.org", "because": "Why."}
    assert refused(accounts.change_details, **changed, by=sam) == ["wrong_status"]
    assert refused(added) == ["user_name_taken"]
    leaving = added(username="lev.roth", email="lev.roth@example.org")
    key = key_from_the_post()
    actions.give_notice(person=leaving.pk, last_day=clock.today(), by=sam)
    assert coming_in(at_desk(2), key, username="lev.roth") == 400


def test_a_key_that_would_open_an_office_opens_nothing() -> None:
    """None is granted before the first sign-in; what a setup file gives meanwhile kills the key."""
    holder, sam = added(), person("sam.reyes")
    given = {"person": holder.pk, "role": Role.COUNSEL, "agency": None, "by": sam}
    assert refused(actions.grant_role, **given) == ["not_signed_in_yet"]
    office = RoleHeld.objects.get(person__username="ben.cole", role=Role.DATA_STEWARD)
    today = clock.today()
    named = {"office": office.pk, "delegate": "noa.berg", "since": today, "until": today, "letter": "Mail."}
    assert refused(cover.name_delegate, **named, by=person("ben.cole")) == ["not_signed_in_yet"]
    key = key_from_the_post()
    with owner_beside():
        RoleHeld.objects.create(person=holder, role=Role.COUNSEL, since=today)
    assert coming_in(at_desk(1), key) == 400
    assert refused(accounts.send_key, person=holder.pk, by=sam) == ["holds_an_office"]


def test_an_office_is_granted_after_the_first_sign_in() -> None:
    holder = added()
    coming_in(at_desk(1), key_from_the_post())
    actions.grant_role(person=holder.pk, role=Role.COUNSEL, agency=None, by=person("sam.reyes"))
    assert person("noa.berg").roles(clock.today()) == {Role.COUNSEL}


@pytest.mark.parametrize("by", ["ben.cole", "kim.tran", "noor.haddad", "pat.lee", "maya.ortiz", "eve.lang"])
def test_nobody_but_the_policy_office_adds_renews_voids_or_changes(by: str) -> None:
    holder = added()
    client = as_(by)
    assert client.post("/agencies/add-person/", {**NEW, "username": "lev.roth"}).status_code == 403
    for act in ("change-details", "send-key", "void-key"):
        assert client.post(f"/agencies/people/noa.berg/{act}/", {"name": "X", "because": "y"}).status_code in (
            403, 404,
        )  # fmt: skip
    with pytest.raises(Refused) as caught:
        added(by, username="lev.roth", email="lev@example.org")
    assert rules(caught) == {"wrong_role"}
    for renewed in (accounts.send_key, accounts.void_key):
        assert refused(renewed, person=holder.pk, by=person(by)) == ["wrong_role"]
    assert not Person.objects.filter(username="lev.roth").exists()


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"username": "setup"}, "user_name_unfit"),
        ({"username": "Noa.Berg"}, "user_name_unfit"),
        ({"username": "ben.cole"}, "user_name_taken"),
        ({"name": " "}, "name_missing"),
        ({"email": "nowhere"}, "no_address"),
        ({"email": ""}, "no_address"),
        ({"email": "BEN.COLE@example.test"}, "address_taken"),
        ({"email": "Sam.Reyes@example.test"}, "own_account"),
    ],
)
def test_who_is_added_has_a_name_and_an_address_of_their_own(wrong: dict[str, str], rule: str) -> None:
    for one in ("ben.cole", "sam.reyes"):
        on_file(one, email=f"{one}@example.test")
    with pytest.raises(Refused) as caught:
        added(**wrong)
    assert rules(caught) == {rule}
    page = as_("sam.reyes").post("/agencies/add-person/", {**NEW, **wrong})
    assert page.status_code == 400
    told = as_("sam.reyes").post(
        "/api/agencies/add-person", {**NEW, **wrong}, content_type="application/json"
    )
    assert [one["rule"] for one in told.json()["reasons"]] == [rule]


def guessed() -> int:
    return sum(one.count for one in AnonymousRefusals.objects.filter(action="agencies:account:use_key"))


def test_guesses_at_a_key_are_limited_with_those_at_a_password() -> None:
    added()
    key, desk, before = key_from_the_post(), at_desk(1), guessed()
    for _guess in range(5):
        assert coming_in(desk, "AAAA-" * 7 + "AAAA") == 400
    assert coming_in(desk, key) == 400, "the right one comes too late"
    assert "Too many" in desk.post("/accounts/login/", {"login": "noa.berg", "password": PASSWORD}).text
    assert guessed() - before == 5


def test_a_mail_server_that_is_away_is_tried_again_and_the_policy_office_sees_it() -> None:
    added()
    with override_settings(EMAIL_BACKEND=f"{Broken.__module__}.Broken"), connection_as("post"):
        assert account_letters.send_first_keys() == 0
    page = as_("sam.reyes").get("/agencies/people/noa.berg/").text
    assert "ConnectionRefusedError" in page
    assert coming_in(at_desk(1), key_from_the_post()) == 302


def test_over_json_a_person_is_added_once_however_often_it_is_sent_and_the_key_is_not_told() -> None:
    sam = as_("sam.reyes")
    once = {"Idempotency-Key": "one"}
    told = [
        sam.post("/api/agencies/add-person", NEW, content_type="application/json", headers=once)
        for _again in range(2)
    ]
    assert [one.status_code for one in told] == [200, 200]
    assert told[0].json() == told[1].json()
    said = told[0].json()
    assert said["status"] == "invited"
    assert set(said["first_key"]) == {"open", "last_day", "sent_at", "failure"}
    assert {"send-key", "void-key", "change-details"} <= set(said["permitted"])
    assert "grant-role" not in said["permitted"]
    where = "/api/agencies/people/noa.berg"
    tag = sam.get(where).headers["ETag"]
    for expected in (200, 412):
        answer = sam.post(f"{where}/void-key", headers={"If-Match": tag})
        assert answer.status_code == expected


def test_the_list_shows_who_never_signed_in() -> None:
    added()
    sam = as_("sam.reyes")
    assert "Noa Berg" in sam.get("/agencies/people/?signed_in=never").text
    coming_in(at_desk(1), key_from_the_post())
    assert "Noa Berg" not in sam.get("/agencies/people/?signed_in=never").text
    assert "Noa Berg" in sam.get("/agencies/people/?q=noa").text


def test_no_event_holds_an_address() -> None:
    added()
    accounts.change_details(
        person=person("noa.berg").pk, name="Noa B.", email="nb@example.org", because="By telephone.",
        by=person("sam.reyes"),
    )  # fmt: skip
    told = " ".join(json.dumps(one.text) for one in Event.objects.filter(by="sam.reyes"))
    assert "example.org" not in told
    assert "telephone" not in told


def test_in_governance_only_mode_a_person_comes_in_likewise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHARTEROAK_GOVERNANCE_ONLY", "1")
    assert {Process.WEB, Process.POST} <= set(GOVERNING)
    assert as_("sam.reyes").post("/agencies/add-person/", NEW).status_code == 302
    noa = at_desk(1)
    assert coming_in(noa, key_from_the_post()) == 302
    assert noa.get("/").status_code == 200
