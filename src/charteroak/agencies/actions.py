"""Every write about agencies and people: taking them in, granting and ending roles, training, pledges."""

import hashlib
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction

from charteroak.adapters import clock
from charteroak.agencies import instruments
from charteroak.agencies.models import Agency, Authority, DepartureNotice, Person, Pledge, RoleHeld, Training
from charteroak.agencies.queries import may_close, may_end, may_give_notice, may_grant
from charteroak.audit import actions as audit
from charteroak.policy.decision import Reason, Refused
from charteroak.policy.roles import Role, must_stay_apart
from charteroak.policy.sentence import Sentence

VALID_FOR = timedelta(days=365)
COURSE = "Confidentiality and secure data use"
PLEDGE = (
    "I will use the data only for the purpose of the agreement, will not try to learn who anyone is, "
    "will not share what I see, and will report any breach at once."
)


@transaction.atomic
def load(state: Mapping[str, Any], *, password: str, by: str) -> None:
    """Take in agencies, their authorities, and people with their roles, from a setup file. Safe to repeat."""
    for given in state.get("agency", []):
        _load_agency(given)
    for given in state.get("instrument", []):
        instruments.load(given)
    hashed = make_password(password)
    for given in state.get("person", []):
        _load_person(given, hashed)
    audit.record(
        "agencies:setup:load",
        by=by,
        subject="agencies",
        agencies=[given["code"] for given in state.get("agency", [])],
        people=[given["username"] for given in state.get("person", [])],
        roles=[
            f"{given['username']}:{role.replace('@', '/')}"
            for given in state.get("person", [])
            for role in given["roles"]
        ],
        instruments=[given["number"] for given in state.get("instrument", [])],
        authorities=[
            f"{given['code']}:{authority['kind']}:{authority['since']}"
            for given in state.get("agency", [])
            for authority in given.get("authority", [])
        ],
    )


def _load_agency(given: Mapping[str, Any]) -> None:
    said = ("name", "kind", "joined_on", "address", "telephone")
    agency, _made = Agency.objects.update_or_create(
        code=given["code"], defaults={name: given[name] for name in said if name in given}
    )
    for authority in given.get("authority", []):
        Authority.objects.update_or_create(
            agency=agency,
            kind=authority["kind"],
            since=authority["since"],
            defaults={
                "citation": authority["citation"],
                "instrument": authority["instrument"],
                "until": authority.get("until"),
                "verified": authority["verified"],
            },
        )


def _load_person(given: Mapping[str, Any], hashed: str) -> None:
    employer = Agency.objects.get(code=given["employer"]) if "employer" in given else None
    person, _made = Person.objects.get_or_create(
        username=given["username"],
        defaults={
            "name": given["name"],
            "employer": employer,
            "employer_kind": given.get(
                "employer_kind", Person.Employer.STATE if employer else Person.Employer.OTHER
            ),
            "email": _address(given),
            "password": hashed,
        },
    )
    if person.email in ("", f"{person.username}@example.test"):  # as first set up: nobody has given one here
        person.email = _address(given)
        person.save(update_fields=["email"])
    for role in given["roles"]:
        name, _at, code = role.partition("@")
        agency = Agency.objects.get(code=code) if code else None
        since = (person.employer and person.employer.joined_on) or clock.today()
        RoleHeld.objects.get_or_create(
            person=person, role=Role(name), agency=agency, defaults={"since": since}
        )
    must_stay_apart(person.roles(clock.today())).require()
    if given.get("trained") and not person.trainings.exists():
        _certify(person, clock.today())


def _address(given: Mapping[str, Any]) -> str:
    """Where mail reaches this person; empty where the file names no address, and then none is sent."""
    said: str = given.get("email", "").strip()
    try:
        return said if not said else forms.EmailField().clean(said)
    except ValidationError:
        problem = Sentence(
            "“{email}” is no e-mail address ({username}).", email=said, username=given["username"]
        )
        raise Refused((Reason("no_address", problem, "Mend it in the setup file."),)) from None


def _certify(person: Person, on: date) -> None:
    Training.objects.create(person=person, course=COURSE, completed_on=on, until=on + VALID_FOR)
    Pledge.objects.create(person=person, wording=_wording(), signed_on=on, until=on + VALID_FOR)


def _wording() -> str:
    return hashlib.sha256(PLEDGE.encode()).hexdigest()


@transaction.atomic
def grant_role(
    *, person: int, role: Role, agency: str | None, by: Person, until: date | None = None
) -> RoleHeld:
    """Give a person an office, to a last day when one is named. Refused to oneself, and what must stay apart."""
    holder = Person.objects.select_for_update().get(pk=person)
    of = Agency.objects.get(code=agency) if agency else None
    may_grant(by, holder, role, of, until).require()
    held, made = RoleHeld.objects.get_or_create(
        person=holder, role=role, agency=of, since=clock.today(), defaults={"until": until, "changed_by": by}
    )
    if not made:  # granted again on the day on which it was ended
        held.until, held.changed_by = until, by
        held.save(update_fields=["until", "changed_by"])
    last_day = str(until) if until else None
    audit.record("agencies:role:grant", by=by, subject=holder, role=role.value, agency=agency, until=last_day)
    return held


@transaction.atomic
def end_role(*, held: int, by: Person) -> None:
    """End an office as of today: access that rests on it is gone at the next look."""
    role = RoleHeld.objects.select_for_update(of=("self",)).select_related("person", "agency").get(pk=held)
    may_end(by, role).require()
    role.until, role.changed_by = clock.today() - timedelta(days=1), by
    role.save(update_fields=["until", "changed_by"])
    audit.record(
        "agencies:role:end",
        by=by,
        subject=role.person,
        role=role.role,
        agency=role.agency.code if role.agency else None,
    )


@transaction.atomic
def close_account(*, person: int, by: Person) -> None:
    """Close a person's account the same day: the next request they make is refused."""
    holder = Person.objects.select_for_update().get(pk=person)
    may_close(by, holder).require()
    holder.is_active = False
    holder.save(update_fields=["is_active"])
    audit.record("agencies:account:close", by=by, subject=holder)


@transaction.atomic
def give_notice(*, person: int, last_day: date, by: Person) -> None:
    """Somebody leaves: access is over after their last day, and 24 hours from now at the latest."""
    holder = Person.objects.select_for_update().get(pk=person)
    may_give_notice(by, holder).require()
    DepartureNotice.objects.create(person=holder, last_day=last_day, by=by, at=clock.now())
    audit.record("agencies:account:give_notice", by=by, subject=holder, last_day=str(last_day))


@transaction.atomic
def complete_training(*, by: Person) -> None:
    """Record that this person completed the course today; it holds for a year."""
    today = clock.today()
    Training.objects.create(person=by, course=COURSE, completed_on=today, until=today + VALID_FOR)
    audit.record("agencies:training:complete", by=by, subject=by, until=str(today + VALID_FOR))


@transaction.atomic
def sign_pledge(*, by: Person) -> None:
    """Record this person's signature under the confidentiality pledge; it holds for a year."""
    today = clock.today()
    Pledge.objects.create(person=by, wording=_wording(), signed_on=today, until=today + VALID_FOR)
    audit.record("agencies:pledge:sign", by=by, subject=by, wording=_wording(), until=str(today + VALID_FOR))
