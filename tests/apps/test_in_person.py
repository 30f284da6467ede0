"""Nothing is written in a person's name by another one, nor without an entry in the log."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import ProgrammingError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import override_settings
from django.urls import path

from apps import way
from apps.way import person
from charteroak.adapters import clock
from charteroak.agencies.models import Person, Pledge
from charteroak.agreements.models import Agreement
from charteroak.audit import actions as audit
from charteroak.audit.models import Event
from charteroak.board.models import Seat
from charteroak.site import in_person, urls


@pytest.fixture(scope="module", autouse=True)
def drafted(database_of_the_file: None) -> Iterator[None]:
    with way.day(date(2026, 9, 8)):
        way.load()
        way.recommended()
        yield


def sign(who: Person, *, event_by: str | None, name: str = "agencies:pledge:sign") -> None:
    """A pledge in `who`'s name by raw SQL, with an event in somebody's name or without any."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO agencies_pledge (person_id, wording, signed_on, until)"
                " VALUES (%s, 'x', '2026-09-08', '2027-09-08')",
                [who.pk],
            )
        if event_by:
            audit.record(name, by=event_by, subject=who)


@pytest.mark.parametrize("event_by", [None, "eve.lang", "setup"])
def test_a_row_in_somebody_s_name_without_their_event_is_refused(event_by: str | None) -> None:
    before = Event.objects.count(), Pledge.objects.count()
    with pytest.raises(ProgrammingError, match="without an event in that person"):
        sign(person("maya.ortiz"), event_by=event_by)
    assert (Event.objects.count(), Pledge.objects.count()) == before


def test_an_event_of_an_earlier_transaction_or_of_another_room_does_not_serve() -> None:
    maya = person("maya.ortiz")
    with transaction.atomic():
        audit.record("agencies:pledge:sign", by=maya, subject=maya)
    with pytest.raises(ProgrammingError, match="without an event"):
        sign(maya, event_by=None)
    with pytest.raises(ProgrammingError, match="without an event"):
        sign(maya, event_by=maya.username, name="catalog:setup:load")


def test_which_transaction_an_event_tells_of_is_not_for_its_writer_to_say() -> None:
    with transaction.atomic():
        event = audit.record("agencies:pledge:sign", by="maya.ortiz", subject="x")
        with connection.cursor() as cursor:
            cursor.execute(
                'SELECT transaction = pg_current_xact_id() FROM audit_event WHERE "index" = %s', [event.pk]
            )
            assert cursor.fetchone() == (True,)
            cursor.execute("SELECT has_column_privilege('audit_event', 'transaction', 'UPDATE')")
            assert cursor.fetchone() == (False,)


def test_with_an_event_it_is_written_and_anyone_can_see_it() -> None:
    before = Event.objects.filter(by="eve.lang").count()
    sign(person("eve.lang"), event_by="eve.lang")
    assert Event.objects.filter(by="eve.lang").count() == before + 1


def test_a_decision_changed_to_another_person_s_is_refused_too() -> None:
    with (
        pytest.raises(ProgrammingError, match="requests_requestedcolumn names a person"),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE requests_requestedcolumn SET decided_by_id = %s WHERE decided_by_id <> %s",
            [person("eve.lang").pk, person("eve.lang").pk],
        )


def test_every_link_to_a_person_is_watched_or_only_speaks_of_them() -> None:
    names = {f"{field.model._meta.label_lower}.{field.name}" for field in in_person.acts()}
    assert {
        "agreements.signature.by",
        "board.vote.by",
        "outputs.review.by",
        "requests.requestedcolumn.decided_by",
    } < names
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'in_person_%'")
        assert cursor.fetchone() == (len(names),)


def in_eves_name(request: HttpRequest) -> HttpResponse:
    """A view at fault: it takes who acts from what was sent."""
    sign(person(request.POST["by"]), event_by=request.POST["by"])
    return HttpResponse("signed")


urlpatterns = [*urls.urlpatterns, path("fault/", in_eves_name)]


@override_settings(ROOT_URLCONF=__name__)
def test_a_page_that_takes_another_s_name_is_stopped_by_the_database() -> None:
    client = Client()
    client.force_login(person("maya.ortiz"))
    with pytest.raises(ProgrammingError, match="another person than the one who is signed in"):
        client.post("/fault/", {"by": "eve.lang"})
    assert client.post("/fault/", {"by": "maya.ortiz"}).text == "signed"
    sign(person("eve.lang"), event_by="eve.lang")  # and nobody is signed in any more


def test_whom_a_letter_names_did_not_act_and_the_letter_is_recorded() -> None:
    seat = Seat.objects.get(agency__code="DOL", until=None)
    sent = {"person": "lou.grant", "letter_on": f"{clock.today()}"}
    assert way.as_("sam.reyes").post(f"/board/seats/{seat.pk}/name-stand-in/", sent).status_code == 302
    named = seat.stand_ins.get()
    assert (named.person.username, named.recorded_by.username) == ("lou.grant", "sam.reyes")


def test_no_agreement_is_signed_without_its_signatory() -> None:
    agreement = way.drafted()
    party = agreement.parties.select_related("signatory").first()
    assert party is not None
    with (
        pytest.raises(ProgrammingError, match="agreements_signature names a person"),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            'INSERT INTO agreements_signature (party_id, given_for_id, by_id, at, "on", intent, text_hash)'
            " VALUES (%s, %s, %s, now(), '2026-09-16', 'I sign.', 'x')",
            [party.pk, party.pk, party.signatory.pk],
        )
    assert not Agreement.objects.filter(executed_on__isnull=False).exists()
