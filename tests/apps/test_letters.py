"""Mail: each letter once, its subject no other's, and a failure of mail undoes nothing."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend

from apps import way
from apps.way import as_
from charteroak.adapters.environment import Process
from charteroak.agreements import actions, clocks, letters
from charteroak.agreements.models import Agreement, Letter
from charteroak.catalog.models import Dataset
from charteroak.requests import actions as requests
from charteroak.site import reminders
from charteroak.site.digest import write_digests
from charteroak.site.grants import privileges
from conftest import connection_as, owner_beside

BUSINESS_DAY = date(2026, 9, 17)


class Broken(BaseEmailBackend):
    def send_messages(self, email_messages: object) -> int:  # noqa: ARG002 - as Django calls it
        raise ConnectionRefusedError("no server")


@pytest.fixture(scope="module", autouse=True)
def drafted(database_of_the_file: None) -> Agreement:
    """Kept for the whole file: the post looks at it over a connection of its own."""
    with way.day(date(2026, 9, 8)):
        with connection_as("owner"):
            way.load()
        way.approved()
    with way.day(BUSINESS_DAY):
        return way.drafted()


@pytest.fixture(autouse=True)
def no_letters() -> Iterator[None]:
    mail.outbox = []
    with way.day(BUSINESS_DAY):
        yield
    with owner_beside():
        Letter.objects.all().delete()


def by_post(act: Callable[[], int]) -> int:
    with connection_as("post"):
        return act()


def test_a_digest_is_one_letter_a_day_with_what_waits_and_where(drafted: Agreement) -> None:
    assert by_post(write_digests) > 0
    assert by_post(write_digests) == 0
    letter = Letter.objects.get(person__username="ann.weiss")
    assert str(drafted) in letter.subject
    assert f"{settings.CONFIG.origins[0]}{drafted.get_absolute_url()}" in letter.body
    assert not Letter.objects.filter(person__username="pat.lee").exists(), "nothing waits for an auditor"
    with way.day(BUSINESS_DAY + timedelta(days=1)):
        assert by_post(write_digests) > 0


@pytest.mark.parametrize("day", [date(2026, 9, 19), date(2026, 10, 12)])
def test_no_digest_on_a_weekend_or_a_holiday(day: date) -> None:
    with way.day(day):
        assert by_post(write_digests) == 0


def test_urgent_mail_is_for_deadlines_only_once_and_then_the_office_learns_whom_to_call(
    drafted: Agreement,
) -> None:
    assert by_post(reminders.remind) == 0, "nothing is due soon"
    due = clocks.due_of(drafted)
    assert due is not None
    with way.day(due):
        assert by_post(reminders.remind) == 1
        assert by_post(reminders.remind) == 0
    with way.day(due + timedelta(days=7)):
        assert by_post(reminders.remind) == 2
    assert {one.person.username for one in Letter.objects.all()} == {"ann.weiss", "sam.reyes"}
    body = Letter.objects.get(person__username="sam.reyes").body
    assert "counsel is late" in body
    assert "You cannot act in their place. Call: Ann Weiss <" in body


def test_mail_goes_out_and_is_not_sent_again() -> None:
    written = by_post(write_digests)
    assert by_post(letters.send_waiting) == written == len(mail.outbox)
    assert by_post(letters.send_waiting) == 0
    assert not Letter.objects.filter(sent_at__isnull=True).exists()


def test_the_link_in_a_letter_leads_to_the_decision() -> None:
    by_post(write_digests)
    letter = Letter.objects.get(person__username="ann.weiss")
    path = next(line.strip() for line in letter.body.splitlines() if "/agreements/" in line)
    assert as_("ann.weiss").get(path.removeprefix(settings.CONFIG.origins[0])).status_code == 200


def test_a_failure_of_mail_loses_neither_the_act_nor_the_letter(
    drafted: Agreement, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "EMAIL_BACKEND", f"{__name__}.Broken")
    written = by_post(write_digests)
    actions.open_for_signature(pk=drafted.pk, by=way.person("ann.weiss"))
    assert by_post(letters.send_waiting) == 0
    drafted.refresh_from_db()
    assert drafted.status == "in_signature"
    assert set(Letter.objects.values_list("attempts", "failure")) == {(1, "ConnectionRefusedError")}
    monkeypatch.setattr(settings, "EMAIL_BACKEND", "django.core.mail.backends.locmem.EmailBackend")
    assert by_post(letters.send_waiting) == written


def test_a_subject_shows_request_dataset_requester_and_day(drafted: Agreement) -> None:
    drafted.refresh_from_db()
    assert drafted.status == "in_signature", "since the test before"
    due = clocks.due_of(drafted)
    assert due is not None
    with way.day(due + timedelta(days=1)):
        assert by_post(reminders.remind) >= drafted.parties.count()
    letter = Letter.objects.get(person__username="grace.stone")
    dataset = Dataset.objects.filter(agency__code="SDE")[0].title
    for part in ("001 CTE and earnings", dataset, "Dr Maya Ortiz", "signature, due"):
        assert part in letter.subject
    assert f"/agreements/{drafted.number}/#signatures" in letter.body


def test_a_digest_names_each_record_its_day_and_for_a_steward_the_datasets_and_who_asks() -> None:
    for title in ("One more study", "Another one"):
        record = way.filled_in()
        requests.edit(pk=record.pk, by=way.person("maya.ortiz"), title=title)
        requests.submit(pk=record.pk, by=way.person("maya.ortiz"))
        requests.accept_as_complete(pk=record.pk, by=way.person("sam.reyes"))
    assert by_post(write_digests) > 0
    letter = Letter.objects.get(person__username="lou.grant")
    lines = letter.body.splitlines()
    for title in ("One more study", "Another one"):
        (line,) = [number for number, said in enumerate(lines) if title in said]
        assert "by October" in lines[line]
        assert "Wage records" in lines[line + 1]
        assert "Dr Maya Ortiz" in lines[line + 1]
        assert lines[line + 2].endswith("#review-DOL")


def test_nobody_but_the_post_writes_letters_and_it_writes_nothing_else() -> None:
    assert "INSERT" in privileges(Process.POST, "agreements.letter")
    assert "INSERT" not in privileges(Process.WEB, "agreements.letter")
    assert privileges(Process.POST, "agencies.person") == ()
    assert privileges(Process.POST, "agreements.agreement") == ("SELECT",)
