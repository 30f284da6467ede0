"""A text that waits for signatures is recalled for other words: what was signed is void, and every party signs anew."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from apps import way
from apps.way import refused
from charteroak.adapters import clock
from charteroak.agencies.worklist import Turn
from charteroak.agreements import actions, clocks, queries, recall, worklist
from charteroak.agreements.models import Agreement, Party, Signature
from charteroak.audit.models import Event
from charteroak.policy.clocks import Stage

pytestmark = pytest.mark.usefixtures("after_the_approval")
INTENT = "I mean to sign."
WHY = "The clause on breaches names no hour."


@pytest.fixture
def in_signature(drafted: Agreement) -> Agreement:
    actions.open_for_signature(pk=drafted.pk, by=way.person("ann.weiss"))
    drafted.refresh_from_db()
    return drafted


def sde(record: Agreement) -> Party:
    return record.parties.get(agency__code="SDE")


def sign(party: Party, text_hash: str) -> None:
    signer = party.signatory
    actions.sign(party=party.pk, by=signer, text_hash=text_hash, intent=INTENT, confirmed_at=clock.real_now())


def recalled(record: Agreement) -> Agreement:
    recall.recall(pk=record.pk, by=way.person("ann.weiss"), because=WHY)
    record.refresh_from_db()
    return record


def test_a_recalled_text_is_a_draft_and_what_was_signed_stays_on_record_void(in_signature: Agreement) -> None:
    shown, party = in_signature.text_hash, sde(in_signature)
    sign(party, shown)
    record = recalled(in_signature)
    assert (record.status, record.text_hash, record.opened_by) == ("drafted", "", None)
    kept = Signature.objects.get()
    assert (kept.party, kept.given_for, kept.text_hash) == (None, party, shown)
    assert kept.recall is not None
    assert (kept.recall.because, kept.recall.by.username) == (WHY, "ann.weiss")
    told = Event.objects.latest("index")
    assert told.name == "agreements:agreement:recall"
    assert '"void":["SDE:contributor"]' in told.text


def test_every_party_signs_the_new_text_and_nobody_the_old_one(in_signature: Agreement) -> None:
    shown, party = in_signature.text_hash, sde(in_signature)
    sign(party, shown)
    record = recalled(in_signature)
    counsel, clause = way.person("ann.weiss"), record.clauses.get(kind="breach")
    stale = {"party": party.pk, "by": party.signatory, "intent": INTENT, "confirmed_at": clock.real_now()}
    assert "wrong_status" in refused(actions.sign, text_hash=shown, **stale)
    actions.redline(clause=clause.pk, by=counsel, text="A breach is reported within the hour.")
    actions.open_for_signature(pk=record.pk, by=counsel)
    record.refresh_from_db()
    assert record.text_hash != shown
    assert refused(actions.sign, text_hash=shown, **stale) == ["text_changed"]
    for each in record.parties.all():
        sign(each, record.text_hash)
    record.refresh_from_db()
    assert record.status == "executed"
    assert queries.as_signed(record)
    assert Signature.objects.filter(given_for=party).count() == 2, "the void one too"


def test_who_signed_is_told_and_it_is_counsels_turn(in_signature: Agreement) -> None:
    party = sde(in_signature)
    sign(party, in_signature.text_hash)
    record = recalled(in_signature)
    told = [one for one in worklist.todo(party.signatory) if one.href == record.get_absolute_url()]
    assert [(one.state, "counts no longer" in one.title) for one in told] == [(Turn.OTHERS, True)]
    assert told[0].whose_turn.startswith("Counsel: give the recalled text")
    running = [one.run.stage for one in clocks.turns_of([record.data_request]) if one.run.ended_on is None]
    assert running == [Stage.TEXT]
    actions.open_for_signature(pk=record.pk, by=way.person("ann.weiss"))
    again = [one for one in worklist.todo(party.signatory) if one.href == record.get_absolute_url()]
    assert [one.state for one in again] == [Turn.YOURS]
    whose = {one.run.whose for one in clocks.turns_of([record.data_request]) if one.run.ended_on is None}
    assert whose == {str(one) for one in record.parties.all()}, "of every party anew"


def test_counsel_alone_recalls_says_why_and_never_what_all_have_signed(in_signature: Agreement) -> None:
    ann = way.person("ann.weiss")
    assert refused(recall.recall, pk=in_signature.pk, by=way.person("maya.ortiz"), because=WHY) == [
        "wrong_role"
    ]
    assert refused(recall.recall, pk=in_signature.pk, by=ann, because=" ") == ["comment_missing"]
    for each in in_signature.parties.all():
        sign(each, in_signature.text_hash)
    assert refused(recall.recall, pk=in_signature.pk, by=ann, because=WHY) == ["wrong_status"]
    assert not Signature.objects.filter(recall__isnull=False).exists()


def test_the_database_keeps_a_void_signature_from_another_party(in_signature: Agreement) -> None:
    sign(sde(in_signature), in_signature.text_hash)
    other = in_signature.parties.exclude(agency__code="SDE").first()
    for change in ({"party": other}, {"party": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Signature.objects.update(**change)


def test_counsel_recalls_it_on_its_page_and_signers_read_why(in_signature: Agreement, client: Client) -> None:
    sign(sde(in_signature), in_signature.text_hash)
    client.force_login(way.person("ann.weiss"))
    address = in_signature.get_absolute_url()
    assert 'id="action-recall"' in client.get(address).content.decode()
    assert client.post(f"{address}recall/", {"because": ""}).status_code == 400
    page = client.post(f"{address}recall/", {"because": WHY}, follow=True).content.decode()
    assert WHY in page
    assert "void now" in page
    assert sde(in_signature).signatory.name in page


def test_the_interface_recalls_it_too(in_signature: Agreement, client: Client) -> None:
    client.force_login(way.person("ann.weiss"))
    given = client.post(
        f"/api/agreements/{in_signature.number}/recall", {"because": WHY}, content_type="application/json"
    )
    assert given.json()["status"] == "drafted"
