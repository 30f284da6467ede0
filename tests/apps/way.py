"""Request 042 carried as far as a test needs it, by its people, through the real actions; on from where it is."""

import re
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files

import pytest
from django.test import Client

from charteroak.adapters import clock, stores
from charteroak.agencies import actions as agencies
from charteroak.agencies.models import Person
from charteroak.agreements import actions as agreements
from charteroak.agreements.models import Agreement
from charteroak.board import actions as board
from charteroak.board import boards
from charteroak.board.models import Board
from charteroak.catalog import actions as catalog
from charteroak.catalog.models import Variable
from charteroak.policy.agency_review import Choice
from charteroak.policy.data_request import Status
from charteroak.policy.decision import Refused
from charteroak.policy.motion import Choice as Vote
from charteroak.requests import actions as requests
from charteroak.requests import steward
from charteroak.requests.models import DataRequest
from conftest import owner_beside

DAY_ZERO = date(2026, 9, 8)
DENIED = ("frpl", "pell")
STEWARDS = {"SDE": "ben.cole", "CSC": "priya.nair", "DOL": "lou.grant"}
DECIDES = {"SDE": "grace.stone", "CSC": "omar.haines", "DOL": "ruth.vega"}
MEMBERS = ("grace.stone", "omar.haines", "ruth.vega", "carl.winter", "june.fisher", "tom.avery")


def person(username: str) -> Person:
    return Person.objects.get(username=username)


def as_(username: str) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(person(username))
    return client


