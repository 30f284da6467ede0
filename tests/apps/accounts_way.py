"""A person added by the policy office, and the letter with the key as the post sent it."""

import re

from django.core import mail
from django.test import Client

from apps.way import person
from charteroak.agencies import accounts
from charteroak.agencies.models import (
    DepartureNotice,
    DetailsChange,
    Invitation,
    InvitationKey,
    Person,
    RoleHeld,
)
from charteroak.agreements.models import Letter
from charteroak.site import account_letters
from conftest import connection_as, owner_beside

NEW = {
    "username": "noa.berg",
    "name": "Noa Berg",
    "email": "noa.berg@example.org",
    "employer": "SDE",
    "kind": "state",
}
PASSWORD = "acorns fall far from here"
DOOR = "/accounts/first-sign-in/"


def forgotten() -> None:
    """Who was added is gone again, with what was written about anybody's account; as no process of the site could."""
    with owner_beside():
        new = list(Person.objects.filter(invitations__isnull=False).values_list("pk", flat=True))
        Letter.objects.all().delete()
        InvitationKey.objects.all().delete()
        Invitation.objects.all().delete()
        DetailsChange.objects.all().delete()
        DepartureNotice.objects.filter(person__in=new).delete()
        RoleHeld.objects.filter(person__in=new).delete()
        Person.objects.filter(pk__in=new).delete()


def on_file(username: str, **said: str) -> None:
    """As the setup file has it."""
    with owner_beside():
        Person.objects.filter(username=username).update(**said)


def added(by: str = "sam.reyes", **said: str) -> Person:
    return accounts.add(by=person(by), **{**NEW, **said})


def key_from_the_post() -> str:
    """What stands in the letter that the post sends now, over its own connection."""
    before = len(mail.outbox)
    with connection_as("post"):
        account_letters.send_first_keys()
    [letter] = mail.outbox[before:]
    [key] = re.findall(r"(?:[A-Z2-7]{4}-){7}[A-Z2-7]{4}", str(letter.body))
    return str(key)


def coming_in(client: Client, key: str, username: str = "noa.berg", password: str = PASSWORD) -> int:
    """The status of the first sign-in; 302 is in."""
    said = {"username": username, "key": key, "password": password, "again": password}
    return client.post(DOOR, said).status_code


def at_desk(number: int) -> Client:
    """A browser at a desk of its own: guesses are counted by address."""
    return Client(REMOTE_ADDR=f"198.51.100.{number}")
