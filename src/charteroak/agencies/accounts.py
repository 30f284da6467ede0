"""Every write about who has an account: a person is added, their details change, and a first key lets them in."""

import base64
import secrets
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.db import connection, transaction

from charteroak.adapters import clock, news_key
from charteroak.adapters.environment import first_key_days
from charteroak.agencies.models import Agency, DetailsChange, Invitation, InvitationKey, Person
from charteroak.agencies.queries import accounts
from charteroak.audit import actions as audit
from charteroak.policy.decision import Refused

KEY_BYTES = 20  # 160 random bits: nobody guesses one, however long it is good
IN_PIECES_OF = 4  # letters, for whoever types it
ADDING = 7_236_047  # the advisory lock under which addresses are given out; 042 to 046 are taken


@transaction.atomic
def add(*, username: str, name: str, email: str, employer: str | None, kind: str, by: Person) -> Person:
    """A new person's account, without any office, and their way in by post: a key that is good once."""
    _one_at_a_time()
    name, email = " ".join(name.split()), email.strip()
    accounts.may_add(by, username=username, name=name, email=email).require()
    of = Agency.objects.get(code=employer) if employer else None
    holder = Person.objects.create(
        username=username, name=name, email=email, employer=of, employer_kind=kind,
        password=make_password(None),
    )  # fmt: skip
    made = _invite(holder, by)
    audit.record(
        "agencies:account:add", by=by, subject=holder, username=username, employer=employer, kind=kind,
        key_until=str(made.last_day),
    )  # fmt: skip
    return holder


@transaction.atomic
def change_details(*, person: int, name: str, email: str, because: str, by: Person) -> DetailsChange:
    """Another name or address from now on. A first key sent to the address before is void; a new one follows."""
    _one_at_a_time()
    holder = _locked(person)
    name, email, because = " ".join(name.split()), email.strip(), because.strip()
    accounts.may_change_details(by, holder, name=name, email=email, because=because).require()
    changed = [
        what for what in ("name", "email") if {"name": name, "email": email}[what] != getattr(holder, what)
    ]
    made = DetailsChange.objects.create(
        person=holder, name=name, email=email, name_before=holder.name, email_before=holder.email,
        because=because, recorded_by=by, recorded_at=clock.now(),
    )  # fmt: skip
    holder.name, holder.email = name, email
    holder.save(update_fields=["name", "email"])
    again = "email" in changed and bool(_void(holder, by))
    if again:
        _invite(holder, by)
    audit.record("agencies:account:change_details", by=by, subject=holder, changed=changed, new_key=again)
    return made


@transaction.atomic
def send_key(*, person: int, by: Person) -> Invitation:
    """A new first key, to the address on file; the one before is void."""
    holder = _locked(person)
    accounts.may_send_key(by, holder).require()
    _void(holder, by)
    made = _invite(holder, by)
    audit.record("agencies:account:send_key", by=by, subject=holder, key_until=str(made.last_day))
    return made


@transaction.atomic
def void_key(*, person: int, by: Person) -> None:
    """The key that was sent lets nobody in any more."""
    holder = _locked(person)
    accounts.may_void_key(by, holder).require()
    _void(holder, by)
    audit.record("agencies:account:void_key", by=by, subject=holder)


@transaction.atomic
def use_key(*, username: str, key: str, password: str) -> Person:
    """The first sign-in: the key is used up, and the password that the person chose holds from now on."""
    found = Invitation.objects.filter(digest=accounts.digest_of(key), person__username=username).first()
    if found is None:
        raise Refused(accounts.may_use(None).reasons)
    holder = _locked(found.person_id)
    shown = Invitation.objects.select_for_update(of=("self",)).get(pk=found.pk)
    accounts.may_use(shown).require()
    shown.used_at = clock.now()
    shown.save(update_fields=["used_at"])
    holder.set_password(password)
    holder.save(update_fields=["password"])
    audit.record("agencies:account:use_key", by=holder, subject=holder)
    return holder


@transaction.atomic
def set_password(*, username: str, password: str, by: str, second_factor_lost: bool = False) -> None:
    """For who forgot theirs, by who runs the machine: no letter may do it. Ends every session of that account.

    Lost codes and passkeys are taken away with the password that was known beside them, never alone.

    Raises Person.DoesNotExist; Refused for a closed account or one that waits for its first key; ValidationError
    for a password that anybody might guess.
    """
    holder = Person.objects.select_for_update(of=("self",)).get(username=username)
    accounts.may_set_password(holder).require()
    validate_password(password, holder)
    holder.set_password(password)
    holder.save(update_fields=["password"])
    removed = Authenticator.objects.filter(user=holder).delete()[0] if second_factor_lost else 0
    audit.record("agencies:account:set_password", by=by, subject=holder, second_factors_removed=removed)


def _one_at_a_time() -> None:
    """Two people added at once must not get one address."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADDING])


def _locked(person: int) -> Person:
    return Person.objects.select_for_update(of=("self",)).get(pk=person)


def _void(holder: Person, by: Person) -> int:
    return accounts.open_keys(holder).update(voided_by=by, voided_at=clock.now())


def _invite(holder: Person, by: Person) -> Invitation:
    """A key of which only the hash stays here; the post alone reads the key itself, once."""
    letters = base64.b32encode(secrets.token_bytes(KEY_BYTES)).decode()
    key = "-".join(letters[at : at + IN_PIECES_OF] for at in range(0, len(letters), IN_PIECES_OF))
    made = Invitation.objects.create(
        person=holder, digest=accounts.digest_of(key), made_by=by, made_at=clock.now(),
        last_day=clock.today() + timedelta(days=first_key_days()),
    )  # fmt: skip
    InvitationKey(invitation=made, sealed=news_key.seal(key)).save(force_insert=True)
    return made