def rules(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    """The rules by which it was refused."""
    return {reason.rule for reason in refused.value.reasons}


def refused(act: Callable[..., object], **given: object) -> list[str]:
    """The rules by which this act is refused."""
    with pytest.raises(Refused) as caught:
        act(**given)
    return [reason.rule for reason in caught.value.reasons]


@contextmanager
def day(on: date, at: time = time(10)) -> Iterator[None]:
    """Domain time moved to that day, and back afterwards."""
    clock.move_to(datetime.combine(on, at, clock.STATE_TIME).astimezone(UTC))
    try:
        yield
    finally:
        clock.reset()


def load() -> None:
    """The agencies, people, boards and dictionaries of request 042."""
    people = tomllib.loads((files("charteroak.demo") / "people.toml").read_text("utf-8"))
    with owner_beside():
        agencies.load(people, password="a long password for tests", by="setup")
        boards.load(people["board"], by="setup")
        for agency in STEWARDS:
            dictionary = files("charteroak.synthetic") / "dictionaries" / f"{agency}.toml"
            catalog.load(tomllib.loads(dictionary.read_text("utf-8")), by="setup")


@contextmanager
def under(regime: str, name: str) -> Iterator[None]:
    """A column's law as its agency's next dictionary would name it."""
    before = Variable.objects.get(name=name).regime
    for law in (regime, before):
        with owner_beside():
            Variable.objects.filter(name=name).update(regime=law)
        if law is regime:
            yield


def lapse(username: str, until: date, *, pledges: bool = False) -> None:
    """This person's trainings (and pledges) end on that day: no process of the site could have it so."""
    with owner_beside():
        person(username).trainings.update(until=until)
        if pledges:
            person(username).pledges.update(until=until)


def filled_in() -> DataRequest:
    """A request that lacks nothing, not yet sent."""
    maya = person("maya.ortiz")
    record = requests.start(by=maya, title="CTE and earnings")
    requests.edit(
        pk=record.pk, by=maya, question="Do concentrators earn more?", purpose="Evaluation of Perkins V.",
        public_benefit="Towns see where it pays.", legal_exception="FERPA studies, 34 CFR 99.31(a)(6)", first_year=2019,
        last_year=2026, outputs_planned="Tables.", publication_plan="A brief.",
        ends_on=clock.today() + timedelta(days=326),
        need="Public tables do not follow a person.", learning_agenda="None.", analysis_plan="Regression.",
        schedule="Tables in six months.", months=10, funding="Own means.",
    )  # fmt: skip
    for colleague in ("jonah.reed", "lena.park"):
        requests.add_member(pk=record.pk, by=maya, person=person(colleague))
    requests.ask_columns(pk=record.pk, by=maya, purposes={v.pk: "needed" for v in Variable.objects.all()})
    requests.accept_terms(pk=record.pk, by=maya)
    record.refresh_from_db()
    return record


def recommended() -> DataRequest:
    """Every agency asked has decided; frpl and pell are denied."""
    found = DataRequest.objects.filter(status=Status.RECOMMENDED).first()
    if found is not None:
        return found
    record = filled_in()
    requests.submit(pk=record.pk, by=person("maya.ortiz"))
    requests.accept_as_complete(pk=record.pk, by=person("sam.reyes"))
    for review in record.reviews.select_related("agency"):
        choices = {
            column.pk: (Choice.DENY, "The law.") if column.variable.name in DENIED else (Choice.ALLOW, "")
            for column in record.columns.filter(variable__dataset__agency=review.agency)
        }
        steward.decide(pk=review.pk, by=person(STEWARDS[review.agency.code]), choices=choices)
    record.refresh_from_db()
    return record


def approved() -> DataRequest:
    """The board has carried its motion eight days after the notice."""
    found = DataRequest.objects.filter(status=Status.APPROVED, ends_on__isnull=False).first()
    if found is not None:
        return found
    return carried(recommended())


def carried(record: DataRequest) -> DataRequest:
    """The board hears a recommended request at a meeting eight days from now, and carries the motion."""
    sam, june = person("sam.reyes"), person("june.fisher")
    now = clock.now()
    meeting = board.plan(
        by=sam, board=Board.objects.get().pk, starts_at=now + timedelta(days=8), place="Room 2B"
    )
    motion = board.add_motion(
        pk=meeting.pk, by=sam, kind="approve_request", data_request=record.pk, text="Approve."
    )
    board.notice(pk=meeting.pk, by=sam)
    clock.move_to(now + timedelta(days=8, minutes=1))
    for member in MEMBERS:
        board.attend(pk=meeting.pk, by=person(member))
    board.open_(pk=meeting.pk, by=june)
    asked = record.reviews.values_list("agency__code", flat=True)
    votes = {DECIDES[agency]: Vote.APPROVE for agency in asked} | {"carl.winter": Vote.RECUSE}
    for member in MEMBERS:
        board.vote(pk=motion.pk, by=person(member), choice=votes.get(member, Vote.NOTE))
    board.declare(pk=motion.pk, by=june)
    board.close(pk=meeting.pk, by=june)
    record.refresh_from_db()
    return record


def drafted() -> Agreement:
    """As generated, for counsel to read."""
    hub_keys()
    return agreements.draft(data_request_pk=approved().pk, by=person("ann.weiss"))


def executed(preclear_days: int = 0) -> Agreement:
    """Signed by every party, with so many days for which outputs may be cleared ahead."""
    record = drafted()
    if preclear_days:
        settle(record, preclear_days)
    return signed(record)


def settle(record: Agreement, preclear_days: int) -> None:
    """Counsel writes into the text for how long outputs may be cleared ahead."""
    clause = record.clauses.get(kind="preview")
    text = re.sub(r"ahead for \d+ days", f"ahead for {preclear_days} days", clause.text)
    agreements.redline(clause=clause.pk, by=person("ann.weiss"), text=text)


def signed(record: Agreement) -> Agreement:
    """Opened for signature, and signed by each party."""
    agreements.open_for_signature(pk=record.pk, by=person("ann.weiss"))
    record.refresh_from_db()
    for party in record.parties.select_related("signatory"):
        agreements.sign(
            party=party.pk,
            by=party.signatory,
            text_hash=record.text_hash,
            intent="I sign.",
            confirmed_at=clock.real_now(),
        )
    record.refresh_from_db()
    return record


def hub_keys() -> None:
    """The hub's public keys, as its workers publish them."""
    for kind, process in stores.HUB_KEYS.items():
        _hub_key(kind, process.value)


def _hub_key(kind: str, process: str) -> None:
    """What the hub's workers do when they start."""
    import os

    before = os.environ["CHARTEROAK_PROCESS"]
    os.environ["CHARTEROAK_PROCESS"] = process
    try:
        stores.publish_hub_key(kind)
    finally:
        os.environ["CHARTEROAK_PROCESS"] = before


def cleared() -> None:
    """The three researchers have completed the training and signed the pledge."""
    for username in ("maya.ortiz", "jonah.reed", "lena.park"):
        agencies.complete_training(by=person(username))
        agencies.sign_pledge(by=person(username))
