"""Agreements: drafted from the decisions, redlined, signed by all over the same hash, ended; and when not."""

from datetime import date, timedelta
from typing import Any

import pytest

from apps import way
from apps.way import refused
from charteroak.adapters import clock
from charteroak.agencies import actions as agencies
from charteroak.agencies.models import RoleHeld
from charteroak.agreements import actions, queries
from charteroak.agreements.enforcement import enforced
from charteroak.agreements.models import Agreement, Clause, Party, Signature
from charteroak.audit.models import Event
from charteroak.policy.agency_review import Choice
from charteroak.policy.clauses import Asked, Use
from charteroak.policy.roles import Role

pytestmark = pytest.mark.usefixtures("after_the_approval")


@pytest.fixture
def in_signature(drafted: Agreement) -> Agreement:
    actions.open_for_signature(pk=drafted.pk, by=way.person("ann.weiss"))
    drafted.refresh_from_db()
    return drafted


def uncovered(record: Agreement, use: Use = Use.LINK, on: date | None = None) -> list[str]:
    found = queries.coverage(record, Asked(use, on or clock.today(), agency="SDE"))
    return [reason.rule for reason in found.reasons]


def sde(record: Agreement) -> Party:
    return record.parties.get(agency__code="SDE")


def test_the_draft_says_what_was_decided_and_is_complete(drafted: Agreement) -> None:
    kinds = [clause.kind for clause in drafted.clauses.all()]
    assert kinds == [
        "purpose", "elements", "elements", "elements", "people", "place", "hub", "thresholds", "preview",
        "destruction", "onward", "breach", "parties", "term", "records",
    ]  # fmt: skip
    assert queries.facts(drafted, way.person("ann.weiss")).missing_clauses == ()
    said = queries.terms(drafted)
    assert said.ends_on == drafted.data_request.ends_on
    assert said.appetites == ("board", "dol", "sde")
    assert set(said.hub_keys) == {"matching", "analysis"}
    assert len(said.elements["SDE"].study) == 11, "frpl was denied"
    assert {str(party) for party in drafted.parties.all()} == {
        "CSC:contributor", "DOL:contributor", "SDE:contributor", "DOL:hub", "OWS:recipient", "DAS:enclave",
        "OPM:administrator",
    }  # fmt: skip


def test_a_condition_on_a_column_stands_in_the_words_in_the_terms_and_in_what_is_said_to_be_enforced(
    approved: None,
) -> None:
    record = way.approved()
    asked = record.columns.filter(variable__name="total_wage")
    asked.update(choice=Choice.CONDITION, reason="Shown by year only.")
    way.hub_keys()
    drafted = actions.draft(data_request_pk=record.pk, by=way.person("ann.weiss"))
    clause = drafted.clauses.get(number="2.DOL")
    assert "total_wage: Shown by year only." in clause.text
    assert clause.terms["conditions"] == {"total_wage": "Shown by year only."}
    assert "total_wage" in queries.terms(drafted).elements["DOL"].study, "allowed as it is"
    assert "People must keep to this: total_wage: Shown by year only." in enforced(clause)
    assert "conditions" not in drafted.clauses.get(number="2.SDE").terms


def test_a_signer_reads_the_figures_that_the_disclosure_rules_come_to(drafted: Agreement) -> None:
    kinds = {clause.kind: clause for clause in drafted.clauses.all()}
    said = " ".join(enforced(kinds["thresholds"]))
    for figure in (
        "fewer than 10 people",
        "fewer than 20 people in its denominator",
        "fewer than 3 employers",
    ):
        assert figure in said
    assert "Connecticut Department of Labor" in kinds["thresholds"].text
    assert "DOL (data integration hub)" in enforced(kinds["parties"])[0]


def test_nothing_is_drafted_twice_or_by_just_anyone(drafted: Agreement) -> None:
    request = drafted.data_request_id
    assert refused(actions.draft, data_request_pk=request, by=way.person("ann.weiss")) == ["drafted_already"]
    assert refused(actions.draft, data_request_pk=request, by=way.person("maya.ortiz")) == ["wrong_role"]


