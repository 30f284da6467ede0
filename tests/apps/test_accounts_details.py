"""A person's name or address changes: by the policy office, with a reason, and both addresses are told."""

from collections.abc import Iterator

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import ProgrammingError, transaction

from apps import way
from apps.accounts_way import added, at_desk, coming_in, forgotten, key_from_the_post, on_file
from apps.way import as_, person, refused
from charteroak.adapters import clock
from charteroak.agencies import accounts
from charteroak.agencies.models import DetailsChange, Invitation, Person
from charteroak.agreements import letters
from charteroak.agreements.models import Letter
from charteroak.site import account_letters
from conftest import connection_as

PAGE = "/agencies/people/ben.cole/change-details/"
BEFORE, AFTER = "ben.cole@old.example.org", "ben@new.example.org"
SAID = {"name": "Ben Cole", "email": AFTER, "because": "He called from his desk."}


@pytest.fixture(autouse=True)
def _people(loaded: None) -> Iterator[None]:
    mail.outbox = []
    cache.clear()
    on_file("ben.cole", name="Ben Cole", email=BEFORE)
    on_file("lena.park", name="Lena Park", email="")
    with way.day(way.DAY_ZERO):
        yield
    forgotten()


def posted() -> list[tuple[list[str], str]]:
    """To whom the post writes now, and what."""
    mail.outbox = []
    with connection_as("post"):
        account_letters.tell_of_changed_addresses()
        letters.send_waiting()
    return sorted((list(one.to), str(one.body)) for one in mail.outbox)


def test_both_addresses_are_told_once_and_the_old_one_does_not_learn_the_new() -> None:
    sam = as_("sam.reyes")
    assert sam.post(PAGE, SAID).status_code == 302
    assert person("ben.cole").email == AFTER
    old, new = posted()
    assert (new[0], old[0]) == ([AFTER], [BEFORE])
    assert "call at once" in old[1]
    assert "Sam Reyes" in old[1]
    assert AFTER not in old[1]
    assert posted() == []
    page = sam.get("/agencies/people/ben.cole/").text
    assert BEFORE in page
    assert SAID["because"] in page


def test_a_changed_name_is_no_letter_and_stays_on_record() -> None:
    as_("sam.reyes").post(PAGE, {**SAID, "name": "Benjamin Cole", "email": BEFORE})
    assert person("ben.cole").name == "Benjamin Cole"
    assert posted() == []
    change = DetailsChange.objects.get()
    assert (change.name_before, change.email_before, change.recorded_by.username) == (
        "Ben Cole", BEFORE, "sam.reyes",
    )  # fmt: skip


def test_nobody_changes_their_own_and_a_colleague_finds_no_such_page() -> None:
    sam = as_("sam.reyes")
    assert "action-change-details" not in sam.get("/agencies/people/sam.reyes/").text
    own = sam.post("/agencies/people/sam.reyes/change-details/", {**SAID, "name": "Sam R."})
    assert own.status_code == 403
    assert as_("ben.cole").post(PAGE, SAID).status_code == 403
    assert as_("lena.park").post(PAGE, SAID).status_code == 404
    assert as_("pat.lee").post(PAGE, SAID).status_code == 403
    assert not DetailsChange.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"because": " "}, "because_missing"),
        ({"email": "nowhere"}, "no_address"),
        ({"email": ""}, "no_address"),
        ({"email": "noa.berg@example.org"}, "address_taken"),
        ({"name": ""}, "name_missing"),
        ({"email": BEFORE}, "nothing_changes"),
    ],
)
def test_what_is_put_on_file_is_whole_and_nobody_else_s(wrong: dict[str, str], rule: str) -> None:
    added()
    given = {**SAID, **wrong, "person": person("ben.cole").pk, "by": person("sam.reyes")}
    assert refused(accounts.change_details, **given) == [rule]
    assert as_("sam.reyes").post(PAGE, {**SAID, **wrong}).status_code == 400


def test_who_has_no_address_may_have_another_name_without_one() -> None:
    accounts.change_details(
        person=person("lena.park").pk,
        name="Lena P.",
        email="",
        because="She married.",
        by=person("sam.reyes"),
    )
    assert person("lena.park").name == "Lena P."


def test_a_key_sent_to_a_wrong_address_is_dead_and_a_new_one_goes_to_the_right_one() -> None:
    holder = added(email="typo@example.org")
    mistaken = key_from_the_post()
    accounts.change_details(
        person=holder.pk, name=holder.name, email="noa.berg@example.org", because="A slip of the pen.",
        by=person("sam.reyes"),
    )  # fmt: skip
    right = key_from_the_post()
    assert mail.outbox[-1].to == ["noa.berg@example.org"]
    assert coming_in(at_desk(1), mistaken) == 400
    assert coming_in(at_desk(2), right) == 302


def test_over_json_likewise() -> None:
    told = as_("sam.reyes").post(
        "/api/agencies/people/ben.cole/change-details", SAID, content_type="application/json"
    )
    assert told.json()["email"] == AFTER
    assert Letter.objects.count() == 0
    assert len(posted()) == 2


@transaction.atomic
def invited_silently(new: dict[str, str]) -> None:
    """As by a web process under someone's control: without an event."""
    one = Person.objects.create(**new, password="!x")
    Invitation.objects.create(
        person=one, digest="0", made_by=person("sam.reyes"), made_at=clock.now(), last_day=clock.today()
    )


def test_the_database_takes_nobody_in_without_an_invitation_in_somebody_s_name() -> None:
    new = {"username": "eva.cheat", "name": "E"}
    for said in ({"password": "!x"}, {"password": "argon2$known"}):
        with pytest.raises(ProgrammingError, match="by invitation"), transaction.atomic():
            Person.objects.create(**new, **said)
    with pytest.raises(ProgrammingError, match="without an event"):
        invited_silently(new)
    with pytest.raises(ProgrammingError, match="is on record"), transaction.atomic():
        Person.objects.filter(username="ben.cole").update(email="mine@example.org")
