"""The agreements' pages, as counsel, signatories, a colleague of another project and a stranger open them."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from apps import way
from apps.way import as_
from charteroak.adapters import clock
from charteroak.agreements import actions as agreements
from charteroak.agreements import queries
from charteroak.agreements.models import Agreement, Redline, Signature
from charteroak.audit.models import Event

pytestmark = pytest.mark.usefixtures("after_the_approval")


def signing_in(username: str) -> Client:
    """With the password just shown."""
    client = as_(username)
    client.post("/accounts/reauthenticate/", {"password": "a long password for tests"})
    return client


def fields(page: str, form: str) -> dict[str, str]:
    """What the form `action-<form>` sends when nothing is typed: its inputs with their values."""
    found = re.search(rf'<form id="action-{form}".*?</form>', page, re.DOTALL)
    assert found, f"no form action-{form}"
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', found[0]))


def test_counsel_drafts_from_the_approved_request() -> None:
    request = way.approved()
    way.hub_keys()
    counsel = as_("ann.weiss")
    assert f"/agreements/draft/{request.number}/" in counsel.get("/agreements/").text
    page = counsel.get(f"/agreements/draft/{request.number}/").text
    assert "frpl" in page
    assert 'id="action-draft"' in page
    after = counsel.post(f"/agreements/draft/{request.number}/", follow=True)
    assert after.redirect_chain == [(f"/agreements/{request.number}/", 302)]
    assert "Only these columns of SDE are taken" in after.text
    assert "frpl" not in after.text
    again = counsel.get(f"/agreements/draft/{request.number}/")
    assert again.status_code == 302


@pytest.mark.parametrize("username", ["maya.ortiz", "grace.stone", "eve.lang"])
def test_nobody_else_reaches_the_drafting_page(username: str) -> None:
    request = way.approved()
    assert as_(username).get(f"/agreements/draft/{request.number}/").status_code == 404


def test_a_request_the_board_has_not_approved_shows_why_it_cannot_be_drafted() -> None:
    request = way.recommended()
    page = as_("ann.weiss").get(f"/agreements/draft/{request.number}/").text
    assert "The board has not approved the request." in page
    assert 'id="action-draft"' not in page
    assert as_("ann.weiss").post(f"/agreements/draft/{request.number}/").status_code == 403


def test_a_stranger_finds_no_agreement(drafted: Agreement, client: Client) -> None:
    for address in ("/agreements/", drafted.get_absolute_url()):
        assert client.get(address).status_code == 302, "sign in first"
    assert as_("eve.lang").get(drafted.get_absolute_url()).status_code == 404
    assert as_("rep.dunn").get(f"{drafted.get_absolute_url()}pdf/").status_code == 404
    assert "No agreement concerns you yet" in as_("eve.lang").get("/agreements/").text


def test_counsel_redlines_a_clause_and_the_difference_is_shown(drafted: Agreement) -> None:
    counsel, clause = as_("ann.weiss"), drafted.clauses.get(kind="breach")
    page = counsel.get(drafted.get_absolute_url()).text
    assert f'id="action-redline-{clause.number}"' in page
    address = f"{drafted.get_absolute_url()}redline/{clause.pk}/"
    after = counsel.post(
        address,
        {"text": clause.text.replace("at once", "within the hour"), "comment": "As agreed."},
        follow=True,
    )
    assert "<del>at once</del>" in after.text
    assert "<ins>within the hour</ins>" in after.text
    assert Redline.objects.get().by.username == "ann.weiss"


def test_an_empty_redline_says_what_to_mend_and_changes_nothing(drafted: Agreement) -> None:
    clause = drafted.clauses.get(kind="breach")
    after = as_("ann.weiss").post(f"{drafted.get_absolute_url()}redline/{clause.pk}/", {"text": ""})
    assert after.status_code == 400
    assert "Please mend this first" in after.text
    assert not Redline.objects.exists()


def test_a_signatory_may_read_the_draft_but_not_change_it(drafted: Agreement) -> None:
    page = as_("grace.stone").get(drafted.get_absolute_url()).text
    assert "action-redline" not in page
    assert "action-open-for-signature" not in page
    clause = drafted.clauses.get(kind="breach")
    refused = as_("grace.stone").post(f"{drafted.get_absolute_url()}redline/{clause.pk}/", {"text": "Never."})
    assert refused.status_code == 403


def test_every_party_signs_through_the_page_and_the_last_executes(drafted: Agreement) -> None:
    here = drafted.get_absolute_url()
    as_("ann.weiss").post(f"{here}open-for-signature/")
    for username in ("grace.stone", "omar.haines", "ruth.vega", "carl.winter", "tom.avery", "helen.marsh"):
        signatory = signing_in(username)
        page = signatory.get(here).text
        for key in re.findall(r'id="action-sign-(\d+)"', page):
            sent = {"text_hash": fields(page, f"sign-{key}")["text_hash"], "intent": "on"}
            assert signatory.post(f"{here}sign/{key}/", sent).status_code == 302
    drafted.refresh_from_db()
    assert drafted.status == "executed"
    assert "Ticking this box is my signature" in drafted.parties.all()[0].signature.intent
    page = as_("pat.lee").get(here).text
    assert "Signed by every party" in page
    assert "Identifiers, pairs and crosswalk" in page
    assert 'id="action-' not in page, "an auditor only reads"


def test_an_old_session_is_asked_who_it_is_and_the_form_then_counts(drafted: Agreement) -> None:
    """Three clicks: tick, sign, confirm."""
    here = drafted.get_absolute_url()
    as_("ann.weiss").post(f"{here}open-for-signature/")
    grace = as_("grace.stone")
    key = drafted.parties.get(agency__code="SDE").pk
    sent = {"text_hash": fields(grace.get(here).text, f"sign-{key}")["text_hash"], "intent": "on"}
    asked = grace.post(f"{here}sign/{key}/", sent)
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/")
    assert not Signature.objects.exists()
    wrong = grace.post(asked.headers["Location"], {"password": "a wrong one"})
    assert wrong.status_code == 200
    assert not Signature.objects.exists()
    after = grace.post(asked.headers["Location"], {"password": "a long password for tests"}, follow=True)
    assert "You have signed for State Department of Education." in after.text
    assert Signature.objects.get().confirmed_at is not None


def test_a_box_left_empty_is_no_signature(drafted: Agreement) -> None:
    here = drafted.get_absolute_url()
    as_("ann.weiss").post(f"{here}open-for-signature/")
    party = drafted.parties.get(agency__code="SDE")
    after = as_("grace.stone").post(f"{here}sign/{party.pk}/", {"text_hash": "anything"})
    assert after.status_code == 400
    assert "Tick the box if you mean to sign." in after.text
    assert not Event.objects.filter(name="agreements:agreement:sign").exists()


def test_the_policy_office_ends_an_agreement_from_its_page() -> None:
    record = way.executed()
    office = as_("sam.reyes")
    assert 'id="action-terminate"' in office.get(record.get_absolute_url()).text
    after = office.post(f"{record.get_absolute_url()}terminate/", {"because": "breach"}, follow=True)
    assert "Ended early on" in after.text
    assert "Not yet destroyed" in after.text, "closing waits for the certificates"


def test_home_says_whose_turn_it_is(drafted: Agreement) -> None:
    assert str(drafted) in as_("ann.weiss").get("/").text
    as_("ann.weiss").post(f"{drafted.get_absolute_url()}open-for-signature/")
    assert "Signatories of CSC, DAS, DOL, OPM, OWS, SDE: sign" in as_("maya.ortiz").get("/").text


def test_home_notes_an_agreement_in_force_for_a_month() -> None:
    record = way.executed()
    assert f"{record} is in force" in as_("maya.ortiz").get("/").text
    with way.day(clock.today() + timedelta(days=31)):
        assert f"{record} is in force" not in as_("maya.ortiz").get("/").text


def test_a_text_whose_last_day_is_over_offers_no_signature_and_says_why() -> None:
    record = way.drafted()
    agreements.open_for_signature(pk=record.pk, by=way.person("ann.weiss"))
    here, last = record.get_absolute_url(), clock.today() + timedelta(days=10)
    Agreement.objects.filter(pk=record.pk).update(ends_on=last)
    by = record.parties.get(agency__code="SDE").signatory
    with way.day(last):
        assert '<form id="action-sign-' in as_(by.username).get(here).text
    with way.day(last + timedelta(days=1)):
        page = as_(by.username).get(here).text
        assert '<form id="action-sign-' not in page
        assert 'id="action-sign-refused"' in page
        assert "end_passed" in page
        assert queries.signatures_wanted(Agreement.objects.get(pk=record.pk), by) == []