def test_a_researcher_who_meanwhile_runs_the_hub_is_not_named() -> None:
    request = way.approved()
    way.hub_keys()
    RoleHeld.objects.create(person=way.person("lena.park"), role=Role.HUB_OPERATOR, since=clock.today())
    rules = refused(actions.draft, data_request_pk=request.pk, by=way.person("ann.weiss"))
    assert set(rules) == {"roles_must_stay_apart"}
    assert not Agreement.objects.exists()


def test_an_agreement_covers_nothing_before_the_last_signature(in_signature: Agreement) -> None:
    assert uncovered(in_signature) == ["not_executed"]


def test_a_missing_clause_keeps_an_agreement_from_being_opened(drafted: Agreement) -> None:
    Clause.objects.filter(agreement=drafted, kind="destruction").update(kind="other")
    assert refused(actions.open_for_signature, pk=drafted.pk, by=way.person("ann.weiss")) == [
        "clauses_missing"
    ]


def test_an_agreement_without_an_enforced_clause_covers_nothing(drafted: Agreement) -> None:
    Clause.objects.filter(agreement=drafted, kind="term").update(kind="other")
    assert uncovered(drafted) == ["agreement_incomplete"]


def test_words_may_change_until_signature(drafted: Agreement) -> None:
    ann, clause = way.person("ann.weiss"), drafted.clauses.get(kind="breach")
    actions.redline(clause=clause.pk, by=ann, text="A breach is reported within the hour.")
    assert refused(actions.redline, clause=clause.pk, by=ann, text=" ") == ["empty_clause"]
    actions.open_for_signature(pk=drafted.pk, by=ann)
    assert refused(actions.redline, clause=clause.pk, by=ann, text="Anyone.") == ["wrong_status"]


def sign(**given: Any) -> None:
    actions.sign(**given, confirmed_at=clock.real_now())


@pytest.mark.parametrize("username", ["omar.haines", "june.fisher", "maya.ortiz", "ann.weiss"])
def test_nobody_signs_for_another_agency(in_signature: Agreement, username: str) -> None:
    by = way.person(username)
    rules = refused(
        sign, party=sde(in_signature).pk, by=by, text_hash=in_signature.text_hash, intent="I sign."
    )
    assert rules == (["not_a_party"] if username == "omar.haines" else ["wrong_role"])


def test_a_second_signatory_of_the_agency_may_sign_for_an_absent_one(in_signature: Agreement) -> None:
    agencies.grant_role(
        person=way.person("ben.cole").pk, role=Role.SIGNATORY, agency="SDE", by=way.person("sam.reyes")
    )
    party = sde(in_signature)
    sign(party=party.pk, by=way.person("ben.cole"), text_hash=in_signature.text_hash, intent="I sign.")
    assert Signature.objects.get(party=party).by.username == "ben.cole"


@pytest.mark.parametrize("proved", [None, timedelta(minutes=6)])
def test_without_a_fresh_proof_of_who_signs_there_is_no_signature(
    in_signature: Agreement, proved: timedelta | None
) -> None:
    grace, shown = way.person("grace.stone"), in_signature.text_hash
    at = clock.real_now() - proved if proved else None
    rules = refused(
        actions.sign, party=sde(in_signature).pk, by=grace, text_hash=shown, intent="Yes.", confirmed_at=at
    )
    assert rules == ["sign_in_not_confirmed"]


@pytest.mark.parametrize("shown", ["", "0" * 64])
def test_a_signature_under_another_text_is_refused(in_signature: Agreement, shown: str) -> None:
    grace, party = way.person("grace.stone"), sde(in_signature)
    assert refused(sign, party=party.pk, by=grace, text_hash=shown, intent="I sign.") == ["text_changed"]


def test_a_text_changed_behind_the_signers_back_is_refused(in_signature: Agreement) -> None:
    Clause.objects.filter(agreement=in_signature, kind="onward").update(text="Share it with everyone.")
    grace, shown = way.person("grace.stone"), in_signature.text_hash
    rules = refused(sign, party=sde(in_signature).pk, by=grace, text_hash=shown, intent="I sign.")
    assert rules == ["text_changed"]


def test_without_a_word_of_intent_or_a_second_time_there_is_no_signature(in_signature: Agreement) -> None:
    grace, party, shown = way.person("grace.stone"), sde(in_signature), in_signature.text_hash
    assert refused(sign, party=party.pk, by=grace, text_hash=shown, intent=" ") == ["no_intent"]
    sign(party=party.pk, by=grace, text_hash=shown, intent="I sign.")
    assert refused(sign, party=party.pk, by=grace, text_hash=shown, intent="I sign.") == ["signed_already"]


