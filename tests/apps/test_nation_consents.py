"""Columns about a nation's members: nothing is allowed, signed or used without the nation's recorded consent."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from lxml import html

from apps import way
from apps.requests_way import decide, named
from apps.test_agreements import uncovered
from apps.way import as_, refused
from charteroak.adapters import clock
from charteroak.agreements import actions as agreements
from charteroak.agreements import queries
from charteroak.agreements.enforcement import enforced
from charteroak.policy.attachment import Kind
from charteroak.policy.clauses import Use
from charteroak.policy.consent import Status
from charteroak.reports import access
from charteroak.requests import actions
from charteroak.requests.models import DataRequest, NationConsent

pytestmark = pytest.mark.usefixtures("after_the_approval")
MAYA, SAM, PDF = "maya.ortiz", "sam.reyes", b"%PDF-1.7 letter of the nation"


@pytest.fixture(autouse=True)
def tagged(after_the_approval: None) -> Iterator[None]:
    with way.under("Tribal", "gpa"):
        yield


def consented(record: DataRequest, by: str = SAM, **said: Any) -> NationConsent:
    given: dict[str, Any] = {
        "nation": "Mohegan Tribe", "publication": "Tables without the nation's name.", "given_on": clock.today(),
        "until": clock.today() + timedelta(days=30), "name": "nation.pdf", "content": PDF,
    }  # fmt: skip
    return actions.record_consent(pk=record.pk, by=named(by), **(given | said))


def test_a_request_is_sent_and_its_columns_are_allowed_only_with_the_consent_on_record() -> None:
    record = way.filled_in()
    assert refused(actions.submit, pk=record.pk, by=named(MAYA)) == ["law_forbids"]
    given = consented(record)
    actions.submit(pk=record.pk, by=named(MAYA))
    actions.accept_as_complete(pk=record.pk, by=named(SAM))
    actions.withdraw_consent(pk=given.pk, by=named(SAM), because="The council decided so.")
    assert refused(decide, record=record, code="SDE", by="ben.cole") == ["nation_not_consented"]
    consented(record, name="again.pdf")
    decide(record, "SDE", "ben.cole")


def test_the_agreement_says_it_and_every_use_ends_with_the_consent() -> None:
    record = way.approved()
    today = clock.today()
    assert refused(agreements.draft, data_request_pk=record.pk, by=way.person("ann.weiss")) == ["law_forbids"]
    given = consented(record)
    agreement = way.drafted()
    clause = agreement.clauses.get(kind="consent")
    assert "Mohegan Tribe: Tables without the nation's name." in clause.text
    assert enforced(clause) == ["On a day without the consent of each, every use is refused: Mohegan Tribe."]
    assert "tribal.nation_has_not_consented" not in agreement.clauses.get(number="2.SDE").terms["law"]
    agreement = way.signed(agreement)
    assert uncovered(agreement) == []
    assert uncovered(agreement, on=today + timedelta(days=31)) == ["consent_not_standing"]
    actions.withdraw_consent(pk=given.pk, by=named("ann.weiss"), because="The council decided so.")
    for use in (Use.LINK, Use.RELEASE):
        assert "consent_not_standing" in uncovered(agreement, use)
    consented(record, name="renewed.pdf", until=today + timedelta(days=90))
    assert uncovered(agreement) == [], "the nation consents anew"
    consented(record, nation="Another Nation", name="other.pdf", until=today)
    assert uncovered(agreement, on=today + timedelta(days=1)) == ["consent_not_standing"], (
        "each nation's must stand"
    )


def test_the_nation_that_the_dictionary_names_must_consent_and_no_other() -> None:
    with way.under("FERPA; Tribal: Schaghticoke Tribal Nation", "gpa"):
        record = way.filled_in()
        page = as_(SAM).get(record.get_absolute_url()).text
        assert "for these columns: Schaghticoke Tribal Nation." in page
        consented(record)
        assert refused(actions.submit, pk=record.pk, by=named(MAYA)) == ["law_forbids"], "another nation's"
        assert "No consent on record covers" in as_(SAM).get(record.get_absolute_url()).text
        consented(record, nation="SCHAGHTICOKE tribal nation", name="theirs.pdf")
        assert "No consent on record covers" not in as_(SAM).get(record.get_absolute_url()).text
        read = as_(MAYA).get(f"/api/requests/{record.number}").json()
        assert read["nations"] == ["Schaghticoke Tribal Nation"]
        actions.submit(pk=record.pk, by=named(MAYA))


def test_a_nations_letter_is_neither_attached_nor_taken_out_without_its_consent() -> None:
    record = way.filled_in()
    sent = {"kind": Kind.NATION.value, "file": SimpleUploadedFile("forged.pdf", PDF)}
    for told in (
        as_(MAYA).post(f"/api/requests/{record.number}/attach", sent),
        as_(MAYA).post(f"/api{consented(record).paper.get_absolute_url()}take-out"),
    ):
        assert (told.status_code, [one["rule"] for one in told.json()["reasons"]]) == (
            403, ["comes_with_its_consent"],
        )  # fmt: skip
    assert [one.name for one in record.attachments.filter(removed_at__isnull=True)] == ["nation.pdf"]
    assert "action-take-out" not in as_(MAYA).get(record.get_absolute_url()).text


def test_what_the_auditor_reads_of_a_day_is_the_consent_as_it_stood_on_that_day() -> None:
    given = consented(way.approved(), until=clock.today() + timedelta(days=300))
    way.signed(way.drafted())
    first, taken_back = clock.today(), clock.today() + timedelta(days=5)
    with way.day(taken_back):
        actions.withdraw_consent(pk=given.pk, by=named(SAM), because="The council decided so.")
    with way.day(later := first + timedelta(days=9)):
        days = [first, taken_back - timedelta(days=1), taken_back, later]
        assert [_stood(day) for day in days] == [True, True, False, False]
        consented(given.data_request, name="renewed.pdf", given_on=first)
        assert [_stood(day) for day in days] == [True, True, False, True], (
            "the new one counts from its record"
        )


def test_a_nation_that_was_signed_is_not_stood_in_for_by_another() -> None:
    record = way.approved()
    consented(record)
    agreement = way.signed(way.drafted())
    agreed = queries.terms(agreement)
    assert queries.consented(agreement, agreed, clock.today())
    both = replace(agreed, nations=("Mohegan Tribe", "Another Nation"))
    assert not queries.consented(agreement, both, clock.today()), "nothing of the other is on record"
    consented(record, nation="another nation", name="other.pdf")
    assert queries.consented(agreement, both, clock.today())


def _stood(day: date) -> bool:
    """Whether the auditor reads that the consent spoke against nobody on the day."""
    [found] = list[Any](access.recipients(day).filter(person__username=MAYA))
    access.Day(day).together([found])
    return "consent_not_standing" not in {reason.rule for reason in found.could.reasons}


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"by": MAYA}, "wrong_role"),
        ({"by": "ben.cole"}, "wrong_role"),
        ({"nation": " "}, "consent_unsaid"),
        ({"publication": ""}, "consent_unsaid"),
        ({"given_on": date(2030, 1, 1), "until": date(2031, 1, 1)}, "days_not_in_order"),
        ({"until": date(2020, 1, 1)}, "days_not_in_order"),
        ({"name": "letter.exe"}, "type_not_taken"),
    ],
)
def test_a_consent_that_is_not_whole_is_not_taken(said: dict[str, Any], rule: str) -> None:
    assert refused(consented, record=way.approved(), **said) == [rule]


def test_a_consent_is_withdrawn_with_a_reason_by_who_records_them() -> None:
    given = consented(way.approved())
    assert refused(actions.withdraw_consent, pk=given.pk, by=named(MAYA), because="No.") == ["wrong_role"]
    assert refused(actions.withdraw_consent, pk=given.pk, by=named(SAM), because=" ") == ["because_missing"]


def test_the_page_shows_it_with_its_letter_and_asks_for_it_where_a_column_does() -> None:
    record = way.approved()
    here = record.get_absolute_url()
    assert "sends its letter to the policy office" in as_(MAYA).get(here).text
    assert "sends its letter to the policy office" not in as_(SAM).get(here).text
    incomplete = html.fromstring(as_(SAM).post(f"{here}record-consent/", {"nation": ""}).text)
    assert incomplete.xpath("//details[@open]//form[@id='action-record-consent']"), "its errors are seen"
    sent = {
        "nation": "Mohegan Tribe", "publication": "Tables.", "given_on": f"{clock.today()}",
        "until": f"{clock.today()}", "file": SimpleUploadedFile("nation.pdf", PDF),
    }  # fmt: skip
    page = as_(SAM).post(f"{here}record-consent/", sent, follow=True).text
    assert "On record: the consent of Mohegan Tribe." in page
    assert "to be confirmed by counsel" in page
    given = NationConsent.objects.get()
    assert given.paper.get_absolute_url() in as_(MAYA).get(here).text
    assert "action-withdraw-consent" not in as_(MAYA).get(here).text
    as_(SAM).post(f"{here}consents/{given.pk}/withdraw/", {"because": "The council decided so."})
    given.refresh_from_db()
    assert given.status == Status.WITHDRAWN
    assert "The council decided so." in as_(MAYA).get(here).text