def test_the_last_signature_executes_and_starts_the_clocks() -> None:
    record = way.executed()
    assert record.executed_on == clock.today()
    assert uncovered(record) == []
    duties = {duty.what: duty.due_on for duty in record.duties.all()}
    last_day = record.ends_on + timedelta(days=45)
    assert duties == {"identifiers": None, "payload": last_day, "extract": last_day, "outputs": last_day}
    events = Event.objects.filter(name="agreements:agreement:sign")
    assert events.count() == record.parties.count() == 7


def test_keys_are_ordered_from_every_process_that_opens_a_store() -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    way.executed()
    jobs = ProcrastinateJob.objects.filter(task_name="agreements:create_keys")
    assert set(jobs.values_list("queue_name", flat=True)) == {"linker", "extractor", "enclave", "outputs"}


@pytest.mark.parametrize("kind", ["term", "parties", "people"])
def test_terms_altered_after_signature_cover_nothing(kind: str) -> None:
    record = way.executed()
    altered = {
        "term": {"starts_on": "2026-09-08", "ends_on": "2099-12-31"},
        "parties": {"parties": ["SDE:contributor"]},
        "people": {"people": ["eve.lang"]},
    }[kind]
    Clause.objects.filter(agreement=record, kind=kind).update(terms=altered)
    assert uncovered(Agreement.objects.get()) == ["not_as_signed"]


def test_a_longer_life_written_into_the_record_alone_changes_nothing() -> None:
    record = way.executed()
    last = record.ends_on
    Agreement.objects.update(ends_on=last + timedelta(days=999))
    assert uncovered(Agreement.objects.get(), on=last + timedelta(days=1)) == ["agreement_expired"]


def test_an_agreement_marked_executed_without_signatures_covers_nothing(in_signature: Agreement) -> None:
    in_signature.status, in_signature.executed_on = "executed", clock.today()
    in_signature.save()
    assert uncovered(in_signature) == ["not_as_signed"]


def test_a_signatory_of_a_party_may_end_it_and_one_of_another_agency_may_not() -> None:
    record = way.executed()
    june = way.person("june.fisher")  # signs for OEC, which is no party
    assert Role.SIGNATORY in june.roles(clock.today())
    assert refused(actions.terminate, pk=record.pk, by=june, because="no") == ["wrong_role"]
    actions.terminate(pk=record.pk, by=way.person("ruth.vega"), because="breach")
    record.refresh_from_db()
    assert uncovered(record) == ["agreement_ended"]
    due = clock.today() + timedelta(days=45)
    assert {duty.due_on for duty in record.duties.all()} == {due}
    assert refused(actions.close, pk=record.pk, by=way.person("sam.reyes")) == ["not_destroyed"]


def test_an_ended_agreement_closes_once_all_is_destroyed_and_no_backup_can_restore_it() -> None:
    record, sam = way.executed(), way.person("sam.reyes")
    assert refused(actions.terminate, pk=record.pk, by=sam, because=" ") == ["comment_missing"]
    actions.terminate(pk=record.pk, by=sam, because="finished")
    record.duties.update(done_at=clock.now())
    record.duties.filter(what="extract").update(sealed_until=clock.now() + timedelta(days=30))
    assert refused(actions.close, pk=record.pk, by=sam) == ["still_sealed"]
    clock.move_to(clock.now() + timedelta(days=31))
    actions.close(pk=record.pk, by=sam)
    record.refresh_from_db()
    assert record.status == "closed"


def test_no_agreement_covers_nothing() -> None:
    assert [reason.rule for reason in queries.coverage(None, Asked(Use.OPEN, clock.today())).reasons] == [
        "no_agreement"
    ]


@pytest.mark.parametrize(
    ("username", "sees"),
    [
        ("maya.ortiz", True),
        ("grace.stone", True),
        ("pat.lee", True),
        ("eve.lang", False),
        ("rep.dunn", False),
    ],
)
def test_who_may_read_an_agreement(drafted: Agreement, username: str, sees: bool) -> None:
    assert queries.visible_to(way.person(username)).exists() == sees
